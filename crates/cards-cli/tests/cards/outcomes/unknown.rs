//! A change whose outcome is unknown: said so, once, and nobody is told to send
//! it again to see what the server answered.

use std::fs;
use std::path::{Path, PathBuf};

use conformance::server::Reaction;

use super::{BACKENDS, CHANGE, READ, always, call_at, json_reply};
use crate::{registration, run, sandbox};

const WORDS: &str = "outcome unknown: find out whether it took effect before sending it again";

/// The replies that were kept in a folder for a user's state.
fn kept(state: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(state.join("cards/replies")) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn it_is_said_once_and_never_to_be_sent_again_for_its_body() {
    let body = r#"{"message":"MARKER"}"#;
    for (reaction, reply) in [
        (json_reply("504 Gateway Timeout", body), body),
        (json_reply("500 Internal Server Error", ""), ""),
        (json_reply("200 OK", body), body),
        (json_reply("200 OK", ""), ""),
        (Reaction::SendAndReset(Vec::new()), ""),
        (
            Reaction::SendAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"a".to_vec()),
            "{\"a",
        ),
    ] {
        let server = always(reaction);
        for backend in BACKENDS {
            let state = tempfile::tempdir().unwrap();
            let mut command = call_at(&server.url(), CHANGE, backend);
            let (code, out, err) = run(command.env("XDG_STATE_HOME", state.path()));
            assert_eq!((code, &*out), (6, ""));
            let first = err.lines().next().unwrap();
            assert_eq!(first, format!("error: airpay update-customer: {WORDS}"));
            for words in ["outcome unknown", "find out whether"] {
                assert_eq!(err.matches(words).count(), 1, "{err}");
            }
            assert!(
                err.lines().nth(1).unwrap().starts_with("  caused by: "),
                "{err}"
            );
            assert!(
                !err.contains("--show-body") && !err.contains("MARKER"),
                "{err}"
            );

            let files = kept(state.path());
            if reply.is_empty() {
                assert_eq!(files, [] as [PathBuf; 0]);
                assert!(!err.contains("reply:"), "{err}");
                continue;
            }
            assert_eq!(files.len(), 1);
            assert_eq!(fs::read_to_string(&files[0]).unwrap(), reply);
            let said = format!("  reply: {} bytes, kept for you alone in ", reply.len());
            assert!(
                err.contains(&format!("{said}{}", files[0].display())),
                "{err}"
            );
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
                assert_eq!(mode(&files[0]), 0o600);
                assert_eq!(mode(files[0].parent().unwrap()), 0o700);
            }
        }
    }
}

#[test]
fn json_names_the_file() {
    let server = always(json_reply("502 Bad Gateway", "MARKER"));
    for backend in BACKENDS {
        let state = tempfile::tempdir().unwrap();
        let mut command = call_at(&server.url(), CHANGE, backend);
        let (code, _, err) = run(command
            .env("XDG_STATE_HOME", state.path())
            .arg("--output=json"));
        assert_eq!(code, 6);
        let error: serde_json::Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["message"], format!("airpay update-customer: {WORDS}"));
        let file = error["reply_file"].as_str().unwrap();
        assert_eq!(fs::read_to_string(file).unwrap(), "MARKER");
        assert!(error.get("reply").is_none());
    }
}

#[test]
fn a_refused_change_keeps_its_reply_too_and_shows_it_when_asked() {
    let body = r#"{"status":400,"message":"MARKER","data":[]}"#;
    let server = always(json_reply("400 Bad Request", body));
    let state = tempfile::tempdir().unwrap();
    let mut command = call_at(&server.url(), CHANGE, "ureq");
    command.env("XDG_STATE_HOME", state.path());
    let (code, _, err) = run(&mut command);
    assert_eq!(code, 3);
    assert!(
        !err.contains("--show-body") && !err.contains("outcome"),
        "{err}"
    );
    assert_eq!(fs::read_to_string(&kept(state.path())[0]).unwrap(), body);

    // Shown, it is not kept.
    let (_, _, err) = run(command.arg("--show-body"));
    assert!(err.ends_with(&format!("\n{body}\n")), "{err}");
    assert_eq!(kept(state.path()).len(), 1);

    // A read can be repeated, and nothing of it is kept.
    let mut command = call_at(&server.url(), READ, "ureq");
    let (_, _, err) = run(command.env("XDG_STATE_HOME", state.path()));
    assert!(
        err.contains("hint: --show-body prints what the server sent"),
        "{err}"
    );
    assert_eq!(kept(state.path()).len(), 1);
}

