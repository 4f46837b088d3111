//! `--dry-run`: the request as it would be sent, shown and not sent.

use std::sync::{Arc, Mutex, PoisonError};

use cards_transport::bytes::Bytes;
use cards_transport::http::{HeaderMap, HeaderName, HeaderValue, Request};
use cards_transport::model::{Operation, Pan};
use cards_transport::{
    Call, Limits, Provider, Retry, Settings, TransportError, TransportErrorKind, blocking,
};
use serde_json::{Map, Value};

use super::args::provider;
use super::context::Context;
use super::header;
use crate::config::Vars;
use crate::error::Error;
use crate::output;

/// Names a field whose values are personal, although they are words of a list.
const PERSONAL: &str = "gender";

/// Builds the request exactly as a client would, and prints it.
pub(super) fn print<C>(
    call: &C,
    vars: &Vars,
    settings: Settings,
    context: &Context,
) -> Result<(), Error>
where
    C: Call,
{
    let mut ours: C::Provider = provider(vars)?;
    let mut logs_in = false;
    if C::NEEDS_TOKEN && ours.standing_token().is_none() && ours.login().is_some() {
        // A login would come first. A stand-in lets the call itself be shown.
        logs_in = true;
        let token = format!("{}_TOKEN", C::Provider::PREFIX);
        ours = provider(&vars.clone().with(&token, "fetched-by-logging-in"))?;
    }
    let seen = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&seen);
    let transport = move |request: Request<Bytes>, _: Limits| {
        *keep.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        Err(TransportError::not_sent(TransportErrorKind::Request))
    };
    let settings = settings.retry(Retry::never());
    let sent = blocking::Client::with_settings(ours, transport, settings).send(call);
    let request = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (request, sent) {
        (Some(request), _) => {
            output::out(&shown(context.operation, &request))?;
            if logs_in {
                output::note("dry run: the token would be fetched first, by logging in\n");
            }
            output::note("dry run: nothing was sent\n");
            Ok(())
        }
        (None, Err(error)) => Err(Error::of_call(error, context)),
        (None, Ok(_)) => Ok(()),
    }
}

fn shown(operation: &Operation, request: &Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in by_name(request.headers()) {
        text.push_str(&format!("{name}: {}\n", header::of_request(name, value)));
    }
    if request.body().is_empty() {
        return text;
    }
    text.push_str(&format!("content-length: {}\n\n", request.body().len()));
    if let Ok(Value::Object(mut object)) = serde_json::from_slice(request.body()) {
        mask(operation, "", &mut object);
        return format!("{text}{:#}\n", Value::Object(object));
    }
    for (name, value) in form_urlencoded::parse(request.body()) {
        text.push_str(&format!("{name}={}\n", masked(operation, &name, &value)));
    }
    text
}

fn by_name(headers: &HeaderMap) -> Vec<(&HeaderName, &HeaderValue)> {
    let mut headers: Vec<_> = headers.iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    headers
}

/// Masks the values of a JSON object. Those of lists count as the list's own.
fn mask(operation: &Operation, outer: &str, object: &mut Map<String, Value>) {
    for (name, value) in object {
        mask_value(operation, &format!("{outer}{name}"), value);
    }
}

fn mask_value(operation: &Operation, name: &str, value: &mut Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Object(object) => mask(operation, &format!("{name}."), object),
        Value::Array(items) => {
            for item in items {
                mask_value(operation, name, item);
            }
        }
        Value::String(text) => *text = masked(operation, name, text),
        Value::Number(number) => {
            let text = number.to_string();
            let shown = masked(operation, name, &text);
            if shown != text {
                *value = shown.into();
            }
        }
    }
}

/// The value of a field: whole where the field's table says that it tells
/// nothing of a person, and no secret.
fn masked(operation: &Operation, name: &str, value: &str) -> String {
    let field = operation.field(name).filter(|field| !field.is_sensitive);
    let is_public = field.is_some() && name != PERSONAL;
    // Without its check, a request may have a card number in any field.
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    match name {
        _ if value.is_empty() => String::new(),
        "card_no" => Pan::new(value).to_string(),
        _ if is_public && digits < 13 => output::harmless(value),
        _ => "[redacted]".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use cards_transport::model::Request as _;
    use cards_transport::model::airpay::RegisterUser;

    use super::*;

    fn masked(name: &str, value: &str) -> String {
        super::masked(RegisterUser::OPERATION, name, value)
    }

    #[test]
    fn masks_what_it_does_not_know() {
        assert_eq!(masked("card_no", "4622940000003713"), "462294******3713");
        assert_eq!(masked("card_no", "4622"), "[redacted]");
        assert_eq!(masked("kit_no", "100000001200"), "100000001200");
        assert_eq!(masked("kit_no", "4622940000003713"), "[redacted]");
        assert_eq!(masked("otp", "1234"), "[redacted]");
        assert_eq!(masked("gender", "F"), "[redacted]");
        assert_eq!(masked("anything", "x"), "[redacted]");
        assert_eq!(masked("doc_expiry", ""), "");
    }

    #[test]
    fn masks_what_is_nested() {
        let mut body = serde_json::json!({
            "kit_no": "1", "otp": "1234", "x": {"city": "Kochi", "on": true}, "card_type": ["V", "P"],
        });
        let object = body.as_object_mut().unwrap();
        mask(RegisterUser::OPERATION, "", object);
        let masked = serde_json::json!({
            "kit_no": "1", "otp": "[redacted]", "x": {"city": "[redacted]", "on": true},
            "card_type": ["V", "P"],
        });
        assert_eq!(body, masked);
    }
}
