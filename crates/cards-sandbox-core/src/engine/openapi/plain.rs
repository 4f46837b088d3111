//! Brings the schemas of a document into shapes that generators of clients know.
//!
//! The rewritten schema takes the same values, in words that generators know. Generators make one type of
//! one plain schema, and leave what they do not know, such as `if`, to the server.

use serde_json::{Map, Value, json};

/// Keys whose value maps names to schemas, or to what schemas are in.
const NAMES: [&str; 3] = ["properties", "schemas", "dependentSchemas"];

/// Keys whose value is data, whatever it looks like.
const DATA: [&str; 6] = ["example", "examples", "default", "const", "enum", "x-order"];

/// Ways to say that alternatives apply.
const COMBINED: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// The keys of a condition.
const CONDITION: [&str; 3] = ["if", "then", "else"];

/// Makes every schema of a document plain.
pub(super) fn plain(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, below) in object.iter_mut() {
                match below {
                    _ if DATA.contains(&&**key) => {}
                    Value::Object(named) if NAMES.contains(&&**key) => {
                        for (_, schema) in named.iter_mut() {
                            plain(schema);
                            one_null(schema);
                        }
                    }
                    below => plain(below),
                }
            }
            items(object);
            listed(object);
            integer(object);
            conditional(object);
        }
        Value::Array(all) => all.iter_mut().for_each(plain),
        _ => {}
    }
}

/// Gives every array the schema of its items: where none has been said, it never has any.
fn items(schema: &mut Map<String, Value>) {
    let is_array = schema.get("type").is_some_and(|kind| kind == "array");
    if is_array {
        schema
            .entry("items")
            .or_insert_with(|| json!({"type": "object"}));
    }
}

/// Writes what is always null as an object or null, and no object: generators that leave conditions
/// to the server make something of it.
fn one_null(schema: &mut Value) {
    if schema["type"] == "null" {
        schema["type"] = json!(["object", "null"]);
        schema["not"] = json!({"type": "object"});
    }
}

/// Makes a list of values out of alternatives that are one text each. What is said of each is
/// said of all, below one another.
fn listed(schema: &mut Map<String, Value>) {
    let Some(Value::Array(all)) = schema.get("oneOf") else {
        return;
    };
    let is_text = |one: &Value| one["type"] == "string" && one["const"].is_string();
    if all.is_empty() || !all.iter().all(is_text) {
        return;
    }
    let values: Value = all.iter().map(|one| one["const"].clone()).collect();
    let text = |key: &str, of: &Value| of[key].as_str().unwrap_or_default().replace('\n', " ");
    let said = all
        .iter()
        .map(|one| format!("- `{}`: {}", text("const", one), text("description", one)));
    let said: Vec<_> = said.collect();
    let first = schema.get("description").and_then(Value::as_str);
    let first = first.map(|first| format!("{first}\n\n"));
    let description = first.unwrap_or_default() + &said.join("\n");
    schema.remove("oneOf");
    schema.insert("type".to_owned(), "string".into());
    schema.insert("enum".to_owned(), values);
    schema.insert("description".to_owned(), description.into());
}

/// Gives every integer a format that OpenAPI knows: of 32 bits where its bounds say that these are
/// enough, else of 64. Generators take one without a format, or of another, for 32.
fn integer(schema: &mut Map<String, Value>) {
    let kind = schema.get("type");
    let is_integer = |kind: &Value| *kind == "integer";
    let is_one = kind.is_some_and(|kind| match kind {
        Value::Array(all) => all.iter().any(is_integer),
        one => is_integer(one),
    });
    if !is_one {
        return;
    }
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    let fits = |number: Option<i64>| number.is_some_and(|number| i32::try_from(number).is_ok());
    let format = match fits(bound("minimum")) && fits(bound("maximum")) {
        true => "int32",
        false => "int64",
    };
    schema.insert("format".to_owned(), format.into());
}

/// Moves what combines with a schema of a type of its own into its condition, where it does not
/// make another type of it.
fn conditional(schema: &mut Map<String, Value>) {
    let Some(kind) = schema.get("type").cloned() else {
        return;
    };
    let mut parts = Vec::new();
    for key in COMBINED {
        match schema.remove(key) {
            Some(Value::Array(all)) if key == "allOf" => parts.extend(all),
            Some(all) => parts.push(json!({key: all})),
            None => {}
        }
    }
    if parts.is_empty() {
        return;
    }
    let mut own = Map::new();
    for key in CONDITION {
        own.extend(schema.remove_entry(key));
    }
    if !own.is_empty() {
        parts.insert(0, Value::Object(own));
    }
    let rest = match parts.len() {
        1 => parts.remove(0),
        _ => json!({"allOf": parts}),
    };
    match rest {
        // Anything else in it could stand in place of what the schema says itself.
        Value::Object(rest) if rest.keys().all(|key| CONDITION.contains(&&**key)) => {
            schema.extend(rest);
        }
        rest => {
            schema.insert("if".to_owned(), json!({"type": kind}));
            schema.insert("then".to_owned(), rest);
        }
    }
}

#[cfg(test)]
mod tests;
