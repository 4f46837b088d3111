//! The parameters of `GET /_sandbox/exchanges`.

use serde_json::{Value, json};

use crate::field_error::FieldError;
use crate::intake::Pairs;
use crate::journal::Filter;
use crate::listed::PROVIDERS;
use crate::openapi::Described;
use crate::provider::Providers;

const LONGEST_NAME: usize = 64;
const MOST: usize = 1000;

/// Holds what the query asks for.
#[derive(Debug, Default)]
pub(super) struct ExchangesQuery {
    pub(super) filter: Filter,
    /// Only exchanges with a greater id.
    pub(super) after: Option<u64>,
    /// So many at most.
    pub(super) limit: Option<usize>,
}

/// The parameters, in the document.
pub(super) fn described(operation: Described) -> Described {
    let parameters = [
        (
            "provider",
            "Only exchanges below this provider's paths.",
            json!({"type": "string", "enum": [PROVIDERS]}),
        ),
        (
            "operation",
            "Only calls of this operation, as in `register-user`.",
            json!({"type": "string", "maxLength": LONGEST_NAME, "pattern": "^[a-z\\-]+$"}),
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
            json!({"type": "integer", "minimum": 1, "maximum": MOST}),
        ),
    ];
    let with = |operation: Described, (name, description, schema): (&str, &str, Value)| {
        operation.with_parameter("query", name, description, &schema)
    };
    parameters.into_iter().fold(operation, with)
}

/// The query, or what is wrong with its first wrong parameter.
pub(super) fn parse(query: &Pairs, providers: &Providers) -> Result<ExchangesQuery, FieldError> {
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
        let read = match name.as_str() {
            "operation" => operation(value).map(|it| asked.filter.operation = Some(it)),
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

/// Digits only, without a sign.
pub(super) fn number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn operation(text: &str) -> Result<String, &'static str> {
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    if !text.is_empty() && text.len() <= LONGEST_NAME && text.bytes().all(is_name) {
        Ok(text.to_owned())
    } else {
        Err("has to be an operation's name, such as register-user")
    }
}

fn accepted(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "has to be true or false")
}

fn status(text: &str) -> Result<u16, &'static str> {
    number(text)
        .and_then(|status| u16::try_from(status).ok())
        // A fault lets out any status, or none at all.
        .filter(|status| *status < 1000)
        .ok_or("has to be an HTTP status of at most 999, or 0 for no answer")
}

fn limit(text: &str) -> Result<usize, &'static str> {
    number(text)
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| (1..=MOST).contains(limit))
        .ok_or("has to be a whole number from 1 to 1000")
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
