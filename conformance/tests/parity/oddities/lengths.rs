//! Replies whose body ends by its length, by its status, or with its
//! connection.

use super::odd::Verdict::{Cut, Late, Protocol, Reply, Value};
use super::odd::{CHUNKED, OK, Odd, Then, each, length, one_chunk, reply};

#[rustfmt::skip]
pub(super) fn lengths(body: &str) -> Vec<Odd> {
    let n = body.len();
    let with = |lengths: &[&str]| {
        let lengths: Vec<_> = lengths.iter().map(|value| format!("content-length:{value}")).collect();
        let lengths: Vec<&str> = lengths.iter().map(|line| &**line).collect();
        reply(OK, &lengths, body)
    };
    let (digits, zero) = (n.to_string(), format!("0{n}"));
    let one = |text: &str| with(&[&text.replace('N', &digits)]);
    let two = |(first, second, verdict): (&str, &str, _)| {
        Odd::new(format!("two lengths, {first:?} and {second:?}"), with(&[first, second]), verdict)
    };
    // An N stands for the right length.
    let mut odd = each("the length", Value, &[" \tN \t", "000000000000000000000000N", "N, N", "N,0N"], one);
    odd.extend(each("the length", Protocol, &[
        "+N", "-N", "-1", "N.0", "1e2", "0xab", "ab", "1 0", "N bytes", "N;", "\"N\"", "\u{661}\u{660}\u{660}", "", " \t ", "abc",
        "9223372036854775808", "18446744073709551613", "18446744073709551614", "18446744073709551615", "18446744073709551616",
        "99999999999999999999999", "N, 5", "N,", ",N", "N, x",
    ], one));
    odd.extend(each("the length", Cut(n), &["2147483648", "4294967296", "9223372036854775807"], one));
    odd.extend([
        (&*digits, &*digits, Value), (&digits, &zero, Value), (&digits, "5", Protocol), ("5", &digits, Protocol),
        (&digits, "", Protocol), (&digits, "x", Protocol),
    ].map(two));
    odd.extend([
        Odd::new("a length of 0, with a body behind it", with(&["0"]), Reply(200, 0)),
        Odd::new("a length one byte too long", with(&[&(n + 1).to_string()]), Cut(n)),
        Odd::new("a length one byte too short", with(&[&(n - 1).to_string()]), Reply(200, n - 1)),
        Odd::new("a length one byte too long, for ever", with(&[&(n + 1).to_string()]), Late(n)).then(Then::Stays),
        Odd::new("a length one byte too long, and a reset", with(&[&(n + 1).to_string()]), Cut(n)).then(Then::Resets),
        Odd::new("a length that is right, and the end", with(&[&n.to_string()]), Value),
        Odd::new("a length that is right, for ever", with(&[&n.to_string()]), Value).then(Then::Stays),
        Odd::new("a length that is right, and a reset", with(&[&n.to_string()]), Value).then(Then::Resets),
        Odd::new("no length, and the end", reply(OK, &[], body), Value),
        Odd::new("no length, for ever", reply(OK, &[], body), Late(n)).then(Then::Stays),
        Odd::new("no length, and a reset", reply(OK, &[], body), Cut(n)).then(Then::Resets),
        Odd::new("no length and no keep-alive", reply(OK, &["connection: close"], body), Value),
        Odd::new("no length but keep-alive", reply(OK, &["connection: keep-alive"], body), Value),
        Odd::new("no length, HTTP/1.0 and a reset", reply("HTTP/1.0 200 OK", &[], body), Cut(n)).then(Then::Resets),
        Odd::new("a length, no keep-alive, for ever", reply(OK, &["connection: close", &length(body)], body), Value).then(Then::Stays),
        Odd::new("a length, HTTP/1.0, for ever", reply("HTTP/1.0 200 OK", &[&length(body)], body), Value).then(Then::Stays),
        Odd::new("a length and another reply behind it", [with(&[&n.to_string()]), with(&[&n.to_string()])].concat(), Value),
    ]);
    odd
}

