//! Checks where a reply ends: lengths, chunks, closed connections and the limit
//! on its size; and its headers.

use cards_transport::ErrorKind;
use conformance::server::{Reaction, raw};

use crate::common::clients::{Backend, for_both_backends};
use crate::setup::{GET_CARDS, failed, is, kept, once, read_from};

for_both_backends! {
    a_body_that_is_short_is_interrupted_and_its_part_is_kept,
    a_body_that_is_long_is_cut_at_its_length,
    chunked_and_closed_bodies_are_whole,
    a_chunked_body_that_breaks_off_is_interrupted,
    what_is_no_chunk_is_interrupted,
    a_chunk_that_is_longer_than_said_is_interrupted,
    an_oversized_reply_is_cut_at_the_limit,
    a_reply_of_exactly_the_limit_arrives,
    nothing_is_unpacked,
    many_headers_and_a_long_one_arrive,
    a_header_twice_arrives_twice,
}

fn a_body_that_is_short_is_interrupted_and_its_part_is_kept<B: Backend>() {
    let short = raw("200 OK", &["content-length: 1000"], "{\"cards\"");
    let error = failed::<B>(Reaction::SendAndClose(short));
    is(&error, ErrorKind::Interrupted, &[]);
    kept(&error, 200, "{\"cards\"");
}

fn a_body_that_is_long_is_cut_at_its_length<B: Backend>() {
    let length = format!("content-length: {}", GET_CARDS.len());
    let long = raw("200 OK", &[&length], format!("{GET_CARDS}and more"));
    let reply = read_from::<B>(Reaction::SendAndClose(long), once()).unwrap();
    assert_eq!(reply.body(), GET_CARDS);
}

fn chunked_and_closed_bodies_are_whole<B: Backend>() {
    let (head, tail) = GET_CARDS.split_at(20);
    let chunks = format!(
        "{:x}\r\n{head}\r\n{:X};x=y\r\n{tail}\r\n0\r\n\r\n",
        head.len(),
        tail.len()
    );
    let chunked = raw("200 OK", &["transfer-encoding: chunked"], chunks);
    let closed = raw("200 OK", &["connection: close"], GET_CARDS);
    for answer in [Reaction::Send(chunked), Reaction::SendAndClose(closed)] {
        assert_eq!(read_from::<B>(answer, once()).unwrap().body(), GET_CARDS);
    }
}

fn a_chunked_body_that_breaks_off_is_interrupted<B: Backend>() {
    let half = raw("200 OK", &["transfer-encoding: chunked"], "3\r\n{\"c\r\n");
    let error = failed::<B>(Reaction::SendAndClose(half));
    is(&error, ErrorKind::Interrupted, &[]);
    kept(&error, 200, "{\"c");
}

fn what_is_no_chunk_is_interrupted<B: Backend>() {
    let wrong = raw(
        "200 OK",
        &["transfer-encoding: chunked"],
        "zz\r\n{}\r\n0\r\n\r\n",
    );
    let error = failed::<B>(Reaction::SendAndClose(wrong));
    is(&error, ErrorKind::Interrupted, &[]);
    kept(&error, 200, "");
}

fn a_chunk_that_is_longer_than_said_is_interrupted<B: Backend>() {
    let wrong = raw(
        "200 OK",
        &["transfer-encoding: chunked"],
        "2\r\n{}}\r\n0\r\n\r\n",
    );
    let error = failed::<B>(Reaction::SendAndClose(wrong));
    is(&error, ErrorKind::Interrupted, &[]);
    assert_eq!(error.status().unwrap(), 200);
}

fn an_oversized_reply_is_cut_at_the_limit<B: Backend>() {
    let body = "x".repeat(100_000);
    let settings = || once().reply_bytes(1_000);
    let chunked = raw(
        "200 OK",
        &["transfer-encoding: chunked"],
        format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()),
    );
    let closed = raw("200 OK", &[], &body);
    for answer in [
        Reaction::reply("200 OK", &[], &body),
        Reaction::Send(chunked),
        Reaction::SendAndClose(closed),
    ] {
        let error = read_from::<B>(answer, settings()).map(drop).unwrap_err();
        is(&error, ErrorKind::TooLarge, &[]);
        kept(&error, 200, &body[..1_000]);
    }
}

fn a_reply_of_exactly_the_limit_arrives<B: Backend>() {
    let answer = || Reaction::json("200 OK", GET_CARDS);
    let exact = once().reply_bytes(GET_CARDS.len());
    assert_eq!(read_from::<B>(answer(), exact).unwrap().body(), GET_CARDS);
    let short = once().reply_bytes(GET_CARDS.len() - 1);
    let error = read_from::<B>(answer(), short).map(drop).unwrap_err();
    is(&error, ErrorKind::TooLarge, &[]);
    kept(&error, 200, &GET_CARDS[..GET_CARDS.len() - 1]);
}

fn nothing_is_unpacked<B: Backend>() {
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let error = failed::<B>(Reaction::reply(
        "200 OK",
        &["content-encoding: gzip"],
        packed,
    ));
    is(&error, ErrorKind::Malformed, &[]);
    assert_eq!(error.raw().unwrap().body()[..], packed);
}

fn many_headers_and_a_long_one_arrive<B: Backend>() {
    let many: Vec<String> = (0..60).map(|n| format!("x-{n}: {n}")).collect();
    let long = format!("x-long: {}", "l".repeat(8_000));
    let headers: Vec<&str> = many
        .iter()
        .map(|header| &**header)
        .chain([&*long])
        .collect();
    let reply = read_from::<B>(Reaction::reply("200 OK", &headers, GET_CARDS), once()).unwrap();
    assert_eq!(reply.headers()["x-59"], "59");
    assert_eq!(reply.headers()["x-long"].len(), 8_000);
}

fn a_header_twice_arrives_twice<B: Backend>() {
    let headers = ["x-two: a", "X-Two: b", "x-empty:", "x-odd: caf\u{e9}"];
    let reply = read_from::<B>(Reaction::reply("200 OK", &headers, GET_CARDS), once()).unwrap();
    let two: Vec<_> = reply.headers().get_all("x-two").iter().collect();
    assert_eq!(two, ["a", "b"]);
    assert_eq!(reply.headers()["x-empty"], "");
    assert_eq!(reply.headers()["x-odd"].as_bytes(), "caf\u{e9}".as_bytes());
}
