//! Refuses replies that neither backend takes, by rules for the head of a reply
//! that the libraries judge differently, or not at all.
//!
//! Where the libraries differ, the stricter one is followed. What no head shows
//! is theirs: interim replies, chunks and trailers. A suite in `conformance`
//! lists what remains different there.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use http::{Response, Version};

use crate::transport::{Limits, TransportError, TransportErrorKind};

/// The most header lines that a reply may have: hyper's limit, beyond which it
/// takes tables from the heap for each reply. ureq's is larger.
const MOST_HEADERS: usize = 100;

/// The most bytes that the header lines of a reply may have together.
const MOST_HEADER_BYTES: usize = 64 * 1024;

/// The longest body that a reply may announce: no file is longer.
const LONGEST: u64 = i64::MAX as u64;

/// Refuses a head whose body has no certain end, and one that is too large.
pub(super) fn check_head<B>(response: &Response<B>) -> Result<(), TransportError> {
    let headers = response.headers();
    let checked = check_size(headers)
        .and_then(|()| check_transfer_encoding(response.version(), headers))
        .and_then(|()| check_length(headers));
    checked.map_err(|why| TransportError::maybe_sent(TransportErrorKind::Protocol).with_source(why))
}

/// The room to make for a body before it comes: for all of it where its length
/// is told and allowed, since a buffer that grows costs the system's memory
/// calls, but for no more than 256 KiB on the server's word alone.
pub(super) fn room(length: Option<u64>, limits: Limits) -> usize {
    const MOST: usize = 256 * 1024;
    let length = usize::try_from(length.unwrap_or(0)).unwrap_or(usize::MAX);
    length.min(limits.reply_bytes).min(MOST)
}

/// Tells whether the body of a reply that was checked comes in chunks.
#[cfg(feature = "ureq")]
pub(super) fn is_chunked(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING)
}

/// Keeps the head of a reply whose body is not framed as it should be, and
/// nothing of the body: how much of it came before the fault is not the same in
/// both backends. A body that only ended too soon is kept as far as it came.
pub(super) fn damaged(error: TransportError, head: Response<()>) -> TransportError {
    error.with_partial(head.map(|()| Bytes::new()))
}

fn check_size(headers: &HeaderMap) -> Result<(), &'static str> {
    if headers.len() > MOST_HEADERS {
        return Err("the reply has more than 100 headers");
    }
    // With the colon, the space and the line's end.
    let size: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if size > MOST_HEADER_BYTES {
        return Err("the headers of the reply are longer than 64 KiB");
    }
    Ok(())
}

/// RFC 9112, 6.1 and 6.3. `chunked` is all that can be decoded here, and that
/// once only.
fn check_transfer_encoding(version: Version, headers: &HeaderMap) -> Result<(), &'static str> {
    let mut values = headers.get_all(TRANSFER_ENCODING).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(()),
        (Some(_), _) if version < Version::HTTP_11 => {
            Err("the reply has a transfer-encoding under HTTP/1.0")
        }
        (Some(value), None) if value.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err("the reply has a transfer-encoding other than chunked"),
    }
}

/// RFC 9110, 8.6: a list is taken where all its members are one number.
fn check_length(headers: &HeaderMap) -> Result<(), &'static str> {
    let mut length = None;
    let values = headers.get_all(CONTENT_LENGTH).iter();
    for member in values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
        let number = number(member).ok_or("the reply has a content-length that is no number")?;
        if number > LONGEST {
            return Err("the reply has a content-length that no body can have");
        }
        if *length.get_or_insert(number) != number {
            return Err("the reply has two content-lengths");
        }
    }
    Ok(())
}

