//! `cards sandbox`

mod control;
mod descriptors;
mod ends;
mod follow;
mod issuer;
mod log;
mod lost_log;
mod refused;
mod tls;
mod verdict;
mod worlds;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{cards, registration, run};

/// A sandbox of its own, ended with the test.
pub(crate) struct Serving(Child);

impl Serving {
    /// Starts one on a free port and reads its first line.
    fn start(args: &[&str]) -> (Self, String) {
        let (serving, url) = Self::start_at(&[&["--listen", "127.0.0.1:0"], args].concat());
        let address = url.split_once("://").unwrap().1;
        (serving, address.to_owned())
    }

    /// The same with an address of one's own, and the whole URL.
    pub(crate) fn start_at(args: &[impl AsRef<OsStr>]) -> (Self, String) {
        Self::logging_to(Stdio::piped(), args)
    }

    /// The same with a standard error of one's own.
    fn logging_to(err: Stdio, args: &[impl AsRef<OsStr>]) -> (Self, String) {
        Self::of(Command::new(env!("CARGO_BIN_EXE_cards")), err, args)
    }

    /// The same by a command of one's own, which starts the program.
    fn of(mut program: Command, err: Stdio, args: &[impl AsRef<OsStr>]) -> (Self, String) {
        let mut child = program
            .arg("sandbox")
            .args(args)
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(err)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ").unwrap();
        (Self(child), url.to_owned())
    }

    /// Ends it politely, and gives all that it said on standard error, as far as
    /// that is read here.
    #[cfg(unix)]
    pub(crate) fn end(mut self, signal: &str) -> String {
        let sent = Command::new("kill")
            .args([signal, &self.0.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let mut said = String::new();
        if let Some(mut err) = self.0.stderr.take() {
            err.read_to_string(&mut said).unwrap();
        }
        assert_eq!(self.0.wait().unwrap().code(), Some(0), "{signal}: {said}");
        said
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
    let settings = settings(&["--listen", &address]);
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
    for signal in super::outcomes::signals() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cards.db");
        let (serving, address) = Serving::start(&["--store", file.to_str().unwrap()]);
        // A client that stays connected does not keep it.
        let _idle = std::net::TcpStream::connect(address).unwrap();
        serving.end(signal);
        // The store is closed: its other files are gone.
        let files = folder.path().read_dir().unwrap();
        let files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["cards.db"], "{signal}");
    }
}

#[test]
fn a_file_keeps_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cards.db");
    let store = ["--store", file.to_str().unwrap()];
    let register = || {
        let (_serving, address) = Serving::start(&store);
        let mut call = cards(&["airpay", "register-user", "--json", "-"]);
        call.envs(settings(&["--listen", &address]));
        let (code, _, err) = run(call.write_stdin(registration().to_string()));
        (code, err)
    };
    // The second sandbox knows the customer of the first, though that was killed.
    assert_eq!(register(), (0, String::new()));
    let (code, err) = register();
    assert_eq!(code, 3);
    assert!(err.contains("refused"), "{err}");
}

#[test]
fn it_takes_a_bare_token_at_ibanera_where_that_is_said() {
    for (args, taken) in [
        (&[][..], "bearer"),
        (&["--ibanera-authorization", "bare"], "bare"),
    ] {
        let (_serving, address) = Serving::start(args);
        for scheme in ["bearer", "bare"] {
            let mut call = cards(&["ibanera", "customer-cards"]);
            call.envs(settings(&["--listen", &address]));
            // A login would only bring another token.
            call.env_remove("CARDS_IBANERA_PASSWORD");
            call.env_remove("CARDS_IBANERA_USERNAME");
            let (code, _, err) = run(call.env("CARDS_IBANERA_AUTHORIZATION", scheme));
            assert_eq!(code == 0, scheme == taken, "{args:?} {scheme}: {err}");
        }
    }
}

/// Calls with what `--print-env` says of it are signed; those without it are refused.
#[test]
fn it_wants_signatures_at_paysafe_where_that_is_said() {
    for which in ["bodies", "bodies-and-paths"] {
        let flag = ["--paysafe-signatures", which];
        let (_serving, address) = Serving::start(&flag);
        let at = ["--listen", &address];
        let call = |args: &[&str], call: &[&str]| run(cards(call).envs(settings(args))).0;
        let create = [
            "paysafe",
            "create-prepaid-card",
            "--customer-id=12345678",
            "--program-name=BRAND-VIRTUAL-MC",
            "--currency=EUR",
        ];
        let list = ["paysafe", "prepaid-cards", "--customer-id=12345678"];
        let knowing = [&at[..], &flag].concat();
        assert_eq!((call(&knowing, &create), call(&knowing, &list)), (0, 0));
        assert_ne!(call(&at, &create), 0);
        assert_eq!(call(&at, &list) == 0, which == "bodies");
    }
}

