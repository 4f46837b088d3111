//! Files that cannot be used: a limit, a clear message, no part of what is in
//! them.

use std::fs;
use std::io::Write;
use std::thread;

use super::config::make_private;
use super::{cards, run};

#[test]
fn a_file_that_is_as_large_as_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fields.json");
    let fields = r#"{"entity_id": "E1"}"#;
    let blanks = " ".repeat(1024 * 1024 - fields.len());
    let call = ["airpay", "customer-preference", "--dry-run", "--json"];
    for (more, expected) in [("", 0), (" ", 2)] {
        fs::write(&file, format!("{fields}{blanks}{more}")).unwrap();
        let mut command = cards(&call);
        command
            .arg(&file)
            .env("CARDS_AIRPAY_TOKEN", "t")
            .env("CARDS_AIRPAY_SECRET_KEY", "s")
            .env("CARDS_AIRPAY_BASE_URL", "http://127.0.0.1:1");
        let (code, _, err) = run(&mut command);
        assert_eq!(code, expected, "{err}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_like_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
    let write = |text: &'static str, times: usize| {
        let pipe = pipe.clone();
        thread::spawn(move || {
            let mut pipe = fs::OpenOptions::new().write(true).open(pipe).unwrap();
            // The reader closes it when it has read enough.
            (0..times).try_for_each(|_| pipe.write_all(text.as_bytes()))
        })
    };
    let read = || {
        let mut command = cards(&["airpay", "customer-preference", "--dry-run", "--json"]);
        command
            .arg(&pipe)
            .env("CARDS_AIRPAY_TOKEN", "t")
            .env("CARDS_AIRPAY_SECRET_KEY", "s")
            .env("CARDS_AIRPAY_BASE_URL", "http://127.0.0.1:1");
        run(&mut command)
    };
    let writer = write(r#"{"entity_id": "E1"}"#, 1);
    let (code, out, err) = read();
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("entity_id=E1"), "{out}");
    writer.join().unwrap().unwrap();

    let writer = write("MARKER", usize::MAX);
    let (code, _, err) = read();
    assert_eq!(code, 2);
    assert!(
        err.contains("it holds more than 1 MiB") && !err.contains("MARKER"),
        "{err}"
    );
    assert!(writer.join().unwrap().is_err());
}

#[test]
fn standard_input_is_there_once() {
    let call = ["airpay", "register-user", "--json=-", "--otp=@-"];
    let (code, _, err) = run(cards(&call).write_stdin("{}"));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"
    error: --otp: cannot read standard input
      caused by: standard input was read already: - can stand once
      hint: put one of them into a file;
      @FILE reads a value from a file, and a text that begins with @ is written @@
    ");
    let too_much = "MARKER ".repeat(160_000);
    for call in [
        &["airpay", "register-user", "--json=-"][..],
        &["airpay", "register-user", "--otp=@-"],
        &["sign", "--form=-"],
        &["sign", "--curl=-"],
    ] {
        let (code, _, err) = run(cards(call).write_stdin(&*too_much));
        assert_eq!(code, 2);
        assert!(
            err.contains("it holds more than 1 MiB") && !err.contains("MARKER"),
            "{err}"
        );
    }
}

#[test]
fn a_name_in_a_file_may_be_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let says = |text: &str, args: &[&str]| {
        fs::write(&file, text).unwrap();
        make_private(&file);
        let (code, out, err) = run(cards(args).arg(&file));
        assert_eq!((code, &*out), (2, ""));
        assert!(!err.contains("4622") && !err.contains("Secret"), "{err}");
        err.replace(file.to_str().unwrap(), "[file]")
    };
    let json = ["airpay", "customer-preference", "--json"];
    let wrong = r#"{"4622940000003713": "", "entity": "", "zzz": 1, "Secretword": null}"#;
    insta::assert_snapshot!(says(wrong, &json), @"error: --json: [file]: airpay customer-preference has no field [a value], `entity`; it has entity_id, status, type");
    let config = ["airpay", "customer-preference", "--config"];
    insta::assert_snapshot!(says("4622940000003713 = 1", &config), @"error: --config: [file]: unknown key [a value]: settings belong into [profile.NAME]");
    for (text, beginning) in [
        (
            "[profile.a]\nSecretword = 'x'",
            "unknown key [a value] in [profile.a]; `cards help environment` lists ",
        ),
        (
            "[profile.4622940000003713]\npaysafe_tokn = 'x'",
            "unknown key `paysafe_tokn` in [profile.[a value]]; `cards help environment` ",
        ),
    ] {
        let said = says(text, &config);
        // It is not the profile that is read.
        let beginning = format!("warning: --config: [file]: {beginning}");
        assert!(said.starts_with(&beginning), "{said}");
    }
    let missing = "/nowhere/4622940000003713";
    let (_, _, err) = run(cards(&config).arg(missing));
    assert!(!err.contains("4622"), "{err}");
    let (_, _, err) = run(cards(&config[..2]).args(["--profile", "4622940000003713"]));
    assert!(!err.contains("4622"), "{err}");
}
