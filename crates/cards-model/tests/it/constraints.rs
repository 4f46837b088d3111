//! A field's constraints and its `check` agree: values at and beyond every edge
//! are taken or refused alike by both.
//!
//! The judgement here has its own means (`regex`, `jiff`) and shares none with
//! the checks.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

use cards_model::airpay::{
    AddCard, CustomerPreference, RegisterUser, TopUp, UpdateCustomer, UserLogin,
};
use cards_model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_model::paysafe::ListPrepaidCards;
use cards_model::{Constraint, Date, Dependent, DocExpiry, Field, Form, Kind, Request, Rules};
use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;

const TODAY: &str = "2026-11-21";

fn rules() -> Rules {
    Rules::on(TODAY.parse::<Date>().unwrap())
}

/// Tells whether a text keeps all constraints; `None` where they cannot tell.
fn fits(constraints: &[Constraint], text: &str, doc_expiry: DocExpiry) -> Option<bool> {
    let length = text.chars().count() as u64;
    let matches = |pattern: &&str| Regex::new(pattern).unwrap().is_match(text);
    let mut fits = true;
    for constraint in constraints {
        fits &= match constraint {
            Constraint::Required => !text.is_empty(),
            Constraint::RequiredBySetting => doc_expiry != DocExpiry::Required || !text.is_empty(),
            Constraint::Length { min, max } => {
                min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max)
            }
            Constraint::Characters(class) => matches(&&*format!("^[{class}]*$")),
            Constraint::Format(patterns) | Constraint::Email(patterns) => {
                text.is_empty() || patterns.iter().all(matches)
            }
            Constraint::Composition(patterns) => {
                let fits = text.is_empty() || patterns.iter().all(matches);
                // A letter of another script is no special character.
                if fits && !text.is_ascii() {
                    return None;
                }
                fits
            }
            Constraint::Date => text.is_empty() || day(text).is_some(),
            Constraint::NotAfterToday => day(text).is_none_or(|day| day <= day_of(TODAY)),
            Constraint::CardExpiry {
                year_digits,
                min_months,
                max_months,
            } => text.is_empty() || is_ahead(text, *year_digits, *min_months, *max_months),
            Constraint::Amount { digits, decimals } => {
                let shape = format!("^[0-9]{{1,{digits}}}(\\.[0-9]{{1,{decimals}}})?$");
                text.is_empty() || (matches(&&*shape) && matches(&"[1-9]"))
            }
            Constraint::OneOf(values) => text.is_empty() || values.contains(&text),
            Constraint::NoneOf(values) => !values.contains(&text),
            other => panic!("{other:?} is no constraint of a text"),
        };
    }
    Some(fits)
}

fn day(text: &str) -> Option<jiff::civil::Date> {
    let looks = Regex::new("^[0-9]{4}-[0-9]{2}-[0-9]{2}$").unwrap();
    let day: jiff::civil::Date = text.parse().ok().filter(|_| looks.is_match(text))?;
    (day.year() > 0).then_some(day)
}

fn day_of(text: &str) -> jiff::civil::Date {
    day(text).unwrap()
}

fn is_ahead(text: &str, year_digits: u32, min: u32, max: u32) -> bool {
    let century = if year_digits == 4 { "20" } else { "" };
    let parts = Regex::new(&format!("^(0[1-9]|1[0-2])/{century}([0-9]{{2}})$")).unwrap();
    let Some(parts) = parts.captures(text) else {
        return false;
    };
    let number = |at: usize| parts[at].parse::<i64>().unwrap();
    let months = (2000 + number(2)) * 12 + number(1);
    let today = day_of(TODAY);
    let ahead = months - (i64::from(today.year()) * 12 + i64::from(today.month()));
    (i64::from(min)..=i64::from(max)).contains(&ahead)
}

