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
pub(super) fn address(uri: &Uri) -> String {
    let text = uri.to_string();
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (run, may_be_card) = digits(from);
        shown.push_str(before);
        shown.push_str(if may_be_card { "[redacted]" } else { run });
        rest = from.strip_prefix(run).unwrap_or_default();
    }
    shown.push_str(rest);
    harmless(&shown)
}

/// The digits at the beginning, in groups as they are typed, and whether they may be a card
/// number. Groups of more digits than one has are an id.
fn digits(text: &str) -> (&str, bool) {
    let (mut end, mut all, mut longest) = (0, 0, 0);
    let mut rest = text;
    loop {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let group = rest.len() - after.len();
        if group == 0 {
            break;
        }
        (all, longest) = (all + group, longest.max(group));
        end = text.len() - after.len();
        let mut gaps = ["%20", "+", "-"].into_iter();
        match gaps.find_map(|gap| after.strip_prefix(gap)) {
            Some(next) => rest = next,
            None => break,
        }
    }
    let may_be_card = longest >= TOO_MANY_DIGITS || (TOO_MANY_DIGITS..=19).contains(&all);
    (text.split_at(end).0, may_be_card)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_card_number_however_it_is_typed() {
        for (path, shown) in [
            (
                "/customers/4111111111111111/cards",
                "/customers/[redacted]/cards",
            ),
            ("/a/4111%201111%201111%201111", "/a/[redacted]"),
            (
                "/a?n=4111-1111-1111-1111&limit=5",
                "/a?n=[redacted]&limit=5",
            ),
            ("/a?n=4111+1111+1111+1111,7", "/a?n=[redacted],7"),
            ("/a?n=+4111111111111", "/a?n=+[redacted]"),
            ("/411111111111/1/", "/411111111111/1/"),
            (
                "/v1/a?from=2026-11-21T08%3A00%3A00Z",
                "/v1/a?from=2026-11-21T08%3A00%3A00Z",
            ),
            (
                "/12345678-0000-4000-8000-000000000001",
                "/12345678-0000-4000-8000-000000000001",
            ),
            ("/a%20b-/%207", "/a%20b-/%207"),
        ] {
            let uri = format!("http://127.0.0.1:8484{path}").parse().unwrap();
            assert_eq!(address(&uri), format!("http://127.0.0.1:8484{shown}"));
        }
    }
}
