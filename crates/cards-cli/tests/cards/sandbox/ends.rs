//! The ways in which commands to a running sandbox end without success: the exit code, and the
//! outcome for programs.

use conformance::server::Reaction;
use serde_json::Value;

use super::super::outcomes::{NOBODY, always, json_reply};
use super::super::sandbox;
use super::control;

const READS: [&[&str]; 13] = [
    &["logs"],
    &["logs", "-n", "5"],
    &["logs", "--follow"],
    &["faults"],
    &["delivery-faults"],
    &["receivers"],
    &["events"],
    &["events", "--follow"],
    &["test-values"],
    &["worlds"],
    &["clock"],
    &["world"],
    &["world", "save", "-"],
];

const CHANGES: [&[&str]; 15] = [
    &["reset"],
    &["clock", "stop"],
    &["clock", "advance", "1h"],
    &["clock", "reset"],
    &["faults", "add", "lost-reply"],
    &["faults", "remove"],
    &["faults", "remove", "1"],
    &["delivery-faults", "add", "duplicate"],
    &["delivery-faults", "remove"],
    &["receivers", "add", "paysafe", "http://127.0.0.1:1/x"],
    &["receivers", "remove", "1"],
    &["events", "resend", "1"],
    &["issuer", "paysafe", "expire", "--card", "c"],
    &["worlds", "remove", "a"],
    &[
        "world",
        "load",
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/cards/sandbox/world.json"
        ),
    ],
];

/// Runs a command in both forms, and gives its exit code, its outcome and its words.
fn ends(url: &str, args: &[&str]) -> (i32, String, String) {
    let (code, out, words) = control(url, args);
    assert_eq!(out, "", "{args:?}");
    let (same, out, err) = control(url, &[args, &["-o", "json"]].concat());
    assert_eq!((same, &*out), (code, ""), "{args:?}: {err}");
    let error: Value = serde_json::from_str(&err).unwrap();
    assert_eq!(error["exit_code"], code, "{err}");
    (code, error["outcome"].as_str().unwrap().to_owned(), words)
}

#[test]
fn of_a_change_that_was_sent_the_outcome_is_unknown() {
    let error = r#"{"error":"the store failed"}"#;
    for reaction in [
        Reaction::SendAndReset(Vec::new()),
        Reaction::SendAndClose(Vec::new()),
        Reaction::SendAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"a".to_vec()),
        json_reply("500 Internal Server Error", error),
        json_reply("502 Bad Gateway", ""),
        json_reply("408 Request Timeout", error),
        json_reply("302 Found", ""),
        json_reply("200 OK", ""),
        json_reply("200 OK", "{}"),
    ] {
        let server = always(reaction);
        for args in CHANGES {
            let (code, outcome, err) = ends(&server.url(), args);
            assert_eq!((code, &*outcome), (6, "unknown"), "{args:?}: {err}");
            let said = format!("error: the sandbox at {}: outcome unknown: ", server.url());
            assert!(
                err.starts_with(&said) && err.contains("caused by: "),
                "{err}"
            );
            assert!(!err.contains("option of its name"), "{err}");
        }
    }
}