#[rustfmt::skip]
pub(super) fn transfer_encodings(body: &str) -> Vec<Odd> {
    let chunks = one_chunk(body);
    let length = length(body);
    let with = |value: &str| reply(OK, &[&format!("transfer-encoding:{value}")], &chunks);
    let two = |first: &str, second: &str| {
        let headers = [first, second].map(|value| format!("transfer-encoding: {value}"));
        reply(OK, &[&headers[0], &headers[1]], &chunks)
    };
    let mut odd = each("transfer encoding", Value, &["chunked", "CHUNKED", " \tchunked\t "], with);
    odd.extend(each("transfer encoding", Protocol, &[
        "\"chunked\"", "chunked;q=1", "\u{b}chunked", "chunked,", ", chunked", "chunked, chunked", "chunke", "xchunked", "chunked x", "",
        "identity, chunked", "gzip, chunked", "chunked, gzip",
    ], with));
    odd.extend([("chunked", "chunked"), ("gzip", "chunked"), ("chunked", "gzip")].map(|(first, second)| {
        Odd::new(format!("transfer encodings {first}, {second}"), two(first, second), Protocol)
    }));
    odd.extend([
        Odd::new("chunked, and the connection stays", with("chunked"), Value).then(Then::Stays),
        Odd::new("chunked, then gzip, for ever", with("chunked, gzip"), Protocol).then(Then::Stays),
        Odd::new("identity", reply(OK, &["transfer-encoding: identity"], body), Protocol),
        Odd::new("identity and a length", reply(OK, &["transfer-encoding: identity", &length], body), Protocol),
        Odd::new("identity and a length, for ever", reply(OK, &["transfer-encoding: identity", &length], body), Protocol).then(Then::Stays),
        Odd::new("gzip", reply(OK, &["transfer-encoding: gzip"], body), Protocol),
        Odd::new("gzip and a length, for ever", reply(OK, &["transfer-encoding: gzip", &length], body), Protocol).then(Then::Stays),
        Odd::new("chunked under HTTP/1.0", reply("HTTP/1.0 200 OK", &[CHUNKED], &chunks), Protocol),
        Odd::new("chunked under HTTP/1.0 that is kept alive", reply("HTTP/1.0 200 OK", &[CHUNKED, "connection: keep-alive"], &chunks), Protocol).then(Then::Stays),
        Odd::new("chunked and a length under HTTP/1.0", reply("HTTP/1.0 200 OK", &[CHUNKED, &length], body), Protocol),
        Odd::new("chunked and a shorter length", reply(OK, &["content-length: 5", CHUNKED], &chunks), Value),
        Odd::new("chunked and a longer length, for ever", reply(OK, &[CHUNKED, "content-length: 5000"], &chunks), Value).then(Then::Stays),
        Odd::new("chunked and a length that is none", reply(OK, &[CHUNKED, "content-length: x"], &chunks), Protocol),
        Odd::new("chunked and two lengths that differ", reply(OK, &[CHUNKED, "content-length: 5", "content-length: 6"], &chunks), Protocol),
        Odd::new("chunked and a length of 2^64-1", reply(OK, &[CHUNKED, "content-length: 18446744073709551615"], &chunks), Protocol),
    ]);
    odd
}

/// Statuses that never have a body, and some that have a strange one.
#[rustfmt::skip]
pub(super) fn statuses(body: &str) -> Vec<Odd> {
    let length = length(body);
    let chunks = one_chunk(body);
    let mut odd = Vec::new();
    for (line, status) in [("HTTP/1.1 204 No Content", 204), ("HTTP/1.1 304 Not Modified", 304)] {
        let mut add = |name: &str, bytes: Vec<u8>, verdict| {
            odd.push(Odd::new(format!("{status} {name}"), bytes.clone(), verdict));
            odd.push(Odd::new(format!("{status} {name}, for ever"), bytes, verdict).then(Then::Stays));
        };
        let none = Reply(status, 0);
        add("alone", reply(line, &[], ""), none);
        add("with a length", reply(line, &[&length], ""), none);
        add("with a length and a body", reply(line, &[&length], body), none);
        add("with a body", reply(line, &[], body), none);
        add("with chunks", reply(line, &[CHUNKED], &chunks), none);
        add("with gzip", reply(line, &["transfer-encoding: gzip"], ""), Protocol);
        add("with a length that is none", reply(line, &["content-length: x"], ""), Protocol);
        add("with two lengths that differ", reply(line, &["content-length: 1", "content-length: 2"], ""), Protocol);
        add("with a length of 2^64-1", reply(line, &["content-length: 18446744073709551615"], ""), Protocol);
    }
    let reset = "HTTP/1.1 205 Reset Content";
    odd.extend([
        Odd::new("205", reply(reset, &["content-length: 0"], ""), Reply(205, 0)),
        Odd::new("205 with a body", reply(reset, &[&length], body), Value),
        Odd::new("206", reply("HTTP/1.1 206 Partial Content", &[&length, "content-range: bytes 0-9/99"], body), Value),
        Odd::new("300 with a body", reply("HTTP/1.1 300 Multiple Choices", &[&length], body), Reply(300, body.len())),
        Odd::new("a redirect without an end", "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\n", super::odd::Verdict::CutHead),
    ]);
    odd
}