#[test]
fn a_login_on_behalf_of_a_change_is_not_to_be_repeated_either() {
    let server = always(json_reply("200 OK", "MARKER"));
    let state = tempfile::tempdir().unwrap();
    let mut command = call_at(&server.url(), CHANGE, "ureq");
    command
        .env("XDG_STATE_HOME", state.path())
        .env_remove("CARDS_AIRPAY_TOKEN")
        .env("CARDS_AIRPAY_MOBILE_NO", "9000000101")
        .env("CARDS_AIRPAY_PASSWORD", "p")
        .env("CARDS_AIRPAY_AFFILIATE", "a")
        .env("CARDS_AIRPAY_PROCESSOR_KEY", "k");
    let (_, _, err) = run(&mut command);
    assert!(
        err.contains("user-login") && !err.contains("--show-body"),
        "{err}"
    );
    assert_eq!(kept(state.path()).len(), 1);
}

#[test]
fn each_reply_is_kept_whatever_there_is_already() {
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("cards/replies");
    fs::create_dir_all(&folder).unwrap();
    for number in 0..70 {
        // They sort behind every new one: the clock was set back since, or somebody wrote them.
        let other = format!("cards-reply-2090-01-01T0000{number:02}.000000000Z-airpay-x-0");
        fs::write(folder.join(other), "").unwrap();
    }
    fs::write(folder.join("a-note-of-ones-own"), "").unwrap();
    let server = always(json_reply("504 Gateway Timeout", "the newest"));
    for number in 1..=60 {
        let mut command = call_at(&server.url(), CHANGE, "ureq");
        let (_, _, err) = run(command
            .env("XDG_STATE_HOME", state.path())
            .arg("--output=json"));
        let error: serde_json::Value = serde_json::from_str(&err).unwrap();
        let file = error["reply_file"].as_str().unwrap();
        assert_eq!(fs::read_to_string(file).unwrap(), "the newest");
        assert_eq!(kept(state.path()).len(), 70 + 1 + number);
    }
}

#[test]
fn without_a_place_for_state_it_is_kept_where_temporary_files_are() {
    let server = always(json_reply("504 Gateway Timeout", "MARKER"));
    let elsewhere = tempfile::tempdir().unwrap();
    let taken = elsewhere.path().join("a-file");
    fs::write(&taken, "").unwrap();
    let command = |state: &Path, temporary: &Path| {
        let mut command = call_at(&server.url(), CHANGE, "ureq");
        let (code, _, err) = run(command
            .env("XDG_STATE_HOME", state)
            .env("TMPDIR", temporary));
        // The outcome is what counts, whatever becomes of the file.
        assert_eq!(code, 6);
        assert!(err.contains(WORDS), "{err}");
        err
    };
    let err = command(&taken, elsewhere.path());
    let said = format!(
        "kept for you alone in {}/cards-reply-",
        elsewhere.path().display()
    );
    assert!(err.contains(&said), "{err}");
    let err = command(&taken, &taken);
    assert!(
        err.contains("  reply: 6 bytes, which could not be kept in a file: "),
        "{err}"
    );
    // A home that is not there is not made.
    let home = elsewhere.path().join("home");
    let mut call = call_at(&server.url(), CHANGE, "ureq");
    call.env_remove("XDG_STATE_HOME").env("HOME", &home);
    run(call.env("TMPDIR", elsewhere.path()));
    assert!(!home.exists());
    fs::create_dir(&home).unwrap();
    run(&mut call);
    assert_eq!(kept(&home.join(".local/state")).len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn the_reply_to_an_accepted_change_is_not_lost_with_the_output() {
    let sandbox = sandbox();
    let state = tempfile::tempdir().unwrap();
    let input = registration().to_string();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cards"));
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let file = state.path().join("fields.json");
    fs::write(&file, input).unwrap();
    let output = command
        .args(["airpay", "register-user", "--output=json", "--json"])
        .arg(&file)
        .env_clear()
        .envs(sandbox.env())
        .env("XDG_STATE_HOME", state.path())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(
        (&error["kind"], &error["outcome"]),
        (&"output".into(), &"accepted".into())
    );
    assert_eq!(
        error["message"],
        "airpay register-user: accepted, but cannot write to standard output"
    );
    let kept = fs::read_to_string(error["reply_file"].as_str().unwrap()).unwrap();
    assert!(kept.contains("entity_id"), "{kept}");
    assert_eq!(sandbox.exchanges().len(), 1);
}
