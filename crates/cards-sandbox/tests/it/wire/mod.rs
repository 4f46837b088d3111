//! Sends over a socket what is no proper request, or too much of one.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod bodies;
mod places;
mod replies;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::common::{body, connect, exchange, get, post, request, rest, status};
use cards_sandbox::{Limits, Running, Sandbox};

const FAIL: &str = r#"{"status":400,"message":"fail"}"#;
const PATH: &str = "/airpay/ms/cards/api/update-customer";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A sandbox whose patience and appetite are small.
fn impatient() -> Running {
    let mut limits = Limits::default();
    limits.body = 1024;
    limits.header_time = Duration::from_millis(500);
    limits.body_time = Duration::from_millis(500);
    Sandbox::builder().limits(limits).start_blocking().unwrap()
}

/// Checks that it still answers others.
fn is_well(address: SocketAddr) {
    assert_eq!(status(&get(address, "/_sandbox/health", &[])), 200);
}

#[test]
fn a_body_over_the_limit_is_a_413_in_the_providers_shape() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let long = "a".repeat(64 * 1024 + 1);
    let answer = post(sandbox.addr(), PATH, &[FORM], &long);
    assert_eq!((status(&answer), body(&answer)), (413, FAIL));
    assert_eq!(
        sandbox.exchanges()[0].verdict,
        "the body is over 65536 bytes"
    );

    let exact = "a".repeat(64 * 1024);
    assert_eq!(status(&post(sandbox.addr(), PATH, &[FORM], &exact)), 200);

    let token = "/digitalwallets/v1/auth/brands/sandbox/token";
    let answer = post(sandbox.addr(), token, &[FORM], &long);
    assert_eq!(status(&answer), 413);
    assert!(body(&answer).contains("\"fieldErrors\":[]"), "{answer}");
    let answer = post(sandbox.addr(), "/api/v1/public/auth/login", &[FORM], &long);
    assert_eq!(status(&answer), 413);
    assert!(body(&answer).contains("\"status\":\"0\""), "{answer}");
}

#[test]
fn a_chunked_body_over_the_limit_is_a_413_too() {
    let sandbox = impatient();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {}\r\ntransfer-encoding: chunked\r\n\r\n",
        FORM.1
    );
    let chunk = format!("200\r\n{}\r\n", "a".repeat(0x200));
    let answer = exchange(
        sandbox.addr(),
        format!("{head}{}0\r\n\r\n", chunk.repeat(3)).as_bytes(),
    );
    assert_eq!((status(&answer), body(&answer)), (413, FAIL));
    is_well(sandbox.addr());
}

#[test]
fn a_body_announced_as_huge_is_refused_without_waiting_for_it() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let head =
        format!("POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 99999999999\r\n\r\n");
    let answer = exchange(sandbox.addr(), head.as_bytes());
    // A server that waits for it gives up with a 408.
    assert_eq!((status(&answer), body(&answer)), (413, FAIL));
}

#[test]
fn a_body_that_trickles_is_a_408() {
    let sandbox = impatient();
    let mut stream = connect(sandbox.addr());
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\n{}: {}\r\ncontent-length: 100\r\n\r\n",
        FORM.0, FORM.1
    );
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..3 {
        stream.write_all(b"a").unwrap();
        std::thread::sleep(Duration::from_millis(50));
    }
    let answer = rest(&mut stream);
    assert_eq!((status(&answer), body(&answer)), (408, FAIL));
    is_well(sandbox.addr());
}

