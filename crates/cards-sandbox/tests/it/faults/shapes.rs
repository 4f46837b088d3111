//! Faults that change the reply, or end its connection.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use cards_sandbox::Fault;

use super::{End, announced, customers, register, registering, whole, wire, with};
use crate::common::{body, connect, get, request, status};

#[test]
fn a_reset_before_the_headers() {
    let (seen, end, customers) = registering(Fault::reset_before_headers());
    assert_eq!((&*seen, end, customers), ("", End::Reset, 2));
    let carried_out = Fault::reset_before_headers().carry_out(true);
    let (seen, end, customers) = registering(carried_out);
    assert_eq!((&*seen, end, customers), ("", End::Reset, 3));
}

#[test]
fn a_lost_reply() {
    let (seen, end, customers) = registering(Fault::lost_reply());
    assert_eq!((&*seen, end, customers), ("", End::InOrder, 3));
}

#[test]
fn a_reset_after_the_headers() {
    let (seen, end, customers) = registering(Fault::reset_after_headers());
    assert_eq!((status(&seen), end, customers), (200, End::Reset, 3));
    assert!(seen.ends_with("\r\n\r\n"), "{seen}");
    assert_eq!(announced(&seen), whole().len());
}

#[test]
fn a_reset_and_an_end_in_the_body() {
    let whole = whole();
    for (fault, expected) in [
        (Fault::reset_in_body(), End::Reset),
        (Fault::truncated_body(), End::InOrder),
    ] {
        let (seen, end, customers) = registering(fault);
        assert_eq!((status(&seen), end, customers), (200, expected, 3));
        assert_eq!(announced(&seen), whole.len());
        assert_eq!(body(&seen), &whole[..whole.len() / 2]);
    }
}

#[test]
fn fewer_bytes_announced_than_sent() {
    let whole = whole();
    let (seen, end, _) = registering(Fault::wrong_length(-5));
    assert_eq!(end, End::InOrder);
    assert_eq!(announced(&seen), whole.len() - 5);
    assert_eq!(body(&seen), whole);
    let (seen, ..) = registering(Fault::wrong_length(-100_000));
    assert_eq!(announced(&seen), 0);
}

#[test]
fn more_bytes_announced_than_sent_and_the_connection_stays() {
    let whole = whole();
    let sandbox = with(Fault::wrong_length(5));
    let mut stream = connect(sandbox.addr());
    stream.write_all(&register()).unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 1024];
    while !seen.ends_with(whole.as_bytes()) {
        let size = stream.read(&mut buffer).unwrap();
        assert_ne!(size, 0);
        seen.extend_from_slice(&buffer[..size]);
    }
    let seen = String::from_utf8(seen).unwrap();
    assert_eq!(announced(&seen), whole.len() + 5);
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let error = stream.read(&mut buffer).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    // Until the sandbox goes.
    let start = Instant::now();
    drop(sandbox);
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn garbage_is_no_http() {
    let sandbox = with(Fault::garbage());
    let (seen, end) = wire(sandbox.addr(), &register());
    assert_eq!(end, End::InOrder);
    assert!(!seen.is_empty() && !seen.starts_with(b"HTTP"));
    assert!(String::from_utf8(seen).is_err());
    assert_eq!(customers(&sandbox), 3);
}

#[test]
fn invalid_json_is_framed_right() {
    let whole = whole();
    let (seen, end, customers) = registering(Fault::invalid_json());
    assert_eq!((status(&seen), end, customers), (200, End::InOrder, 3));
    assert_eq!(body(&seen), &whole[..whole.len() / 2]);
    assert_eq!(announced(&seen), whole.len() / 2);
}

#[test]
fn an_oversized_body_arrives_whole() {
    let size = 10 * 1024 * 1024;
    let (seen, _, customers) = registering(Fault::oversized_body(size as u64));
    assert_eq!((announced(&seen), body(&seen).len()), (size, size));
    assert!(body(&seen).trim_end().ends_with('}'));
    assert_eq!(customers, 3);
}

#[test]
fn a_status_with_the_documented_and_a_given_body() {
    let (seen, end, customers) = registering(Fault::status(503));
    assert_eq!((status(&seen), end, customers), (503, End::InOrder, 2));
    assert_eq!(body(&seen), r#"{"status":400,"message":"fail"}"#);
    let given = Fault::status(429)
        .body("<p>no</p>")
        .header("retry-after", "3");
    let (seen, _, customers) = registering(given.carry_out(true));
    assert_eq!((status(&seen), customers), (429, 3));
    assert!(seen.contains("\r\nretry-after: 3\r\n"), "{seen}");
    assert_eq!((body(&seen), announced(&seen)), ("<p>no</p>", 9));
    let (seen, ..) = registering(Fault::status(999));
    assert_eq!(status(&seen), 999);
    for bodiless in [204, 304] {
        let (seen, ..) = registering(Fault::status(bodiless));
        assert_eq!((status(&seen), body(&seen)), (bodiless, ""));
    }
}

#[test]
fn a_head_announces_a_body_and_has_none() {
    for fault in [
        Fault::truncated_body(),
        Fault::drip(50, Duration::from_millis(1)),
    ] {
        let sandbox = with(fault);
        let (path, bearer) = (
            "/customers/12345678/prepaid/cards",
            ("authorization", "Bearer sandbox-paysafe-token"),
        );
        let head = request("HEAD", path, &[bearer], "");
        let (seen, _) = wire(sandbox.addr(), head.as_bytes());
        let seen = String::from_utf8(seen).unwrap();
        assert_eq!((status(&seen), body(&seen)), (200, ""));
        sandbox.faults().clear();
        let whole = get(sandbox.addr(), path, &[bearer]);
        assert_eq!(announced(&seen), body(&whole).len());
    }
}
