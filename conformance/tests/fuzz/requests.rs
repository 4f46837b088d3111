//! Valid requests of every operation, made from its table of fields.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cards_model::{Constraint, Dependent, Field, Kind, Operation, Place};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Draws any character but a null, so that every way of encoding is met.
pub(crate) fn text(least: usize, most: usize) -> impl Strategy<Value = String> {
    let characters = prop_oneof![
        4 => select("abcXYZ019 &=+%?#/\\\"'<>~*-._@;,".chars().collect::<Vec<_>>()),
        1 => any::<char>().prop_filter("no null", |c| *c != '\0'),
    ];
    proptest::collection::vec(characters, least..=most).prop_map(|text| text.into_iter().collect())
}

/// An object of fields by their wire names that breaks no rule of 2026-11-21.
pub(crate) fn input(operation: &'static Operation) -> BoxedStrategy<Value> {
    let rows = operation.fields.iter();
    let rows: Vec<_> = rows.filter(|row| row.kind != Kind::Object).collect();
    let values: Vec<_> = rows.iter().map(|row| given(row)).collect();
    (values, any::<bool>(), any::<bool>())
        .prop_map(move |(values, applies, in_capitals)| {
            let mut object = json!({});
            for (row, value) in rows.iter().zip(values) {
                if let Some(value) = value {
                    *place(&mut object, row.wire) = value;
                }
            }
            in_order(&mut object, operation);
            for rule in operation.dependents {
                depend(&mut object, rule, applies, in_capitals);
            }
            object
        })
        .boxed()
}

/// Finds the place of a field in an object.
fn place<'a>(object: &'a mut Value, wire: &str) -> &'a mut Value {
    wire.split('.').fold(object, |object, key| &mut object[key])
}

/// Makes a value right whose rules depend on another field, half of the time by the word that it
/// depends on.
fn depend(object: &mut Value, rule: &Dependent, applies: bool, in_capitals: bool) {
    if rule.words.is_empty() {
        // Both or neither.
        let is_alone = object.get(rule.field).is_none();
        if let Some(object) = object.as_object_mut().filter(|_| is_alone) {
            object.remove(rule.on);
        }
        return;
    }
    if applies {
        let word = rule.words[0];
        let is_listed = word == word.to_uppercase();
        *place(object, rule.on) = match in_capitals || is_listed {
            true => word.to_uppercase().into(),
            false => format!(" {word} ").into(),
        };
    }
    let given = |wire: &str| {
        wire.split('.')
            .try_fold(&*object, |object, key| object.get(key))
    };
    let word = given(rule.on).and_then(Value::as_str).map(str::trim);
    let names_it = |word: &str| rule.words.iter().any(|it| it.eq_ignore_ascii_case(word));
    let word = word.filter(|word| !word.is_empty());
    let is_met = word.map_or(rule.or_absent, names_it);
    let text = given(rule.field).and_then(Value::as_str);
    if is_met && let Some(right) = righted(&rule.constraint, text) {
        *place(object, rule.field) = right.into();
    }
}

/// The text that keeps a rule of another field, as near to the given one as can be. `None`: it is
/// absent, and may be.
fn righted(constraint: &Constraint, text: Option<&str>) -> Option<String> {
    let given = text.filter(|text| !text.is_empty());
    Some(match *constraint {
        Constraint::Required => given.unwrap_or("2031-12-31").to_owned(),
        Constraint::Length { min, max } => {
            let given = given?;
            let (least, most) = (min.unwrap_or(1) as usize, max.map(|max| max as usize));
            let length = given.chars().count().max(least);
            let length = most.map_or(length, |most| length.min(most));
            given.chars().cycle().take(length).collect()
        }
        Constraint::Characters(class) => {
            let right = |c: char| if is_of(class, c) { c } else { 'A' };
            text?.chars().map(right).collect()
        }
        _ => text?.to_owned(),
    })
}

/// Tells whether a character is of an ASCII class such as `A-Za-z0-9 \\-`.
fn is_of(class: &str, c: char) -> bool {
    class.contains(match c {
        'A'..='Z' => "A-Z",
        'a'..='z' => "a-z",
        '0'..='9' => "0-9",
        '-' => "\\-",
        '\\' => "\\\\",
        c => return class.contains(c),
    })
}

fn given(row: &Field) -> BoxedStrategy<Option<Value>> {
    let value = match row.kind {
        Kind::Integer { min, max } => integer(row, min, max),
        Kind::Decimal if row.place == Place::Json => (1..4_000_000_i32)
            .prop_map(|quarters| json!(f64::from(quarters) / 4.0))
            .boxed(),
        Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Kind::List => list(row),
        Kind::File => file(),
        _ => words(row).prop_map(Value::from).boxed(),
    };
    match row.required {
        true => value.prop_map(Some).boxed(),
        false => proptest::option::of(value).boxed(),
    }
}

