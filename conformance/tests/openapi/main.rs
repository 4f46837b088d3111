//! The OpenAPI documents, held to the documents' tables: every row of a request
//! or reply field has its place, what the sandbox takes fits and what it
//! refuses by a rule does not, and every reply fits the schema of its status.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "../common/mod.rs"]
mod common;

#[path = "../statements/case.rs"]
mod case;
#[expect(dead_code, reason = "the statements use the rest of it")]
#[path = "../statements/exchange.rs"]
mod exchange;
#[expect(dead_code, reason = "the statements use the rest of it")]
#[path = "../statements/operation.rs"]
mod operation;

mod control;
mod judge;
mod links;
mod plain;
mod rows;

use std::collections::BTreeSet;

use cards_sandbox::openapi::{Api, document};
use conformance::fixture::Kind;
use conformance::generated::{self, Generated};
use serde_json::Value;

use crate::judge::{items, members};

/// Every document by its API.
fn documents() -> Vec<(Api, Value)> {
    let parsed = |api: &Api| (*api, serde_json::from_str(&document(*api)).unwrap());
    Api::ALL.iter().map(parsed).collect()
}

#[test]
fn each_document_is_openapi_3_1() {
    for (api, value) in documents() {
        let text = document(api);
        assert_eq!(text, document(api), "the same text every time");
        let parsed = oas3::from_json(&text).unwrap_or_else(|error| panic!("{api}: {error}"));
        parsed.validate_version().unwrap();
        let operations = parsed.operations().count();
        assert!(operations >= 2, "{api}: {operations}");

        let mut ids = BTreeSet::new();
        for described in judge::operations(&value) {
            let operation = described.value;
            let place = format!("{api} {} {}", described.method, described.path);
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{place}: {id} comes twice");
            for key in ["summary", "tags"] {
                assert!(operation.get(key).is_some(), "{place}: no {key}");
            }
            for (status, reply) in members(&operation["responses"]) {
                let described = reply["description"].as_str().unwrap();
                assert!(!described.is_empty(), "{place} {status}");
            }
            let tag = &operation["tags"][0];
            let is_known = items(&value["tags"]).any(|known| known["name"] == *tag);
            assert!(is_known, "{place}: {tag}");
            for (scheme, _) in members(&operation["security"][0]) {
                let known = &value["components"]["securitySchemes"][scheme];
                assert!(known.is_object(), "{place}: {scheme}");
            }
        }
        for reference in judge::references(&value) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(value.pointer(pointer).is_some(), "{api}: {reference}");
        }
        for (name, schema) in members(&value["components"]["schemas"]) {
            assert!(jsonschema::meta::is_valid(schema), "{api} {name}");
        }
    }
}

#[test]
fn examples_fit_and_are_the_documents_own() {
    let mut shown = BTreeSet::new();
    for (api, value) in documents() {
        for described in judge::operations(&value) {
            let id = described.value["operationId"].as_str().unwrap();
            for (schema, example) in described.examples() {
                let trouble = judge::trouble(&value, schema, example);
                assert_eq!(trouble, None, "{api} {id}: {example}");
                shown.insert((id.to_owned(), example.to_string()));
            }
        }
    }
    let mut documented = 0;
    for case in conformance::fixture::all().unwrap() {
        let is_documented = case.meta.kind == Kind::Documented && case.provider == "airpay";
        let Some(reply) = case.reply.as_ref().filter(|_| is_documented) else {
            continue;
        };
        documented += 1;
        let body: Value = serde_json::from_slice(reply.body.as_ref()).unwrap();
        let found = shown.contains(&(case.operation.clone(), body.to_string()));
        assert!(found, "{} is no example of the document", case.id());
    }
    assert!(documented >= 6, "{documented}");
    for (id, example) in [
        ("register-user", "462294XXXXXX3713"),
        ("list-prepaid-cards", "DAPLMC00002125433c0c34a2821f4f86866e"),
        ("list-customer-cards", "bSuppressed"),
        ("cards-by-customer", "11057"),
    ] {
        let has = |(of, shown): &(String, String)| of == id && shown.contains(example);
        assert!(shown.iter().any(has), "{id}: {example}");
    }
}

