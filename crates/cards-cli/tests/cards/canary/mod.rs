//! Marked secrets in every command of the program, by every way in: the environment, files, a
//! profile, standard input and arguments. They are looked for in all that it prints with the most
//! that it can log, in its process and in the files that it leaves.
//!
//! The commands are those that have a manual page: a new one has to be told how to try it.

mod commands;
mod process;
#[cfg(unix)]
mod serving;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cards_transport::model::{Field, Kind, Operation, Sensitivity};
use cards_transport::{Call, Visit, operations, visit};
use conformance::canary::{DIGITS, MARK, WORD, card_number, found, found_in_bytes, word};
use conformance::server::{RawServer, Reaction};
use conformance::trust::{Report, length};
use serde_json::{Value, json};

use super::config::make_private;
use super::settings::secrets;
use super::{cards, run, sandbox};
use commands::{Trial, commands};

/// The value of a secret setting, with a marker in it wherever its form has room for one.
fn secret(name: &str) -> String {
    match name {
        "CARDS_HEADERS" => format!("X-Trace: {MARK}trace"),
        "CARDS_AIRPAY_MOBILE_NO" => format!("{DIGITS}12"),
        // Six digits.
        "CARDS_IBANERA_OTP" => "123456".to_owned(),
        // In base64, and in base32.
        "CARDS_PAYSAFE_SIGNATURE_KEY" => format!("{MARK}A"),
        "CARDS_IBANERA_TOTP_SECRET" => format!("{MARK}A{MARK}A"),
        name => format!("{MARK}{name}"),
    }
}

/// All settings that a call needs, with where the server is.
fn settings(url: &str) -> Vec<(String, String)> {
    // An address of a proxy would lead elsewhere.
    let names = secrets().into_iter().filter(|name| name != "CARDS_PROXY");
    let mut all: Vec<_> = names.map(|name| (name.clone(), secret(&name))).collect();
    for provider in ["AIRPAY", "PAYSAFE", "IBANERA"] {
        all.push((format!("CARDS_{provider}_BASE_URL"), url.to_owned()));
    }
    for (name, value) in [
        ("CARDS_PAYSAFE_BRAND", "b"),
        ("CARDS_AIRPAY_GENERATE_OTP_PATH", "/otp"),
        ("CARDS_IBANERA_OTP_REUSE", "allowed"),
    ] {
        all.push((name.to_owned(), value.to_owned()));
    }
    all
}

/// The way that the settings come in.
#[derive(Clone, Copy, Debug)]
enum By {
    Environment,
    Files,
    Profile,
}

impl By {
    const ALL: [Self; 3] = [Self::Environment, Self::Files, Self::Profile];

    /// The variables that the program is run with, whose files are in `folder`.
    fn variables(self, url: &str, folder: &Path) -> Vec<(String, String)> {
        let secret_names = secrets();
        let settings = settings(url).into_iter();
        match self {
            Self::Environment => settings.collect(),
            Self::Files => {
                let each = settings.map(|(name, value)| {
                    if !secret_names.contains(&name) {
                        return (name, value);
                    }
                    let file = folder.join(&name);
                    fs::write(&file, value).unwrap();
                    (format!("{name}_FILE"), file.display().to_string())
                });
                each.collect()
            }
            Self::Profile => {
                let line = |(name, value): (String, String)| {
                    let key = name.trim_start_matches("CARDS_").to_lowercase();
                    format!("{key} = {}\n", json!(value))
                };
                let lines: String = settings.map(line).collect();
                let file = folder.join("config.toml");
                fs::write(&file, format!("[profile.default]\n{lines}")).unwrap();
                make_private(&file);
                vec![("CARDS_CONFIG".to_owned(), file.display().to_string())]
            }
        }
    }
}

