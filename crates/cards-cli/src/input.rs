//! A request from flags and from JSON.

use std::collections::BTreeSet;
use std::num::{IntErrorKind, ParseIntError};
use std::path::Path;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cards_transport::Call;
use cards_transport::model::{Field, Kind, Operation, Waiver, WaiverError};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::file::Named;
use crate::read::{self, Unreadable};
use crate::repeat::{self, Instead};
use crate::written::{Object, Written};

/// The request that `json` describes, with the values of flags put over it, by
/// their names on the wire.
///
/// A sensitive text of the form `@FILE` stands for the file's content, without the
/// line break at its end; the flag of a file has its path, without `@`. What a request cannot do without and neither gives is
/// left empty, so that the request's own check names it along with everything
/// else.
pub(crate) fn request<C: Call>(
    flags: &Map<String, Value>,
    json: Option<&Path>,
) -> Result<C, Error> {
    let operation = C::operation();
    let mut object = match json {
        Some(path) => object(path, operation)?,
        None => Object::default(),
    };
    for (wire, value) in flags {
        let value = match value {
            Value::String(path) if is_file(operation, wire) => {
                Value::String(base64_of(path, wire)?)
            }
            Value::String(text) if operation.field(wire).is_some_and(may_be_in_file) => {
                Value::String(from_file(text, wire)?)
            }
            value => value.clone(),
        };
        set(&mut object, wire, value.into());
    }
    forget_nulls(&mut object);
    for field in operation.fields {
        match field.kind {
            Kind::Text | Kind::Decimal | Kind::File if field.required => {
                make_empty(&mut object, field.wire, "".into());
            }
            Kind::Object if field.required => {
                make_empty(&mut object, field.wire, Object::default().into());
            }
            _ => {}
        }
    }
    // From the text, in which an amount has the digits that it was given with.
    let text = Written::from(object).to_string();
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        if is_file(operation, &path) {
            let wanted = "the content of a file, in base64 without line breaks";
            let error = Error::usage(format!("{operation}: `{path}` must be {wanted}"));
            return error.hint(format!("{} takes the path of a file", flag(&path)));
        }
        let expected = expected(&error.inner().to_string());
        Error::usage(format!("{operation}: `{path}` must be {expected}"))
    })
}

/// Tells whether the flag of a field takes `@FILE` too: a sensitive text does, so that it need not stand in the
/// command. Whatever else a script passes on from elsewhere reads no file.
pub(crate) fn may_be_in_file(field: &Field) -> bool {
    let is_text = matches!(field.kind, Kind::Text | Kind::Decimal);
    is_text && field.is_sensitive()
}

/// Tells whether a field holds a file.
fn is_file(operation: &Operation, wire: &str) -> bool {
    let field = operation.field(wire);
    field.is_some_and(|field| field.kind == Kind::File)
}

/// Sets a field, which may be one of an object within (`address.city`).
fn set(object: &mut Object, wire: &str, value: Written) {
    let Some((outer, inner)) = wire.split_once('.') else {
        let absent = || Object::default().into();
        *object.entry(wire, absent) = value;
        return;
    };
    let within = object.entry(outer, || Object::default().into());
    if !matches!(within, Written::Object(_)) {
        *within = Object::default().into();
    }
    if let Written::Object(within) = within {
        set(within, inner, value);
    }
}

/// Sets a field to an empty value where it is missing. An object within that is
/// missing as a whole stays so: not every request has it.
fn make_empty(object: &mut Object, wire: &str, empty: Written) {
    match wire.split_once('.') {
        None => _ = object.entry(wire, || empty),
        Some((outer, inner)) => {
            if let Some(Written::Object(within)) = object.get_mut(outer) {
                make_empty(within, inner, empty);
            }
        }
    }
}

/// Takes out what is null, as absence and null are the same.
fn forget_nulls(object: &mut Object) {
    object.0.retain(|(_, value)| !value.is_null());
    for (_, value) in &mut object.0 {
        if let Written::Object(within) = value {
            forget_nulls(within);
        }
    }
}

/// Reads a number. The parser that clap has for one repeats what it is given.
pub(crate) fn number<N: FromStr<Err = ParseIntError>>(text: &str) -> Result<N, &'static str> {
    text.parse()
        .map_err(|error: ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => "the number is too large",
            _ => "a whole number is wanted",
        })
}

const ABOUT_AT: &str =
    "@FILE reads a value from a file, and a text that begins with @ is written @@";

