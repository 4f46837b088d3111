//! Each way to end has its code; table, help and behaviour agree.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use conformance::server::Reaction;

use super::{BACKENDS, CHANGE, NOBODY, READ, always, call_at, json_reply};
use crate::{cards, cards_at, run, sandbox};

/// The codes of a text that has a line for each.
fn codes(text: &str) -> Vec<i32> {
    let line = |line: &str| {
        let (code, words) = line.trim_start().split_once("  ")?;
        let is_row = line.starts_with("  ") && !words.is_empty();
        code.parse().ok().filter(|_| is_row)
    };
    text.lines().filter_map(line).collect()
}

fn topic() -> String {
    let (code, out, err) = run(&mut cards(&["help", "exit-codes"]));
    assert_eq!((code, &*err), (0, ""));
    out
}

#[test]
fn the_topic_and_the_help_list_the_same_codes() {
    let topic = topic();
    assert_eq!(codes(&topic), [0, 1, 2, 3, 4, 5, 6, 130]);
    assert!(
        topic.lines().all(|line| line.chars().count() <= 80),
        "{topic}"
    );
    assert!(topic.starts_with("How cards ends"), "{topic}");
    for long in ["--help", "-h"] {
        let (_, help, _) = run(&mut cards(&[long]));
        assert_eq!(codes(&help), codes(&topic));
        assert!(help.contains("cards help exit-codes"));
        // It is a topic, and nothing that is done.
        assert!(!help.contains("  exit-codes"), "{help}");
    }
    for same in [&["exit-codes"][..], &["exit-codes", "--help"]] {
        assert_eq!(run(&mut cards(same)), (0, topic.clone(), String::new()));
    }
}

#[test]
fn a_topic_that_there_is_not_is_an_error() {
    let (code, out, err) = run(&mut cards(&["help", "exit-code"]));
    assert_eq!((code, &*out), (2, ""));
    let said = "error: unrecognized subcommand 'exit-code'\n";
    assert!(err.starts_with(said), "{err}");
    let (code, _, err) = run(&mut cards(&["exit-codes", "4622940000003713"]));
    assert_eq!(code, 2);
    assert!(!err.contains("4622"), "{err}");
}

/// Lists what a server answers, and how calls end then that read and that
/// change.
fn cases() -> Vec<(&'static str, Reaction, Ends, Ends)> {
    let refusal = r#"{"error":{"code":"DW-0001","message":"no"}}"#;
    let airpay_refusal = r#"{"status":400,"message":"fail","data":[]}"#;
    let failure = r#"{"status":500,"message":"fail","error":{"code":"DW-0001"}}"#;
    let unknown = (6, "outcome_unknown", "unknown");
    vec![
        (
            "no such thing",
            json_reply("404 Not Found", "{}"),
            (1, "http", "failed"),
            (1, "http", "failed"),
        ),
        (
            "refused",
            json_reply("400 Bad Request", refusal),
            (3, "refused", "refused"),
            (1, "http", "failed"),
        ),
        (
            "refused as Airpay does",
            json_reply("400 Bad Request", airpay_refusal),
            (1, "http", "failed"),
            (3, "refused", "refused"),
        ),
        (
            "no such credentials",
            json_reply("401 Unauthorized", ""),
            (4, "unauthorized", "refused"),
            (4, "unauthorized", "refused"),
        ),
        (
            "too many requests",
            json_reply("429 Too Many Requests", ""),
            (5, "http", "failed"),
            (1, "http", "failed"),
        ),
        (
            "unavailable",
            json_reply("503 Service Unavailable", ""),
            (5, "http", "failed"),
            unknown,
        ),
        (
            "refused and failed",
            json_reply("504 Gateway Timeout", airpay_refusal),
            (5, "http", "failed"),
            unknown,
        ),
        (
            "refused by a provider that is down",
            json_reply("503 Service Unavailable", refusal),
            (5, "http", "failed"),
            unknown,
        ),
        (
            "failed in the body of a success",
            json_reply("200 OK", failure),
            (5, "http", "failed"),
            unknown,
        ),
        (
            "a success that is none",
            json_reply("200 OK", "<html>"),
            (1, "malformed", "failed"),
            unknown,
        ),
        (
            "an empty success",
            json_reply("200 OK", ""),
            (1, "malformed", "failed"),
            unknown,
        ),
        (
            "no HTTP",
            Reaction::SendAndClose(b"HTP/1.1 200 OK\r\n\r\n".to_vec()),
            (1, "interrupted", "failed"),
            unknown,
        ),
        (
            "closed",
            Reaction::SendAndClose(Vec::new()),
            (5, "interrupted", "failed"),
            unknown,
        ),
        (
            "reset",
            Reaction::SendAndReset(Vec::new()),
            (5, "interrupted", "failed"),
            unknown,
        ),
        (
            "cut off",
            Reaction::SendAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec()),
            (5, "interrupted", "failed"),
            unknown,
        ),
        (
            "silent",
            Reaction::SendAndStall(Vec::new()),
            (5, "timeout", "failed"),
            unknown,
        ),
    ]
}

