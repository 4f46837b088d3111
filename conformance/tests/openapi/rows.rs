//! The requirement rows that are about a field, against the documents.

use std::path::Path;

use cards_sandbox::openapi::Api;
use conformance::ledger::{self, Bound, Requirement as Row};
use serde_json::{Value, json};

use crate::judge::{self, Described, Judge};

/// Rows that the ledger overrides, so that the document says otherwise.
const OVERRIDDEN: &[(&str, &str)] = &[
    // The error list has `Required` for it.
    ("IB-BY-QUERY-customersId-optional", "E-IB-13"),
    // A single customer is an object; the prose's array is not what is served.
    ("IB-BY-BODY-details-array", "E-IB-20"),
    // Names a part of the reply and is about the query, whose rows stand above.
    ("PP-META-parameters", "E-PP-54"),
];

pub(crate) fn all() -> Vec<Row> {
    let ledger = ledger::read(Path::new(ledger::DIRECTORY)).unwrap();
    let documents = ledger.documents.into_iter();
    documents
        .flat_map(|document| document.requirement)
        .collect()
}

/// Whether the row is about a field's shape and the documents hold it; an error
/// where they should and do not.
pub(crate) fn hold(documents: &[(Api, Value)], row: &Row) -> Result<bool, String> {
    if row.operation == "*" || row.field.is_empty() {
        return Ok(false);
    }
    if let Some((_, erratum)) = OVERRIDDEN.iter().find(|(id, _)| *id == row.id) {
        let is_told = row.erratum == *erratum;
        return if is_told {
            Ok(false)
        } else {
            Err("no longer overridden".to_owned())
        };
    }
    let (document, described) = judge::named(documents, &row.operation)?;
    if let Some(header) = row.field.strip_prefix("header:") {
        return header_row(document, &described, header, row);
    }
    if row.binds.contains(&Bound::Reply) {
        reply_row(document, &described, row)
    } else if row.binds.contains(&Bound::Request) || row.field.contains(':') {
        request_row(&described, row)
    } else {
        Ok(false)
    }
}

fn header_row(
    document: &Value,
    described: &Described<'_>,
    header: &str,
    row: &Row,
) -> Result<bool, String> {
    if let Some(status) = number(&row.statement).filter(|_| header == "content-type") {
        let content = &described.value["responses"][status.to_string()]["content"];
        let is_json = content.get("application/json").is_some();
        return is_json
            .then_some(true)
            .ok_or(format!("{status} is {content}"));
    }
    let schemes = described.value["security"][0].as_object();
    let is_scheme = |name: &String| {
        let scheme = &document["components"]["securitySchemes"][name];
        match header {
            "authorization" => scheme["type"] == "http",
            header => scheme["in"] == "header" && scheme["name"] == header,
        }
    };
    let content = &described.value["requestBody"]["content"];
    match header {
        // Every HTTP client sends these by itself.
        "accept" | "host" => Ok(false),
        "content-type" if content.get("application/x-www-form-urlencoded").is_some() => Ok(true),
        _ if schemes
            .into_iter()
            .flat_map(|all| all.keys())
            .any(is_scheme) =>
        {
            Ok(true)
        }
        _ => Err(format!("the header {header} is no part of the operation")),
    }
}

fn request_row(described: &Described<'_>, row: &Row) -> Result<bool, String> {
    let (_, name) = row.field.split_once(':').unwrap_or(("", &row.field));
    let parameter = described
        .parameters()
        .iter()
        .find(|parameter| parameter["name"] == name);
    let schema = match parameter {
        Some(parameter) => Some(&parameter["schema"]),
        None => described.property(name),
    };
    let schema = schema.ok_or_else(|| format!("{name} has no place"))?;
    let holds = match row.kind.as_str() {
        "default" => number(&row.statement).is_none_or(|number| schema["default"] == json!(number)),
        // What a check generates is judged value by value by a test of its own.
        _ if !row.check.is_empty() => true,
        "format" => is_of_type(schema, "array") || is_of_type(schema, "string"),
        "required" | "type" | "length" | "characters" | "allowed" | "range" => {
            return Err("a rule of a request has to have a check".to_owned());
        }
        _ => return Ok(false),
    };
    if holds {
        Ok(true)
    } else {
        Err(format!("{name} is described as {schema}"))
    }
}

