//! `cards sandbox`

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cards_sandbox::{Sandbox, Store};

use super::{cards, run};

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
        let mut child = Command::new(env!("CARGO_BIN_EXE_cards"))
            .arg("sandbox")
            .args(args)
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ").unwrap();
        (Self(child), url.to_owned())
    }

    /// Ends it politely, and gives all that it said on standard error.
    #[cfg(unix)]
    pub(crate) fn end(mut self, signal: &str) -> String {
        let sent = Command::new("kill")
            .args([signal, &self.0.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let mut said = String::new();
        let mut err = self.0.stderr.take().unwrap();
        err.read_to_string(&mut said).unwrap();
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
        let (serving, address) = Serving::start(&[]);
        // One who stays connected does not keep it.
        let _idle = std::net::TcpStream::connect(address).unwrap();
        serving.end(signal);
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

/// What `--print-env` prints, as a shell's `eval` would take it.
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
fn with_tls_it_is_called_by_whoever_trusts_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.pem");
    let tls = ["--tls", "--tls-certificate", file.to_str().unwrap()];
    let (_serving, url) = Serving::start_at(&[&["--port", "0"], &tls[..]].concat());
    let address = url.strip_prefix("https://").unwrap();
    let settings = settings(&[&["--listen", address], &tls[..]].concat());
    let (variable, path) = settings.last().unwrap();
    assert_eq!((&**variable, Path::new(path)), ("CARDS_CA_FILE", &*file));

    let list = ["paysafe", "prepaid-cards", "--customer-id", "12345678"];
    for backend in ["ureq", "reqwest"] {
        let call = || {
            let mut call = cards(&list);
            call.args(["--backend", backend]).envs(settings.clone());
            call
        };
        let (code, _, err) = run(&mut call());
        assert_eq!(code, 0, "{err}");
        let (code, out, err) = run(call().env_remove("CARDS_CA_FILE"));
        assert_eq!((code, &*out), (1, ""));
        assert!(err.contains("the TLS handshake failed"), "{err}");
    }
    // From a profile just the same.
    let profile = folder.path().join("config.toml");
    std::fs::write(&profile, format!("[profile.default]\nca_file = '{path}'\n")).unwrap();
    let (code, _, err) = run(cards(&list)
        .envs(settings.clone())
        .env_remove("CARDS_CA_FILE")
        .env("CARDS_CONFIG", &profile));
    assert_eq!(code, 0, "{err}");

    let health = ["sandbox", "--health", &url];
    let (code, out, _) = run(cards(&health).env("CARDS_CA_FILE", &file));
    assert_eq!((code, &*out), (0, "ok\n"));
    assert_eq!(run(&mut cards(&health)).0, 1);
}

#[test]
fn a_file_of_certificates_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let says = || {
        let url = "https://127.0.0.1:1";
        let mut call = cards(&["paysafe", "prepaid-cards", "--customer-id", "12345678"]);
        call.args(["--base-url", url])
            .env("CARDS_PAYSAFE_TOKEN", "t");
        let (code, out, err) = run(call.env("CARDS_CA_FILE", &file));
        assert_eq!((code, &*out), (2, ""));
        err.replace(file.to_str().unwrap(), "[file]")
    };
    insta::assert_snapshot!(says(), @"
    error: cannot read the certificates [file] (CARDS_CA_FILE)
      caused by: No such file or directory
    ");
    std::fs::write(&file, "MARKER").unwrap();
    insta::assert_snapshot!(says(), @"error: the certificates [file] (CARDS_CA_FILE): the PEM file holds no certificate");
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nMARKER").unwrap();
    insta::assert_snapshot!(says(), @"error: the certificates [file] (CARDS_CA_FILE): the PEM file cannot be read");
    std::fs::write(
        &file,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    insta::assert_snapshot!(says(), @"error: a root certificate is not DER");
}

#[test]
fn a_certificate_is_not_written_over_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("precious.txt");
    std::fs::write(&file, "precious").unwrap();
    let start = |file: &Path| {
        let (code, out, err) =
            run(
                cards(&["sandbox", "--port", "0", "--tls", "--tls-certificate"])
                    .arg(file)
                    .args(["--store"])
                    .arg(folder.path().join("cards.db")),
            );
        assert_eq!((code, &*out), (1, ""));
        err.replace(folder.path().to_str().unwrap(), "[folder]")
    };
    insta::assert_snapshot!(start(&file), @"
    error: [folder]/precious.txt is there, and is no certificate
      hint: --tls-certificate writes to a file of its own
    ");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    // Nor is a store made for a sandbox that does not start.
    assert!(!folder.path().join("cards.db").exists());
    insta::assert_snapshot!(start(&folder.path().join("no/such/folder.pem")), @"
    error: cannot write the certificate to [folder]/no/such/folder.pem
      caused by: No such file or directory
    ");

    let (code, _, err) = run(&mut cards(&["sandbox", "--tls-certificate", "a.pem"]));
    assert_eq!(code, 2);
    assert!(err.contains("--tls"), "{err}");
}

#[test]
fn its_health_is_an_exit_code() {
    let (_serving, address) = Serving::start(&[]);
    let url = format!("http://{address}");
    let (code, out, err) = run(&mut cards(&["sandbox", "--health", &url]));
    assert_eq!((code, &*out, &*err), (0, "ok\n", ""));
    // That of --listen where no URL is given.
    let (code, out, _) = run(&mut cards(&["sandbox", "--listen", &address, "--health"]));
    assert_eq!((code, &*out), (0, "ok\n"));

    let (code, out, err) = run(&mut cards(&["sandbox", "--health", "http://127.0.0.1:1"]));
    assert_eq!((code, &*out), (1, ""));
    insta::assert_snapshot!(err, @"
    error: no sandbox answers at http://127.0.0.1:1
      caused by: no connection
      caused by: io: Connection refused
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

#[cfg(unix)]
#[test]
fn its_log_is_read_by_people_or_by_programs() {
    let list = |address: &str| {
        let mut call = cards(&["paysafe", "prepaid-cards", "--customer-id", "12345678"]);
        let settings = settings(&["--listen", address]);
        assert_eq!(run(call.envs(settings)).0, 0);
    };
    let (serving, address) = Serving::start(&["--log-format", "json"]);
    list(&address);
    let said = serving.end("-TERM");
    let lines = said.lines();
    let lines: Vec<serde_json::Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let exchange = lines
        .iter()
        .find(|line| line["message"] == "exchange")
        .unwrap();
    for (name, value) in [
        ("level", "INFO"),
        ("target", "cards_sandbox::journal"),
        ("provider", "paysafe"),
        ("operation", "list-prepaid-cards"),
        ("verdict", "accepted"),
    ] {
        assert_eq!(exchange[name], value);
    }
    assert_eq!(
        (&exchange["id"], &exchange["status"]),
        (&1.into(), &200.into())
    );
    assert!(exchange["timestamp"].is_string());

    let (serving, address) = Serving::start(&[]);
    list(&address);
    let said = serving.end("-INT");
    assert!(said.contains("Ctrl-C stops it"), "{said}");
    let line = r#"exchange id=1 provider="paysafe" operation="list-prepaid-cards" status=200 verdict=accepted"#;
    assert!(said.contains(line), "{said}");
}

/// The one line that a sandbox says which does not start, but for its time and
/// the number of a system's error.
fn failure(settings: &[&str], log: Option<&str>) -> (i32, serde_json::Value) {
    let mut command = cards(&["sandbox", "--log-format", "json"]);
    let output = command
        .args(settings)
        .envs(log.map(|log| ("RUST_LOG", log)));
    let output = output.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.stdout.len(), said.lines().count()),
        (0, 1),
        "{said}"
    );
    let mut line: serde_json::Value = serde_json::from_str(&said).unwrap();
    let time = line.as_object_mut().unwrap().remove("timestamp");
    assert!(time.is_some_and(|time| time.is_string()), "{said}");
    let error = line["error"].as_str().unwrap_or_default();
    if let Some((error, _)) = error.split_once(" (os error ") {
        line["error"] = error.into();
    }
    (output.status.code().unwrap(), line)
}

#[test]
fn a_log_for_programs_tells_of_a_failure_to_start_too() {
    let (_serving, address) = Serving::start(&[]);
    // However little else is asked for.
    for log in [
        None,
        Some("off"),
        Some("cards_sandbox=info"),
        Some("cards=off"),
    ] {
        let (code, line) = failure(&["--listen", &address], log);
        assert_eq!(code, 1);
        let line = line.to_string().replace(&address, "[address]");
        insta::allow_duplicates! {
            insta::assert_snapshot!(line, @r#"{"error":"cannot listen on [address]: Address already in use","hint":"another sandbox may be running; --port 0 takes a free port","level":"ERROR","message":"the sandbox did not start","target":"cards::error"}"#);
        }
    }
    let (code, line) = failure(&["--listen", "0.0.0.0:0"], None);
    assert_eq!(code, 2);
    insta::assert_snapshot!(line, @r#"{"hint":"its credentials are published: whoever reaches it can read and change everything in it; --expose says that this is meant, 127.0.0.1 and [::1] are this machine's own","level":"ERROR","message":"other machines could reach the sandbox on 0.0.0.0:0","target":"cards::error"}"#);
    let (code, line) = failure(&["--port", "0", "--world", "missing.json"], None);
    assert_eq!(code, 1);
    insta::assert_snapshot!(line, @r#"{"error":"No such file or directory","level":"ERROR","message":"cannot read missing.json","target":"cards::error"}"#);
    // Without a cause.
    let (code, line) = failure(&["--port", "0", "--allow-host", "a b"], None);
    assert_eq!(code, 2);
    insta::assert_snapshot!(line, @r#"{"level":"ERROR","message":"an allowed host has to be a name such as sandbox.test, without a port","target":"cards::error"}"#);
}

#[cfg(unix)]
#[test]
fn where_others_can_reach_it_it_warns() {
    let (serving, url) = Serving::start_at(&[
        "--listen",
        "0.0.0.0",
        "--port",
        "0",
        "--expose",
        "--allow-host",
        "sandbox",
    ]);
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let said = serving.end("-TERM");
    assert!(
        said.contains("WARN other machines can reach the sandbox"),
        "{said}"
    );
    let (serving, _) = Serving::start_at(&["--listen", "127.0.0.1", "--port", "0", "--expose"]);
    assert!(!serving.end("-TERM").contains("WARN"));
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
fn addresses_that_it_does_not_take() {
    let (code, out, err) = run(&mut cards(&["sandbox", "--listen", "0.0.0.0:0"]));
    assert_eq!((code, &*out), (2, ""));
    insta::assert_snapshot!(err, @"
    error: other machines could reach the sandbox on 0.0.0.0:0
      hint: its credentials are published: whoever reaches it can read and change everything in it;
      --expose says that this is meant, 127.0.0.1 and [::1] are this machine's own
    ");
    let (code, _, err) = run(&mut cards(&["sandbox", "--listen", "example"]));
    assert_eq!(code, 2);
    assert!(
        err.contains("an address with a port, such as 127.0.0.1:8484"),
        "{err}"
    );
    for exchanges in ["1000001", "-1", "x"] {
        let journal = format!("--journal={exchanges}");
        assert_eq!(run(&mut cards(&["sandbox", &journal])).0, 2);
    }
    for port in ["65536", "-1", "", "x"] {
        let port = format!("--port={port}");
        assert_eq!(run(&mut cards(&["sandbox", &port])).0, 2);
    }
    let print = ["sandbox", "--print-env", "--listen"];
    let (code, _, err) = run(cards(&print).arg("127.0.0.1:0"));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"error: --print-env needs the port that the sandbox listens on: --listen ADDR");
    let (code, _, err) = run(cards(&print).args(["127.0.0.1:1", "--port", "0"]));
    assert_eq!(code, 2, "{err}");
    let (code, _, err) = run(&mut cards(&[
        "sandbox",
        "--port",
        "0",
        "--tls",
        "--allow-host",
        "a b",
    ]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"error: an allowed host has to be a name such as sandbox.test, without a port");
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
      hint: another sandbox may be running; --port 0 takes a free port
    ");
}

/// What is said of a store that cannot be used, with `[folder]` for its folder.
fn refused(file: &Path) -> String {
    let mut command = cards(&["sandbox", "--port", "0", "--store"]);
    let (code, out, err) = run(command.arg(file));
    assert_eq!((code, &*out), (1, ""), "{err}");
    err.replace(file.parent().unwrap().to_str().unwrap(), "[folder]")
}

#[test]
fn stores_that_cannot_be_used_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/cards.db");
    insta::assert_snapshot!(refused(&missing), @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/cards.db
      caused by: its folder is not there; make it, or take another path
    ");
    assert!(!missing.parent().unwrap().exists());

    insta::assert_snapshot!(refused(folder.path()).replace(folder.path().file_name().unwrap().to_str().unwrap(), "[name]"), @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/[name]
      caused by: this is a folder or a device; name a file
    ");

    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "no database, and longer than its header. ".repeat(40),
    )
    .unwrap();
    let before = std::fs::read(&text).unwrap();
    insta::assert_snapshot!(refused(&text), @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/notes.txt
      caused by: this is no sandbox's file, and was left as it is; take another path
    ");
    assert_eq!(std::fs::read(&text).unwrap(), before);

    let newer = folder.path().join("newer.db");
    let store = Store::File(newer.clone());
    drop(Sandbox::builder().store(store).start_blocking().unwrap());
    let mut bytes = std::fs::read(&newer).unwrap();
    // `user_version`, in the header of an SQLite file.
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&newer, &bytes).unwrap();
    insta::assert_snapshot!(refused(&newer), @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/newer.db
      caused by: it was written by a newer sandbox (schema 99; this one knows 3), and was left as it is; take that sandbox, or another file
    ");
    assert_eq!(std::fs::read(&newer).unwrap(), bytes);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_to() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let read_only = std::fs::Permissions::from_mode(0o555);
    std::fs::set_permissions(folder.path(), read_only).unwrap();
    let is_root = std::fs::write(folder.path().join("probe"), "").is_ok();
    // No permission stops root, but nobody makes files in here.
    let folder = if is_root {
        Path::new("/sys")
    } else {
        folder.path()
    };
    let said =
        refused(&folder.join("cards.db")).replace("Read-only file system", "Permission denied");
    insta::assert_snapshot!(said, @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/cards.db
      caused by: the folder cannot be written to; allow it, or take another path
    ");
}

#[test]
fn a_world_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let world =
        r#"{"paysafe": {"customers": [{"customerId": "7", "cards": [{"status": "LOCKED"}]}]}}"#;
    std::fs::write(&file, world).unwrap();
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

#[test]
fn a_world_that_cannot_be_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let store = folder.path().join("cards.db");
    let start = |world: &str| {
        std::fs::write(&file, world).unwrap();
        let args = [
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--world",
            file.to_str().unwrap(),
            "--store",
            store.to_str().unwrap(),
        ];
        let (code, out, err) = run(&mut cards(&args));
        assert_eq!((code, &*out), (1, ""), "{err}");
        assert!(!store.exists(), "nothing was begun");
        err
    };
    insta::assert_snapshot!(start("{"), @"
    error: the sandbox did not start
      caused by: the world cannot be loaded: body: not JSON: line 1, column 1
    ");
    insta::assert_snapshot!(start(r#"{"airpay": {"customers": [{"mobile_no": "98 76"}]}}"#), @"
    error: the sandbox did not start
      caused by: the world cannot be loaded: airpay.customers[0].mobile_no: digits 0-9 only
    ");
    insta::assert_snapshot!(start(r#"{"ibanera": {"customers": [{"customersId": 1}, {"customersId": 1}]}}"#), @"
    error: the sandbox did not start
      caused by: the world cannot be loaded: ibanera.customers[1].customersId: another customer has it
    ");
    let (code, _, err) = run(&mut cards(&["sandbox", "--world", "/nowhere/world.json"]));
    assert_eq!(code, 1);
    insta::assert_snapshot!(err, @"
    error: cannot read /nowhere/world.json
      caused by: No such file or directory
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
    ");
    let used = folder.path().join("used.db");
    let (_serving, _) = Serving::start(&["--store", used.to_str().unwrap()]);
    insta::assert_snapshot!(refusal(&used), @"
    error: the sandbox did not start
      caused by: cannot open the store [file]
      caused by: another sandbox has it open; stop that one, or take another file
    ");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "notes").unwrap();
    insta::assert_snapshot!(refusal(&text), @"
    error: the sandbox did not start
      caused by: cannot open the store [file]
      caused by: this is no sandbox's file, and was left as it is; take another path
    ");
    assert_eq!(std::fs::read_to_string(&text).unwrap(), "notes");
}