/// The marked value of a field.
fn marked(field: &Field) -> Value {
    match (field.kind, field.sensitivity) {
        (Kind::Integer { .. }, _) => json!(7),
        (Kind::List, _) => json!(["PLAIN"]),
        (Kind::Decimal, Sensitivity::Plain) => json!(7.5),
        (Kind::Decimal, _) => json!(format!("{DIGITS}.5")),
        (Kind::Boolean, _) => json!(true),
        (Kind::Object | Kind::File, _) => json!({}),
        (Kind::Text, Sensitivity::CardNumber) => json!(card_number("03")),
        (Kind::Text, Sensitivity::Secret) => json!(format!("{MARK}{}", field.rust)),
        (Kind::Text, Sensitivity::Plain) => json!("1"),
        _ => json!(word(field.rust)),
    }
}

/// The fields of a call as `--json` takes them.
fn fields(operation: &Operation) -> Value {
    let mut whole = json!({});
    for field in operation.fields {
        if matches!(field.kind, Kind::File) {
            continue;
        }
        let steps = field.wire.split('.');
        let place = steps.fold(&mut whole, |object, step| &mut object[step]);
        *place = marked(field);
    }
    whole
}

/// Answers that a server gives: a refusal that repeats what it was sent, a reply that cannot be
/// read, and words around it.
fn answers(sent: &str) -> Vec<Reaction> {
    let refusal = json!({
        "status": 400, "message": format!("{sent} is taken"),
        "error": {"code": sent, "message": sent, "details": [sent],
            "fieldErrors": [{"field": sent, "error": sent}]},
        "errors": [{"errorType": sent, "fieldName": sent, "messageCode": sent}],
    });
    // A name is shown that looks like one.
    let name = format!("{sent} {DIGITS}");
    let odd =
        json!({"status": 200, "data": {&name: [sent]}, "cards": {&name: sent}, "details": sent});
    let header = format!("x-echo: {sent}");
    let html = format!("<html>{sent}</html>");
    vec![
        Reaction::json("400 Bad Request", refusal.to_string()),
        Reaction::json("200 OK", odd.to_string()),
        Reaction::reply("500 Internal Server Error", &[&header], html),
        Reaction::SendAndClose(Vec::new()),
    ]
}

/// Counts the texts that were looked through, and keeps the markers found in them.
#[derive(Default)]
struct Found {
    tried: u64,
    failures: Vec<String>,
}

impl Found {
    fn clean(&mut self, what: &str, text: &str) {
        self.tried += 1;
        if let Some(found) = found(text) {
            self.failures.push(format!("{what}: {found}"));
        }
    }

    /// Looks through every file below a folder, but for replies, which are kept whole.
    fn files(&mut self, what: &str, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                self.files(what, &path);
            } else if !name.starts_with("cards-reply-") {
                self.tried += 1;
                let bytes = fs::read(&path).unwrap();
                if let Some(found) = found_in_bytes(&bytes) {
                    self.failures
                        .push(format!("{what}: the file {name}: {found}"));
                }
            }
        }
    }

    fn end(self, mut report: Report) {
        report.tried(self.tried);
        for failure in self.failures {
            report.failed(failure);
        }
        report.end();
    }
}

/// Runs a command with marked settings and looks through all that comes of it.
fn tried(trial: &Trial, url: &str, by: By, found: &mut Found) -> String {
    let given = tempfile::tempdir().unwrap();
    let left = tempfile::tempdir().unwrap();
    let args: Vec<_> = trial.args.iter().map(String::as_str).collect();
    let mut command = cards(&args);
    command
        .envs(by.variables(url, given.path()))
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .env("HOME", left.path())
        .env("TMPDIR", left.path())
        .env("XDG_STATE_HOME", left.path())
        .env("XDG_CONFIG_HOME", left.path())
        .current_dir(left.path())
        .timeout(std::time::Duration::from_secs(60));
    if let Some(text) = &trial.stdin {
        command.write_stdin(text.clone());
    }
    let (_, out, err) = run(&mut command);
    let what = format!("{} by {by:?}", trial.args.join(" "));
    // The command itself may have a marker.
    let what = what
        .replace(MARK, "M")
        .replace(DIGITS, "D")
        .replace(WORD, "W");
    found.clean(&format!("{what}: standard output"), &out);
    found.clean(&format!("{what}: standard error"), &err);
    found.files(&what, left.path());
    assert!(!err.contains("panicked"), "{what}: {err}");
    format!("{out}{err}")
}

