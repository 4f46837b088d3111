//! The value of a header as it may be shown.

use cards_transport::http::{HeaderName, HeaderValue};

/// The headers of a reply that tell of no person: those that are all about the
/// message. Others may hold a session or a name.
const OF_REPLIES: [&str; 17] = [
    "age",
    "allow",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "expires",
    "keep-alive",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "server",
    "transfer-encoding",
    "vary",
    "x-sandbox-exchange",
];

/// Stands for a value that is not shown.
const OUT: &str = "[redacted]";

/// The value of a request's header. The checksum is made to travel in the clear;
/// of credentials only the scheme is shown.
pub(super) fn of_request(name: &HeaderName, value: &HeaderValue) -> String {
    let text = value.to_str().unwrap_or("[not text]");
    match text.split_once(' ') {
        _ if name == "checksum" || !value.is_sensitive() => text.to_owned(),
        Some((scheme @ ("Bearer" | "Basic"), _)) => format!("{scheme} {OUT}"),
        _ => OUT.to_owned(),
    }
}

/// The value of a reply's header.
pub(super) fn of_reply(name: &HeaderName, value: &HeaderValue) -> String {
    match value.to_str() {
        Ok(text) if OF_REPLIES.contains(&name.as_str()) => text.to_owned(),
        _ => OUT.to_owned(),
    }
}
