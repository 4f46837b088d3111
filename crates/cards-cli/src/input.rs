//! A request from flags and from JSON.

use std::collections::BTreeSet;
use std::num::{IntErrorKind, ParseIntError};
use std::path::Path;
use std::str::FromStr;

use cards_transport::model::{Field, Method, Operation, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::{read, repeat};

/// The request that `json` describes, with what `flags` give put over it.
///
/// `flags` serialises as an object by wire names. A text flag of the form
/// `@FILE` stands for the file's content, without the line break at its end.
/// A field that a request cannot do without and neither gives is left empty, so
/// that the request's own check names it along with everything else.
pub(crate) fn request<R>(flags: &impl Serialize, json: Option<&Path>) -> Result<R, Error>
where
    R: Request + DeserializeOwned,
{
    let operation = R::OPERATION;
    let mut object = match json {
        Some(path) => object(path, operation)?,
        None => Map::new(),
    };
    let flags = serde_json::to_value(flags).unwrap_or_default();
    for (name, value) in flags.as_object().into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::Array(items) if items.is_empty() => {}
            Value::String(text) => {
                let text = from_file(text, name)?;
                object.insert(name.clone(), Value::String(text));
            }
            value => {
                object.insert(name.clone(), value.clone());
            }
        }
    }
    object.retain(|_, value| !value.is_null());
    for field in operation.fields {
        if field.required && is_text(operation, field) {
            object.entry(field.wire).or_insert_with(|| "".into());
        }
    }
    // From text and not from a value: numbers keep their digits.
    let text = Value::Object(object).to_string();
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let expected = expected(&error.inner().to_string());
        Error::usage(format!("{operation}: `{path}` must be {expected}"))
    })
}

/// Reads a file, or standard input for `-`. What cannot be read is not
/// repeated: it may be the value itself, and no path.
pub(crate) fn read(path: &Path, what: &str) -> Result<String, Error> {
    read::text_or_stdin(path)
        .map_err(|error| Error::usage(format!("{what}: cannot read the file")).caused_by(error))
}

/// Reads a number. The parser that clap has for one repeats what it is given.
pub(crate) fn number<N: FromStr<Err = ParseIntError>>(text: &str) -> Result<N, &'static str> {
    text.parse()
        .map_err(|error: ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => "the number is too large",
            _ => "a whole number is wanted",
        })
}

/// `@FILE` as the file's content, `@@...` as a text that begins with `@`. What
/// cannot be read is not repeated: a password may begin with `@`.
pub(crate) fn from_file(text: &str, wire: &str) -> Result<String, Error> {
    let Some(path) = text.strip_prefix('@') else {
        return Ok(text.to_owned());
    };
    if path.starts_with('@') {
        return Ok(path.to_owned());
    }
    match read::text_or_stdin(Path::new(path)) {
        Ok(text) => {
            let text = text.strip_suffix('\n').unwrap_or(&text);
            Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
        }
        Err(error) => Err(
            Error::usage(format!("{}: cannot read the file after @", flag(wire)))
                .caused_by(error)
                .hint("@FILE reads a value from a file; a text that begins with @ is written @@"),
        ),
    }
}

fn object(path: &Path, operation: &Operation) -> Result<Map<String, Value>, Error> {
    let text = read(path, "--json")?;
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        // Not its message: that may repeat a value.
        let (line, column) = (error.line(), error.column());
        Error::usage(format!("--json: no JSON at line {line}, column {column}"))
    })?;
    let Value::Object(object) = value else {
        return Err(Error::usage(
            "--json: an object with the request's fields is wanted",
        ));
    };
    let known: Vec<_> = operation.fields.iter().map(|field| field.wire).collect();
    let unknown: BTreeSet<_> = object
        .keys()
        .filter(|name| operation.field(name).is_none())
        .map(|name| repeat::near_name(name, known.iter().copied()))
        .collect();
    if unknown.is_empty() {
        return Ok(object);
    }
    Err(Error::usage(format!(
        "--json: {operation} has no field {}; it has {}",
        Vec::from_iter(unknown).join(", "),
        known.join(", ")
    )))
}

/// Fields that travel in a form or in a path are text; the rest have types.
fn is_text(operation: &Operation, field: &Field) -> bool {
    operation.method == Method::Post || operation.path.contains(&format!("{{{}}}", field.wire))
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
        "a" | "text" => "a text",
        _ => "of another type",
    }
}

/// `mobile_no` and `mobileNo` as `--mobile-no`.
pub(crate) fn flag(wire: &str) -> String {
    let mut flag = String::from("--");
    for c in wire.chars() {
        match c {
            '_' => flag.push('-'),
            c if c.is_ascii_uppercase() => {
                flag.push('-');
                flag.push(c.to_ascii_lowercase());
            }
            c => flag.push(c),
        }
    }
    flag
}

/// Every field has its flag, and no flag is without a field.
#[cfg(test)]
pub(crate) fn assert_flags_are_the_fields<R: Request, F: clap::Args + Serialize + Default>() {
    use std::collections::BTreeSet;
    let fields: BTreeSet<_> = R::OPERATION
        .fields
        .iter()
        .map(|field| field.wire.to_owned())
        .collect();
    let value = serde_json::to_value(F::default()).unwrap();
    let names: BTreeSet<_> = value.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, fields, "the names that the flags serialise to");
    let command = F::augment_args(clap::Command::new("test"));
    let flags: BTreeSet<_> = command
        .get_arguments()
        .filter_map(|arg| Some(format!("--{}", arg.get_long()?)))
        .collect();
    let wanted: BTreeSet<_> = fields.iter().map(|wire| flag(wire)).collect();
    assert_eq!(flags, wanted, "the flags");
}