/// Exit code, kind and outcome.
type Ends = (i32, &'static str, &'static str);

/// Ends a call and tells how: in words, and the same as JSON.
fn ends(url: &str, call: &[&str], backend: &str, timeout: &str) -> (i32, String, String) {
    let (code, out, err) = run(call_at(url, call, backend).arg(timeout));
    assert_eq!(out, "");
    assert!(err.starts_with("error: "), "{err}");
    let mut command = call_at(url, call, backend);
    let (same, out, err) = run(command.args([timeout, "--output=json"]));
    assert_eq!((same, &*out), (code, ""), "{err}");
    let error: serde_json::Value = serde_json::from_str(&err).unwrap();
    assert_eq!(error["exit_code"], code);
    let text = |name: &str| error[name].as_str().unwrap().to_owned();
    (code, text("kind"), text("outcome"))
}

#[test]
fn each_failure_has_the_code_of_its_kind() {
    let mut seen = BTreeSet::from([2]);
    // They wait a lot, for pauses and limits, and so at the same time.
    thread::scope(|scope| {
        for (what, reaction, read, change) in cases() {
            seen.extend([read.0, change.0]);
            // Only that which waits in vain is not to wait for long.
            let timeout = if what == "silent" {
                "--timeout=1"
            } else {
                "--timeout=30"
            };
            let server = Arc::new(always(reaction));
            for backend in BACKENDS {
                let server = Arc::clone(&server);
                scope.spawn(move || {
                    for (call, (code, kind, outcome)) in [(READ, read), (CHANGE, change)] {
                        let expected = (code, kind.to_owned(), outcome.to_owned());
                        let got = ends(&server.url(), call, backend, timeout);
                        assert_eq!(got, expected, "{what}, {backend}, {call:?}");
                    }
                });
            }
        }
    });
    for backend in BACKENDS {
        for call in [READ, CHANGE] {
            let timeout = "--timeout=30";
            let expected = (5, "connect".to_owned(), "not_sent".to_owned());
            assert_eq!(ends(NOBODY, call, backend, timeout), expected);
            let expected = (2, "invalid".to_owned(), "not_sent".to_owned());
            assert_eq!(ends(NOBODY, &call[..2], backend, timeout), expected);
        }
    }
    let sandbox = sandbox();
    let known = ["paysafe", "prepaid-cards", "--customer-id=12345678"];
    let (code, _, err) = run(&mut cards_at(&sandbox, &known));
    assert_eq!(code, 0, "{err}");
    seen.insert(code);
    // And what ends a call from outside, which has tests of its own.
    let seen: Vec<_> = seen.into_iter().chain([130]).collect();
    assert_eq!(seen, codes(&topic()));
}

