//! Puts into a document what the schema of a type cannot know: which providers there are.

use serde_json::{Map, Value};

use crate::engine::detail::PLACE;
use crate::engine::listed::PROVIDERS;

/// The members of an exchange that providers add, each with its schema.
pub(super) type Kinds = Vec<(&'static str, Value)>;

/// Puts the names of providers, and the kinds of details, into their places.
pub(super) fn fill(value: &mut Value, providers: &[&'static str], kinds: &Kinds) {
    match value {
        Value::Object(object) => {
            expand(object, "enum", PROVIDERS, providers);
            if let Some(Value::Object(properties)) = object.get_mut("properties")
                && properties.remove(PLACE).is_some()
            {
                properties.extend(
                    kinds
                        .iter()
                        .map(|(name, kind)| ((*name).into(), kind.clone())),
                );
                let names: Vec<_> = kinds.iter().map(|(name, _)| *name).collect();
                expand(object, "required", PLACE, &names);
            }
            let parts = object.values_mut();
            parts.for_each(|value| fill(value, providers, kinds));
        }
        Value::Array(items) => {
            let items = items.iter_mut();
            items.for_each(|item| fill(item, providers, kinds));
        }
        _ => {}
    }
}

/// Puts several words of a list in the place of one.
fn expand(object: &mut Map<String, Value>, list: &str, place: &str, words: &[&str]) {
    if let Some(Value::Array(items)) = object.get_mut(list)
        && let Some(at) = items.iter().position(|item| item == place)
    {
        items.splice(at..=at, words.iter().map(|word| Value::from(*word)));
    }
}