/// Texts at and beyond the edges of these constraints, and any others.
fn texts(field: &'static Field) -> BoxedStrategy<String> {
    let mut near: Vec<BoxedStrategy<String>> = vec![
        Just(String::new()).boxed(),
        "\\PC{0,70}".boxed(),
        "[ -~]{0,25}".boxed(),
        "[ A-Za-z0-9]{0,25}".boxed(),
        Just(field.sample.unwrap_or_default().to_owned()).boxed(),
    ];
    for constraint in field.constraints {
        match constraint {
            Constraint::Length { min, max } => {
                for edge in [min, max].into_iter().flatten() {
                    for length in [edge.saturating_sub(1), *edge, edge + 1] {
                        for class in ["[0-9]", "[A-Za-z]", "[é]", "[A-Z][a-z]@1[0-9]"] {
                            let pattern = if class.len() > 12 {
                                format!("[A-Z][a-z]@[0-9]{{{}}}", length.saturating_sub(3))
                            } else {
                                format!("{class}{{{length}}}")
                            };
                            near.push(proptest::string::string_regex(&pattern).unwrap().boxed());
                        }
                    }
                }
            }
            Constraint::Characters(class) => {
                let inside = format!("[{class}]{{1,8}}");
                near.push(proptest::string::string_regex(&inside).unwrap().boxed());
                near.push(
                    proptest::string::string_regex(&format!("{inside}[^{class}]{inside}"))
                        .unwrap()
                        .boxed(),
                );
            }
            Constraint::Format(_) => near.push("[0-9]{15,17}|[0-9]{8}[X ][0-9]{7}".boxed()),
            // One kind of character at a time is missing.
            Constraint::Composition(_) => {
                for lacking in ["[a-z@1]{7}", "[A-Z@1]{7}", "[A-Za-z@]{7}", "[A-Za-z1]{7}"] {
                    let pattern = format!("{lacking}|Aa1@{lacking}");
                    near.push(proptest::string::string_regex(&pattern).unwrap().boxed());
                }
                near.push("[A-Za-z1 é€_]{7}".boxed());
            }
            Constraint::Email(_) => {
                let of = |local: usize, label: usize, rest: usize| {
                    let labels = "b.".repeat(rest / 2);
                    format!(
                        "{}@{}.{labels}{}",
                        "a".repeat(local),
                        "c".repeat(label),
                        "d".repeat(1 + rest % 2)
                    )
                };
                near.push((63..66usize).prop_map(move |n| of(n, 1, 1)).boxed());
                near.push((61..66usize).prop_map(move |n| of(1, n, 1)).boxed());
                near.push((248..256usize).prop_map(move |n| of(1, 1, n - 3)).boxed());
                near.push("[a.!]{0,4}@{0,2}[b-]{0,3}\\.{0,2}[b-]{0,2}\\.?[c.]{0,2}".boxed());
                near.push("[a-c]{1,3}@[a-c.-]{1,250}".boxed());
            }
            Constraint::Date => {
                near.push("(0000|0001|1989|2000|9999|[0-9]{4})-[01][0-9]-[0-3][0-9]".boxed());
                near.push("[0-9]{2}-[0-9]{2}-[0-9]{4}|[0-9]{8}|[0-9]{4}/[0-9]{2}/[0-9]{2}".boxed());
            }
            Constraint::NotAfterToday => near.push("2026-1[0-2]-2[0-2]".boxed()),
            Constraint::CardExpiry { .. } => {
                near.push("[01][0-9]/(20)?[0-9]{2}|1[0-2]/(20)?(26|51)|1/27|12/2027".boxed());
            }
            Constraint::Amount { .. } => near.push("[0-9]{0,14}(\\.[0-9]{0,4})?|[0.]{0,6}".boxed()),
            Constraint::OneOf(values) => {
                near.push(select(*values).prop_map(str::to_owned).boxed());
                near.push(select(*values).prop_map(str::to_lowercase).boxed());
                near.push(
                    select(*values)
                        .prop_map(|value| format!("{value} "))
                        .boxed(),
                );
            }
            Constraint::NoneOf(values) => {
                near.push(select(*values).prop_map(str::to_owned).boxed());
                near.push("\\.{0,4}".boxed());
            }
            _ => {}
        }
    }
    proptest::strategy::Union::new(near).boxed()
}

