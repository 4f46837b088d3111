//! Replies that are none, or are not the documented ones.

use cards_transport::ErrorKind::{Http, Interrupted, Malformed, Timeout, TooLarge};
use conformance::fixture::Canned;

use super::{Line, MARK, MOST_BYTES, Row, Told};
use crate::line::End;
use crate::server::Act;

/// A whole exchange up to these bytes.
fn answered(name: &str, bytes: impl Into<Vec<u8>>, end: End, told: Told) -> Row {
    let acts = vec![Act::TakeHead, Act::TakeAll, Act::Say(bytes.into())];
    Row::new(name, Line::Plain, acts, end, told)
}

/// Heads of replies that are none.
pub(super) fn heads(good: &Canned) -> Vec<Row> {
    let body = String::from_utf8_lossy(&good.body).into_owned();
    let n = good.body.len();
    let open = Told::Open(&[Interrupted]);
    let lines =
        |name: &str, lines: &str, end| answered(name, format!("{lines}\r\n\r\n{body}"), end, open);
    let ok = "HTTP/1.1 200 OK";
    let long = format!("{ok}\r\nx: {}\r\ncontent-length: {n}", MARK.repeat(30_000));
    let open_end = long.replace("content-length: ", "content-length: 1");
    let many = format!(
        "{ok}\r\n{}content-length: {n}",
        format!("x: {MARK}\r\n").repeat(1_000)
    );
    vec![
        lines("a head that is too long", &long, End::Close),
        lines("a head that is too long, and no end", &open_end, End::Stall),
        lines("a head of too many lines", &many, End::Stall),
        lines(
            "a first line of another protocol",
            &format!("SSH-2.0-{MARK}"),
            End::Close,
        ),
        lines(
            "a first line of no version",
            &format!("{MARK} 200 OK"),
            End::Stall,
        ),
        lines(
            "a status that is no number",
            &format!("HTTP/1.1 2{MARK} OK"),
            End::Stall,
        ),
        lines("a version of HTTP/2", "HTTP/2.0 200 OK", End::Stall),
        lines(
            "a header without a colon",
            &format!("{ok}\r\n{MARK}"),
            End::Stall,
        ),
        lines(
            "a header with a null",
            &format!("{ok}\r\nx: \0{MARK}\r\ncontent-length: {n}"),
            End::Stall,
        ),
        lines(
            "two lengths",
            &format!("{ok}\r\ncontent-length: {n}\r\ncontent-length: {}", n + 1),
            End::Stall,
        ),
        lines(
            "a length below zero",
            &format!("{ok}\r\ncontent-length: -{n}"),
            End::Stall,
        ),
        lines(
            "a length that is no number",
            &format!("{ok}\r\ncontent-length: {MARK}"),
            End::Stall,
        ),
        lines(
            "an encoding that nobody knows",
            &format!("{ok}\r\ntransfer-encoding: {MARK}"),
            End::Stall,
        ),
        answered("nothing but line ends", "\r\n\r\n\r\n", End::Close, open),
        answered("bytes that are no text", [0xff; 64], End::Close, open),
    ]
}

/// Bodies that are not as their heads say.
pub(super) fn bodies(good: &Canned) -> Vec<Row> {
    let ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
    let body = String::from_utf8_lossy(&good.body).into_owned();
    let n = good.body.len();
    let length = |n: usize| format!("{ok}\r\ncontent-length: {n}\r\n\r\n{body}");
    let chunked = |chunks: String| format!("{ok}\r\ntransfer-encoding: chunked\r\n\r\n{chunks}");
    let large = " ".repeat(2 * MOST_BYTES);
    let of_other = format!("{{\"{MARK}\":\"{MARK}\"");
    let of_length = format!("content-length: {}\r\nconnection: close", of_other.len());
    let other = format!("{ok}\r\n{of_length}\r\n\r\n{of_other}");
    let cut = Told::Open(&[Interrupted]);
    let late = Told::Open(&[Timeout]);
    let too_large = Told::Open(&[TooLarge]);
    vec![
        answered(
            "a length that is too large",
            length(n + 10),
            End::Close,
            cut,
        ),
        answered(
            "a length that is too large, and no end",
            length(n + 10),
            End::Stall,
            late,
        ),
        answered(
            "a length that is too small",
            length(n - 1),
            End::Stall,
            Told::Open(&[Malformed]),
        ),
        answered(
            "a body that is no JSON",
            other,
            End::Close,
            Told::Open(&[Malformed]),
        ),
        answered(
            "a body over the limit",
            format!("{ok}\r\ncontent-length: 9999999\r\n\r\n{body}{large}"),
            End::Stall,
            too_large,
        ),
        answered(
            "a body over the limit, in chunks",
            chunked(format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len())),
            End::Stall,
            too_large,
        ),
        answered(
            "a body over the limit, until the end",
            format!("{ok}\r\n\r\n{body}{large}"),
            End::Close,
            too_large,
        ),
        answered(
            "no length, and a reset",
            format!("{ok}\r\n\r\n{body}"),
            End::Reset,
            cut,
        ),
        answered(
            "no length, and no end",
            format!("{ok}\r\n\r\n{body}"),
            End::Stall,
            late,
        ),
        answered(
            "a chunk of no size",
            chunked(format!("{MARK}\r\n{body}\r\n0\r\n\r\n")),
            End::Stall,
            cut,
        ),
        answered(
            "a last chunk that is cut",
            chunked(format!("{n:x}\r\n{body}\r\n0\r\n")),
            End::Close,
            cut,
        ),
        answered(
            "a last chunk that does not come",
            chunked(format!("{n:x}\r\n{body}\r\n")),
            End::Stall,
            late,
        ),
    ]
}

/// Whole replies of other statuses, without a word of the provider's.
pub(super) fn statuses() -> Vec<Row> {
    let html = format!("<html>{MARK}</html>");
    let said = |line: &str, told| {
        let length = html.len();
        let head = format!("HTTP/1.1 {line}\r\nconnection: close\r\ncontent-length: {length}");
        answered(
            &format!("a page of {line}"),
            format!("{head}\r\n\r\n{html}"),
            End::Close,
            told,
        )
    };
    let open = Told::Open(&[Http]);
    let refused = Told::Refused(&[Http]);
    let mut rows: Vec<_> = [
        ("301 Moved Permanently", open),
        ("304 Not Modified", open),
        ("408 Request Timeout", open),
        ("500 Internal Server Error", open),
        ("502 Bad Gateway", open),
        ("503 Service Unavailable", open),
        ("504 Gateway Timeout", open),
        ("599 Odd", open),
        ("400 Bad Request", refused),
        ("404 Not Found", refused),
        ("413 Content Too Large", refused),
        ("429 Too Many Requests", refused),
    ]
    .into_iter()
    .map(|(line, told)| said(line, told))
    .collect();
    rows.push(said("200 OK", Told::Open(&[Malformed])));
    rows
}