/// Checks that the server ended the connection: a client of [`connect`] gives up sooner than a
/// sandbox whose patience is the usual one.
fn is_ended(stream: &mut TcpStream) {
    match stream.read_to_end(&mut Vec::new()) {
        Ok(_) => {}
        // It was closed over what nobody read.
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

#[test]
fn headers_that_trickle_end_the_connection() {
    let sandbox = impatient();
    let mut stream = connect(sandbox.addr());
    stream
        .write_all(b"POST /airpay HTTP/1.1\r\nhost: 127.0.0.1\r\n")
        .unwrap();
    for _ in 0..20 {
        if stream.write_all(b"x: y\r\n").is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    is_ended(&mut stream);
    // A connection that says nothing is ended as well.
    is_ended(&mut connect(sandbox.addr()));
    is_well(sandbox.addr());
}

#[test]
fn what_is_no_http_is_a_400_or_no_answer() {
    let sandbox = impatient();
    for bytes in [
        &b"\r\n\r\n\r\n"[..],
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nbad header\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answer = exchange(sandbox.addr(), bytes);
        assert!(answer.is_empty() || status(&answer) < 500, "{answer}");
        is_well(sandbox.addr());
    }
}

#[test]
fn headers_over_the_limit_are_a_431() {
    let sandbox = impatient();
    let many: String = (0..200).map(|at| format!("x-{at}: y\r\n")).collect();
    let answer = exchange(
        sandbox.addr(),
        format!("GET / HTTP/1.1\r\n{many}\r\n").as_bytes(),
    );
    assert_eq!(status(&answer), 431);
    let of = |bytes: usize| {
        let head = format!(
            "GET /_sandbox/health HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nx: {}\r\n\r\n",
            "y".repeat(bytes)
        );
        status(&exchange(sandbox.addr(), head.as_bytes()))
    };
    assert_eq!((of(60_000), of(200_000)), (200, 431));
    let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(1024 * 1024));
    let answer = exchange(sandbox.addr(), long.as_bytes());
    assert!(answer.is_empty() || status(&answer) == 431, "{answer}");
    is_well(sandbox.addr());
}

#[test]
fn a_client_that_leaves_in_the_middle_does_no_harm() {
    let sandbox = impatient();
    for part in [
        "",
        "POST",
        "POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc",
    ] {
        connect(sandbox.addr()).write_all(part.as_bytes()).unwrap();
    }
    let chunked = format!("POST {PATH} HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n");
    let answer = exchange(sandbox.addr(), chunked.as_bytes());
    assert_eq!((status(&answer), body(&answer)), (400, FAIL));
    is_well(sandbox.addr());
}

#[test]
fn a_connection_serves_one_call_after_the_other() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let mut stream = connect(sandbox.addr());
    let call = |connection: &str| {
        format!(
            "GET /_sandbox/health HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: {connection}\r\n\r\n"
        )
    };
    stream
        .write_all(format!("{}{}", call("keep-alive"), call("close")).as_bytes())
        .unwrap();
    assert_eq!(rest(&mut stream).matches("HTTP/1.1 200 OK").count(), 2);
}

/// The body of a call does not get between it and the next, whatever becomes of the call.
#[test]
fn a_body_that_nobody_reads_does_not_end_the_connection() {
    let sandbox = Sandbox::start_blocking().unwrap();
    for (line, headers, expected) in [
        ("POST /_sandbox/reset", "", 200),
        ("DELETE /_sandbox/faults", "", 200),
        ("PUT /_sandbox/reset", "", 405),
        ("POST /_sandbox/nothing", "", 404),
        ("POST /_sandbox/reset?%ff", "", 400),
        ("POST /_sandbox/reset", "origin: http://a.example\r\n", 403),
        ("POST /nothing", "", 404),
        ("GET /customers/12345678/prepaid/cards", "", 401),
        ("PUT /airpay/ms/cards/api/register-user", "", 405),
    ] {
        for (kind, body) in [
            ("content-length: 5", "hello"),
            ("transfer-encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
            ("transfer-encoding: chunked", "0\r\n\r\n"),
        ] {
            let mut stream = connect(sandbox.addr());
            let head = format!("{line} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}{kind}\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            // Time enough for an answer that does not wait.
            std::thread::sleep(Duration::from_millis(30));
            let next = request("GET", "/_sandbox/health", &[], "");
            stream
                .write_all(format!("{body}{next}").as_bytes())
                .unwrap();
            let answers = rest(&mut stream);
            assert_eq!(status(&answers), expected, "{line}");
            let last = answers.rfind("HTTP/1.1 ").unwrap();
            assert_ne!(last, 0, "{line}, {kind}: one answer only");
            assert_eq!(status(&answers[last..]), 200);
        }
    }
}

#[test]
fn a_body_that_nobody_reads_is_not_waited_for_without_end() {
    let sandbox = impatient();
    for (line, expected) in [("POST /nothing", 404), ("POST /_sandbox/reset", 200)] {
        for (headers, body) in [
            ("content-length: 99999999999", "some of it"),
            ("content-length: 100", "some of it"),
            ("transfer-encoding: chunked", "5\r\nhello\r\n"),
        ] {
            let mut stream = connect(sandbox.addr());
            let call = format!("{line} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n\r\n{body}");
            stream.write_all(call.as_bytes()).unwrap();
            assert_eq!(status(&rest(&mut stream)), expected, "{line}, {headers}");
        }
        // A client that asks first is told at once, and not to go on.
        let mut stream = connect(sandbox.addr());
        let head = format!(
            "{line} HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let answer = rest(&mut stream);
        assert_eq!(status(&answer), expected, "{answer}");
    }
    is_well(sandbox.addr());
}

/// To who takes another view of its end, the rest of a body is a request.
#[test]
fn a_body_that_is_coded_in_an_odd_way_is_the_last_on_its_connection() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let next = request("GET", "/_sandbox/health", &[], "");
    let answers = |codings: &[&str]| {
        let lines: String = codings
            .iter()
            .map(|coding| format!("transfer-encoding: {coding}\r\n"))
            .collect();
        let all = format!(
            "POST /_sandbox/reset HTTP/1.1\r\nhost: 127.0.0.1\r\n{lines}\r\n0\r\n\r\n{next}"
        );
        let answer = exchange(sandbox.addr(), all.as_bytes());
        (status(&answer), answer.matches("HTTP/1.1 ").count())
    };
    for plain in ["chunked", "Chunked", " CHUNKED "] {
        assert_eq!(answers(&[plain]), (200, 2), "{plain}");
    }
    for odd in [
        &["gzip, chunked"][..],
        &["gzip", "chunked"],
        &["chunked", "chunked"],
        &["chunked, chunked"],
        &[", chunked"],
        &["\"chunked\"", "chunked"],
        &["identity, chunked"],
    ] {
        assert_eq!(answers(odd), (400, 1), "{odd:?}");
    }
    is_well(sandbox.addr());
}

/// A request of this version with these lines for headers, and nothing more.
fn with_hosts(target: &str, version: &str, hosts: &[&str]) -> String {
    let hosts: String = hosts.iter().map(|host| format!("{host}\r\n")).collect();
    format!("GET {target} {version}\r\nconnection: close\r\n{hosts}\r\n")
}

#[test]
fn a_request_names_its_host_once_and_well() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let right = [
        ("HTTP/1.1", &["Host: 127.0.0.1"][..]),
        ("HTTP/1.1", &["host: localhost:8484"]),
        ("HTTP/1.1", &["HOST:[::1]:1"]),
        ("HTTP/1.1", &["Host: localhost:"]),
        ("HTTP/1.0", &[]),
        ("HTTP/1.0", &["Host: 127.0.0.1"]),
    ];
    let wrong = [
        ("HTTP/1.1", &[][..]),
        ("HTTP/1.1", &["Hosts: 127.0.0.1"]),
        ("HTTP/1.1", &["Host:"]),
        ("HTTP/1.1", &["Host: "]),
        ("HTTP/1.1", &["Host: :80"]),
        ("HTTP/1.1", &["Host: a b"]),
        ("HTTP/1.1", &["Host: user@localhost"]),
        ("HTTP/1.1", &["Host: http://localhost"]),
        ("HTTP/1.1", &["Host: localhost/x"]),
        ("HTTP/1.1", &["Host: localhost:http"]),
        ("HTTP/1.1", &["Host: localhost:65536"]),
        ("HTTP/1.1", &["Host: ::1"]),
        ("HTTP/1.1", &["Host: 127.0.0.1", "Host: 127.0.0.1"]),
        ("HTTP/1.1", &["Host: 127.0.0.1", "host: localhost"]),
        ("HTTP/1.0", &["Host: 127.0.0.1", "Host: 127.0.0.1"]),
        ("HTTP/1.0", &["Host: a b"]),
    ];
    // The page, the control API, each provider, and nobody's.
    let paths = [
        ("/", 200, ""),
        (
            "/_sandbox/health",
            200,
            "\"error\":\"HTTP/1.1 requires one header Host",
        ),
        ("/airpay/ms/cards/api/user-login", 405, FAIL),
        (
            "/customers/12345678/prepaid/cards",
            401,
            "\"fieldErrors\":[]",
        ),
        (
            "/api/v1/customer/cards/byuser",
            401,
            "\"messageCode\":\"Invalid\"",
        ),
        (
            "/nobodys",
            404,
            "\"error\":\"HTTP/1.1 requires one header Host",
        ),
    ];
    for (target, usual, said) in paths {
        for (version, hosts) in right {
            let answer = exchange(
                sandbox.addr(),
                with_hosts(target, version, hosts).as_bytes(),
            );
            let answer = answer.replacen("HTTP/1.0", "HTTP/1.1", 1);
            assert_eq!(status(&answer), usual, "{target} {version} {hosts:?}");
        }
        for (version, hosts) in wrong {
            let answer = exchange(
                sandbox.addr(),
                with_hosts(target, version, hosts).as_bytes(),
            );
            let answer = answer.replacen("HTTP/1.0", "HTTP/1.1", 1);
            assert_eq!(status(&answer), 400, "{target} {version} {hosts:?}");
            assert!(body(&answer).contains(said), "{target} {hosts:?}: {answer}");
        }
    }
    let verdicts = sandbox.exchanges();
    let refused = verdicts
        .iter()
        .filter(|it| it.verdict.contains("one header Host"));
    assert_eq!(refused.count(), wrong.len() * (paths.len() - 2));
}
