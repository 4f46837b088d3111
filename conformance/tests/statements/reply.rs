//! Checks what the client makes of a reply.

use bytes::Bytes;
use cards_transport::{Call, Visit};
use http::Response;
use serde_json::Value;

use crate::case::ReplyCase;
use crate::common::operations::visited;
use crate::operation::{Read, read};
use crate::view;

pub(crate) fn run(case: &ReplyCase) -> Result<(), String> {
    visited(&case.operation, case)?
}

impl Visit for &ReplyCase {
    type Output = Result<(), String>;

    fn visit<C: Call>(self) -> Self::Output {
        read_as::<C>(self)
    }
}

fn read_as<C: Call>(case: &ReplyCase) -> Result<(), String> {
    let response = Response::builder()
        .status(case.status)
        .body(Bytes::from(case.body.clone()))
        .map_err(|error| error.to_string())?;
    let Read {
        value,
        unlisted,
        broken,
    } = match read::<C>(response)? {
        Ok(read) if case.outcome == "ok" => read,
        Ok(_) => return Err(format!("it is read, and not {}", case.outcome)),
        Err(error) => return refused(case, &error),
    };
    for (pointer, expected) in &case.reads {
        let found = value.pointer(pointer).unwrap_or(&Value::Null);
        if found != expected {
            return Err(format!("{pointer} reads {found}, expected {expected}"));
        }
    }
    // A null that is written back says no more than absence.
    let is_there = |pointer: &&String| value.pointer(pointer).is_some_and(|value| !value.is_null());
    if let Some(pointer) = case.lacks.iter().find(is_there) {
        return Err(format!("{pointer} is there"));
    }
    if let Some(expected) = case.unlisted
        && expected != unlisted
    {
        return Err(format!(
            "{unlisted} values are unlisted, expected {expected}"
        ));
    }
    if let Some(expected) = &case.breaks {
        let expected: Vec<_> = expected.clone().into_iter().collect();
        let mut broken = broken.ok_or("no rules are stated for this reply")?;
        broken.sort();
        if broken != expected {
            return Err(format!(
                "the reply breaks {broken:?}, expected {expected:?}"
            ));
        }
    }
    if let Some(expected) = &case.next {
        let next = view::next(case)?;
        if &next != expected {
            return Err(format!("the next page is {next:?}, expected {expected:?}"));
        }
    }
    if !case.summary.is_empty() {
        let summaries = view::summaries(case)?;
        for (pointer, expected) in &case.summary {
            let found = summaries.pointer(pointer).unwrap_or(&Value::Null);
            if found != expected {
                return Err(format!(
                    "{pointer} of the summaries is {found}, expected {expected}"
                ));
            }
        }
    }
    Ok(())
}

fn refused(case: &ReplyCase, error: &cards_transport::Error) -> Result<(), String> {
    let kind = format!("{:?}", error.kind()).to_lowercase();
    if kind != case.outcome.replace('-', "") {
        return Err(format!("{error}, expected {}", case.outcome));
    }
    for (name, expected) in &case.refusal {
        let refusal = error.refusal().ok_or("the error carries no refusal")?;
        let found = match name.as_str() {
            "code" => refusal.code.as_deref(),
            "message" => refusal.message.as_deref(),
            field => refusal
                .fields
                .iter()
                .find(|f| f.field == field)
                .map(|f| f.error.as_str()),
        };
        if found != Some(expected) {
            return Err(format!(
                "the refusal's {name} is {found:?}, expected {expected}"
            ));
        }
    }
    if error.raw().map(|raw| raw.body().as_ref()) != Some(case.body.as_bytes()) {
        return Err("the error has lost the body".to_owned());
    }
    let cause = if error.json().is_some() {
        "malformed"
    } else if error.refusal().is_some() {
        "refused"
    } else {
        "http"
    };
    match &case.cause {
        Some(expected) if expected != cause => {
            Err(format!("the cause is {cause}, expected {expected}"))
        }
        _ => Ok(()),
    }
}
