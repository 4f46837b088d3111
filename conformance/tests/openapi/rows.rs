//! The requirement rows that are about a field, against the documents.

use std::path::Path;

use cards_sandbox::openapi::Api;
use conformance::ledger::{self, Bound, Requirement as Row};
use serde_json::{Value, json};

use crate::judge::{self, Described, items, members};

/// Rows that the ledger overrides, so that the document says otherwise.
const OVERRIDDEN: &[(&str, &str)] = &[
    // The error list has `Required` for it.
    ("IB-BY-QUERY-customersId-optional", "E-IB-13"),
    // A single customer is an object; the prose's array is not what is served.
    ("IB-BY-BODY-details-array", "E-IB-20"),
    // The spelling and the kind of the newer copy are served.
    ("IL-OLD-CustomersID", "E-IL-04"),
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

/// Tells whether the row is about a field's shape and the documents hold it; an error where they
/// should and do not.
pub(crate) fn hold(documents: &[(Api, Value)], row: &Row) -> Result<bool, String> {
    if row.operation == "*" || row.field.is_empty() {
        return Ok(false);
    }
    if let Some((_, erratum)) = OVERRIDDEN.iter().find(|(id, _)| *id == row.id) {
        let is_told = row.erratum == *erratum;
        return is_told
            .then_some(false)
            .ok_or("no longer overridden".into());
    }
    let described = judge::named(documents, &row.operation)?;
    if let Some(header) = row.field.strip_prefix("header:") {
        header_row(&described, header, row)
    } else if row.binds.contains(&Bound::Reply) {
        reply_row(&described, row)
    } else if row.binds.contains(&Bound::Request) || row.field.contains(':') {
        request_row(&described, row)
    } else {
        Ok(false)
    }
}

fn header_row(described: &Described<'_>, header: &str, row: &Row) -> Result<bool, String> {
    if let Some(status) = number(&row.statement).filter(|_| header == "content-type") {
        let content = &described.value["responses"][status.to_string()]["content"];
        let is_json = content.get("application/json").is_some();
        return is_json
            .then_some(true)
            .ok_or(format!("{status} is {content}"));
    }
    let is_scheme = |(name, _): (&String, &Value)| {
        let scheme = &described.document["components"]["securitySchemes"][name];
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
        _ if members(&described.value["security"][0]).any(is_scheme) => Ok(true),
        _ => Err(format!("the header {header} is no part of the operation")),
    }
}

fn request_row(described: &Described<'_>, row: &Row) -> Result<bool, String> {
    let (_, name) = row.field.split_once(':').unwrap_or(("", &row.field));
    let schema = described.field(name);
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
    let described = || format!("{name} is described as {schema}");
    holds.then_some(true).ok_or_else(described)
}

/// The JSON types that a statement's first word of these speaks of; a text,
/// where it has none.
const TYPES: [(&[&str], &[&str]); 5] = [
    (&["array"], &["array"]),
    (&["object", "one customer"], &["object"]),
    (&["true or false", "boolean"], &["boolean"]),
    (
        &["balances", "integer", "decimal", "numeric", "number"],
        &["integer", "number", "array", "object"],
    ),
    (&["JSON"], &["object", "array"]),
];

fn reply_row(described: &Described<'_>, row: &Row) -> Result<bool, String> {
    let document = described.document;
    let mut found: Vec<&Value> = members(&described.value["responses"])
        .map(|(_, reply)| &reply["content"]["application/json"]["schema"])
        .flat_map(|schema| variants(document, schema))
        .collect();
    for step in row.field.split('.') {
        let below = found.into_iter().flat_map(|schema| {
            let mut all = variants(document, &schema["items"]);
            all.push(schema);
            all
        });
        found = below
            .flat_map(|schema| variants(document, &schema["properties"][step]))
            .collect();
    }
    if found.is_empty() {
        // The one reply example that shows a key which the sandbox leaves out.
        let is_example = row.kind == "example";
        return is_example
            .then_some(false)
            .ok_or(format!("{} has no place", row.field));
    }
    let any = |holds: &dyn Fn(&Value) -> bool| found.iter().any(|schema| holds(schema));
    let fits = |schema: &Value, value: &Value| judge::trouble(document, schema, value).is_none();
    let statement = row.statement.as_str();
    let holds = match row.kind.as_str() {
        "type" => {
            let says = |words: &[&str]| words.iter().any(|word| statement.contains(word));
            let types = TYPES.iter().find(|(words, _)| says(words));
            let types = types.map_or(&["string"][..], |(_, types)| types);
            any(&|schema| types.iter().any(|kind| is_of_type(schema, kind)))
        }
        // The US have bounds of their own, which are conditions of the address.
        "length" if !statement.contains("US") && !statement.contains("not empty") => {
            let long = beyond(statement)?;
            any(&|schema| long.iter().all(|text| !fits(schema, text)))
        }
        "allowed" if row.field == "message" => any(&|schema| schema["const"].is_string()),
        "allowed" => {
            let values: Vec<Value> = match number(statement) {
                Some(number) if is_of_type(found[0], "string") => vec![number.to_string().into()],
                Some(number) => vec![number.into()],
                None => capitals(statement).into_iter().map(Value::from).collect(),
            };
            let all_fit = values
                .iter()
                .all(|value| any(&|schema| fits(schema, value)));
            !values.is_empty() && all_fit && !any(&|schema| fits(schema, &"OTHER".into()))
        }
        "range" | "required" | "characters" | "format" | "length" => true,
        _ => return Ok(false),
    };
    let described = || format!("{} is described as {found:?}", row.field);
    holds.then_some(true).ok_or_else(described)
}

/// A schema's own alternatives, references followed.
pub(crate) fn variants<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(&reference[1..]);
        return target.map_or_else(Vec::new, |target| variants(document, target));
    }
    let alternatives = ["oneOf", "anyOf"].map(|key| &schema[key]);
    match alternatives.into_iter().find(|all| all.is_array()) {
        Some(all) => items(all).flat_map(|one| variants(document, one)).collect(),
        None if schema.is_null() => Vec::new(),
        None => vec![schema],
    }
}

fn is_of_type(schema: &Value, kind: &str) -> bool {
    let own = &schema["type"];
    let is_own = *own == kind || items(own).any(|one| one == kind);
    is_own || items(&schema["anyOf"]).any(|one| is_of_type(one, kind))
}

/// Texts of several characters' kinds, longer by one than a statement allows.
fn beyond(statement: &str) -> Result<[Value; 3], String> {
    let in_words = |word| {
        ["", "one", "two", "three", "four"]
            .iter()
            .position(|other| *other == word)
    };
    let last = numbers(statement).last().map(|number| *number as usize);
    let most = last.or_else(|| statement.split(' ').filter_map(in_words).next_back());
    let most = most.ok_or("no length is found in the statement")?;
    Ok(["1a@A", "1", "a"].map(|letters| {
        let text: String = letters.chars().cycle().take(most + 1).collect();
        text.into()
    }))
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
