//! `-v` and `-vv`: each request that leaves and each reply that comes, told on
//! standard error.

use std::fmt::Write;
use std::time::{Duration, Instant};

use cards_transport::bytes::Bytes;
use cards_transport::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use cards_transport::{AsyncTransport, BlockingTransport, Limits, TransportError};

use super::header;
use crate::output::{self, Detail, harmless};

/// The number of digits in a row from which a part of an address may be a card number.
const TOO_MANY_DIGITS: usize = 13;

/// A transport that tells of what it sends and gets, as far as that is asked for.
pub(crate) struct Told<T>(pub(crate) T);

impl<T: BlockingTransport> BlockingTransport for Told<T> {
    fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        let started = begins(&request);
        let outcome = self.0.send(request, limits);
        ends(&outcome, started);
        outcome
    }

    fn sleep(&self, pause: Duration) {
        self.0.sleep(pause);
    }
}

impl<T: AsyncTransport> AsyncTransport for Told<T> {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        let started = begins(&request);
        let outcome = self.0.send(request, limits).await;
        ends(&outcome, started);
        outcome
    }

    async fn sleep(&self, pause: Duration) {
        self.0.sleep(pause).await;
    }
}

/// Tells of a request that is about to leave.
fn begins(request: &Request<Bytes>) -> Instant {
    let detail = output::detail();
    if detail != Detail::None {
        output::err(&sent(request, detail));
    }
    Instant::now()
}

/// Tells how it ended.
fn ends(outcome: &Result<Response<Bytes>, TransportError>, started: Instant) {
    let detail = output::detail();
    if detail != Detail::None {
        output::err(&came(outcome, started.elapsed(), detail));
    }
}

fn sent(request: &Request<Bytes>, detail: Detail) -> String {
    let (method, address) = (request.method(), address(request.uri()));
    let mut text = format!("> {method} {address}{}\n", size(request.body()));
    headers(
        &mut text,
        '>',
        request.headers(),
        detail,
        header::of_request,
    );
    text
}

fn came(
    outcome: &Result<Response<Bytes>, TransportError>,
    took: Duration,
    detail: Detail,
) -> String {
    let took = took.as_secs_f64() * 1000.0;
    match outcome {
        Ok(reply) => {
            let (status, size) = (reply.status(), size(reply.body()));
            let mut text = format!("< HTTP {status}{size} after {took:.1} ms\n");
            headers(&mut text, '<', reply.headers(), detail, header::of_reply);
            text
        }
        Err(error) => {
            let why = error.kind().as_str();
            format!("< {why}, after {took:.1} ms\n")
        }
    }
}

/// Adds the headers, by name.
fn headers(
    text: &mut String,
    side: char,
    headers: &HeaderMap,
    detail: Detail,
    shown: fn(&HeaderName, &HeaderValue) -> String,
) {
    if detail != Detail::Headers {
        return;
    }
    let mut headers: Vec<_> = headers.iter().collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        let value = harmless(&shown(name, value));
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{side}   {name}: {value}");
    }
}

fn size(body: &Bytes) -> String {
    match body.len() {
        0 => String::new(),
        bytes => format!(", {bytes} bytes"),
    }
}

/// The address without what may be a card number, which a request that is not
/// checked can have anywhere.
fn address(uri: &Uri) -> String {
    let text = uri.to_string();
    let mut shown = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        match digits.len() < TOO_MANY_DIGITS {
            true => shown.push_str(&digits),
            false => shown.push_str("[redacted]"),
        }
        digits.clear();
        if c != '\n' {
            shown.push(c);
        }
    }
    harmless(&shown)
}
