//! `-v` and `-vv`: each request that leaves and each reply that comes, told on
//! standard error.

use std::fmt::Write;
use std::time::{Duration, Instant};

use cards_transport::bytes::Bytes;
use cards_transport::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use cards_transport::{
    AsyncTransport, BlockingTransport, Limits, TransportError, TransportErrorKind,
};

use super::{departure, header};
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
        let started = begins(&request)?;
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
        let started = begins(&request)?;
        let outcome = self.0.send(request, limits).await;
        ends(&outcome, started);
        outcome
    }

    async fn sleep(&self, pause: Duration) {
        self.0.sleep(pause).await;
    }
}

/// Tells of a request that is about to leave, unless whoever waited for it was told that nothing
/// did.
fn begins(request: &Request<Bytes>) -> Result<Instant, TransportError> {
    if departure::OF_THE_CHANGE.is_over() {
        return Err(TransportError::not_sent(TransportErrorKind::Interrupted));
    }
    let detail = output::detail();
    if detail != Detail::None {
        output::err(&sent(request, detail));
    }
    Ok(Instant::now())
}

/// Tells how it ended.
fn ends(outcome: &Result<Response<Bytes>, TransportError>, started: Instant) {
    let failed = outcome.as_ref().err();
    departure::OF_THE_CHANGE.came_back(failed.is_none_or(TransportError::is_maybe_sent));
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
    while let Some((_, after)) = sign(rest) {
        let run = digits(rest);
        let next = if run.end > 0 {
            run.end
        } else {
            rest.len() - after.len()
        };
        let (taken, left) = rest.split_at(next);
        shown.push_str(if run.may_be_card() {
            "[redacted]"
        } else {
            taken
        });
        rest = left;
    }
    harmless(&shown)
}

/// Holds digits in groups as they are typed: with a space or a hyphen between them.
#[derive(Default)]
struct Run {
    text: String,
    /// The place in the address at which they end.
    end: usize,
}

impl Run {
    /// Tells whether a card number may be among the digits. A group that is longer
    /// may have one in it.
    fn may_be_card(&self) -> bool {
        let groups = || self.text.split([' ', '-']).map(str::len);
        let all = groups().sum();
        groups().any(|digits| digits >= TOO_MANY_DIGITS)
            || (TOO_MANY_DIGITS..=19).contains(&all)
            || cards_sandbox::has_card_number(&self.text)
    }
}

/// Reads the digits at the beginning.
fn digits(text: &str) -> Run {
    let mut run = Run::default();
    let (mut rest, mut gap) = (text, None);
    while let Some((sign, after)) = sign(rest) {
        match sign {
            '0'..='9' => {
                run.text.extend(gap.take());
                run.text.push(sign);
                run.end = text.len() - after.len();
            }
            ' ' | '-' if gap.is_none() && run.end > 0 => gap = Some(sign),
            _ => break,
        }
        rest = after;
    }
    run
}

/// Reads the sign at the beginning, which may be escaped, and gives what follows it. A plus stands
/// for a space.
fn sign(text: &str) -> Option<(char, &str)> {
    let (sign, rest) = escaped(text).or_else(|| {
        let mut signs = text.chars();
        signs.next().map(|sign| (sign, signs.as_str()))
    })?;
    Some((if sign == '+' { ' ' } else { sign }, rest))
}

fn escaped(text: &str) -> Option<(char, &str)> {
    let text = text.strip_prefix('%')?;
    let mut digits = text.get(..2)?.chars();
    let code = digits.try_fold(0, |code, digit| Some(code * 16 + digit.to_digit(16)?))?;
    Some((char::from_u32(code)?, text.get(2..)?))
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
            ("/41111111-1111-1111-8000-000000000001", "/[redacted]"),
            // The digits of an escape are none of the number's.
            ("/%A94111%201100%200000%200000%208", "/%A9[redacted]"),
            ("/a?n=%34111%2B1111%2D1111+1111", "/a?n=[redacted]"),
            ("/%", "/%"),
            ("/%4", "/%4"),
            ("/%zz7%C3%A9", "/%zz7%C3%A9"),
        ] {
            let uri = format!("http://127.0.0.1:8484{path}").parse().unwrap();
            assert_eq!(address(&uri), format!("http://127.0.0.1:8484{shown}"));
        }
    }

    #[test]
    fn a_card_number_in_groups_is_found_whatever_digits_stand_beside_it() {
        for gap in ["%20", "+", "-", "%2D", "%2B"] {
            for groups in [
                &["4111", "1111", "1111", "1111", "2027"][..],
                &["2027", "4111", "1111", "1111", "1111"],
                &["12", "2027", "4111", "1111", "1111", "1111", "123"],
                &["4111", "1100", "0000", "0000", "8", "2027"],
                &["74111", "1111", "1111", "1111", "9999"],
            ] {
                let typed = groups.join(gap);
                let uri = format!("http://h/a/{typed}/b?n={typed}&m=1")
                    .parse()
                    .unwrap();
                let shown = "http://h/a/[redacted]/b?n=[redacted]&m=1";
                assert_eq!(address(&uri), shown, "{typed}");
            }
        }
    }
}
