//! The parameters of `GET /_sandbox/exchanges`.

use serde_json::{Value, json};

use crate::control::input::{MOST_LISTED, limit, number};
use crate::engine::field_error::FieldError;
use crate::engine::intake::Pairs;
use crate::engine::journal::Filter;
use crate::engine::listed::PROVIDERS;
use crate::engine::openapi::{Described, Document};
use crate::engine::operations::Operations;
use crate::engine::provider::Providers;

/// Holds what the query asks for.
#[derive(Debug, Default)]
pub(super) struct ExchangesQuery {
    pub(super) filter: Filter,
    /// Only exchanges with a greater id.
    pub(super) after: Option<u64>,
    /// The most that are listed.
    pub(super) limit: Option<usize>,
}

/// The parameters, in the document.
pub(super) fn described(document: &Document, operation: Described) -> Described {
    let names = document.operations.names(None);
    let example = names.first().copied().unwrap_or_default();
    let called = format!("Only calls of this operation, as in `{example}`.");
    let parameters = [
        (
            "provider",
            "Only exchanges below this provider's paths.",
            json!({"type": "string", "enum": [PROVIDERS]}),
        ),
        (
            "operation",
            &called,
            json!({"type": "string", "enum": names}),
        ),
        (
            "accepted",
            "Only calls that did what was asked, or only others.",
            json!({"type": "boolean"}),
        ),
        (
            "status",
            "Only answers of this HTTP status.",
            json!({"type": "integer", "minimum": 0, "maximum": 999}),
        ),
        (
            "after",
            "Only exchanges with a greater number.",
            json!({"type": "integer", "minimum": 0, "maximum": u64::MAX}),
        ),
        (
            "limit",
            "So many at most, the oldest.",
            json!({"type": "integer", "minimum": 1, "maximum": MOST_LISTED}),
        ),
    ];
    let with = |operation: Described, (name, description, schema): (&str, &str, Value)| {
        operation.with_parameter("query", name, description, &schema)
    };
    parameters.into_iter().fold(operation, with)
}

/// The query, or what is wrong with its first wrong parameter.
pub(super) fn parse(
    query: &Pairs,
    providers: &Providers,
    operations: &Operations,
) -> Result<ExchangesQuery, FieldError> {
    let mut asked = ExchangesQuery::default();
    for (at, (name, value)) in query.iter().enumerate() {
        if query[..at].iter().any(|(other, _)| other == name) {
            return Err(FieldError::at(shown(name), "is given twice"));
        }
        if name == "provider" {
            let found = providers.named(value);
            asked.filter.provider = Some(found.map_err(|why| FieldError::at("provider", why))?);
            continue;
        }
        if name == "operation" {
            let found = operation(value, operations);
            asked.filter.operation = Some(found.map_err(|why| FieldError::at("operation", why))?);
            continue;
        }
        let read = match name.as_str() {
            "accepted" => accepted(value).map(|it| asked.filter.accepted = Some(it)),
            "status" => status(value).map(|it| asked.filter.status = Some(it)),
            "after" => number(value)
                .ok_or("has to be a whole number")
                .map(|it| asked.after = Some(it)),
            "limit" => limit(value).map(|it| asked.limit = Some(it)),
            _ => Err(
                "is no parameter: there are provider, operation, accepted, status, after and limit",
            ),
        };
        read.map_err(|wrong| FieldError::at(shown(name), wrong))?;
    }
    Ok(asked)
}

fn operation(text: &str, operations: &Operations) -> Result<String, String> {
    match operations.named(None, text) {
        Some(operation) => Ok(operation.name.to_owned()),
        None => Err(format!(
            "has to be one of {}",
            operations.names(None).join(", ")
        )),
    }
}

fn accepted(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "has to be true or false")
}

fn status(text: &str) -> Result<u16, &'static str> {
    number(text)
        // A fault lets out any status, or none at all.
        .filter(|status| *status < 1000)
        .ok_or("has to be an HTTP status of at most 999, or 0 for no answer")
}

/// A parameter's name, unless it looks like anything else than a name.
fn shown(name: &str) -> &str {
    let is_name = name.len() <= 24 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_name && !name.is_empty() {
        name
    } else {
        "the query"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_three_digits_at_most() {
        for text in ["0", "200", "999"] {
            assert_eq!(status(text), Ok(text.parse().unwrap()));
        }
        for text in ["1000", "65536", "-1", "x", ""] {
            assert!(status(text).is_err(), "{text}");
        }
    }
}