fn integer(row: &Field, mut least: i64, mut most: u64) -> BoxedStrategy<Value> {
    for constraint in row.constraints {
        if let Constraint::Range { min, max } = *constraint {
            least = min.map_or(least, |min| least.max(min as i64));
            most = max.map_or(most, |max| most.min(max));
        }
    }
    // What no number of JSON's usual readers holds is no value of a client's.
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    (least..=most).prop_map(Value::from).boxed()
}

/// A file in base64, as a request reads it.
fn file() -> BoxedStrategy<Value> {
    let bytes = proptest::collection::vec(any::<u8>(), 1..40);
    bytes
        .prop_map(|bytes| STANDARD.encode(bytes).into())
        .boxed()
}

fn list(row: &Field) -> BoxedStrategy<Value> {
    let words = row.constraints.iter().filter_map(|one| match one {
        Constraint::EachOneOf(words) => Some(*words),
        _ => None,
    });
    let words: Vec<_> = words.flatten().copied().collect();
    let word = match words.is_empty() {
        true => text(1, 20).boxed(),
        false => select(words).prop_map(str::to_owned).boxed(),
    };
    let words = proptest::collection::vec(word, 1..4);
    words.prop_map(Value::from).boxed()
}

/// A text by the one rule that says the most, no longer than another allows.
fn words(row: &Field) -> BoxedStrategy<String> {
    let (mut least, mut most) = (1, 99);
    let mut class = None;
    let mut none: &'static [&'static str] = &[];
    let mut own: Option<BoxedStrategy<String>> = None;
    let is_past = row.constraints.contains(&Constraint::NotAfterToday);
    for constraint in row.constraints {
        match *constraint {
            Constraint::Length { min, max } => {
                least = min.map_or(least, |min| min as usize);
                most = max.map_or(most, |max| max as usize);
            }
            Constraint::Characters(allowed) => class = Some(allowed),
            Constraint::OneOf(words) => own = Some(select(words).prop_map(str::to_owned).boxed()),
            Constraint::Format(patterns) => own = Some(like(patterns[0].trim_matches(['^', '$']))),
            Constraint::Composition(_) => own = Some(password()),
            Constraint::Amount { .. } => own = Some(like("[1-9][0-9]{0,3}(\\.[0-9]{1,2})?")),
            Constraint::NoneOf(words) => none = words,
            Constraint::Email(_) => own = Some(email()),
            Constraint::UtcTime => own = Some(utc_time()),
            Constraint::Date => own = Some(date(if is_past { 2026 } else { 9999 })),
            Constraint::CardExpiry {
                min_months,
                max_months,
                year_digits,
            } => {
                own = Some(expiry(min_months..=max_months, year_digits));
            }
            _ => {}
        }
    }
    let any = || match class {
        Some(class) => like(&format!("[{class}]{{{least},{most}}}")),
        None => text(least, most).boxed(),
    };
    own.unwrap_or_else(any)
        .prop_filter("short and not refused", move |text| {
            text.chars().count() <= most && !none.contains(&&**text)
        })
        .boxed()
}

fn like(pattern: &str) -> BoxedStrategy<String> {
    proptest::string::string_regex(pattern).unwrap().boxed()
}

fn date(before: u16) -> BoxedStrategy<String> {
    (1..before, 1u8..=12, 1u8..=28)
        .prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"))
        .boxed()
}

fn utc_time() -> BoxedStrategy<String> {
    let time = like("([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?Z");
    (date(9999), time)
        .prop_map(|(date, time)| format!("{date}T{time}"))
        .boxed()
}

/// Puts the times of a span in their order: that of their rows.
fn in_order(object: &mut Value, operation: &Operation) {
    let is_time = |row: &&Field| row.constraints.contains(&Constraint::UtcTime);
    let rows: Vec<_> = operation.fields.iter().filter(is_time).collect();
    let mut times: Vec<_> = rows.iter().map(|row| object[row.wire].take()).collect();
    if times.iter().all(Value::is_string) {
        // To the second, which of two texts is the later one its order tells.
        times.sort_by_key(|time| time.to_string().replace('Z', ""));
    }
    for (row, time) in rows.iter().zip(times) {
        match time {
            Value::Null => drop(object.as_object_mut().unwrap().remove(row.wire)),
            time => object[row.wire] = time,
        }
    }
}

fn email() -> BoxedStrategy<String> {
    like("[a-z0-9+_]{1,12}(\\.[A-Z]{1,4})?@[a-z]([a-z-]{0,5}[a-z])?\\.(co\\.)?[a-z]{2,3}")
}

fn password() -> BoxedStrategy<String> {
    like("Aa1[!@#$%^&*+=~?][ -~]{3,16}")
}

/// Draws an expiry so many months ahead of November 2026.
fn expiry(ahead: std::ops::RangeInclusive<u32>, year_digits: u32) -> BoxedStrategy<String> {
    ahead
        .prop_map(move |ahead| {
            let month = 2026 * 12 + 10 + ahead;
            let year = month / 12 % 10_u32.pow(year_digits);
            format!("{:02}/{year:02}", month % 12 + 1)
        })
        .boxed()
}
