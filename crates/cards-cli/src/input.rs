//! A request from flags and from JSON.

use std::collections::BTreeSet;
use std::num::{IntErrorKind, ParseIntError};
use std::path::Path;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cards_transport::Call;
use cards_transport::model::{Kind, Operation, Waiver, WaiverError};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::file::Named;
use crate::read::{self, Unreadable};
use crate::repeat::{self, Instead};

/// The request that `json` describes, with the values of flags put over it, by
/// their names on the wire.
///
/// A flag's text of the form `@FILE` stands for the file's content, without the
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
        None => Map::new(),
    };
    for (wire, value) in flags {
        let value = match value {
            Value::String(path) if is_file(operation, wire) => {
                Value::String(base64_of(path, wire)?)
            }
            Value::String(text) => Value::String(from_file(text, wire)?),
            value => value.clone(),
        };
        set(&mut object, wire, value);
    }
    forget_nulls(&mut object);
    for field in operation.fields {
        match field.kind {
            Kind::Text | Kind::Decimal | Kind::File if field.required => {
                make_empty(&mut object, field.wire, "".into());
            }
            Kind::Object if field.required => {
                make_empty(&mut object, field.wire, Map::new().into());
            }
            _ => {}
        }
    }
    // From text and not from a value: numbers keep their digits.
    let text = Value::Object(object).to_string();
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

/// Tells whether a field holds a file.
fn is_file(operation: &Operation, wire: &str) -> bool {
    let field = operation.field(wire);
    field.is_some_and(|field| field.kind == Kind::File)
}

/// Sets a field, which may be one of an object within (`address.city`).
fn set(object: &mut Map<String, Value>, wire: &str, value: Value) {
    let Some((outer, inner)) = wire.split_once('.') else {
        object.insert(wire.to_owned(), value);
        return;
    };
    let within = object.entry(outer).or_insert(Value::Null);
    if !within.is_object() {
        *within = Value::Object(Map::new());
    }
    if let Value::Object(within) = within {
        set(within, inner, value);
    }
}

/// Sets a field to an empty value where it is missing. An object within that is
/// missing as a whole stays so: not every request has it.
fn make_empty(object: &mut Map<String, Value>, wire: &str, empty: Value) {
    match wire.split_once('.') {
        None => drop(object.entry(wire).or_insert(empty)),
        Some((outer, inner)) => {
            if let Some(Value::Object(within)) = object.get_mut(outer) {
                make_empty(within, inner, empty);
            }
        }
    }
}

/// Takes out what is null, as absence and null are the same.
fn forget_nulls(object: &mut Map<String, Value>) {
    object.retain(|_, value| !value.is_null());
    for value in object.values_mut() {
        if let Value::Object(within) = value {
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

fn object(path: &Path, operation: &Operation) -> Result<Map<String, Value>, Error> {
    let file = Named::new("--json", path).or_stdin();
    let value = json(&file.text()?).map_err(|error| error.within(&file.place()))?;
    let Value::Object(object) = value else {
        let wanted = Error::usage("an object with the request's fields is wanted");
        return Err(wanted.within(&file.place()));
    };
    let known: Vec<_> = operation.fields.iter().map(|field| field.wire).collect();
    let mut names = Vec::new();
    leaves("", &object, operation, &mut names);
    let unknown: BTreeSet<_> = names
        .iter()
        .filter(|name| operation.field(name).is_none())
        .map(|name| repeat::near_name(name, known.iter().copied()))
        .collect();
    if unknown.is_empty() {
        return Ok(object);
    }
    Err(Error::usage(format!(
        "{}: {operation} has no field {}; it has {}",
        file.place(),
        Vec::from_iter(unknown).join(", "),
        known.join(", ")
    )))
}

/// Reads JSON. An error says where it is none, and nothing of what is there.
pub(crate) fn json(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| {
        // Not its message: that may repeat a value.
        let (line, column) = (error.line(), error.column());
        Error::usage(format!("no JSON at line {line}, column {column}"))
    })
}

/// Collects the names of an object's values, and those of the objects within that
/// hold fields.
fn leaves(
    outer: &str,
    object: &Map<String, Value>,
    operation: &Operation,
    names: &mut Vec<String>,
) {
    for (name, value) in object {
        let name = format!("{outer}{name}");
        let within = format!("{name}.");
        let holds_fields = |wire: &str| wire.starts_with(&within);
        match value {
            Value::Object(object) if operation.fields.iter().any(|it| holds_fields(it.wire)) => {
                leaves(&within, object, operation, names);
            }
            _ => names.push(name),
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
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

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
        let mut object = map(json!({"a": {"b": null, "c": 1}, "d": null}));
        set(&mut object, "a.e", json!("x"));
        set(&mut object, "f.g", json!("y"));
        forget_nulls(&mut object);
        make_empty(&mut object, "a.b", "".into());
        make_empty(&mut object, "h.i", "".into());
        make_empty(&mut object, "j", "".into());
        let wanted = json!({"a": {"b": "", "c": 1, "e": "x"}, "f": {"g": "y"}, "j": ""});
        assert_eq!(object, map(wanted));
    }
}
