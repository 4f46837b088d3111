//! `--dry-run`: the request as it would be sent, shown and not sent.

use std::sync::{Arc, Mutex, PoisonError};

use cards_transport::bytes::Bytes;
use cards_transport::http::{HeaderMap, HeaderName, HeaderValue, Request};
use cards_transport::model::Pan;
use cards_transport::{
    Call, Limits, Provider, Retry, Settings, TransportError, TransportErrorKind, blocking,
};

use super::{Configured, Context, provider};
use crate::config::Vars;
use crate::error::Error;
use crate::output;

/// The form fields whose values name neither a person nor a secret. Whatever
/// is not listed is masked.
const PUBLIC: [&str; 8] = [
    "kit_no",
    "card_type",
    "card_expiry",
    "title",
    "doc_type",
    "entity_id",
    "status",
    "type",
];

/// Builds the request exactly as a client would, and prints it.
pub(super) fn print<C>(
    call: &C,
    vars: &Vars,
    settings: Settings,
    context: &Context,
) -> Result<(), Error>
where
    C: Call<Provider: Configured>,
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
            output::out(&shown(&request))?;
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

fn shown(request: &Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in by_name(request.headers()) {
        text.push_str(&format!("{name}: {}\n", header(name, value)));
    }
    if request.body().is_empty() {
        return text;
    }
    text.push_str(&format!("content-length: {}\n\n", request.body().len()));
    for (name, value) in form_urlencoded::parse(request.body()) {
        text.push_str(&format!("{name}={}\n", masked(&name, &value)));
    }
    text
}

fn by_name(headers: &HeaderMap) -> Vec<(&HeaderName, &HeaderValue)> {
    let mut headers: Vec<_> = headers.iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    headers
}

/// The checksum is made to travel in the clear; of credentials only the scheme
/// is shown.
fn header(name: &HeaderName, value: &HeaderValue) -> String {
    let text = value.to_str().unwrap_or("[not text]");
    match text.split_once(' ') {
        _ if name == "checksum" || !value.is_sensitive() => text.to_owned(),
        Some((scheme @ ("Bearer" | "Basic"), _)) => format!("{scheme} [redacted]"),
        _ => "[redacted]".to_owned(),
    }
}

fn masked(name: &str, value: &str) -> String {
    // Without its check, a request may have a card number in any field.
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    match name {
        _ if value.is_empty() => String::new(),
        "card_no" => Pan::new(value).to_string(),
        name if PUBLIC.contains(&name) && digits < 13 => output::harmless(value),
        _ => "[redacted]".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_what_it_does_not_know() {
        assert_eq!(masked("card_no", "4622940000003713"), "462294******3713");
        assert_eq!(masked("card_no", "4622"), "[redacted]");
        assert_eq!(masked("kit_no", "100000001200"), "100000001200");
        assert_eq!(masked("kit_no", "4622940000003713"), "[redacted]");
        assert_eq!(masked("otp", "1234"), "[redacted]");
        assert_eq!(masked("anything", "x"), "[redacted]");
        assert_eq!(masked("doc_expiry", ""), "");
    }
}
