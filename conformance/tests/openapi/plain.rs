//! Shapes that generators of clients choke on: no document has one.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::documents;
use crate::judge::{self, Described, items, members};

/// Keys that combine schemas.
const COMBINED: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Says what a generator cannot make a type of in a schema and all that it makes one of.
fn troubles(place: &str, schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let kind = &schema["type"];
    let combined: Vec<_> = COMBINED
        .iter()
        .filter(|key| schema.get(**key).is_some())
        .collect();
    if kind.is_null() && schema.get("$ref").is_none() && combined.is_empty() {
        found.push(format!("{place} has no type: {schema}"));
    }
    if *kind == "null" {
        found.push(format!("{place} is always null"));
    }
    if !kind.is_null() && !combined.is_empty() {
        found.push(format!("{place} has a type and {combined:?}"));
    }
    let is_text = |one: &Value| one["type"] == "string" && one.get("const").is_some();
    if items(&schema["oneOf"]).any(is_text) {
        found.push(format!("{place} lists values one by one"));
    }
    if *kind == "array" && !schema["items"].is_object() {
        found.push(format!("{place} has no items"));
    }
    let is_integer = *kind == "integer" || items(kind).any(|one| one == "integer");
    if is_integer && schema["format"] != "int32" && schema["format"] != "int64" {
        found.push(format!("{place} has the format {}", schema["format"]));
    }
    let values = items(&schema["enum"]).filter_map(Value::as_str);
    found.extend(same_names(place, values));
    found.extend(same_names(place, names_of_members(schema)));
    for (name, below) in members(&schema["properties"]) {
        found.extend(troubles(&format!("{place}.{name}"), below));
    }
    for key in ["items", "additionalProperties"] {
        let below = schema.get(key).filter(|below| below.is_object());
        found.extend(
            below
                .into_iter()
                .flat_map(|below| troubles(&format!("{place} {key}"), below)),
        );
    }
    for key in COMBINED {
        // Null is known as one of several.
        let parts = items(&schema[key]).filter(|part| part["type"] != "null");
        found.extend(parts.flat_map(|part| troubles(&format!("{place} {key}"), part)));
    }
    found
}

/// The names that the members of an object have, whichever alternative has them.
fn names_of_members(schema: &Value) -> impl Iterator<Item = &str> {
    let alternatives = COMBINED.iter().flat_map(|key| items(&schema[*key]));
    let all = alternatives.chain([schema]);
    let names: BTreeSet<_> = all
        .flat_map(|one| members(&one["properties"]).map(|(name, _)| name))
        .collect();
    names.into_iter().map(String::as_str)
}

/// Finds different names of which generators make the same one: in letters and digits alone,
/// without case.
fn same_names<'a>(place: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let is_again = |name: &&str| {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        let made = letters.collect::<String>().to_lowercase();
        !made.is_empty() && !seen.insert(made)
    };
    let again = names.filter(is_again);
    again
        .map(|name| format!("{place} has two names that are alike: {name}"))
        .collect()
}

/// Every schema that an operation uses where it stands.
fn schemas_of<'a>(described: &Described<'a>) -> Vec<&'a Value> {
    let replies = || members(&described.value["responses"]).map(|(_, reply)| reply);
    let bodies = replies().chain([&described.value["requestBody"]]);
    let media = bodies.flat_map(|body| members(&body["content"]).map(|(_, media)| media));
    let headers = replies().flat_map(|reply| members(&reply["headers"]).map(|(_, header)| header));
    let headers = headers.filter(|header| header.get("$ref").is_none());
    let all = media.chain(described.parameters()).chain(headers);
    all.map(|one| &one["schema"]).collect()
}

#[test]
fn every_schema_makes_a_type() {
    let mut found = Vec::new();
    let mut seen = 0;
    for (api, document) in documents() {
        for (name, schema) in members(&document["components"]["schemas"]) {
            found.extend(troubles(&format!("{api} {name}"), schema));
            seen += 1;
        }
        for described in judge::operations(&document) {
            let place = format!("{api} {}", described.value["operationId"]);
            for schema in schemas_of(&described) {
                found.extend(troubles(&place, schema));
                seen += 1;
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(seen > 300, "{seen}");
}

/// A body has one type, whatever its content types are, and the operation's name.
#[test]
fn every_body_has_a_name() {
    for (api, document) in documents() {
        for described in judge::operations(&document) {
            let content = members(&described.value["requestBody"]["content"]);
            let names: BTreeSet<_> = content
                .map(|(_, media)| media["schema"]["$ref"].as_str())
                .collect();
            let place = format!("{api} {}", described.value["operationId"]);
            assert!(
                !names.contains(&None) && names.len() <= 1,
                "{place}: {names:?}"
            );
        }
    }
}

#[test]
fn every_operation_says_which_credentials_it_needs_and_what_it_does() {
    for (api, document) in documents() {
        for described in judge::operations(&document) {
            let place = format!("{api} {}", described.value["operationId"]);
            assert!(
                described.value["security"].is_array(),
                "{place}: no security"
            );
            let text = described.value["description"].as_str().unwrap_or_default();
            assert!(text.ends_with('.'), "{place}: {text:?}");
        }
    }
}

/// A generator names the type of a listed property after its object and itself.
#[test]
fn no_type_has_the_name_of_a_property_of_another() {
    for (api, document) in documents() {
        let schemas = &document["components"]["schemas"];
        for (name, schema) in members(schemas) {
            for (property, below) in members(&schema["properties"]) {
                let is_type = below.get("enum").is_some() || below["type"] == "object";
                let (first, rest) = property.split_at(1);
                let made = format!("{name}{}{rest}", first.to_ascii_uppercase());
                let is_taken = is_type && schemas.get(&made).is_some();
                assert!(!is_taken, "{api}: {made} and {property} of {name}");
            }
        }
    }
}
