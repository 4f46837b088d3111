//! Replies whose body ends by its length, by its status, or with its
//! connection.

use super::odd::Verdict::{Cut, Late, Protocol, Reply, Value};
use super::odd::{CHUNKED, OK, Odd, Then, length, one_chunk, reply};

// One line a reply.
#[rustfmt::skip]
pub(super) fn lengths(body: &str) -> Vec<Odd> {
    let n = body.len();
    let with = |lengths: &[&str]| {
        let lengths: Vec<_> = lengths.iter().map(|value| format!("content-length:{value}")).collect();
        let lengths: Vec<&str> = lengths.iter().map(|line| &**line).collect();
        reply(OK, &lengths, body)
    };
    let one = |name: &str, value: String, verdict| {
        let bytes = with(&[&value]);
        Odd::new(format!("a length {name}"), bytes, verdict)
    };
    let two = |name: &str, first: String, second: String, verdict| {
        let bytes = with(&[&first, &second]);
        Odd::new(format!("two lengths {name}"), bytes, verdict)
    };
    vec![
        one("with white space around it", format!(" \t{n} \t"), Value),
        one("with zeros before it", format!("000000000000000000000000{n}"), Value),
        one("with a plus", format!("+{n}"), Protocol),
        one("with a minus", format!("-{n}"), Protocol),
        one("of minus one", "-1".into(), Protocol),
        one("with a point", format!("{n}.0"), Protocol),
        one("with an exponent", "1e2".into(), Protocol),
        one("in hexadecimal", format!("0x{n:x}"), Protocol),
        one("in hexadecimal digits", "ab".into(), Protocol),
        one("with a space within", "1 0".into(), Protocol),
        one("with a unit", format!("{n} bytes"), Protocol),
        one("with a semicolon", format!("{n};"), Protocol),
        one("in quotes", format!("\"{n}\""), Protocol),
        one("of other digits", "\u{661}\u{660}\u{660}".into(), Protocol),
        one("that is empty", String::new(), Protocol),
        one("of white space", " \t ".into(), Protocol),
        one("that is no number", "abc".into(), Protocol),
        one("of 0, with a body behind it", "0".into(), Reply(200, 0)),
        one("of 2^31", "2147483648".into(), Cut(n)),
        one("of 2^32", "4294967296".into(), Cut(n)),
        one("of 2^63-1", "9223372036854775807".into(), Cut(n)),
        one("of 2^63", "9223372036854775808".into(), Protocol),
        one("of 2^64-3", "18446744073709551613".into(), Protocol),
        one("of 2^64-2", "18446744073709551614".into(), Protocol),
        one("of 2^64-1", "18446744073709551615".into(), Protocol),
        one("of 2^64", "18446744073709551616".into(), Protocol),
        one("of 23 digits", "99999999999999999999999".into(), Protocol),
        one("twice in a list", format!("{n}, {n}"), Value),
        one("twice in a list, once with zeros", format!("{n},0{n}"), Value),
        one("and another in a list", format!("{n}, 5"), Protocol),
        one("and nothing in a list", format!("{n},"), Protocol),
        one("behind nothing in a list", format!(",{n}"), Protocol),
        one("and a word in a list", format!("{n}, x"), Protocol),
        two("that agree", n.to_string(), n.to_string(), Value),
        two("that agree but for zeros", n.to_string(), format!("0{n}"), Value),
        two("that differ", n.to_string(), "5".into(), Protocol),
        two("that differ, the longer last", "5".into(), n.to_string(), Protocol),
        two("of which one is empty", n.to_string(), String::new(), Protocol),
        two("of which one is no number", n.to_string(), "x".into(), Protocol),
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
    ]
}

