//! The sandbox as a program, with the most that it can log, and the files that it leaves.

use std::fs;

use conformance::canary::{DIGITS, MARK, WORD, card_number, found_among, found_in_bytes_among};
use conformance::trust::Report;
use serde_json::{Value, json};

use super::{Found, settings};
use crate::sandbox::Serving;
use crate::{cards, run, sandbox};

/// A registration that is accepted, with markers where they keep the rules.
fn registration() -> Value {
    let mut person = crate::registration();
    for (name, value) in [
        ("card_no", card_number("06")),
        ("password", format!("{MARK}a@")),
        ("first_name", WORD.to_owned()),
        ("address", WORD.to_owned()),
        ("doc_number", WORD.to_owned()),
    ] {
        person[name] = json!(value);
    }
    person
}

#[test]
fn a_sandbox_logs_and_leaves_no_marker() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("sandbox.db");
    let store = store.to_str().unwrap();
    let args = ["--listen", "127.0.0.1:0", "--store", store, "-vv"];
    let (serving, url) = Serving::start_at(&args);
    let right = sandbox().env();
    let call = |right: &[(&str, String)]| {
        let mut call = cards(&["airpay", "register-user", "--json", "-"]);
        call.envs(settings(&url));
        let right = right
            .iter()
            .filter(|(name, _)| !name.ends_with("_BASE_URL"));
        call.envs(right.map(|(name, value)| (*name, value)));
        run(call.write_stdin(registration().to_string()))
    };
    let (code, _, err) = call(&[]);
    assert_ne!(code, 0, "{err}");
    let right: Vec<_> = right.into_iter().collect();
    let (code, _, err) = call(&right);
    assert_eq!(code, 0, "{err}");
    let mut found = Found::default();
    let mut is_stored = false;
    for file in fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        is_stored |= found_in_bytes_among(&[WORD], &bytes).is_some();
        found.tried += 1;
        if let Some(marker) = found_in_bytes_among(&[MARK, DIGITS], &bytes) {
            found.failures.push(format!("{}: {marker}", path.display()));
        }
    }
    assert!(is_stored, "the search finds what is stored");
    let logged = serving.end("-TERM");
    assert!(logged.contains("register-user"), "{logged}");
    assert!(found_among(&[WORD], &registration().to_string()).is_some());
    found.clean("its log", &logged);
    found.end(Report::new("canary-serving"));
}
