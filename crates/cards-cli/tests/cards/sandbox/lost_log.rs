//! A log that cannot be written costs no reply and no exit code.

#![cfg(unix)]

use std::fs::File;
use std::io::{PipeReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Serving, settings};
use crate::{cards, run};

/// A pipe that nobody reads any more.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A disk without room.
#[cfg(target_os = "linux")]
fn full() -> Stdio {
    File::options()
        .write(true)
        .open("/dev/full")
        .unwrap()
        .into()
}

type DeadEnd = fn() -> Stdio;

/// Opens files to which nothing can be written, each with its name.
fn dead_ends() -> Vec<(DeadEnd, &'static str)> {
    vec![
        (closed as DeadEnd, "a closed pipe"),
        #[cfg(target_os = "linux")]
        (full, "a full disk"),
    ]
}

/// A connection on which an answer that does not come is missed in the end.
fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(60));
    stream.set_read_timeout(patience).unwrap();
    stream
}

/// The body of an answer of the sandbox at this address.
fn get(address: &str, path: &str) -> serde_json::Value {
    let mut stream = connect(address);
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    serde_json::from_str(body).unwrap()
}

fn lost(address: &str) -> u64 {
    let health = get(address, "/_sandbox/health");
    assert_eq!(health["status"], "ok");
    health["lostLogLines"].as_u64().unwrap()
}

/// Calls of each provider, one of them refused, with the exit codes that they
/// have anywhere.
const CALLS: [(&[&str], i32); 4] = [
    (
        &[
            "airpay",
            "customer-preference",
            "--entity-id",
            "AIRPAYCUST0001",
        ],
        0,
    ),
    (
        &["airpay", "customer-preference", "--entity-id", "nobody"],
        3,
    ),
    (
        &["paysafe", "prepaid-cards", "--customer-id", "12345678"],
        0,
    ),
    (&["ibanera", "customer-cards"], 0),
];

#[test]
fn every_call_is_answered_and_health_says_what_is_lost() {
    for (to, what) in dead_ends() {
        for format in ["text", "json"] {
            let args = ["--listen", "127.0.0.1:0", "--log-format", format];
            let (serving, url) = Serving::logging_to(to(), &args);
            let address = url.split_once("://").unwrap().1;
            let before = lost(address);
            let settings = settings(&["--listen", address]);
            for (call, code) in CALLS {
                let (had, _, err) = run(cards(call).envs(settings.clone()));
                assert_eq!(had, code, "{what}, {format}, {call:?}: {err}");
            }
            // A line each, at least; a thread of its own writes them.
            let patience = Instant::now() + Duration::from_secs(30);
            let mut after = lost(address);
            while after < before + 4 && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(20));
                after = lost(address);
            }
            assert!(after >= before + 4, "{what}, {format}: {before}, {after}");
            let (code, out, err) = run(&mut cards(&["sandbox", "--health", &url]));
            assert_eq!((code, &*out), (0, "ok\n"));
            assert!(
                err.starts_with("lines of its log that were lost: "),
                "{err}"
            );
            serving.end("-TERM");
        }
    }
}

/// A pipe that is full, as who holds its other end does not read it.
#[test]
fn a_log_that_is_not_read_holds_nobody_up() {
    let (reader, writer) = std::io::pipe().unwrap();
    let args = ["--listen", "127.0.0.1:0", "--log-format", "json"];
    let (serving, url) = Serving::logging_to(writer.into(), &args);
    let address = url.split_once("://").unwrap().1;
    let mut stream = connect(address);
    let request = "GET /airpay/other HTTP/1.1\r\nhost: localhost\r\n\r\n";
    // Some bytes more for each than the pipe has room for.
    let mut calls = 0;
    while lost(address) == 0 {
        for _ in 0..100 {
            stream.write_all(request.as_bytes()).unwrap();
            answer(&mut stream);
        }
        calls += 100;
        assert!(calls < 100_000, "the pipe never fills");
    }
    serving.end("-TERM");
    assert!(whole_lines(reader) > 0);
}

/// Reads one answer off a connection that stays.
fn answer(stream: &mut TcpStream) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
}

/// Counts the lines of JSON in the pipe; the last one may be cut.
fn whole_lines(mut reader: PipeReader) -> usize {
    let mut text = Vec::new();
    reader.read_to_end(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    for line in whole.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    whole.lines().count()
}

#[test]
fn a_call_that_tells_what_it_does_ends_as_it_would_in_silence() {
    let (_serving, address) = Serving::start(&[]);
    let settings = settings(&["--listen", &address]);
    for (to, what) in dead_ends() {
        for (call, code) in CALLS {
            let status = Command::new(env!("CARGO_BIN_EXE_cards"))
                .args(["-v", "-v"])
                .args(call)
                .env_clear()
                .envs(settings.clone())
                .stdout(Stdio::null())
                .stderr(to())
                .status();
            assert_eq!(status.unwrap().code(), Some(code), "{what}: {call:?}");
        }
    }
}

/// A sandbox that does not start says why; where it cannot, the exit code does.
#[test]
fn a_failure_that_cannot_be_told_has_its_exit_code() {
    for (to, what) in dead_ends() {
        for format in ["text", "json"] {
            let status = Command::new(env!("CARGO_BIN_EXE_cards"))
                .args(["-v", "sandbox", "--world", "missing.json"])
                .args(["--port", "0", "--log-format", format])
                .env_clear()
                .stdout(Stdio::null())
                .stderr(to())
                .status();
            assert_eq!(status.unwrap().code(), Some(2), "{what}, {format}");
        }
    }
}