/// Airpay says in the body what others say by the status.
#[test]
fn a_read_at_airpay_has_the_code_of_the_status_in_its_body() {
    let read = ["airpay", "card-balance", "--entity-id=E1"];
    thread::scope(|scope| {
        for (line, status, code) in [
            ("200 OK", 400, 3),
            ("200 OK", 401, 4),
            ("200 OK", 408, 5),
            ("200 OK", 429, 5),
            ("200 OK", 500, 5),
            ("200 OK", 503, 5),
            ("200 OK", 201, 5),
            ("503 Service Unavailable", 400, 5),
            ("503 Service Unavailable", 401, 5),
        ] {
            for backend in BACKENDS {
                scope.spawn(move || {
                    let body = format!(r#"{{"status":{status},"message":"fail"}}"#);
                    let server = always(json_reply(line, &body));
                    let (got, _, _) = ends(&server.url(), &read, backend, "--timeout=30");
                    assert_eq!(got, code, "{line}, {status} by {backend}");
                });
            }
        }
    });
}

#[test]
fn a_login_that_is_refused_is_about_the_credentials() {
    let refusal = r#"{"status":400,"message":"fail","data":[]}"#;
    let server = always(json_reply("400 Bad Request", refusal));
    for backend in BACKENDS {
        let mut command = call_at(&server.url(), CHANGE, backend);
        command
            .env_remove("CARDS_AIRPAY_TOKEN")
            .env("CARDS_AIRPAY_MOBILE_NO", "9000000101")
            .env("CARDS_AIRPAY_PASSWORD", "p")
            .env("CARDS_AIRPAY_AFFILIATE", "a")
            .env("CARDS_AIRPAY_PROCESSOR_KEY", "k");
        let (code, _, err) = run(&mut command);
        assert_eq!(code, 4, "{err}");
        assert!(err.contains("user-login"), "{err}");
        let (_, _, err) = run(command.arg("--output=json"));
        assert!(err.contains(r#""outcome":"refused""#), "{err}");
    }
}

#[test]
fn a_list_that_breaks_off_ends_with_the_code_of_what_ended_it() {
    let page = r#"{"cards":[{"cardId":"C1","status":"ACTIVE"}],"meta":{"numberOfRecords":1,"limit":1,"offset":0,"page":1}}"#;
    for (reaction, expected) in [
        (json_reply("503 Service Unavailable", ""), 5),
        (Reaction::SendAndClose(Vec::new()), 5),
        (json_reply("401 Unauthorized", ""), 4),
        (json_reply("404 Not Found", ""), 1),
    ] {
        for backend in BACKENDS {
            let pages = [json_reply("200 OK", page), reaction.clone()];
            let server = conformance::server::RawServer::playing(pages).unwrap();
            let mut command = call_at(&server.url(), READ, backend);
            let (code, out, err) = run(command.args(["--all", "--limit=1", "--output=csv"]));
            assert_eq!(code, expected, "{err}");
            assert!(out.contains("C1"), "{out}");
            assert!(
                err.starts_with("error: the list is not complete: "),
                "{err}"
            );
        }
    }
}

#[test]
fn of_a_list_that_breaks_off_it_is_not_said_that_nothing_was_sent() {
    use std::io::{Read, Write};
    let page = r#"{"cards":[{"cardId":"C1","status":"ACTIVE"}],"meta":{"numberOfRecords":1,"limit":1,"offset":0,"page":1}}"#;
    let page = conformance::server::reply("200 OK", &["connection: close"], page);
    for backend in BACKENDS {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let page = page.clone();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // Nobody listens any more when the second page is asked for.
            drop(listener);
            assert_ne!(stream.read(&mut [0; 4096]).unwrap(), 0);
            stream.write_all(&page).unwrap();
        });
        let mut command = call_at(&url, READ, backend);
        let (code, out, err) = run(command.args(["--all", "--limit=1", "--output=ndjson"]));
        server.join().unwrap();
        assert!(code == 5 && out.contains("C1"), "{code} {out} {err}");
        let error: serde_json::Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["kind"], "connect", "{err}");
        assert_eq!(error["outcome"], "failed", "{err}");
    }
}