fn reply_row(document: &Value, described: &Described<'_>, row: &Row) -> Result<bool, String> {
    let replies = described.value["responses"].as_object().unwrap().values();
    let mut found: Vec<&Value> = replies
        .map(|reply| &reply["content"]["application/json"]["schema"])
        .flat_map(|schema| variants(document, schema))
        .collect();
    for step in row.field.split('.') {
        found = found
            .into_iter()
            .flat_map(|schema| {
                let items = variants(document, &schema["items"]);
                items.into_iter().chain([schema]).collect::<Vec<_>>()
            })
            .flat_map(|schema| variants(document, &schema["properties"][step]))
            .collect();
    }
    if found.is_empty() {
        // The one reply example that shows a key which the sandbox leaves out.
        return match row.kind.as_str() {
            "example" => Ok(false),
            _ => Err(format!("{} has no place", row.field)),
        };
    }
    let any = |holds: &dyn Fn(&Value) -> bool| found.iter().any(|schema| holds(schema));
    let fits =
        |schema: &Value, value: Value| Judge::new(document, schema).trouble(&value).is_none();
    let statement = row.statement.as_str();
    let holds = match row.kind.as_str() {
        "type" => {
            let says = |words: &[&str]| words.iter().any(|word| statement.contains(word));
            let kinds: &[&str] = if says(&["array"]) {
                &["array"]
            } else if says(&["object", "one customer"]) {
                &["object"]
            } else if says(&["true or false", "boolean"]) {
                &["boolean"]
            } else if says(&[
                "balances",
                "whole number",
                "integer",
                "decimal",
                "numeric",
                "number",
            ]) {
                &["integer", "number", "array", "object"]
            } else if says(&["JSON"]) {
                &["object", "array"]
            } else {
                &["string"]
            };
            any(&|schema| kinds.iter().any(|kind| is_of_type(schema, kind)))
        }
        // The US have bounds of their own, which are conditions of the address.
        "length" if !statement.contains("US") && !statement.contains("not empty") => {
            let long = beyond(statement)?;
            any(&|schema| long.iter().all(|text| !fits(schema, text.as_str().into())))
        }
        "allowed" if row.field == "message" => any(&|schema| schema["const"].is_string()),
        "allowed" => {
            let values: Vec<Value> = match number(statement) {
                Some(number) if is_of_type(found[0], "string") => vec![number.to_string().into()],
                Some(number) => vec![number.into()],
                None => capitals(statement).into_iter().map(Value::from).collect(),
            };
            if values.is_empty() {
                return Err("no value is found in the statement".to_owned());
            }
            values
                .iter()
                .all(|value| any(&|schema| fits(schema, value.clone())))
                && !any(&|schema| fits(schema, "OTHER".into()))
        }
        "range" | "required" | "characters" | "format" | "length" => true,
        _ => return Ok(false),
    };
    if holds {
        Ok(true)
    } else {
        Err(format!("{} is described as {found:?}", row.field))
    }
}

/// A schema's own alternatives, references followed.
fn variants<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return document
            .pointer(&reference[1..])
            .map(|target| variants(document, target))
            .unwrap_or_default();
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(all) = schema[key].as_array() {
            return all.iter().flat_map(|one| variants(document, one)).collect();
        }
    }
    if schema.is_null() {
        Vec::new()
    } else {
        vec![schema]
    }
}

fn is_of_type(schema: &Value, kind: &str) -> bool {
    let own = &schema["type"];
    let alternatives = schema["anyOf"].as_array();
    *own == kind
        || own.as_array().is_some_and(|all| all.contains(&json!(kind)))
        || alternatives.is_some_and(|all| all.iter().any(|one| is_of_type(one, kind)))
}

/// Texts of several characters' kinds, longer by one than a statement allows,
/// or shorter by one where it tells the least.
fn beyond(statement: &str) -> Result<[String; 3], String> {
    let words = [
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("six", 6),
        ("seven", 7),
        ("twenty", 20),
    ];
    let in_words = words
        .iter()
        .find(|(word, _)| statement.split(' ').any(|other| other == *word));
    let most = match (numbers(statement).last(), in_words) {
        (Some(most), _) => *most,
        (None, Some((_, most))) => *most,
        (None, None) => return Err("no length is found in the statement".to_owned()),
    };
    let most = usize::try_from(most).map_err(|error| error.to_string())?;
    let length = if statement.contains("or more") {
        most - 1
    } else {
        most + 1
    };
    Ok(["1a@A", "1", "a"].map(|letters| letters.chars().cycle().take(length).collect()))
}

fn number(statement: &str) -> Option<u64> {
    numbers(statement).first().copied()
}

fn numbers(statement: &str) -> Vec<u64> {
    statement
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// The words in capitals: the values that a statement lists.
fn capitals(statement: &str) -> Vec<&str> {
    statement
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.len() > 1 && !word.chars().any(|c| c.is_ascii_lowercase()))
        .collect()
}
