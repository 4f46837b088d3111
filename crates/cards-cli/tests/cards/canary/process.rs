//! A running program, as the system shows it: its command line, its limits, its children.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cards_transport::operations;
use conformance::server::{RawServer, Reaction};
use conformance::trust::Report;

use super::{By, Found, fields};

/// While a call waits for its server, with all secrets in it.
#[test]
fn no_process_shows_a_marker_and_none_leaves_a_core() {
    let mut found = Found::default();
    let operation = operations()
        .find(|one| one.name == "register-user")
        .unwrap();
    for by in By::ALL {
        let server = RawServer::playing([Reaction::SendAndStall(Vec::new())]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let left = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cards"));
        let mut child = command
            .env_clear()
            .envs(by.variables(&server.url(), folder.path()))
            .env("HOME", left.path())
            .env("TMPDIR", left.path())
            .env("XDG_STATE_HOME", left.path())
            .args(["airpay", "register-user", "--json", "-", "--no-validate"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin
            .write_all(fields(operation).to_string().as_bytes())
            .unwrap();
        drop(stdin);
        let deadline = Instant::now() + Duration::from_secs(60);
        while server.received().is_empty() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        let sent = server.received();
        let of = |name: &str| format!("/proc/{}/{name}", child.id());
        let line = fs::read_to_string(of("cmdline")).unwrap();
        let limits = fs::read_to_string(of("limits")).unwrap();
        let (mut threads, mut children) = (String::new(), String::new());
        for task in fs::read_dir(of("task")).unwrap() {
            let path = task.unwrap().path();
            threads += &fs::read_to_string(path.join("comm")).unwrap();
            children += &fs::read_to_string(path.join("children")).unwrap_or_default();
        }
        found.files("while it waits", left.path());
        child.kill().unwrap();
        child.wait().unwrap();
        // It was there, and was sent.
        let sent = String::from_utf8_lossy(&sent[0].bytes).into_owned();
        assert!(conformance::canary::found(&sent).is_some());
        found.clean("its command line", &line);
        found.clean("its threads", &threads);
        assert!(line.contains("register-user"), "{line}");
        assert_eq!(children.trim(), "", "it has started another program");
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap();
        let sizes: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
        assert_eq!(sizes, ["0", "0"], "{core}");
    }
    found.end(Report::new("canary-processes"));
}