/// Reads `@FILE` as the file's content, and `@@...` as a text that begins with `@`. What cannot be
/// read is not repeated: a password may begin with `@`.
pub(crate) fn from_file(text: &str, wire: &str) -> Result<String, Error> {
    let Some(path) = text.strip_prefix('@') else {
        return Ok(text.to_owned());
    };
    if path.starts_with('@') {
        return Ok(path.to_owned());
    }
    let flag = flag(wire);
    let file = Named::new(&flag, Path::new(path))
        .unless(Instead::Value)
        .or_stdin();
    match file.text() {
        Ok(text) => Ok(read::without_line_break(&text).to_owned()),
        Err(unusable) => {
            let advice = match unusable.why {
                Unreadable::Empty => format!("an empty value is written {flag} ''"),
                _ => unusable.advice.clone(),
            };
            Err(Error::from(unusable).hint(format!("{advice};\n  {ABOUT_AT}")))
        }
    }
}

/// The file at a path, or standard input, as base64, as JSON has it.
fn base64_of(path: &str, wire: &str) -> Result<String, Error> {
    let flag = flag(wire);
    let file = Named::new(&flag, Path::new(path)).of_an_upload().or_stdin();
    let bytes = file.raw().map_err(|unusable| {
        let is_marked = path.starts_with('@') && unusable.why.is_missing();
        let error = Error::from(unusable);
        match is_marked {
            true => error.hint(format!(
                "{flag} takes the path itself, without @; - is standard input"
            )),
            false => error,
        }
    })?;
    Ok(STANDARD.encode(bytes))
}

fn object(path: &Path, operation: &Operation) -> Result<Object, Error> {
    let file = Named::new("--json", path).or_stdin();
    let text = file.text()?;
    let read = Written::read(&text).map_err(|error| no_json(&error));
    let Written::Object(object) = read.map_err(|error| error.within(&file.place()))? else {
        let wanted = Error::usage("an object with the request's fields is wanted");
        return Err(wanted.within(&file.place()));
    };
    let mut names = Names::default();
    names.collect("", &object, operation);
    names
        .check(operation)
        .map_err(|error| error.within(&file.place()))?;
    Ok(object)
}

/// Reads JSON. An error says where it is none, and nothing of what is there.
pub(crate) fn json(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| no_json(&error))
}

fn no_json(error: &serde_json::Error) -> Error {
    // Not its message: that may repeat a value.
    let (line, column) = (error.line(), error.column());
    Error::usage(format!("no JSON at line {line}, column {column}"))
}

/// The names of an object's members, and of those of the objects within that hold fields.
#[derive(Default)]
struct Names {
    known: BTreeSet<String>,
    /// Known ones that come more than once: of which value is meant nothing tells (E-X-34).
    repeated: BTreeSet<String>,
    /// Those of no field, as far as they may be repeated.
    unknown: BTreeSet<String>,
    /// Names of fields within an object that stand beside it (`"address.city"`).
    outside: BTreeSet<String>,
}

impl Names {
    fn collect(&mut self, outer: &str, object: &Object, operation: &Operation) {
        for (name, value) in &object.0 {
            let full = format!("{outer}{name}");
            if operation.field(&full).is_none() {
                let known = operation.fields.iter().map(|field| field.wire);
                self.unknown.insert(repeat::near_name(&full, known));
            } else if name.contains('.') {
                self.outside.insert(format!("`{full}`"));
            } else if !self.known.insert(full.clone()) {
                self.repeated.insert(format!("`{full}`"));
            }
            let within = format!("{full}.");
            let mut fields = operation.fields.iter();
            if let Written::Object(object) = value
                && fields.any(|field| field.wire.starts_with(&within))
            {
                self.collect(&within, object, operation);
            }
        }
    }

    fn check(self, operation: &Operation) -> Result<(), Error> {
        let listed = |names: BTreeSet<String>| Vec::from_iter(names).join(", ");
        if !self.unknown.is_empty() {
            let known: Vec<_> = operation.fields.iter().map(|field| field.wire).collect();
            let (unknown, known) = (listed(self.unknown), known.join(", "));
            return Err(Error::usage(format!(
                "{operation} has no field {unknown}; it has {known}"
            )));
        }
        if !self.outside.is_empty() {
            let outside = listed(self.outside);
            let error = Error::usage(format!("{operation}: {outside} stands outside its object"));
            return Err(error.hint("a.b is the member b of the object a: {\"a\": {\"b\": ...}}"));
        }
        match self.repeated.is_empty() {
            true => Ok(()),
            false => {
                let repeated = listed(self.repeated);
                Err(Error::usage(format!(
                    "{operation}: {repeated} comes more than once"
                )))
            }
        }
    }
}

