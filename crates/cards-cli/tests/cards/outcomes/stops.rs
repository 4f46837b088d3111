//! Calls that are ended from outside: by a signal, and by the time that all may
//! take.

#![cfg(unix)]

use std::io::{Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use conformance::server::{RawServer, Reaction, reply};
use serde_json::Value;

use super::{BACKENDS, CHANGE, READ, always, json_reply, signals};
use crate::one_time_codes::a_long_step;

const FIND_OUT: &str = "outcome unknown: find out whether it took effect before sending it again";

/// The time that anything may take on a slow machine that does end.
const LONG: Duration = Duration::from_secs(60);

fn program(url: &str, call: &[&str], backend: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cards"));
    command
        .env_clear()
        .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("CARDS_AIRPAY_TOKEN", "t")
        .env("CARDS_AIRPAY_SECRET_KEY", "s")
        .env("CARDS_PAYSAFE_TOKEN", "t")
        .args(call)
        .args(["--base-url", url, "--backend", backend])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits until it is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < LONG, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn send(signal: &str, child: &Child) {
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &pid])
            .status()
            .unwrap()
            .success()
    );
}

/// Sends a signal to a call that waits for its reply, and reads what it says.
fn interrupted(call: &[&str], backend: &str, signal: &str) -> (i32, String, String) {
    let server = always(Reaction::SendAndStall(Vec::new()));
    let child = program(&server.url(), call, backend).spawn().unwrap();
    until("a request", || !server.received().is_empty());
    send(signal, &child);
    told(child.wait_with_output().unwrap())
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    // Not ended by the signal: that would be no code.
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

#[test]
fn a_change_that_is_interrupted_says_that_its_outcome_is_unknown() {
    for backend in BACKENDS {
        for signal in signals() {
            let (code, out, err) = interrupted(CHANGE, backend, signal);
            assert_eq!((code, &*out), (6, ""), "{err}");
            let said = format!("error: airpay update-customer: interrupted: {FIND_OUT}\n");
            assert_eq!(err, said);
            let (code, out, err) = interrupted(&[CHANGE, &["-ojson"]].concat(), backend, signal);
            assert_eq!((code, &*out), (6, ""));
            let error: Value = serde_json::from_str(&err).unwrap();
            for (name, value) in [
                ("kind", "outcome_unknown".into()),
                ("outcome", "unknown".into()),
                ("provider", "airpay".into()),
                ("operation", "update-customer".into()),
                ("exit_code", 6.into()),
                ("status", Value::Null),
            ] {
                assert_eq!(error[name], value, "{name}");
            }
        }
    }
}

#[test]
fn a_read_that_is_interrupted_is_just_that() {
    for backend in BACKENDS {
        for signal in signals() {
            let (code, out, err) = interrupted(READ, backend, signal);
            assert_eq!((code, &*out), (130, ""));
            assert_eq!(err, "error: paysafe list-prepaid-cards: interrupted\n");
            let (code, _, err) = interrupted(&[READ, &["-ojson"]].concat(), backend, signal);
            assert_eq!(code, 130);
            let error: Value = serde_json::from_str(&err).unwrap();
            assert_eq!(error["kind"], "signal");
            assert_eq!(
                (&error["outcome"], &error["exit_code"]),
                (&"failed".into(), &130.into())
            );
        }
    }
}

/// A change that logs in first, with a code that may have to be waited for.
const CREATE: &[&str] = &[
    "ibanera",
    "create-card",
    "--customers-id=11057",
    "--no-validate",
];

#[test]
fn a_change_that_is_interrupted_before_it_leaves_is_not_sent() {
    const LOGGED_IN: &str = r#"{"status":"1","errors":[],"details":{"accessToken":"fake-new"}}"#;
    // Of a login that never comes back, and of a code that has to be a new one.
    for (is_login_slow, backend) in [
        (true, "ureq"),
        (true, "reqwest"),
        (false, "ureq"),
        (false, "reqwest"),
    ] {
        for signal in &signals() {
            let state = tempfile::tempdir().unwrap();
            let server = match is_login_slow {
                true => always(Reaction::SendAndStall(Vec::new())),
                false => always(json_reply("200 OK", LOGGED_IN)),
            };
            let call = [CREATE, &["-ojson", "--otp-reuse=never", "--timeout=5000"]].concat();
            let child = program(&server.url(), &call, backend)
                .env("XDG_STATE_HOME", state.path())
                .env("CARDS_IBANERA_USERNAME", "u")
                .env("CARDS_IBANERA_PASSWORD", "p")
                .env(
                    "CARDS_IBANERA_TOTP_SECRET",
                    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                )
                .env("CARDS_IBANERA_TOTP_STEP", a_long_step())
                .spawn()
                .unwrap();
            until("the login", || !server.received().is_empty());
            thread::sleep(Duration::from_millis(if is_login_slow { 0 } else { 300 }));
            send(signal, &child);
            let (code, out, err) = told(child.wait_with_output().unwrap());
            assert_eq!((code, &*out), (130, ""), "{err}");
            let error: Value = serde_json::from_str(&err).unwrap();
            for (name, value) in [
                ("kind", "signal"),
                ("outcome", "not_sent"),
                ("operation", "create-card"),
                ("message", "not sent: ibanera create-card: interrupted"),
            ] {
                assert_eq!(error[name], value, "{err}");
            }
            assert_eq!(error["exit_code"], 130);
            assert_eq!(server.received().len(), 1);
        }
    }
}

#[test]
fn what_waits_for_its_input_is_interrupted_with_the_same_code() {
    for command in [
        &[CHANGE, &["--json", "-", "-ojson"]].concat()[..],
        &[READ, &["--json", "-"]].concat(),
        &["sign", "--form", "-"],
        &["verify", "--curl", "-"],
        &["sandbox", "--world", "-", "--port", "0"],
        &["sandbox", "world", "load", "-"],
    ] {
        for signal in signals() {
            let mut child = Command::new(env!("CARGO_BIN_EXE_cards"))
                .args(command)
                .env_clear()
                .env("CARDS_AIRPAY_SECRET_KEY", "s")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut input = child.stdin.take().unwrap();
            // More than a pipe holds: it reads.
            input.write_all(&[b' '; 256 * 1024]).unwrap();
            send(signal, &child);
            let (code, out, err) = told(child.wait_with_output().unwrap());
            assert_eq!((code, &*out, &*err), (130, "", ""), "{command:?} {signal}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_ignored_at_the_start_ends_nothing() {
    let server = always(Reaction::SendAndStall(Vec::new()));
    let call = program(&server.url(), CHANGE, "ureq");
    // As `nohup` does it, and a shell of what it runs in the background.
    let mut child = Command::new("/bin/sh")
        .args(["-c", "trap '' HUP QUIT; exec \"$0\" \"$@\""])
        .arg(call.get_program())
        .args(call.get_args())
        .env_clear()
        .envs(call.get_envs().filter_map(|(name, it)| Some((name, it?))))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until("a request", || !server.received().is_empty());
    send("-HUP", &child);
    send("-QUIT", &child);
    thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none());
    send("-TERM", &child);
    let (code, _, err) = told(child.wait_with_output().unwrap());
    assert_eq!(code, 6, "{err}");
}

#[test]
fn of_two_signals_at_once_the_second_cuts_no_word_off() {
    for _ in 0..20 {
        let server = always(Reaction::SendAndStall(Vec::new()));
        let call = [CHANGE, &["-ojson"]].concat();
        let child = program(&server.url(), &call, "ureq").spawn().unwrap();
        until("a request", || !server.received().is_empty());
        for signal in signals() {
            // It may be gone already.
            let pid = child.id().to_string();
            let sent = Command::new("kill").args([signal, &*pid]).output();
            drop(sent.unwrap());
        }
        let (code, _, err) = told(child.wait_with_output().unwrap());
        assert_eq!(code, 6, "{err}");
        let error: Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["outcome"], "unknown");
    }
}

/// A server of a list without an end: one card a page, each after a pause; the
/// page of that number, and those after it, never come.
fn endless(pause: Duration, stalls_at: usize) -> RawServer {
    let mut pages = 0;
    RawServer::deciding(move |_| {
        pages += 1;
        let page = format!(
            r#"{{"cards":[{{"cardId":"C{pages}","status":"ACTIVE"}}],"meta":{{"numberOfRecords":1,"limit":1,"offset":{},"page":{pages}}}}}"#,
            pages - 1
        );
        if pages == stalls_at {
            return Reaction::SendAndStall(Vec::new());
        }
        let headers = ["content-type: application/json"];
        Reaction::Delay(pause, reply("200 OK", &headers, page))
    })
    .unwrap()
}

const ALL: &[&str] = &["--all", "--limit=1", "--output=csv"];

#[test]
fn of_a_list_that_is_interrupted_the_pages_are_printed() {
    for backend in BACKENDS {
        let server = endless(Duration::ZERO, 3);
        let child = program(&server.url(), &[READ, ALL].concat(), backend)
            .spawn()
            .unwrap();
        until("three requests", || server.received().len() == 3);
        send("-INT", &child);
        let (code, out, err) = told(child.wait_with_output().unwrap());
        assert_eq!(code, 130);
        assert!(
            out.contains("C1") && out.contains("C2") && out.lines().count() == 3,
            "{out}"
        );
        assert_eq!(
            err,
            "error: the list is not complete: paysafe list-prepaid-cards: interrupted\n"
        );
    }
}

#[test]
fn what_is_being_printed_to_nobody_can_be_interrupted() {
    // More than a pipe holds, and nobody reads it.
    let card = |number| format!(r#"{{"cardId":"C{number}","status":"ACTIVE"}}"#);
    let cards = Vec::from_iter((0..20_000).map(card)).join(",");
    let body = format!(
        r#"{{"cards":[{cards}],"meta":{{"numberOfRecords":1,"limit":1,"offset":0,"page":1}}}}"#
    );
    let server = always(json_reply("200 OK", &body));
    let call = [READ, &["-ojson"]].concat();
    let mut child = program(&server.url(), &call, "ureq").spawn().unwrap();
    // Its first bytes say that it prints.
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0; 16]).unwrap();
    send("-INT", &child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn of_a_change_whose_end_is_known_a_signal_leaves_it_known() {
    const UPDATE: &[&str] = &[
        "paysafe",
        "update-prepaid-card",
        "--customer-id=1",
        "--card-id=C1",
        "--status=ACTIVE",
        "--no-validate",
        "-ojson",
    ];
    // More than a pipe holds, and nobody reads it.
    let actions = vec![r#"{"action":"LOCK"}"#; 10_000].join(",");
    let card = format!(r#"{{"cardId":"C1","status":"ACTIVE","availableActions":[{actions}]}}"#);
    let server = always(json_reply("200 OK", &card));
    for backend in BACKENDS {
        let mut child = program(&server.url(), UPDATE, backend).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0; 16]).unwrap();
        send("-INT", &child);
        let (code, _, err) = told(child.wait_with_output().unwrap());
        assert_eq!(code, 130, "{err}");
        let error: Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["outcome"], "accepted", "{err}");
        let message = "paysafe update-prepaid-card: accepted, but interrupted";
        assert_eq!(error["message"], message);
        assert!(error["reply_file"].is_string(), "{err}");
    }
}

#[test]
fn of_a_change_that_was_refused_a_signal_leaves_it_refused() {
    // The sandbox is slow to say why.
    let server = RawServer::deciding(|request| {
        let headers = ["content-type: application/json", "x-sandbox-exchange: 7"];
        let refusal = r#"{"status":400,"message":"no"}"#;
        match request.target.starts_with("/_sandbox") {
            true => Reaction::SendAndStall(Vec::new()),
            false => Reaction::SendAndClose(reply("400 Bad Request", &headers, refusal)),
        }
    })
    .unwrap();
    for (number, backend) in BACKENDS.iter().enumerate() {
        let call = [CHANGE, &["-ojson"]].concat();
        let child = program(&server.url(), &call, backend).spawn().unwrap();
        let asked = 2 * (number + 1);
        until("its question", || server.received().len() == asked);
        send("-INT", &child);
        let (code, out, err) = told(child.wait_with_output().unwrap());
        assert_eq!((code, &*out), (3, ""), "{err}");
        let error: Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["outcome"], "refused", "{err}");
    }
}

/// Its token was refused, and the login for another one takes its time.
#[test]
fn a_change_that_was_refused_and_is_to_be_made_again_was_not_carried_out() {
    let server = RawServer::deciding(|request| match request.target.contains("login") {
        true => Reaction::SendAndStall(Vec::new()),
        false => json_reply("401 Unauthorized", "{}"),
    })
    .unwrap();
    for (number, backend) in BACKENDS.iter().enumerate() {
        for (extra, code, why) in [
            (&[][..], 130, "interrupted"),
            (&["--timeout=2"][..], 5, "the time limit ran out"),
        ] {
            let before = server.received().len();
            let call = [CHANGE, &["-ojson"], extra].concat();
            let mut command = program(&server.url(), &call, backend);
            let login = ["MOBILE_NO", "PASSWORD", "AFFILIATE", "PROCESSOR_KEY"];
            for name in login {
                command.env(format!("CARDS_AIRPAY_{name}"), "9000000978");
            }
            let child = command.spawn().unwrap();
            until("its login", || server.received().len() == before + 2);
            if code == 130 {
                send("-INT", &child);
            }
            let (got, out, err) = told(child.wait_with_output().unwrap());
            assert_eq!((got, &*out), (code, ""), "{number}: {err}");
            let error: Value = serde_json::from_str(&err).unwrap();
            assert_eq!(error["outcome"], "failed", "{err}");
            if code == 130 {
                let message = error["message"].as_str().unwrap();
                assert!(message.starts_with("not carried out: airpay "), "{err}");
                assert!(
                    message.ends_with(&format!("{why} after it was refused")),
                    "{err}"
                );
            }
        }
    }
}

#[test]
fn the_time_limit_is_that_of_all_pages() {
    for backend in BACKENDS {
        // Each page is well within it, and all would take a minute.
        let server = endless(Duration::from_millis(200), 300);
        let call = [READ, ALL, &["--timeout=4"]].concat();
        let (code, out, err) = told(program(&server.url(), &call, backend).output().unwrap());
        assert_eq!(code, 5, "{err}");
        let pages = out.lines().count() - 1;
        assert!((1..100).contains(&pages), "{pages}");
        assert_eq!(
            err,
            "error: the list is not complete: paysafe list-prepaid-cards: the time limit ran out\n  \
             hint: --timeout SECONDS waits longer than 4, where it is the server that is slow\n"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_look_up_that_hangs_does_not_keep_the_program() {
    // glibc reads the file of aliases when it looks a name without dots up, and
    // waits for whoever writes to this one, which is nobody.
    let folder = tempfile::tempdir().unwrap();
    let aliases = folder.path().join("aliases");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &aliases, mode).unwrap();
    for backend in BACKENDS {
        for call in [READ, CHANGE] {
            let call = [call, &["--timeout=1"]].concat();
            let mut command = program("https://nameless", &call, backend);
            let mut child = command.env("HOSTALIASES", &aliases).spawn().unwrap();
            let started = Instant::now();
            let status = loop {
                if let Some(status) = child.try_wait().unwrap() {
                    break status;
                }
                if started.elapsed() > LONG {
                    child.kill().unwrap();
                    break child.wait().unwrap();
                }
                thread::sleep(Duration::from_millis(20));
            };
            let mut err = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut err)
                .unwrap();
            let code = status.code().expect("it ends by itself");
            assert!(
                code == 5 || call[0] == CHANGE[0] && code == 6,
                "{code}: {err}"
            );
            let words = if code == 6 {
                "outcome unknown"
            } else {
                "time limit ran out"
            };
            let has_no_aliases = err.contains("failed to lookup");
            assert!(err.contains(words) || has_no_aliases, "{err}");
        }
    }
}
