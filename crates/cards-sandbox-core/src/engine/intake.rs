//! Reading requests, within limits and without guessing.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::request::Parts;
pub use axum::http::{HeaderMap, Uri, header};
use percent_encoding::percent_decode;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::engine::answer::Rejection;
use crate::engine::meter::Meter;
use crate::engine::multipart::{self, MULTIPART, Part};
use crate::engine::settings::Limits;

/// Decoded `(name, value)` pairs in the order received.
pub type Pairs = Vec<(String, String)>;

/// A form body: its content type, its size, its encoding.
pub async fn form(head: &Parts, body: Body, limits: Limits) -> Result<Pairs, Rejection> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let body = bytes(body, limits, &Meter::of(&head.extensions)).await?;
    if !has_content_type(&head.headers, &[FORM]) {
        return Err(Rejection::ContentType(FORM));
    }
    if !is_well_encoded(&body) {
        return Err(Rejection::Encoding);
    }
    Ok(pairs(&body))
}

/// The content types of JSON and of changes in it.
pub const JSON: &[&str] = &["application/json", "application/json-patch+json"];

/// A JSON body: its content type, one of these, and size. Its text is read by the caller.
pub(crate) async fn json(
    head: &Parts,
    body: Body,
    types: &[&'static str],
    limits: Limits,
) -> Result<Vec<u8>, Rejection> {
    let body = bytes(body, limits, &Meter::of(&head.extensions)).await?;
    if has_content_type(&head.headers, types) {
        Ok(body)
    } else {
        Err(Rejection::ContentType(
            types.first().copied().unwrap_or_default(),
        ))
    }
}

/// A multipart body: its content type, its size, which may be that of an upload, its parts.
pub(crate) async fn multipart(
    head: &Parts,
    body: Body,
    limits: Limits,
) -> Result<Vec<Part>, Rejection> {
    /// The most bodies that are read at one time: of 11 MiB each, before anybody knows who sends
    /// them. More wait, for as long as a body may take.
    static AT_ONCE: Semaphore = Semaphore::const_new(8);

    let meter = Meter::of(&head.extensions);
    let Ok(_turn) = timeout(limits.body_time, AT_ONCE.acquire()).await else {
        return Err(busy(body, &meter).await);
    };
    let body = bytes(body, limits.of_upload(), &meter).await?;
    if !has_content_type(&head.headers, &[MULTIPART]) {
        return Err(Rejection::ContentType(MULTIPART));
    }
    multipart::parts(&head.headers, body.into()).map_err(|no| Rejection::NoMultipart(no.why()))
}

/// Takes a body whose content does not matter out of the connection, within
/// limits.
pub(crate) async fn drain(body: Body, limits: Limits) {
    drop(bytes(body, limits, &Meter::default()).await);
}

/// The pairs of a query, which [`is_well_encoded`] has passed.
pub(crate) fn query(uri: &Uri) -> Pairs {
    pairs(uri.query().unwrap_or_default().as_bytes())
}

/// Tells whether every `%` is followed by two hex digits, and what they make is UTF-8.
pub fn is_well_encoded(text: &[u8]) -> bool {
    let is_encoded = text.iter().enumerate().all(|(at, &byte)| {
        let digits = text.get(at + 1..at + 3);
        byte != b'%' || digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    });
    is_encoded && percent_decode(text).decode_utf8().is_ok()
}

/// Tells whether a body is coded in the one way that every reader takes alike: as it is, or
/// `chunked` once and nothing else.
pub(crate) fn is_plainly_coded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    }
}

/// A header's one value.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> HeaderValue<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => HeaderValue::Missing,
        (Some(_), Some(_)) => HeaderValue::Unreadable("sent twice"),
        (Some(value), None) => match value.to_str() {
            Ok("") => HeaderValue::Missing,
            Ok(text) => HeaderValue::Text(text),
            Err(_) => HeaderValue::Unreadable("not plain text"),
        },
    }
}

/// Says what a header holds.
#[derive(Clone, Copy)]
pub enum HeaderValue<'a> {
    /// The header does not come.
    Missing,
    /// It cannot be read, for this reason.
    Unreadable(&'static str),
    /// Its one value.
    Text(&'a str),
}

/// Gives what follows an authentication scheme, whose name has no case (RFC
/// 9110). `None`: it is another scheme, or nothing follows.
pub fn scheme<'a>(authorization: &'a str, name: &str) -> Option<&'a str> {
    let (scheme, rest) = authorization.split_once(' ')?;
    let rest = rest.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case(name) && !rest.is_empty()).then_some(rest)
}

/// Tells whether two texts are equal, in a time that tells only their lengths.
pub fn same(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

/// A body of at most so many bytes, in at most so much time.
async fn bytes(body: Body, limits: Limits, meter: &Meter) -> Result<Vec<u8>, Rejection> {
    if body.size_hint().lower() > limits.body as u64 {
        return Err(too_large(body, limits).await);
    }
    timeout(limits.body_time, collect(body, limits, meter))
        .await
        .unwrap_or(Err(Rejection::TooSlow))
}

async fn collect(mut body: Body, limits: Limits, meter: &Meter) -> Result<Vec<u8>, Rejection> {
    let mut bytes = Vec::new();
    while let Some(part) = next(&mut body).await {
        let part = part?;
        let size = bytes.len().saturating_add(part.len());
        if size > limits.body || meter.count(size).is_err() {
            // Neither is kept while the rest is read.
            drop((part, bytes));
            meter.let_go();
            return Err(match size > limits.body {
                true => too_large(body, limits).await,
                false => busy(body, meter).await,
            });
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

async fn too_large(body: Body, limits: Limits) -> Rejection {
    read_on(body).await;
    Rejection::TooLarge(limits.body)
}

async fn busy(body: Body, meter: &Meter) -> Rejection {
    meter.turn_away();
    read_on(body).await;
    Rejection::Busy
}

/// Reads on for a little: closing a connection on a client that still writes
/// resets it, and the answer is lost.
async fn read_on(mut body: Body) {
    const PATIENCE: Duration = Duration::from_secs(2);
    // More than the largest file that our own program reads.
    const MOST: usize = 32 * 1024 * 1024;
    let drain = async {
        let mut read = 0;
        while let Some(Ok(part)) = next(&mut body).await {
            read += part.len();
            if read > MOST {
                break;
            }
        }
    };
    // Late or early, the answer is the same.
    drop(timeout(PATIENCE, drain).await);
}

/// The next bytes of a body; trailers are passed over.
async fn next(body: &mut Body) -> Option<Result<axum::body::Bytes, Rejection>> {
    loop {
        let frame = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        match frame? {
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    return Some(Ok(data));
                }
            }
            Err(_) => return Some(Err(Rejection::Broken)),
        }
    }
}

fn has_content_type(headers: &HeaderMap, expected: &[&str]) -> bool {
    let HeaderValue::Text(given) = header(headers, header::CONTENT_TYPE.as_str()) else {
        return false;
    };
    let media_type = given.split(';').next().unwrap_or_default().trim();
    expected
        .iter()
        .any(|one| media_type.eq_ignore_ascii_case(one))
}

fn pairs(encoded: &[u8]) -> Pairs {
    form_urlencoded::parse(encoded).into_owned().collect()
}

#[cfg(test)]
mod tests;