/// Says what serde expected, without what it got: that is a value.
fn expected(message: &str) -> &'static str {
    let expected = message
        .rsplit_once("expected ")
        .map_or("", |(_, what)| what);
    match expected.split([' ', ',']).next().unwrap_or_default() {
        "u32" | "u64" => "a whole number, not negative",
        "i64" => "a whole number",
        "a" if expected.starts_with("a sequence") => "a list of texts",
        "a" if expected.starts_with("a decimal") => "a decimal number",
        "a" | "text" => "a text",
        _ => "of another type",
    }
}

/// Writes `mobile_no` and `mobileNo` as `--mobile-no`, `address.city` as `--address-city`,
/// `cardProgramID` as `--card-program-id`.
pub(crate) fn flag(wire: &str) -> String {
    let mut flag = String::from("--");
    let mut is_inside = false;
    for c in wire.chars() {
        match c {
            '_' | '.' => flag.push('-'),
            c => {
                // Capitals in a row are one word: the ID of cardProgramID.
                if c.is_ascii_uppercase() && is_inside {
                    flag.push('-');
                }
                flag.push(c.to_ascii_lowercase());
            }
        }
        is_inside = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    flag
}

/// Reads a waiver; an error repeats no value.
pub(crate) fn waiver(text: &str) -> Result<Waiver, String> {
    text.parse().map_err(|error: WaiverError| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use cards_transport::model::PersonalAmount;
    use cards_transport::model::airpay::TopUp;
    use cards_transport::model::ibanera::{CreateCard, SimulatePayin};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_flag_reads_like_its_field() {
        assert_eq!(flag("mobile_no"), "--mobile-no");
        assert_eq!(flag("mobileNo"), "--mobile-no");
        assert_eq!(flag("cardProgramID"), "--card-program-id");
        assert_eq!(flag("CardsId"), "--cards-id");
        assert_eq!(flag("eDisclosureAccepted"), "--e-disclosure-accepted");
        assert_eq!(
            flag("deliveryAddress.postalCode"),
            "--delivery-address-postal-code"
        );
    }

    #[test]
    fn fields_of_an_object_within() {
        let text = r#"{"a":{"b":null,"c":1.00},"d":null}"#;
        let Ok(Written::Object(mut object)) = Written::read(text) else {
            panic!("no object");
        };
        set(&mut object, "a.e", "x".into());
        set(&mut object, "f.g", "y".into());
        set(&mut object, "f.g", "z".into());
        forget_nulls(&mut object);
        make_empty(&mut object, "a.b", "".into());
        make_empty(&mut object, "h.i", "".into());
        make_empty(&mut object, "j", "".into());
        let wanted = r#"{"a":{"c":1.00,"e":"x","b":""},"f":{"g":"z"},"j":""}"#;
        assert_eq!(Written::from(object).to_string(), wanted);
    }
    /// Reads a request whose JSON is this text.
    fn read<C: Call>(json: &str, flags: &Map<String, Value>) -> C {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(json.as_bytes()).unwrap();
        request(flags, Some(file.path())).unwrap_or_else(|error| panic!("{}", error.message))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// In whichever way it is given, and whatever else stands beside it.
        #[test]
        fn an_amount_has_the_digits_that_it_was_given_with(
            amount in "(0|[1-9][0-9]{0,11})(\\.[0-9]{1,15})?",
        ) {
            let none = Map::new();
            let income = "estimatedGrossAnnualIncome";
            for written in [amount.clone(), format!("\"{amount}\"")] {
                let other = "\"entity_id\":\"E1\"";
                let topup: TopUp = read(&format!("{{\"amount\":{written},{other}}}"), &none);
                prop_assert_eq!(topup.amount.as_str(), &*amount);
                let payin: SimulatePayin = read(&format!("{{\"Amount\":{written}}}"), &none);
                prop_assert_eq!(payin.amount.as_str(), &*amount);
                let within = format!("{{\"personalReviewDetails\":{{\"{income}\":{written}}}}}");
                let flag = "personalReviewDetails.estimatedNetWorth";
                let flag = [(flag.to_owned(), Value::from(&*amount))].into_iter().collect();
                let card: CreateCard = read(&within, &flag);
                let person = card.personal_review_details.unwrap();
                for given in [person.estimated_gross_annual_income, person.estimated_net_worth] {
                    let given = given.as_ref().map(PersonalAmount::expose);
                    prop_assert_eq!(given, Some(&*amount));
                }
            }
        }
    }
}