// One line a reply.
#[rustfmt::skip]
pub(super) fn transfer_encodings(body: &str) -> Vec<Odd> {
    let chunks = one_chunk(body);
    let length = length(body);
    let with = |value: &str| reply(OK, &[&format!("transfer-encoding:{value}")], &chunks);
    let two = |first: &str, second: &str| {
        let headers = [first, second].map(|value| format!("transfer-encoding: {value}"));
        reply(OK, &[&headers[0], &headers[1]], &chunks)
    };
    vec![
        Odd::new("chunked", with("chunked"), Value),
        Odd::new("chunked, and the connection stays", with("chunked"), Value).then(Then::Stays),
        Odd::new("chunked in capitals", with("CHUNKED"), Value),
        Odd::new("chunked with white space around it", with(" \tchunked\t "), Value),
        Odd::new("chunked in quotes", with("\"chunked\""), Protocol),
        Odd::new("chunked with a parameter", with("chunked;q=1"), Protocol),
        Odd::new("chunked with a vertical tab", with("\u{b}chunked"), Protocol),
        Odd::new("chunked and nothing", with("chunked,"), Protocol),
        Odd::new("nothing and chunked", with(", chunked"), Protocol),
        Odd::new("chunked twice", with("chunked, chunked"), Protocol),
        Odd::new("chunked twice, in two headers", two("chunked", "chunked"), Protocol),
        Odd::new("almost chunked", with("chunke"), Protocol),
        Odd::new("more than chunked", with("xchunked"), Protocol),
        Odd::new("chunked with a name beside it", with("chunked x"), Protocol),
        Odd::new("no transfer encoding", with(""), Protocol),
        Odd::new("identity", reply(OK, &["transfer-encoding: identity"], body), Protocol),
        Odd::new("identity and a length", reply(OK, &["transfer-encoding: identity", &length], body), Protocol),
        Odd::new("identity and a length, for ever", reply(OK, &["transfer-encoding: identity", &length], body), Protocol).then(Then::Stays),
        Odd::new("identity and chunked", with("identity, chunked"), Protocol),
        Odd::new("gzip", reply(OK, &["transfer-encoding: gzip"], body), Protocol),
        Odd::new("gzip and a length, for ever", reply(OK, &["transfer-encoding: gzip", &length], body), Protocol).then(Then::Stays),
        Odd::new("gzip, then chunked", with("gzip, chunked"), Protocol),
        Odd::new("gzip, then chunked, in two headers", two("gzip", "chunked"), Protocol),
        Odd::new("chunked, then gzip", with("chunked, gzip"), Protocol),
        Odd::new("chunked, then gzip, in two headers", two("chunked", "gzip"), Protocol),
        Odd::new("chunked, then gzip, for ever", with("chunked, gzip"), Protocol).then(Then::Stays),
        Odd::new("chunked under HTTP/1.0", reply("HTTP/1.0 200 OK", &[CHUNKED], &chunks), Protocol),
        Odd::new("chunked under HTTP/1.0 that is kept alive", reply("HTTP/1.0 200 OK", &[CHUNKED, "connection: keep-alive"], &chunks), Protocol).then(Then::Stays),
        Odd::new("chunked and a length under HTTP/1.0", reply("HTTP/1.0 200 OK", &[CHUNKED, &length], body), Protocol),
        Odd::new("chunked and a shorter length", reply(OK, &["content-length: 5", CHUNKED], &chunks), Value),
        Odd::new("chunked and a longer length, for ever", reply(OK, &[CHUNKED, "content-length: 5000"], &chunks), Value).then(Then::Stays),
        Odd::new("chunked and a length that is none", reply(OK, &[CHUNKED, "content-length: x"], &chunks), Protocol),
        Odd::new("chunked and two lengths that differ", reply(OK, &[CHUNKED, "content-length: 5", "content-length: 6"], &chunks), Protocol),
        Odd::new("chunked and a length of 2^64-1", reply(OK, &[CHUNKED, "content-length: 18446744073709551615"], &chunks), Protocol),
    ]
}

/// Statuses that never have a body, and some that have a strange one.
// One line a reply.
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