/// A field of a form and a text for it.
fn cases<F: Form>() -> impl Strategy<Value = (&'static Field, String)> {
    select(F::OPERATION.fields.iter().collect::<Vec<_>>())
        .prop_flat_map(|field| texts(field).prop_map(move |text| (field, text)))
}

fn agrees<F: Form>(field: &Field, text: &str, doc_expiry: DocExpiry) -> Result<(), TestCaseError> {
    let Some(fits) = fits(field.constraints, text, doc_expiry) else {
        return Ok(());
    };
    let form = F::from_fields([(field.wire, text)]);
    let broken = form.check(&rules().doc_expiry(doc_expiry)).err();
    // A rule that depends on another field is no constraint of this one.
    let wrong: Vec<_> = broken
        .iter()
        .flatten()
        .filter(|violation| violation.field == field.wire)
        .filter(|violation| !violation.limit.contains("India"))
        .collect();
    prop_assert_eq!(
        fits,
        wrong.is_empty(),
        "{}={:?}: {:?}",
        field.wire,
        text,
        wrong
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn of_register_user((field, text) in cases::<RegisterUser>()) {
        agrees::<RegisterUser>(field, &text, DocExpiry::Required)?;
        agrees::<RegisterUser>(field, &text, DocExpiry::MayBeEmpty)?;
    }

    #[test]
    fn of_update_customer((field, text) in cases::<UpdateCustomer>()) {
        agrees::<UpdateCustomer>(field, &text, DocExpiry::Required)?;
    }

    #[test]
    fn of_customer_preference((field, text) in cases::<CustomerPreference>()) {
        agrees::<CustomerPreference>(field, &text, DocExpiry::Required)?;
    }

    #[test]
    fn of_topup((field, text) in cases::<TopUp>()) {
        agrees::<TopUp>(field, &text, DocExpiry::Required)?;
    }

    #[test]
    fn of_add_card((field, text) in cases::<AddCard>()) {
        agrees::<AddCard>(field, &text, DocExpiry::Required)?;
    }

    #[test]
    fn of_user_login((field, text) in cases::<UserLogin>()) {
        agrees::<UserLogin>(field, &text, DocExpiry::Required)?;
    }

    #[test]
    fn of_a_customers_id_in_a_path(text in "\\PC{0,4}|\\.{0,4}") {
        let field = ListPrepaidCards::OPERATION.field("customerId").unwrap();
        let fits = fits(field.constraints, &text, DocExpiry::Required);
        prop_assert_eq!(fits, Some(ListPrepaidCards::new(text).check(&rules()).is_ok()));
    }
}

/// Tells whether a number fits a field's type and keeps its constraints.
fn number_fits(field: &Field, number: i128) -> bool {
    let Kind::Integer { min, max } = field.kind else {
        panic!("{} is no number", field.wire);
    };
    let of_type = i128::from(min) <= number && number <= i128::from(max);
    of_type
        && field.constraints.iter().all(|constraint| match constraint {
            Constraint::Required => true,
            Constraint::Range { min, max } => {
                min.is_none_or(|min| number >= i128::from(min))
                    && max.is_none_or(|max| number <= i128::from(max))
            }
            other => panic!("{other:?} is no constraint of a number"),
        })
}

fn takes<R: Request + serde::de::DeserializeOwned>(json: &str) -> bool {
    serde_json::from_str::<R>(json).is_ok_and(|request| request.check(&rules()).is_ok())
}

#[test]
fn of_numbers_at_their_edges() {
    fn hold<R: Request + serde::de::DeserializeOwned>(others: &str) {
        let edges = [0, 1, 49, 50, 51, 1 << 31, 1 << 32, 1 << 63, 1 << 64];
        let numbers: Vec<i128> = edges
            .into_iter()
            .flat_map(|edge: i128| [-edge, edge - 1, edge, edge + 1])
            .collect();
        for field in R::OPERATION.fields {
            if !matches!(field.kind, Kind::Integer { .. }) {
                continue;
            }
            for number in &numbers {
                let json = format!("{{{others}\"{}\": {number}}}", field.wire);
                assert_eq!(number_fits(field, *number), takes::<R>(&json), "{json}");
            }
            let absent = format!("{{{}}}", others.trim_end_matches(", "));
            assert_eq!(!field.required, takes::<R>(&absent), "{absent}");
        }
    }
    hold::<ListCustomerCards>("");
    hold::<CardsByCustomer>("");
    hold::<ListPrepaidCards>("\"customerId\": \"1\", ");
}

#[test]
fn of_lists() {
    for field in ListPrepaidCards::OPERATION.fields {
        if field.kind != Kind::List {
            continue;
        }
        let [Constraint::EachOneOf(values)] = field.constraints else {
            panic!("{} has {:?}", field.wire, field.constraints);
        };
        let with = |items: &[&str]| {
            let json = serde_json::json!({"customerId": "1", field.wire: items});
            takes::<ListPrepaidCards>(&json.to_string())
        };
        assert!(with(values) && values.iter().all(|value| with(&[value])));
        for other in ["", "ACTIVE ", "active", "FROZEN"] {
            assert!(!with(&[values[0], other]), "{}: {other}", field.wire);
        }
    }
}

#[test]
fn a_length_that_depends_on_the_country() {
    fn hold<F: Form>(countries: &[(Option<&str>, bool)]) {
        let rules_of = |rule: &&Dependent| rule.field == "pincode";
        let rule = F::OPERATION.dependents.iter().find(rules_of).unwrap();
        let six = Constraint::Length {
            min: Some(6),
            max: Some(6),
        };
        assert_eq!(rule.constraint, six);
        for (country, applies) in countries {
            let told = match country.map(str::trim) {
                None | Some("") => rule.or_absent,
                Some(country) => country.eq_ignore_ascii_case(rule.words[0]),
            };
            assert_eq!(told, *applies, "{country:?}");
            for (pincode, is_right) in [("12345", !applies), ("123456", true)] {
                let on = country.map(|country| (rule.on, country));
                let form = F::from_fields(on.into_iter().chain([(rule.field, pincode)]));
                let broken = form.check(&rules()).err();
                let refused = broken.iter().flatten().any(|v| v.field == rule.field);
                assert_eq!(refused, !is_right, "{country:?} {pincode}");
            }
        }
    }
    hold::<RegisterUser>(&[
        (None, false),
        (Some("India"), true),
        (Some(" iNDIA "), true),
        (Some("Nepal"), false),
    ]);
    hold::<UpdateCustomer>(&[
        (None, true),
        (Some(""), true),
        (Some("  "), true),
        (Some("India"), true),
        (Some(" iNDIA "), true),
        (Some("Nepal"), false),
    ]);
}

#[test]
fn every_rule_of_register_user_is_told() {
    let constraints = |wire: &str| RegisterUser::OPERATION.field(wire).unwrap().constraints;
    let length = |max| Constraint::Length {
        min: None,
        max: Some(max),
    };
    assert_eq!(
        constraints("mobile_no"),
        [
            length(10),
            Constraint::Required,
            Constraint::Characters("0-9")
        ]
    );
    assert_eq!(
        constraints("card_expiry"),
        [
            Constraint::Required,
            Constraint::CardExpiry {
                year_digits: 2,
                min_months: 1,
                max_months: 300
            }
        ]
    );
    assert_eq!(
        constraints("gender"),
        [Constraint::Required, Constraint::OneOf(&["M", "F", "T"])]
    );
    assert_eq!(
        RegisterUser::OPERATION.field("city").unwrap().docs,
        [" City: 1 to 20 letters, no spaces."]
    );
}