/// Digits and nothing else, with white space around them. `None`: it is no
/// number. A number that is too large is read as the largest.
fn number(text: &[u8]) -> Option<u64> {
    let digits = text.trim_ascii();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |number: u64, digit: &u8| {
        let digit = u64::from(digit - b'0');
        number.saturating_mul(10).saturating_add(digit)
    };
    Some(digits.iter().fold(0, add))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(version: Version, headers: &[(&str, &str)]) -> Result<(), String> {
        let mut response = Response::builder().version(version);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let checked = check_head(&response.body(()).unwrap());
        checked.map_err(|error| {
            assert_eq!(error.kind(), TransportErrorKind::Protocol);
            assert!(error.is_maybe_sent() && error.partial().is_none());
            std::error::Error::source(&error).unwrap().to_string()
        })
    }

    #[test]
    fn chunked_is_taken_once_and_under_http_1_1() {
        let with = |values: &[&str]| {
            let headers: Vec<_> = values
                .iter()
                .map(|value| ("transfer-encoding", *value))
                .collect();
            verdict(Version::HTTP_11, &headers)
        };
        for good in [&["chunked"], &["Chunked"]] {
            assert_eq!(with(good), Ok(()));
        }
        let bad: [&[&str]; 12] = [
            &["gzip"],
            &["identity"],
            &[""],
            &["chunked,"],
            &["chunked, chunked"],
            &["gzip, chunked"],
            &["chunked, gzip"],
            &["chunked;q=1"],
            &["xchunked"],
            &["\"chunked\""],
            &["chunked", "chunked"],
            &["gzip", "chunked"],
        ];
        for bad in bad {
            let why = with(bad).unwrap_err();
            assert!(why.ends_with("other than chunked"), "{bad:?} {why}");
        }
        let why = verdict(Version::HTTP_10, &[("transfer-encoding", "chunked")]).unwrap_err();
        assert!(why.ends_with("under HTTP/1.0"), "{why}");
    }

    #[test]
    fn a_length_is_one_number_that_a_body_can_have() {
        let with = |values: &[&str]| {
            let headers: Vec<_> = values
                .iter()
                .map(|value| ("content-length", *value))
                .collect();
            verdict(Version::HTTP_11, &headers)
        };
        let good: [&[&str]; 6] = [
            &[],
            &["0"],
            &["5, 5"],
            &["5", "05"],
            &["00000000000000000000000000000005"],
            &["9223372036854775807"],
        ];
        for good in good {
            assert_eq!(with(good), Ok(()), "{good:?}");
        }
        let bad: [(&[&str], &str); 12] = [
            (&["9223372036854775808"], "no body can have"),
            (&["18446744073709551615"], "no body can have"),
            (&["18446744073709551616"], "no body can have"),
            (&["99999999999999999999999"], "no body can have"),
            (&["5, 6"], "two content-lengths"),
            (&["5", "6"], "two content-lengths"),
            (&["5", "x"], "is no number"),
            (&["5,"], "is no number"),
            (&[""], "is no number"),
            (&["+5"], "is no number"),
            (&["0x5"], "is no number"),
            (&["1 0"], "is no number"),
        ];
        for (bad, says) in bad {
            let why = with(bad).unwrap_err();
            assert!(why.ends_with(says), "{bad:?} {why}");
        }
    }

    #[test]
    fn room_is_made_for_what_is_announced_and_allowed_up_to_256_kib() {
        const MOST: u64 = 256 * 1024;
        let of = |length, bytes| room(length, Limits::new(std::time::Duration::MAX, bytes));
        for (length, bytes, expected) in [
            (None, 10, 0),
            (Some(0), 10, 0),
            (Some(9), 10, 9),
            (Some(11), 10, 10),
            (Some(MOST - 1), usize::MAX, 262_143),
            (Some(MOST + 1), usize::MAX, 262_144),
            (Some(u64::MAX), usize::MAX, 262_144),
        ] {
            assert_eq!(of(length, bytes), expected, "{length:?}");
        }
    }

    #[test]
    fn headers_are_64_kib_long_at_most() {
        let of = |size: usize| {
            let value = "v".repeat(size - "x".len() - 4);
            verdict(Version::HTTP_11, &[("x", &value)])
        };
        assert_eq!(of(65_536), Ok(()));
        assert!(of(65_537).unwrap_err().ends_with("longer than 64 KiB"));
    }
}