#[test]
fn every_row_of_a_field_is_in_the_document() {
    let documents = documents();
    let mut held = 0;
    let mut troubles = Vec::new();
    for row in rows::all() {
        match rows::hold(&documents, &row) {
            Ok(is_held) => held += usize::from(is_held),
            Err(why) => troubles.push(format!("{}: {why} ({})", row.id, row.statement)),
        }
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
    // As many rows on a field's presence, type, length, characters, format,
    // values, bounds and default as there are today.
    assert!(held >= 330, "{held} rows are held");
}

#[test]
fn values_fit_as_they_are_judged() {
    let documents = documents();
    let mut judged = 0;
    for row in generated::all().unwrap() {
        judged += judge_row(&documents, &row).unwrap_or_else(|why| panic!("{}: {why}", row.row.id));
    }
    assert!(judged > 800, "{judged}");
}

/// Holds the values of a row's field against its schema, and counts them.
fn judge_row(documents: &[(Api, Value)], row: &Generated) -> Result<usize, String> {
    let described = judge::named(documents, &row.row.operation)?;
    let field = &row.row.field;
    let is_sample = |value: &Value| {
        let schema = described.field(field);
        schema.is_some_and(|schema| items(&schema["examples"]).any(|sample| sample == value))
    };
    let mut judged = 0;
    for case in row.cases.iter().filter(|case| case.reply.is_none()) {
        let input = row.input(case);
        let value = input.get(field);
        let says_decimals = || {
            let schema = described.field(field);
            let text = schema.and_then(|schema| schema["description"].as_str());
            text.is_some_and(|text| text.contains("At most 2 decimals."))
        };
        let is_told = case.breaks.iter().any(|rule| match rule.as_str() {
            // By the day that it is; of a number, a schema can tell.
            "range" => value.is_some_and(Value::is_number),
            // How many decimals a number has is told in words, as no schema tells it well.
            "format" => !(value.is_some_and(Value::is_f64) && says_decimals()),
            // Which letters beyond ASCII are no special characters is not told.
            "composition" => value.and_then(Value::as_str).is_some_and(str::is_ascii),
            _ => true,
        });
        // The sandbox takes the document's own samples.
        if !case.breaks.is_empty() && (!is_told || value.is_some_and(is_sample)) {
            continue;
        }
        judged += 1;
        match described.trouble_of_input(&input) {
            Some(why) if case.breaks.is_empty() => return Err(format!("{value:?}: {why}")),
            None if !case.breaks.is_empty() => {
                return Err(format!("{value:?} fits, and breaks {:?}", case.breaks));
            }
            _ => {}
        }
    }
    Ok(judged)
}

#[test]
fn every_exchange_fits() {
    let documents = documents();
    let (mut replies, mut taken, mut refused) = (0, 0, 0);
    for case in case::load().unwrap() {
        if case.exchange.is_empty() {
            continue;
        }
        let order = case.checksum_order.as_deref().unwrap_or("received");
        let sandbox = exchange::Sandbox::start_with(order).unwrap();
        for (index, exchange) in case.exchange.iter().enumerate() {
            let place = format!("{}, exchange {index}", case.id);
            let request = sandbox.request(exchange).unwrap();
            let before = sandbox.running.exchanges().len();
            let reply = sandbox.send(request.clone()).unwrap();
            let of_path = judge::of_target(&documents, request.method(), request.uri());
            let Some(described) = of_path else {
                let status = reply.status().as_u16();
                assert!(
                    [400, 404, 405].contains(&status),
                    "{place}: {status}, and not described"
                );
                continue;
            };
            replies += 1;
            let trouble = described.trouble_of_reply(&reply);
            assert_eq!(trouble, None, "{place}");

            // The schema tells of the request what the journal tells.
            let journal = sandbox.running.exchanges();
            let Some(last) = journal.get(before) else {
                continue;
            };
            let trouble = described.trouble_of_request(&request);
            let is_told = |violation: &cards_transport::model::Violation| {
                described.tells(&violation.field, violation.rule.as_str())
            };
            if last.accepted {
                taken += 1;
                assert_eq!(trouble, None, "{place}: taken");
            } else if last.violations.iter().any(is_told) {
                refused += 1;
                assert!(trouble.is_some(), "{place}: refused, {}", last.verdict);
            }
        }
    }
    assert!(
        replies > 400 && taken > 200 && refused > 20,
        "{replies} {taken} {refused}"
    );
}

#[test]
fn each_documented_path_is_served_and_no_other_method_of_it() {
    let sandbox = exchange::Sandbox::start_with("received").unwrap();
    let url = sandbox.running.url();
    for (api, value) in documents() {
        let prefix = value["servers"][0]["url"].as_str().unwrap();
        let prefix = prefix.trim_end_matches('/');
        for (path, item) in members(&value["paths"]) {
            let target = filled(path, item);
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                let request = http::Request::builder().method(method);
                let request = request.uri(format!("{url}{prefix}{target}"));
                let request = request.body(bytes::Bytes::new()).unwrap();
                let reply = sandbox.send(request).unwrap();
                let status = reply.status();
                // A path that there is not has this text or, at a provider, no
                // reason for a 404 of its own: the ids in it are known ones.
                let is_unknown = match api {
                    Api::Control => reply.body().ends_with(br#""no provider has this path"}"#),
                    _ => status == 404,
                };
                let is_served = status != 405 && !is_unknown;
                let is_described = item.get(method.to_ascii_lowercase()).is_some();
                assert_eq!(is_served, is_described, "{api} {method} {path}: {status}");
            }
        }
    }
}

/// A path with something that is known in the place of each parameter.
fn filled(path: &str, item: &Value) -> String {
    let parameters = members(item).flat_map(|(_, operation)| items(&operation["parameters"]));
    parameters.fold(path.to_owned(), |path, parameter| {
        let first = &parameter["schema"]["enum"][0];
        let known = parameter["example"].as_str().or(first.as_str());
        let name = parameter["name"].as_str().unwrap();
        path.replace(&format!("{{{name}}}"), known.unwrap_or("1"))
    })
}