#[test]
fn no_command_shows_a_marker() {
    let sandbox = sandbox();
    let folder = tempfile::tempdir().unwrap();
    let mut found = Found::default();
    let commands = commands(folder.path(), &sandbox.url());
    let pages = pages();
    let known: BTreeSet<_> = commands.keys().cloned().collect();
    assert_eq!(
        pages, known,
        "a command that is not tried, or is none any more"
    );
    let mut number = 0;
    for trials in commands.values() {
        for trial in trials {
            let url = sandbox.url();
            let shown = tried(trial, &url, By::ALL[number % 3], &mut found);
            number += 1;
            if let Some(says) = trial.says {
                assert!(shown.contains(says), "{:?}: {shown}", trial.args);
            }
        }
    }
    let mut report = Report::new("canary-commands");
    report.figure("commands", pages.len());
    report.figure("runs", number);
    found.end(report);
}

/// The commands that have a manual page, without the name of the program.
fn pages() -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let (code, _, err) = run(&mut cards(&["man", "--dir", path]));
    assert_eq!((code, &*err), (0, ""));
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.trim_start_matches("cards")
            .trim_start_matches('-')
            .trim_end_matches(".1")
            .to_owned()
    });
    names.filter(|name| !name.is_empty()).collect()
}

/// The operations that are commands: a client logs in by itself.
fn called() -> impl Iterator<Item = &'static Operation> {
    struct IsLogin;

    impl Visit for IsLogin {
        type Output = bool;

        fn visit<C: Call>(self) -> bool {
            C::is_login()
        }
    }

    operations().filter(|operation| visit(operation.name, IsLogin) == Some(false))
}

/// The name of an operation's command.
fn name(operation: &Operation) -> &'static str {
    let name = operation.name;
    name.strip_prefix("list-").unwrap_or(name)
}

/// A marked value that a call sends, which a server may repeat: of a field, or its token.
fn sent(operation: &Operation) -> String {
    let field = operation.fields.iter().find(|field| field.is_sensitive());
    let value = field.map(marked);
    let text = value.and_then(|value| value.as_str().map(str::to_owned));
    text.unwrap_or_else(|| {
        let provider = operation.provider.as_str().to_uppercase();
        secret(&format!("CARDS_{provider}_TOKEN"))
    })
}

/// The calls with a marker in every field, whatever the server says and the format is.
#[test]
fn no_call_shows_a_marker_whatever_the_server_answers() {
    let mut found = Found::default();
    let mut number = 0;
    for (place, operation) in called().enumerate() {
        let fields = fields(operation).to_string();
        let answers = answers(&sent(operation)).into_iter();
        // Two of them, others for each call; all in the long form.
        let step = length(2, 1);
        for answer in answers.skip(place % step).step_by(step) {
            let server = RawServer::playing([answer]).unwrap();
            let format = ["table", "json", "ndjson", "csv"][number % 4];
            let backend = ["ureq", "reqwest"][number / 4 % 2];
            let command = ["-vv", operation.provider.as_str(), name(operation)];
            let how = ["--backend", backend, "-o", format, "--timeout", "5"];
            let given = ["--json", "-", "--no-validate"];
            let trial = Trial::new(&[&command[..], &given, &how].concat()).reading(&fields);
            let shown = tried(&trial, &server.url(), By::ALL[number % 3], &mut found);
            // That nothing was sent would show nothing.
            assert!(!server.received().is_empty(), "{operation}: {shown}");
            number += 1;
        }
    }
    let mut report = Report::new("canary-calls");
    report.figure("runs", number);
    found.end(report);
}
