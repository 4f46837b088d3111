//! Commands whose output nobody reads: the exit code says what it would have said, and of a
//! change that was accepted, it is told.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::outcomes::{BACKENDS, CHANGE, NOBODY, READ, always, json_reply};
use super::{registration, sandbox};

/// A pipe that nobody reads any more.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// Runs a command with this standard output.
fn ended(args: &[&str], env: &[(&str, &str)], out: Stdio) -> (i32, String) {
    let Output { status, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_cards"))
        .args(args)
        .env_clear()
        .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("CARDS_AIRPAY_SECRET_KEY", "test-secret")
        .env("CARDS_AIRPAY_TOKEN", "t")
        .env("CARDS_PAYSAFE_TOKEN", "t")
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(Stdio::piped())
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .unwrap();
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}

const PUBLISHED: &str = "e78ba833888b4be6ecc0c551770dadd53fbb0ea12e13627d6cbcc309af90773d";
const PAIRS: [&str; 3] = ["entity_id=E1", "status=ALLOWED", "type=ATM"];

#[test]
fn the_exit_code_is_the_same_whether_anybody_reads() {
    let sandbox = sandbox();
    let page = r#"{"cards":[{"cardId":"C1"}],"meta":{"numberOfRecords":1,"limit":50,"offset":0}}"#;
    let paysafe = always(json_reply("200 OK", page));
    let refusal = r#"{"status":400,"message":"no","error":{"code":"5068","message":"no"}}"#;
    let refuses = always(json_reply("400 Bad Request", refusal));
    let verify = |checksum| [&["verify", "--checksum", checksum], &PAIRS[..]].concat();
    let list = [
        "list",
        "--provider=paysafe",
        "--provider=airpay",
        "--paysafe-customer=1",
        "--airpay-customer=E1",
    ];
    let (good, bad) = (paysafe.url(), refuses.url());
    let (url, health) = (sandbox.url(), format!("--health={}", sandbox.url()));
    let at = |url| ["--base-url", url];
    let commands = [
        (verify(PUBLISHED), 0),
        (verify("00"), 1),
        (verify(&PUBLISHED[1..]), 1),
        (vec!["verify", "--curl", "/dev/null", "--checksum=00"], 2),
        (["sign"].into_iter().chain(PAIRS).collect(), 0),
        (vec!["sandbox", &health], 0),
        (vec!["sandbox", "--health", NOBODY], 1),
        (vec!["sandbox", "logs", "--url", &url], 0),
        (vec!["sandbox", "logs", "--url", NOBODY], 5),
        (vec!["capabilities"], 0),
        (vec!["help", "exit-codes"], 0),
        (vec!["--help"], 0),
        ([READ, &at(&good)].concat(), 0),
        ([READ, &["--all", "-ocsv"], &at(&good)].concat(), 0),
        ([READ, &["--all", "-ojson"], &at(&bad)].concat(), 3),
        ([READ, &at(NOBODY)].concat(), 5),
        ([CHANGE, &at(&bad)].concat(), 3),
        (list.to_vec(), 3),
    ];
    let env = [
        ("CARDS_PAYSAFE_BASE_URL", &*good),
        ("CARDS_AIRPAY_BASE_URL", &*bad),
        ("CARDS_AIRPAY_AFFILIATE", "a"),
        ("CARDS_AIRPAY_PROCESSOR_KEY", "p"),
    ];
    for (args, expected) in commands {
        let (code, said) = ended(&args, &env, Stdio::piped());
        assert_eq!(code, expected, "{args:?}: {said}");
        let (code, told) = ended(&args, &env, closed());
        assert_eq!(code, expected, "{args:?}: {told}");
        // Nor is there a word of the output.
        assert!(!told.contains("standard output"), "{args:?}: {told}");
    }
}

/// The files below a folder that hold this text.
fn kept(state: &Path, text: &str) -> usize {
    let Ok(files) = fs::read_dir(state.join("cards/replies")) else {
        return 0;
    };
    let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    texts.filter(|kept| kept.contains(text)).count()
}

#[test]
fn of_a_change_that_was_accepted_the_reply_is_kept_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().to_str().unwrap();
    let fields = folder.path().join("fields.json");
    fs::write(&fields, registration().to_string()).unwrap();
    for (number, format) in ["json", "table", "csv", "ndjson"].iter().enumerate() {
        let sandbox = sandbox();
        let settings = sandbox.env();
        let mut env: Vec<_> = settings.iter().map(|(name, it)| (&**name, &**it)).collect();
        env.push(("XDG_STATE_HOME", state));
        let backend = BACKENDS[number % 2];
        let args = ["airpay", "register-user", "--backend", backend, "--json"];
        let output = ["--output", format];
        let args = [&args[..], &[fields.to_str().unwrap()], &output].concat();
        let (code, err) = ended(&args, &env, closed());
        assert_eq!(code, 1, "{err}");
        assert_eq!(kept(folder.path(), "entity_id"), number + 1, "{err}");
        let message = "airpay register-user: accepted, but cannot write to standard output";
        if !format.contains("json") {
            assert!(err.starts_with(&format!("error: {message}\n")), "{err}");
            assert!(err.contains("  reply: ") && err.contains(state), "{err}");
            continue;
        }
        let error: Value = serde_json::from_str(&err).unwrap();
        assert_eq!(error["message"], message);
        assert_eq!(error["outcome"], "accepted");
        assert_eq!(error["exit_code"], 1);
        let reply = fs::read_to_string(error["reply_file"].as_str().unwrap()).unwrap();
        assert!(reply.contains("entity_id"), "{reply}");
    }
}

#[test]
fn that_a_sandbox_is_changed_is_told_too() {
    let sandbox = sandbox();
    let url = sandbox.url();
    for change in [
        &["reset"][..],
        &["clock", "stop"],
        &["clock", "advance", "1h"],
        &["faults", "add", "lost-reply"],
        &["faults", "remove"],
        &["delivery-faults", "add", "duplicate"],
        &["receivers", "add", "paysafe", "http://127.0.0.1:1/x"],
    ] {
        for format in ["table", "json", "csv"] {
            let args = [&["sandbox"], change, &["--url", &url, "-o", format]].concat();
            let (code, err) = ended(&args, &[], closed());
            assert_eq!(code, 1, "{args:?}: {err}");
            let message = "accepted, but cannot write to standard output";
            assert!(err.contains(message), "{args:?}: {err}");
            assert_eq!(err.contains(r#""outcome":"accepted""#), format == "json");
        }
    }
}
