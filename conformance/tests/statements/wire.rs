//! The request that goes out for an input.

use cards_transport::{Call, Visit};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::case::WireCase;
use crate::common::operations::visited;
use crate::operation::{Sending, is_form, valid, wire};

pub(crate) fn run(case: &WireCase) -> Result<(), String> {
    visited(&case.operation, case)?
}

impl Visit for &WireCase {
    type Output = Result<(), String>;

    fn visit<C: Call>(self) -> Self::Output {
        sent_as::<C>(self)
    }
}

fn sent_as<C: Call>(case: &WireCase) -> Result<(), String> {
    let order = case.order.as_deref().unwrap_or("table");
    let order = order.parse().map_err(|error| format!("order: {error}"))?;
    let mut input = valid(&case.operation)?;
    input.extend(case.input.pairs());
    input.retain(|name, _| !case.without.contains(name));
    let sending = Sending {
        order,
        placeholder: case.placeholder,
        secret_key: case.secret_key.as_deref(),
        documented_host: case.url.is_some(),
    };
    let request = wire::<C>(&input, sending)?;

    same("url", case.url.as_deref(), &request.uri().to_string())?;
    same(
        "document",
        case.document.as_deref(),
        C::operation().document,
    )?;
    same("method", case.method.as_deref(), request.method().as_str())?;
    same("path", case.path.as_deref(), request.uri().path())?;
    same(
        "query",
        case.query.as_deref(),
        request.uri().query().unwrap_or_default(),
    )?;
    for (name, expected) in &case.headers {
        let value = request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok());
        match value {
            None => return Err(format!("header {name} is not there")),
            Some(value) if expected != "*" && value != expected => {
                return Err(format!("header {name} is not {expected}"));
            }
            Some(_) => {}
        }
    }
    if let Some(name) = case
        .no_headers
        .iter()
        .find(|name| request.headers().contains_key(*name))
    {
        return Err(format!("header {name} is there"));
    }
    let body = std::str::from_utf8(request.body()).map_err(|error| error.to_string())?;
    same("body", case.body.as_deref(), body)?;
    let fields: Vec<(String, String)> = form_urlencoded::parse(request.body())
        .into_owned()
        .collect();
    let given = |name: &str| match input.get(name) {
        Some(Value::String(text)) => text.clone(),
        other => other.map(Value::to_string).unwrap_or_default(),
    };
    if let Some(names) = &case.names {
        let names = names.list().into_iter();
        let expected: Vec<_> = names.map(|name| (name.to_owned(), given(name))).collect();
        if fields != expected {
            return Err(format!("the body holds {fields:?}, expected {expected:?}"));
        }
    }
    if is_form::<C>() {
        if case.names.is_none() {
            for (name, _) in case.input.pairs() {
                if !fields.contains(&(name.clone(), given(&name))) {
                    return Err(format!("the body does not hold {name}={}", given(&name)));
                }
            }
        }
        // By an implementation of our own, over what the body decodes to.
        let joined: String = fields.iter().map(|(_, value)| value.as_str()).collect();
        let digest = Sha256::new()
            .chain_update(&joined)
            .chain_update(sending.secret())
            .finalize();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let sent = request
            .headers()
            .get("checksum")
            .and_then(|value| value.to_str().ok());
        same("checksum", Some(&hex), sent.unwrap_or("absent"))?;
    }
    Ok(())
}

fn same(what: &str, expected: Option<&str>, actual: &str) -> Result<(), String> {
    match expected {
        Some(expected) if expected != actual => Err(format!(
            "{what}\n  expected {expected}\n       got {actual}"
        )),
        _ => Ok(()),
    }
}
