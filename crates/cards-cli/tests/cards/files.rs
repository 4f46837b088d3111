//! Files that cannot be used: a limit, a clear message, no part of what is in
//! them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::thread;

use super::config::make_private;
use super::{cards, run};

/// Every way to name a file, and what names it in a complaint. `FILE` stands for the file.
const WAYS: [(&[&str], &str); 7] = [
    (&["airpay", "register-user", "--otp=@FILE"], "--otp"),
    (&["airpay", "register-user", "--json=FILE"], "--json"),
    (&["sign", "--form=FILE"], "--form"),
    (&["sign", "--curl=FILE"], "--curl"),
    (&["verify", "--curl=FILE"], "--curl"),
    (
        &["airpay", "register-user", "--config=FILE"],
        "configuration",
    ),
    (
        &["paysafe", "prepaid-cards", "--customer-id=1"],
        "CARDS_CA_FILE",
    ),
];

/// Lists the complaint about a file in each of the ways.
fn says(file: &Path) -> Vec<String> {
    let file = file.to_str().unwrap();
    let in_way = |(args, name): &(&[&str], &str)| {
        let args: Vec<_> = args.iter().map(|arg| arg.replace("FILE", file)).collect();
        let mut command = cards(&args.iter().map(String::as_str).collect::<Vec<_>>());
        if *name == "CARDS_CA_FILE" {
            command
                .env("CARDS_CA_FILE", file)
                .env("CARDS_PAYSAFE_TOKEN", "t")
                .env("CARDS_PAYSAFE_BASE_URL", "https://127.0.0.1:1");
        }
        command.env("CARDS_AIRPAY_SECRET_KEY", "s");
        let (code, out, err) = run(&mut command);
        assert_eq!((code, &*out), (2, ""), "{err}");
        assert!(err.lines().next().unwrap().contains(name), "{name}: {err}");
        assert!(!err.contains("MARKER"), "{err}");
        err
    };
    WAYS.iter().map(in_way).collect()
}

#[test]
fn a_file_that_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large");
    fs::write(&file, "MARKER ".repeat(160_000)).unwrap();
    for said in says(&file) {
        assert!(
            said.contains("\n  caused by: it holds more than 1 MiB\n"),
            "{said}"
        );
    }
}

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

#[test]
fn a_folder() {
    for said in says(tempfile::tempdir().unwrap().path()) {
        assert!(said.contains("\n  caused by: Is a directory\n"), "{said}");
    }
}

#[test]
fn what_is_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("binary");
    fs::write(&file, b"MARKER\xff\xfe\x00").unwrap();
    let mut said = says(&file);
    // PEM is looked for among anything.
    let certificates = said.pop().unwrap();
    assert!(
        certificates.contains("holds no certificate"),
        "{certificates}"
    );
    for said in said {
        assert!(
            said.contains("\n  caused by: it is not UTF-8 text\n"),
            "{said}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_has_no_end() {
    for said in says(Path::new("/dev/zero")) {
        assert!(
            said.contains("\n  caused by: it holds more than 1 MiB\n"),
            "{said}"
        );
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
    error: --otp: cannot read the file after @
      caused by: standard input was read already: - can stand once
      hint: @FILE reads a value from a file; a text that begins with @ is written @@
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
    insta::assert_snapshot!(says(wrong, &json), @"error: --json: airpay customer-preference has no field [a value], `entity`; it has entity_id, status, type");
    let config = ["airpay", "customer-preference", "--config"];
    insta::assert_snapshot!(says("4622940000003713 = 1", &config), @"error: configuration [file]: unknown key [a value]: settings belong into [profile.NAME]");
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
        let beginning = format!("warning: configuration [file]: {beginning}");
        assert!(said.starts_with(&beginning), "{said}");
    }
    let missing = "/nowhere/4622940000003713";
    let (_, _, err) = run(cards(&config).arg(missing));
    assert!(!err.contains("4622"), "{err}");
    let (_, _, err) = run(cards(&config[..2]).args(["--profile", "4622940000003713"]));
    assert!(!err.contains("4622"), "{err}");
}
