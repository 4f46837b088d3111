//! Replies that are hardly HTTP, and that both backends judge alike.

use conformance::server::{RawServer, Reaction, raw, reply};

use crate::common::clients::{AnyClient, Backend, Reqwest, Ureq};
use crate::setup::{GET_CARDS, list, once, paysafe, quick};

/// Replies that are hardly HTTP, and what both backends make of each.
fn oddities() -> Vec<(&'static str, Vec<u8>)> {
    let with = |headers: &[&str], body: &str| raw("200 OK", headers, body);
    let length = format!("content-length: {}", GET_CARDS.len());
    let many = |count: usize| {
        let headers: Vec<String> = (0..count).map(|n| format!("x-{n}: {n}")).collect();
        let headers: Vec<&str> = headers.iter().map(|header| &**header).collect();
        reply("200 OK", &headers, GET_CARDS)
    };
    let long = |size: usize| {
        let header = format!("x-long: {}", "l".repeat(size));
        reply("200 OK", &[&header], GET_CARDS)
    };
    vec![
        ("HTTP/1.0", format!("HTTP/1.0 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("HTTP/1.0 until the end", format!("HTTP/1.0 200 OK\r\n\r\n{GET_CARDS}").into()),
        ("HTTP/1.2", format!("HTTP/1.2 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("HTTP/2.0", format!("HTTP/2.0 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("http in small letters", format!("http/1.1 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("no reason", format!("HTTP/1.1 200\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("an empty reason", format!("HTTP/1.1 200 \r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("line feeds alone", format!("HTTP/1.1 200 OK\n{length}\n\n{GET_CARDS}").into()),
        ("an empty line first", format!("\r\nHTTP/1.1 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("status 099", format!("HTTP/1.1 099 X\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("status 600", format!("HTTP/1.1 600 X\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("status 999", format!("HTTP/1.1 999 X\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("status 1000", format!("HTTP/1.1 1000 X\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("100 first", format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("103 first", format!("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("101", raw("101 Switching Protocols", &["upgrade: x", "connection: upgrade"], "")),
        ("304", raw("304 Not Modified", &[&length], "")),
        ("205", raw("205 Reset Content", &["content-length: 0"], "")),
        ("a folded header", with(&["x-a: 1", " 2", &length], GET_CARDS)),
        ("a header without a name", with(&[": 1", &length], GET_CARDS)),
        ("a space in a name", with(&["x a: 1", &length], GET_CARDS)),
        ("a space before the colon", with(&["x-a : 1", &length], GET_CARDS)),
        ("a control character in a value", with(&["x-a: \u{1}", &length], GET_CARDS)),
        ("a null in a value", with(&["x-a: \0", &length], GET_CARDS)),
        ("a length that is no number", with(&["content-length: abc"], GET_CARDS)),
        ("a negative length", with(&["content-length: -1"], GET_CARDS)),
        ("a length with a plus", with(&[&length.replace(": ", ": +")], GET_CARDS)),
        ("a huge length", with(&["content-length: 99999999999999999999999"], GET_CARDS)),
        ("two lengths that differ", with(&[&length, "content-length: 5"], GET_CARDS)),
        ("two lengths that agree", with(&[&length, &length], GET_CARDS)),
        ("length and chunks", with(&["content-length: 5", "transfer-encoding: chunked"], &format!("{:x}\r\n{GET_CARDS}\r\n0\r\n\r\n", GET_CARDS.len()))),
        ("an unknown transfer encoding", with(&["transfer-encoding: gzip"], GET_CARDS)),
        ("trailers", with(&["transfer-encoding: chunked"], &format!("{:x}\r\n{GET_CARDS}\r\n0\r\nx-t: 1\r\n\r\n", GET_CARDS.len()))),
        ("90 headers", many(90)),
        ("120 headers", many(120)),
        ("140 headers", many(140)),
        ("a header of 70 KiB", long(70 * 1024)),
        ("99 headers and one", many(99)),
        ("200 headers", many(200)),
        ("a header of 16 KiB", long(16 << 10)),
        ("a header of 60 KiB", long(60_000)),
        ("the smallest reply", b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        ("nothing but a line", b"\r\n".to_vec()),
        ("TLS", b"\x15\x03\x01\x00\x02\x02\x28".to_vec()),
        ("HTTP/0.9", GET_CARDS.into()),
    ]
}

/// Everything that a caller can see of an outcome, in one line.
fn seen<B: Backend>(bytes: &[u8]) -> String {
    let server = RawServer::playing([Reaction::SendAndClose(bytes.to_vec())]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), once());
    match client.send(&list()) {
        Ok(reply) => format!("value, {}, {} bytes", reply.status(), reply.body().len()),
        Err(error) => {
            let raw = error
                .raw()
                .map(|raw| (raw.status().as_u16(), raw.body().len()));
            let kinds = (error.kind(), error.transport_kind());
            format!("{kinds:?}, timeout {}, {raw:?}", error.is_timeout())
        }
    }
}

#[test]
fn odd_replies_are_judged_alike_by_both() {
    let mut differences = Vec::new();
    for (name, bytes) in oddities() {
        let ours = [seen::<Reqwest>(&bytes), seen::<Ureq>(&bytes)];
        if ours[0] != ours[1] {
            differences.push(format!(
                "{name}\n  reqwest: {}\n  ureq:    {}",
                ours[0], ours[1]
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
