//! Writes a JSON body out of a request's fields.

use crate::amount::Amount;
use crate::operation::Place;
use crate::record::Record;
use crate::value::{Value, texts};

/// The object that the request's JSON fields make, in the order of their table.
pub(crate) fn object(request: &impl Record) -> String {
    let mut out = String::from("{");
    // The objects that are not closed yet, by their wire names.
    let mut open: Vec<&str> = Vec::new();
    request.visit(&mut |field, value| {
        if field.place != Place::Json {
            return;
        }
        while open.pop_if(|object| *object != field.parent()).is_some() {
            out.push('}');
        }
        if !out.ends_with('{') {
            out.push(',');
        }
        text(field.key(), &mut out);
        out.push(':');
        match value {
            Value::Text(value) => text(value, &mut out),
            Value::Decimal(value) => decimal(value, &mut out),
            Value::Integer(number) => out.push_str(&number.to_string()),
            Value::Boolean(value) => out.push_str(if value { "true" } else { "false" }),
            Value::List(list) => {
                out.push('[');
                for (index, item) in texts(list).enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    text(item, &mut out);
                }
                out.push(']');
            }
            Value::Object => {
                out.push('{');
                open.push(field.wire);
            }
            // The table of an operation has it in a part of a multipart body.
            Value::File(_) => out.push_str("null"),
        }
    });
    out.extend(open.iter().map(|_| '}'));
    out.push('}');
    out
}

/// Writes a number with the digits that were given. What is none, which the rules
/// refuse, is written as a text.
fn decimal(value: &str, out: &mut String) {
    match Amount::new(value).value() {
        Some(number) => out.push_str(&number.to_string()),
        None => text(value, out),
    }
}

fn text(text: &str, out: &mut String) {
    let json = serde_json::to_string(text);
    out.push_str(&json.expect("every text can be written as JSON"));
}
