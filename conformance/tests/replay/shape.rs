//! Compares JSON with its values aside.

use serde_json::{Value, json};

/// The keys of an object and of what is in it, values aside.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let pairs = object
                .iter()
                .map(|(key, value)| (key.clone(), shape(value)));
            Value::Object(pairs.collect())
        }
        Value::Array(items) => items.first().map_or(json!([]), |item| json!([shape(item)])),
        _ => json!(""),
    }
}

/// Every key of the one is in the other.
#[track_caller]
pub(crate) fn within(some: &Value, all: &Value) {
    match (some, all) {
        (Value::Object(some), Value::Object(all)) => {
            for (key, value) in some {
                let other = all
                    .get(key)
                    .unwrap_or_else(|| panic!("{key} is not in {all:?}"));
                within(value, other);
            }
        }
        (Value::Array(some), Value::Array(all)) => {
            for (value, other) in some.iter().zip(all) {
                within(value, other);
            }
        }
        _ => {}
    }
}

pub(crate) fn merged(one: &Value, two: &Value) -> Value {
    let mut merged = one.clone();
    for (key, value) in two.as_object().unwrap() {
        merged
            .as_object_mut()
            .unwrap()
            .entry(key)
            .or_insert_with(|| value.clone());
    }
    merged
}
