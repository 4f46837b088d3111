//! A document as text, whose keys have one order whatever `serde_json` was
//! built with: what a reader looks for first comes first, names are sorted,
//! and properties stand as the provider's document lists them.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

use super::field::ORDER;

/// Keys in the order in which they are written; all others follow, sorted.
const FIRST: &[&str] = &[
    "openapi",
    "info",
    "servers",
    "tags",
    "paths",
    "components",
    "$ref",
    "title",
    "operationId",
    "name",
    "in",
    "summary",
    "url",
    "version",
    "type",
    "required",
    "description",
    "externalDocs",
    "security",
    "parameters",
    "requestBody",
    "responses",
    "style",
    "explode",
    "headers",
    "schema",
    "content",
    "format",
    "const",
    "enum",
    "properties",
    "items",
];

/// Keys whose value maps names to what they stand for.
const MAPS_OF_NAMES: &[&str] = &[
    "paths",
    "properties",
    "responses",
    "headers",
    "content",
    "schemas",
    "securitySchemes",
    "examples",
    "value",
    "example",
];

/// The text, indented, with a line feed at its end.
pub(super) fn render(document: &Value) -> String {
    // Its keys are text and its numbers numbers: nothing fails.
    let mut text = serde_json::to_string_pretty(&Ordered::of(document)).unwrap_or_default();
    text.push('\n');
    text
}

struct Ordered<'a> {
    value: &'a Value,
    are_names: bool,
    /// Names that come first, in this order.
    first: Vec<&'a str>,
}

impl<'a> Ordered<'a> {
    fn of(value: &'a Value) -> Self {
        Self {
            value,
            are_names: false,
            first: Vec::new(),
        }
    }

    fn keys(&self, object: &'a Map<String, Value>) -> Vec<&'a String> {
        let first = if self.are_names { &*self.first } else { FIRST };
        let place = |key: &str| {
            let at = first.iter().position(|name| *name == key);
            at.unwrap_or(usize::MAX)
        };
        let mut keys: Vec<_> = object.keys().filter(|key| *key != ORDER).collect();
        keys.sort_by(|a, b| (place(a), a).cmp(&(place(b), b)));
        keys
    }

    fn child(&self, object: &'a Map<String, Value>, key: &str, value: &'a Value) -> Self {
        let are_names = !self.are_names && MAPS_OF_NAMES.contains(&key);
        let listed = |key: &str| object.get(key).and_then(Value::as_array);
        let first = match listed(ORDER).or_else(|| listed("required")) {
            Some(names) if are_names && key == "properties" => {
                names.iter().filter_map(Value::as_str).collect()
            }
            _ => Vec::new(),
        };
        Self {
            value,
            are_names,
            first,
        }
    }
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Object(object) => {
                let mut map = serializer.serialize_map(None)?;
                for key in self.keys(object) {
                    map.serialize_entry(key, &self.child(object, key, &object[key]))?;
                }
                map.end()
            }
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Ordered::of(item))?;
                }
                list.end()
            }
            other => other.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests;
