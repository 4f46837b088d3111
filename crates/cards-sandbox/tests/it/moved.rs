//! A store's file that is moved or deleted while a sandbox has it open: nothing is acknowledged any
//! more that would be lost.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{airpay, get, registration, status};
use cards_sandbox::{Running, Sandbox, Store};

const VERDICT: &str = "the store failed: its file was moved or deleted";

fn in_file(path: &Path) -> Running {
    let builder = Sandbox::builder().store(Store::File(path.to_owned()));
    builder.start_blocking().unwrap()
}

fn register(sandbox: &Running, number: usize) -> u16 {
    let (email, card) = (
        format!("p{number}@example.com"),
        format!("462294{number:010}"),
    );
    let kit = format!("{number:012}");
    let changes = [("email", &*email), ("card_no", &*card), ("kit_no", &*kit)];
    status(&airpay(
        sandbox.addr(),
        "register-user",
        &registration(&changes),
    ))
}

fn is_well(sandbox: &Running) -> bool {
    let health = get(sandbox.addr(), "/_sandbox/health", &[]);
    let is_well = status(&health) == 200;
    assert_eq!(is_well, !health.contains(VERDICT), "{health}");
    is_well
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    format!("{}{ending}", path.display()).into()
}

/// Takes a file away, and leaves it beside its place.
type TakeAway = fn(&Path);

fn rename(path: &Path) {
    fs::rename(path, beside(path, ".away")).unwrap();
}

fn replace(path: &Path) {
    rename(path);
    fs::write(path, "another").unwrap();
}

fn unlink(path: &Path) {
    fs::hard_link(path, beside(path, ".away")).unwrap();
    fs::remove_file(path).unwrap();
}

/// Ways to take away the file, or its journal, which has what was written last.
const WAYS: [(&str, TakeAway); 4] = [("", rename), ("-wal", rename), ("", replace), ("", unlink)];

#[test]
fn a_write_to_a_file_that_has_gone_is_refused_until_it_is_back() {
    for (ending, take_away) in WAYS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox.db");
        let sandbox = in_file(&path);
        assert_eq!(register(&sandbox, 10_000), 200);
        assert!(is_well(&sandbox));
        let gone = beside(&path, ending);
        take_away(&gone);
        for number in [10_001, 10_002] {
            assert_eq!(register(&sandbox, number), 500);
            assert_eq!(sandbox.exchanges().pop().unwrap().verdict, VERDICT);
        }
        let error = sandbox.reset_blocking().unwrap_err();
        assert!(error.is_store(), "{error}");
        assert!(!is_well(&sandbox));
        // What was refused was not done, and what is acknowledged then is kept.
        fs::rename(beside(&gone, ".away"), &gone).unwrap();
        assert_eq!(register(&sandbox, 10_001), 200);
        // The sender of events tries again after a second what it could not do.
        let started = Instant::now();
        while !is_well(&sandbox) {
            assert!(started.elapsed() < Duration::from_secs(60));
            thread::sleep(Duration::from_millis(20));
        }
        sandbox.shutdown_blocking();
        let sandbox = in_file(&path);
        let world = get(sandbox.addr(), "/_sandbox/world/file", &[]);
        for (number, is_there) in [(10_000, true), (10_001, true), (10_002, false)] {
            let email = format!("p{number}@example.com");
            assert_eq!(world.contains(&email), is_there, "{email}");
        }
    }
}

#[test]
fn a_file_that_was_deleted_is_refused_for_good() {
    for ending in ["", "-wal"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox.db");
        let sandbox = in_file(&path);
        assert_eq!(register(&sandbox, 10_000), 200);
        fs::remove_file(beside(&path, ending)).unwrap();
        assert_eq!(register(&sandbox, 10_001), 500);
        assert!(!is_well(&sandbox));
    }
}

/// A reset that is refused leaves the clock too.
#[test]
fn a_reset_that_is_refused_leaves_the_clock_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let sandbox = in_file(&path);
    sandbox.clock().freeze();
    let day = Duration::from_secs(86_400);
    sandbox.clock().advance(day).unwrap();
    let before = sandbox.clock().now();
    fs::rename(&path, beside(&path, ".away")).unwrap();
    sandbox.reset_blocking().unwrap_err();
    assert!(sandbox.clock().is_frozen());
    assert_eq!(sandbox.clock().now(), before);
}