/// The settings of an update reach the sandbox.
#[test]
fn it_answers_updates_at_paysafe_as_is_said() {
    let update = |address: &str, status: &str| {
        let mut call = cards(&["paysafe", "update-prepaid-card", "--customer-id=12345678"]);
        call.args(["--card-id=12345678-0000-4000-8000-000000000001"]);
        call.args(["--status-reason=x", "--output=json", "--status", status]);
        call.envs(settings(&["--listen", address]));
        run(&mut call)
    };
    let (_serving, address) = Serving::start(&[
        "--paysafe-physical-updates=active-or-cancelled",
        "--paysafe-update-reply=no-content",
        "--paysafe-update-refusal=400",
    ]);
    let (code, _, err) = update(&address, "LOCKED");
    assert!(code == 3 && err.contains("ACTIVE or CANCELLED"), "{err}");
    assert_eq!(
        update(&address, "CANCELLED"),
        (0, "null\n".into(), String::new())
    );
    let (code, _, err) = update(&address, "ACTIVE");
    assert!(code == 3 && err.contains("5068"), "{err}");
}

/// Reads what `--print-env` prints, as a shell's `eval` would take it.
fn settings(args: &[&str]) -> Vec<(String, String)> {
    let (code, out, err) = run(cards(&["sandbox", "--print-env"]).args(args));
    assert_eq!((code, &*err), (0, ""));
    let setting = |line: &str| {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
        Some((name.to_owned(), value.to_owned()))
    };
    out.lines().map(|line| setting(line).unwrap()).collect()
}

#[test]
fn its_health_is_an_exit_code() {
    let (_serving, address) = Serving::start(&[]);
    let url = format!("http://{address}");
    let (code, out, err) = run(&mut cards(&["sandbox", "--health", &url]));
    assert_eq!((code, &*out, &*err), (0, "ok\n", ""));
    // The address of --listen is asked where no URL is given.
    let (code, out, _) = run(&mut cards(&["sandbox", "--listen", &address, "--health"]));
    assert_eq!((code, &*out), (0, "ok\n"));

    let (code, out, err) = run(&mut cards(&["sandbox", "--health", "http://127.0.0.1:1"]));
    assert_eq!((code, &*out), (1, ""));
    insta::assert_snapshot!(err, @"
    error: no sandbox answers at http://127.0.0.1:1
      caused by: no connection
      caused by: Connection refused
    ");
    let elsewhere = format!("{url}/elsewhere");
    let (code, _, err) = run(&mut cards(&["sandbox", "--health", &elsewhere]));
    assert_eq!(code, 1);
    insta::assert_snapshot!(err.replace(&address, "[address]"), @"
    error: no sandbox answers at http://[address]/elsewhere
      caused by: it answers with HTTP 404
    ");
    for url in ["4622940000003713", "http://user:MARKER@127.0.0.1"] {
        let (code, _, err) = run(&mut cards(&["sandbox", "--health", url]));
        assert_eq!(code, 2);
        assert!(!err.contains("4622") && !err.contains("MARKER"), "{err}");
    }
}

#[test]
fn its_journal_is_as_long_as_asked() {
    let (_serving, address) = Serving::start(&["--journal", "1"]);
    let settings = settings(&["--listen", &address]);
    for _ in 0..2 {
        let mut call = cards(&["paysafe", "prepaid-cards", "--customer-id", "12345678"]);
        assert_eq!(run(call.envs(settings.clone())).0, 0);
    }
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    let request =
        "GET /_sandbox/exchanges HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let journal: serde_json::Value = serde_json::from_str(body).unwrap();
    let exchanges = journal["exchanges"].as_array().unwrap();
    assert_eq!((exchanges.len(), &exchanges[0]["id"]), (1, &2.into()));
}

#[test]
fn a_world_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let world =
        r#"{"paysafe": {"customers": [{"customerId": "7", "cards": [{"status": "LOCKED"}]}]}}"#;
    // As it is, and as some editors save it, with the mark of UTF-8.
    for mark in ["", "\u{feff}"] {
        std::fs::write(&file, format!("{mark}{world}")).unwrap();
        let (_serving, address) = Serving::start(&["--world", file.to_str().unwrap()]);
        let settings = [
            ("CARDS_PAYSAFE_BASE_URL", format!("http://{address}")),
            ("CARDS_PAYSAFE_TOKEN", "sandbox-paysafe-token".to_owned()),
        ];
        let call = ["paysafe", "prepaid-cards", "--customer-id", "7"];
        let (code, out, err) = run(cards(&call).envs(settings));
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("LOCKED"), "{out}");
    }
}

/// Runs a control command against a sandbox.
fn control(url: &str, args: &[&str]) -> (i32, String, String) {
    run(&mut cards(&[&["sandbox"], args, &["--url", url]].concat()))
}

/// The same, which has to succeed.
fn succeeds(url: &str, args: &[&str]) -> String {
    let (code, out, err) = control(url, args);
    assert_eq!((code, &*err), (0, ""), "{args:?}: {out}");
    out
}

fn json(url: &str, args: &[&str]) -> Value {
    serde_json::from_str(&succeeds(url, &[args, &["-o", "json"]].concat())).unwrap()
}