#[test]
fn a_read_that_fails_changes_nothing() {
    for (reaction, expected) in [
        (Reaction::SendAndReset(Vec::new()), 5),
        (
            json_reply("500 Internal Server Error", r#"{"error":"x"}"#),
            5,
        ),
        (Reaction::SendAndClose(b"no HTTP\r\n\r\n".to_vec()), 1),
        (json_reply("404 Not Found", r#"{"error":"x"}"#), 1),
    ] {
        let server = always(reaction);
        for args in READS {
            let (code, outcome, err) = ends(&server.url(), args);
            assert_eq!((code, &*outcome), (expected, "failed"), "{args:?}: {err}");
            assert!(err.contains("no sandbox answers at"), "{err}");
        }
    }
}

#[test]
fn what_is_refused_is_not_done() {
    let server = always(json_reply("400 Bad Request", r#"{"error":"id: a number"}"#));
    for args in READS.iter().chain(&CHANGES) {
        let (code, outcome, err) = ends(&server.url(), args);
        assert_eq!((code, &*outcome), (3, "refused"), "{args:?}: {err}");
        assert!(err.contains("the sandbox refuses: id: a number"), "{err}");
    }
}

#[test]
fn where_nobody_listens_nothing_is_sent() {
    for args in READS.iter().chain(&CHANGES) {
        let (code, outcome, err) = ends(NOBODY, args);
        assert_eq!((code, &*outcome), (5, "not_sent"), "{args:?}: {err}");
    }
}

#[test]
fn what_something_else_answers_is_no_list() {
    for body in ["[]", "1", "\"x\"", "{}", "null"] {
        let server = always(json_reply("200 OK", body));
        for args in READS {
            let (code, outcome, err) = ends(&server.url(), args);
            assert_eq!((code, &*outcome), (1, "failed"), "{args:?} {body}: {err}");
            assert!(err.contains("what answers is something else"), "{err}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_change_is_accepted_whether_it_can_be_printed_or_not() {
    let sandbox = sandbox();
    for args in [
        &["reset"][..],
        &["clock", "stop"],
        &["faults", "add", "lost-reply"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_cards"))
            .arg("sandbox")
            .args(args)
            .args(["--url", &sandbox.url(), "-o", "json"])
            .env_clear()
            .stdout(full.unwrap())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(error["outcome"], "accepted", "{error}");
        let message = "accepted, but cannot write to standard output";
        assert_eq!(error["message"], message);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_world_is_saved_whole_or_not_at_all() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let file = file.to_str().unwrap();
    // A disk that takes so many blocks and no more.
    let limited = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let output = std::process::Command::new("sh")
        .args(["-c", limited, env!("CARGO_BIN_EXE_cards")])
        .args(["sandbox", "world", "save", file, "--url", &sandbox.url()])
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(
        err.contains("cannot be written") && err.contains("File too large"),
        "{err}"
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    let (code, _, err) = control(&sandbox.url(), &["world", "save", file]);
    assert_eq!(code, 0, "{err}");
    serde_json::from_slice::<Value>(&std::fs::read(file).unwrap()).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_save_that_is_killed_leaves_no_file_of_that_name() {
    use std::os::unix::process::ExitStatusExt;
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    // The kernel ends it in the middle of the file, as `kill -9` does.
    let limited = "ulimit -f 1; exec \"$0\" \"$@\"";
    let output = std::process::Command::new("sh")
        .args(["-c", limited, env!("CARGO_BIN_EXE_cards")])
        .args(["sandbox", "world", "save", "--url", &sandbox.url()])
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.signal().is_some(), "{output:?}");
    assert!(!file.exists());
    let (code, _, err) = control(&sandbox.url(), &["world", "save", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
    serde_json::from_slice::<Value>(&std::fs::read(file).unwrap()).unwrap();
}

#[cfg(unix)]
#[test]
fn of_a_change_that_is_interrupted_the_outcome_is_unknown() {
    use std::process::{Command, Stdio};
    for signal in super::super::outcomes::signals() {
        let server = always(Reaction::SendAndStall(Vec::new()));
        let child = Command::new(env!("CARGO_BIN_EXE_cards"))
            .args(["sandbox", "reset", "--url", &server.url(), "-o", "json"])
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while server.received().is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(6), "{signal}");
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(
            (&error["outcome"], &error["exit_code"]),
            (&"unknown".into(), &6.into())
        );
        assert_eq!(error["causes"][0], "interrupted");
    }
}

#[cfg(unix)]
#[test]
fn a_change_that_was_accepted_stays_so_where_its_printing_is_interrupted() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    // More than a pipe holds, and nobody reads it.
    let customers = vec!["{}"; 40_000].join(",");
    let world = format!(r#"{{"paysafe":{{"customers":[{customers}]}}}}"#);
    let server = always(json_reply("200 OK", &world));
    let load = CHANGES.last().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cards"))
        .arg("sandbox")
        .args(*load)
        .args(["--url", &server.url(), "-o", "json"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0; 16]).unwrap();
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["outcome"], "accepted", "{error}");
    assert_eq!(error["message"], "accepted, but interrupted");
}
