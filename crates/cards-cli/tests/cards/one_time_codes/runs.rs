//! Several runs of the program share what each learns of one-time codes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use assert_cmd::Command;
use conformance::server::{RawServer, Reaction};
use conformance::wire::WireRequest;

use super::{CALL, ONE_CUSTOMER, call_at, code, codes};
use crate::outcomes::BACKENDS;
use crate::{assert_no_secret, run};

const ALL: &[&str] = &[
    "ibanera",
    "customer-cards",
    "--all",
    "--page-size=1",
    "-ocsv",
];

const PAGES: usize = 4;

fn carried_out(request: &WireRequest) -> Reaction {
    let page = request.target.split("pageNumber=").nth(1);
    let page = page.and_then(|rest| rest.split('&').next());
    let body = match page {
        _ if request.method == "POST" => {
            r#"{"status":"1","errors":[],"details":{"accessToken":"fake-new"}}"#.to_owned()
        }
        None => ONE_CUSTOMER.to_owned(),
        Some(page) => format!(
            r#"{{"status":"1","errors":[],"details":[{{"customersId":{page},"cards":[{{"id":{page}}}]}}],"pageSize":1,"pageNumber":{page},"numberOfPages":{PAGES}}}"#
        ),
    };
    Reaction::json("200 OK", body)
}

/// A server that refuses each code that it has seen before, and counts that.
fn single_use() -> (RawServer, Arc<AtomicUsize>) {
    let refused = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&refused);
    let mut seen = BTreeSet::new();
    let server = RawServer::deciding(move |request| {
        if seen.insert(code(request)) {
            return carried_out(request);
        }
        counted.fetch_add(1, Ordering::SeqCst);
        let body = r#"{"status":"0","details":null,"errors":[{"fieldName":"otp","messageCode":"Invalid"}]}"#;
        Reaction::json("401 Unauthorized", body)
    });
    (server.unwrap(), refused)
}

/// A run that logs in, with codes of a second each, and a state of its own.
fn a_run(server: &RawServer, call: &[&str], backend: &str, state: &Path) -> Command {
    let mut command = call_at(server, call);
    command
        .env_remove("CARDS_IBANERA_TOKEN")
        .env("CARDS_IBANERA_USERNAME", "Markeruser")
        .env("CARDS_IBANERA_PASSWORD", "Marker@7141")
        // So many that no two of a test's codes are equal by chance.
        .env("CARDS_IBANERA_TOTP_DIGITS", "8")
        .env("CARDS_IBANERA_TOTP_STEP", "1")
        .env("XDG_STATE_HOME", state)
        .args(["--backend", backend]);
    command
}

fn where_codes_serve_once(backend: &str) {
    let (server, refused) = single_use();
    let state = tempfile::tempdir().unwrap();
    let state = state.path();
    // Login and call are of one step, unless that ends between the two.
    for _ in 0..30 {
        let (code, _, err) = run(&mut a_run(&server, CALL, backend, state));
        assert_eq!((code, &*err), (0, ""));
        if refused.load(Ordering::SeqCst) > 0 {
            break;
        }
    }
    assert_eq!(refused.load(Ordering::SeqCst), 1, "the first refusal");
    for _ in 0..2 {
        let (code, _, err) = run(&mut a_run(&server, CALL, backend, state));
        assert_eq!((code, &*err), (0, ""));
    }
    let (code, out, err) = run(&mut a_run(&server, ALL, backend, state));
    assert_eq!((code, &*err), (0, ""));
    assert_eq!(out.lines().count(), 1 + PAGES, "{out}");
    assert_eq!(refused.load(Ordering::SeqCst), 1, "no run learns anew");

    let kept = fs::read_to_string(state.join("cards/otp.toml")).unwrap();
    assert!(kept.contains("learned = \"single\""), "{kept}");
    assert_no_secret(&kept);
    for code in codes(&server) {
        assert!(!kept.contains(&code), "{kept}");
    }
}

#[test]
fn runs_over_ureq_learn_by_one_refusal() {
    where_codes_serve_once("ureq");
}

#[test]
fn runs_over_reqwest_learn_by_one_refusal() {
    where_codes_serve_once("reqwest");
}

/// The length of a step, in seconds, that does not end soon.
pub(crate) fn a_long_step() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let left = |step: &u64| step - now.as_secs() % step;
    let step = (1800..=3600).max_by_key(left).unwrap();
    step.to_string()
}

#[test]
fn where_codes_serve_twice_no_run_waits() {
    for backend in BACKENDS {
        let server = RawServer::deciding(carried_out).unwrap();
        let step = a_long_step();
        let state = tempfile::tempdir().unwrap();
        for _ in 0..4 {
            let mut command = a_run(&server, ALL, backend, state.path());
            // A run that waits for the next step is out of time.
            command.env("CARDS_IBANERA_TOTP_STEP", &step);
            let (code, _, err) = run(&mut command);
            assert_eq!((code, &*err), (0, ""));
        }
        let different: BTreeSet<_> = codes(&server).into_iter().collect();
        assert_eq!(different.len(), 1);
        let kept = fs::read_to_string(state.path().join("cards/otp.toml")).unwrap();
        assert!(kept.contains("learned = \"repeated\""), "{kept}");
        // The flag wins over what is known.
        let mut command = a_run(&server, ALL, backend, state.path());
        command.env("CARDS_IBANERA_TOTP_STEP", &step);
        let (code, out, err) = run(command.args(["--otp-reuse=never", "--timeout=9"]));
        assert_eq!((code, &*out), (5, ""), "{err}");
        assert!(err.contains("each one-time code is taken once"), "{err}");
    }
}

#[test]
fn a_run_that_is_killed_leaves_the_step_of_its_code() {
    for backend in BACKENDS {
        let server = RawServer::playing([Reaction::SendAndStall(Vec::new())]).unwrap();
        let state = tempfile::tempdir().unwrap();
        let command = a_run(&server, CALL, backend, state.path());
        let mut process = Process::new(command.get_program());
        process.args(command.get_args()).env_clear();
        for (name, value) in command.get_envs() {
            process.envs(value.map(|value| (name, value)));
        }
        let mut child = process.stderr(Stdio::null()).spawn().unwrap();
        while server.received().is_empty() {
            thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = fs::read_to_string(state.path().join("cards/otp.toml")).unwrap();
        assert!(kept.contains("\nlast_step = "), "{kept}");
        assert!(kept.contains("learned = \"unknown\""), "{kept}");
    }
}

#[test]
fn a_refused_code_and_a_clock_that_is_off() {
    let headers = ["date: Thu, 01 Jan 2015 00:00:00 GMT"];
    let refusal = Reaction::reply("401 Unauthorized", &headers, "");
    let server = RawServer::playing([refusal]).unwrap();
    for backend in BACKENDS {
        for output in ["--output=table", "--output=json"] {
            let mut command = call_at(&server, CALL);
            // A code of its own, as far as it knows.
            let state = tempfile::tempdir().unwrap();
            command.env("XDG_STATE_HOME", state.path());
            let (code, _, err) = run(command.args(["--backend", backend, output]));
            assert_eq!(code, 4);
            assert!(err.contains("; this machine's clock is "), "{err}");
            assert!(
                err.contains(" ahead of the server's, which makes one-time codes wrong"),
                "{err}"
            );
        }
    }
}
