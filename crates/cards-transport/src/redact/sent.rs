//! The values that a request holds.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cards_model::{Body, Constraint, Field, Kind, Operation};
use http::{HeaderName, HeaderValue, Request, header};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::multipart::form_parts;

/// A value that a request holds.
pub(super) struct Sent {
    pub(super) text: String,
    /// Says whether its single words tell something too.
    pub(super) has_words: bool,
}

impl Sent {
    /// The value of a field, or of what no table has.
    fn of(field: Option<&Field>, text: impl Into<String>) -> Self {
        let has_words = |field: &Field| field.is_sensitive() && field.kind != Kind::File;
        Self {
            text: text.into(),
            has_words: field.is_none_or(has_words),
        }
    }
}

/// The values of a request, wherever they stand and both as they travel and
/// decoded: all but those that [`is_harmless`] tells.
pub(super) fn values(operation: &Operation, request: &Request<impl AsRef<[u8]>>) -> Vec<Sent> {
    let mut values = Vec::new();
    for (name, value) in request.headers() {
        if value.is_sensitive() {
            credentials(name, value, &mut values);
        }
    }
    path(operation, request.uri().path(), &mut values);
    let query = request.uri().query().unwrap_or_default();
    form(operation, query.as_bytes(), &mut values);
    let body = request.body().as_ref();
    match serde_json::from_slice(body) {
        _ if operation.body == Body::Multipart => {
            for part in form_parts(request) {
                let field = operation.field(&part.name);
                if !is_harmless(field, &part.text) {
                    values.push(Sent::of(field, part.text));
                }
            }
        }
        Ok(value) => json(operation, "", &value, &mut values),
        Err(_) => form(operation, body, &mut values),
    }
    values
}

/// Adds a credential that a header carries, without the name of its scheme, and
/// what a pair of Basic is made of.
fn credentials(name: &HeaderName, value: &HeaderValue, values: &mut Vec<Sent>) {
    let whole = String::from_utf8_lossy(value.as_bytes());
    let scheme = whole.split_once(' ').filter(|(scheme, _)| {
        let is_scheme = |known| scheme.eq_ignore_ascii_case(known);
        *name == header::AUTHORIZATION && (is_scheme("Bearer") || is_scheme("Basic"))
    });
    let Some((scheme, value)) = scheme else {
        values.push(Sent::of(None, whole));
        return;
    };
    values.push(Sent::of(None, value.trim_end_matches('=')));
    let pair = BASE64_STANDARD.decode(value).ok();
    if let Some(pair) = pair.filter(|_| scheme.eq_ignore_ascii_case("Basic")) {
        let pair = String::from_utf8_lossy(&pair);
        let (user, password) = pair.split_once(':').unwrap_or((&pair, ""));
        for part in [user, password] {
            values.extend([part.to_owned(), decoded(part)].map(|text| Sent::of(None, text)));
        }
    }
}

/// Adds what stands in a path for the parameters of the documented one, before
/// which the path may have a prefix.
fn path(operation: &Operation, path: &str, values: &mut Vec<Sent>) {
    for (name, part) in operation.path.rsplit('/').zip(path.rsplit('/')) {
        if name.starts_with('{') {
            let field = operation.field(name.trim_matches(['{', '}']));
            values.extend([part.to_owned(), decoded(part)].map(|text| Sent::of(field, text)));
        }
    }
}

/// Adds the values of a form body or of a query.
fn form(operation: &Operation, pairs: &[u8], values: &mut Vec<Sent>) {
    let pairs = String::from_utf8_lossy(pairs);
    for pair in pairs.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decoded(&name.replace('+', " "));
        let field = operation.field(&name);
        let is_list = field.is_some_and(|field| field.kind == Kind::List);
        for value in value.split(|c| is_list && c == ',') {
            let plain = decoded(&value.replace('+', " "));
            if !is_harmless(field, &plain) {
                values.extend([value.to_owned(), plain].map(|text| Sent::of(field, text)));
            }
        }
    }
}

/// Adds the values within a JSON value that stands at a path, which is empty for
/// the whole; texts also as JSON escapes them.
fn json(operation: &Operation, path: &str, value: &Value, values: &mut Vec<Sent>) {
    match value {
        Value::Array(items) => {
            for item in items {
                json(operation, path, item, values);
            }
        }
        Value::Object(object) => {
            for (name, item) in object {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                json(operation, &path, item, values);
            }
        }
        Value::Null | Value::Bool(_) => {}
        Value::Number(_) | Value::String(_) => {
            let escaped = value.to_string();
            let inner = escaped
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            let escaped = inner.unwrap_or(&escaped);
            let text = value.as_str().unwrap_or(escaped);
            let field = operation.field(path);
            if !is_harmless(field, text) {
                values.extend([text, escaped].map(|text| Sent::of(field, text)));
            }
        }
    }
}

/// Tells whether a value may be shown: of a field that the operation's table does not call
/// sensitive, the words that the table lists, and all of one that chooses a page.
fn is_harmless(field: Option<&Field>, value: &str) -> bool {
    field
        .filter(|field| !field.is_sensitive())
        .is_some_and(|field| {
            let is_listed = |constraint: &Constraint| match constraint {
                Constraint::OneOf(words) | Constraint::EachOneOf(words) => words.contains(&value),
                _ => false,
            };
            field.is_page || field.constraints.iter().any(is_listed)
        })
}

/// Takes the percent-encoding off.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
