//! `cards sandbox`

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::{cards, run};

/// A sandbox of its own, ended with the test.
struct Serving(Child);

impl Serving {
    /// Starts one on a free port and reads its first line.
    fn start(args: &[&str]) -> (Self, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cards"))
            .args(["sandbox", "--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let address = line
            .trim_end()
            .strip_prefix("listening on http://")
            .unwrap();
        (Self(child), address.to_owned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn its_first_line_and_its_settings_are_enough_to_call_it() {
    let (_serving, address) = Serving::start(&[]);
    let (code, out, err) = run(&mut cards(&[
        "sandbox",
        "--print-env",
        "--listen",
        &address,
    ]));
    assert_eq!((code, &*err), (0, ""));
    // What a shell's `eval` would do.
    let settings = out.lines().map(|line| {
        let (name, value) = line
            .strip_prefix("export ")
            .unwrap()
            .split_once('=')
            .unwrap();
        let value = value
            .strip_prefix('\'')
            .unwrap()
            .strip_suffix('\'')
            .unwrap();
        (name.to_owned(), value.to_owned())
    });
    let settings: Vec<_> = settings.collect();
    for call in [
        &[
            "airpay",
            "customer-preference",
            "--entity-id",
            "AIRPAYCUST0001",
        ][..],
        &["paysafe", "prepaid-cards", "--customer-id", "12345678"],
        &["ibanera", "customer-cards"],
    ] {
        let (code, _, err) = run(cards(call).envs(settings.clone()));
        assert_eq!(code, 0, "{err}");
    }
}

#[cfg(unix)]
#[test]
fn it_ends_politely() {
    for signal in ["-INT", "-TERM"] {
        let (mut serving, _) = Serving::start(&[]);
        let sent = Command::new("kill")
            .args([signal, &serving.0.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(serving.0.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_file_keeps_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cards.db");
    let store = ["--store", file.to_str().unwrap()];
    let (_serving, _) = Serving::start(&store);
    assert!(file.exists());
}

#[test]
fn addresses_that_it_does_not_take() {
    let (code, out, err) = run(&mut cards(&["sandbox", "--listen", "0.0.0.0:0"]));
    assert_eq!((code, &*out), (2, ""));
    insta::assert_snapshot!(err, @"
    error: the sandbox does not listen on 0.0.0.0:0
      hint: its credentials are public and it has no TLS: only addresses of this machine are taken,
      such as 127.0.0.1 and [::1]
    ");
    let (code, _, err) = run(&mut cards(&["sandbox", "--listen", "example"]));
    assert_eq!(code, 2);
    assert!(
        err.contains("an address with a port, such as 127.0.0.1:8484"),
        "{err}"
    );
    let (code, _, err) = run(&mut cards(&[
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--print-env",
    ]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"error: --print-env needs the port that the sandbox listens on: --listen ADDR");
}

#[test]
fn a_port_in_use() {
    let (_serving, address) = Serving::start(&[]);
    let (code, _, err) = run(&mut cards(&["sandbox", "--listen", &address]));
    assert_eq!(code, 1);
    insta::assert_snapshot!(err.replace(&address, "[address]"), @"
    error: the sandbox did not start
      caused by: cannot listen on [address]
      caused by: Address already in use
      hint: another sandbox may be running; --listen 127.0.0.1:0 takes a free port
    ");
}

#[test]
fn a_file_that_it_does_not_take() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |file: &std::path::Path| {
        let path = file.to_str().unwrap();
        let port = ["sandbox", "--listen", "127.0.0.1:0", "--store", path];
        let (code, out, err) = run(&mut cards(&port));
        assert_eq!((code, &*out), (1, ""));
        err.replace(path, "[file]")
    };
    insta::assert_snapshot!(refusal(&folder.path().join("no/cards.db")), @"
    error: the sandbox did not start
      caused by: cannot open the store [file]
      caused by: its folder is not there; make it, or take another path
      hint: --store takes `memory` or a file
    ");
    let used = folder.path().join("used.db");
    let (_serving, _) = Serving::start(&["--store", used.to_str().unwrap()]);
    insta::assert_snapshot!(refusal(&used), @"
    error: the sandbox did not start
      caused by: cannot open the store [file]
      caused by: another sandbox has it open; stop that one, or take another file
      hint: --store takes `memory` or a file
    ");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "notes").unwrap();
    insta::assert_snapshot!(refusal(&text), @"
    error: the sandbox did not start
      caused by: cannot open the store [file]
      caused by: this is no sandbox's file, and was left as it is; take another path
      hint: --store takes `memory` or a file
    ");
    assert_eq!(std::fs::read_to_string(&text).unwrap(), "notes");
}
