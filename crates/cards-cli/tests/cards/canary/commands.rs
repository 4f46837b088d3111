//! The ways in which each command is tried.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cards_transport::model::{Kind, Operation};
use cards_transport::operations;
use conformance::canary::{DIGITS, MARK, WORD, card_number};
use conformance::trust::length;
use serde_json::json;

use super::{called, fields, marked, name};
use crate::cards;
use crate::run;

/// One run of the program.
pub(super) struct Trial {
    pub(super) args: Vec<String>,
    pub(super) stdin: Option<String>,
    /// Something that it prints, so that the run is known to have come so far.
    pub(super) says: Option<&'static str>,
}

impl Trial {
    pub(super) fn new(args: &[&str]) -> Self {
        Self {
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            stdin: None,
            says: None,
        }
    }

    /// Gives it this on standard input.
    pub(super) fn reading(mut self, text: &str) -> Self {
        self.stdin = Some(text.to_owned());
        self
    }

    fn says(mut self, says: &'static str) -> Self {
        self.says = Some(says);
        self
    }
}

/// Every command by the name of its manual page. `folder` is for the files that they read, and
/// `url` the address of a sandbox.
pub(super) fn commands(folder: &Path, url: &str) -> BTreeMap<String, Vec<Trial>> {
    let mut all = BTreeMap::new();
    for (number, operation) in called().enumerate() {
        let page = format!("{}-{}", operation.provider, name(operation));
        all.insert(
            page,
            some(number, calls(operation, name(operation), folder)),
        );
    }
    for (page, trials) in checksums(folder).into_iter().chain(others(folder, url)) {
        all.insert(page.to_owned(), trials);
    }
    all
}

/// A fifth of the trials, others for each number; all of them in the long form.
fn some(number: usize, trials: Vec<Trial>) -> Vec<Trial> {
    let step = length(5, 1);
    let some = trials.into_iter().skip(number % step).step_by(step);
    some.collect()
}

/// A call that is not sent: its fields from a file, from standard input and by flags, right and
/// wrong.
fn calls(operation: &Operation, name: &str, folder: &Path) -> Vec<Trial> {
    let provider = operation.provider.as_str();
    let fields = fields(operation).to_string();
    let file = folder.join(format!("{}.json", operation.name));
    fs::write(&file, &fields).unwrap();
    let file = file.to_str().unwrap().to_owned();
    let upload = folder.join("upload.pdf");
    fs::write(&upload, format!("%PDF-1.7 {MARK}")).unwrap();
    let upload = upload.to_str().unwrap();
    let mut flags = vec!["-vv".to_owned(), provider.to_owned(), name.to_owned()];
    for field in operation.fields {
        let value = match field.kind {
            Kind::Object => continue,
            Kind::File => json!(upload),
            _ => marked(field),
        };
        let value = value.as_str().map_or(value.to_string(), str::to_owned);
        let value = value.trim_matches(['[', ']', '"']);
        flags.push(format!("{}={value}", flag(field.wire)));
    }
    let by_flags = |more: &[&str]| {
        let mut trial = Trial::new(&[]);
        trial.args = flags.clone();
        trial.args.extend(more.iter().map(|arg| (*arg).to_owned()));
        trial
    };
    let mut trials = vec![
        // The rules are broken, the words are none, the keys are unknown.
        by_flags(&[]),
        by_flags(&["--dry-run", "--no-validate", "-o", "curl"]),
        by_flags(&[&format!("--{MARK}"), MARK]),
        Trial::new(&["-vv", provider, name, "--json", &file]),
        Trial::new(&["-vv", provider, name, "--json", "-"])
            .reading(&format!("{{\"{MARK}\":\"{MARK}\"}}")),
        Trial::new(&["-vv", provider, name, "--json", "-"]).reading(&format!("{{\"{MARK}")),
    ];
    // A file needs its own flag.
    if operation
        .fields
        .iter()
        .all(|field| field.kind != Kind::File)
    {
        for format in ["table", "json", "curl"] {
            let args = [
                "-vv",
                provider,
                name,
                "--json",
                "-",
                "--no-validate",
                "--dry-run",
            ];
            let trial = Trial::new(&[&args[..], &["-o", format]].concat());
            trials.push(trial.reading(&fields).says("[redacted]"));
        }
    }
    trials
}

/// The flag of a field, by its name on the wire.
fn flag(wire: &str) -> String {
    let mut flag = String::from("--");
    let mut is_inside = false;
    for c in wire.chars() {
        // Capitals in a row are one word: the ID of cardProgramID.
        if c.is_ascii_uppercase() && is_inside {
            flag.push('-');
        }
        flag.push(match c {
            '.' | '_' => '-',
            c => c.to_ascii_lowercase(),
        });
        is_inside = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    flag
}

/// Checksums of marked forms and commands.
fn checksums(folder: &Path) -> Vec<(&'static str, Vec<Trial>)> {
    let operation = operations()
        .find(|one| one.name == "register-user")
        .unwrap();
    let pairs: Vec<_> = operation
        .fields
        .iter()
        .map(|field| {
            let value = marked(field);
            format!("{}={}", field.wire, value.as_str().unwrap_or("1"))
        })
        .collect();
    let form = folder.join("form.txt");
    fs::write(&form, format!("{}\nunknown={MARK}\n", pairs.join("\n"))).unwrap();
    let curl = folder.join("curl.txt");
    let data: String = pairs.iter().map(|pair| format!(" -d '{pair}'")).collect();
    let command = format!(
        "curl 'https://example.com/airpay/ms/cards/api/register-user?x={MARK}' \
         -H 'checksum: {MARK}' -H 'token: {MARK}' -u '{MARK}:{MARK}'{data}\n"
    );
    fs::write(&curl, command).unwrap();
    let broken = folder.join("broken.txt");
    fs::write(
        &broken,
        format!("curl 'https://example.com/{MARK} -d '{MARK}\n"),
    )
    .unwrap();
    let [form, curl, broken] = [form, curl, broken].map(|path| path.display().to_string());
    let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
    let all = |command: &[&str]| {
        let with = |more: &[&str]| Trial::new(&[command, more].concat());
        vec![
            with(&pairs),
            with(&["--form", &form]),
            with(&["--curl", &curl]),
            with(&["--curl", &broken]),
            with(&["--form", &curl]),
            with(&["--operation", "register-user", "--form", &form]),
            with(&[MARK]),
            with(&["--curl", "-"]).reading(&format!("curl -F '{MARK}=@{MARK}'")),
        ]
    };
    let (_, right, _) = run(cards(&["sign", "--form", &form]).env(
        "CARDS_AIRPAY_SECRET_KEY",
        super::secret("CARDS_AIRPAY_SECRET_KEY"),
    ));
    let right = right.trim().to_owned();
    let mut verify = all(&["-vv", "verify", "--checksum", &"0".repeat(64)]);
    verify.extend(all(&["-vv", "verify", "--checksum", MARK]));
    verify.push(
        Trial::new(&["-vv", "verify", "--checksum", &right, "--form", &form]).says("match: "),
    );
    // With a mistake, which is explained.
    verify.push(Trial::new(&[
        "-vv",
        "verify",
        "--order",
        "table",
        "--operation",
        "register-user",
        "--checksum",
        &right,
        "--form",
        &form,
    ]));
    vec![("sign", all(&["-vv", "sign"])), ("verify", verify)]
}

/// All other commands.
fn others(folder: &Path, url: &str) -> Vec<(&'static str, Vec<Trial>)> {
    let world = folder.join("world.json");
    let customer = json!({"paysafe": {"customers": [{"customerId": "1",
        "mobile": format!("{WORD}"), MARK: MARK, "cards": [{"cardId": DIGITS, "bin": MARK}]}]}});
    fs::write(&world, customer.to_string()).unwrap();
    let world = world.to_str().unwrap();
    let at = |args: &[&str]| {
        let args = [&["-vv", "sandbox"][..], args, &["--url", url]].concat();
        Trial::new(&args)
    };
    let parts = Vec::new;
    let none = |args: &[&str]| vec![Trial::new(&[&["-vv"][..], args].concat())];
    vec![
        ("airpay", parts()),
        ("paysafe", parts()),
        ("ibanera", parts()),
        ("demo", none(&["demo"])),
        ("capabilities", none(&["capabilities"])),
        ("completions", none(&["completions", "bash"])),
        ("man", none(&["man"])),
        ("openapi", none(&["openapi", "airpay"])),
        (
            "list",
            ["table", "json"]
                .map(|format| {
                    // A card's number in the place of a customer's id.
                    let customer = card_number("03");
                    let args = ["-vv", "list", "--all-providers", "-o", format];
                    let whose = ["--airpay-customer", MARK, "--paysafe-customer", &customer];
                    Trial::new(&[&args[..], &whose].concat())
                })
                .into(),
        ),
        (
            "sandbox",
            vec![
                Trial::new(&["-vv", "sandbox", "--print-env"]),
                // Where somebody else listens, it reads the world and ends.
                Trial::new(&[
                    "-vv",
                    "sandbox",
                    "--world",
                    world,
                    "--listen",
                    url.trim_start_matches("http://"),
                ]),
                Trial::new(&[
                    "-vv",
                    "sandbox",
                    "--receiver",
                    &format!("paysafe=ftp://u:{MARK}@localhost/"),
                ]),
            ],
        ),
        ("sandbox-world-load", vec![at(&["world", "load", world])]),
        ("sandbox-world-save", vec![at(&["world", "save", "-"])]),
        ("sandbox-world", vec![at(&["world"])]),
        ("sandbox-worlds", parts()),
        ("sandbox-worlds-list", vec![at(&["worlds", "list"])]),
        (
            "sandbox-worlds-remove",
            vec![at(&["worlds", "remove", "nobody"])],
        ),
        (
            "sandbox-logs",
            vec![at(&["logs"]), at(&["logs", "-o", "json"])],
        ),
        ("sandbox-clock", vec![at(&["clock"])]),
        (
            "sandbox-clock-set",
            vec![at(&["clock", "set", "2030-01-01T00:00:00Z"])],
        ),
        (
            "sandbox-clock-advance",
            vec![at(&["clock", "advance", "1h"])],
        ),
        ("sandbox-clock-stop", vec![at(&["clock", "stop"])]),
        ("sandbox-clock-start", vec![at(&["clock", "start"])]),
        ("sandbox-clock-reset", vec![at(&["clock", "reset"])]),
        ("sandbox-faults", parts()),
        (
            "sandbox-faults-add",
            vec![at(&["faults", "add", "garbage"])],
        ),
        ("sandbox-faults-list", vec![at(&["faults", "list"])]),
        (
            "sandbox-faults-remove",
            vec![at(&["faults", "remove", "--all"])],
        ),
        ("sandbox-delivery-faults", parts()),
        (
            "sandbox-delivery-faults-add",
            vec![at(&["delivery-faults", "add", "none"])],
        ),
        (
            "sandbox-delivery-faults-list",
            vec![at(&["delivery-faults", "list"])],
        ),
        (
            "sandbox-delivery-faults-remove",
            vec![at(&["delivery-faults", "remove", "--all"])],
        ),
        ("sandbox-events", vec![at(&["events"])]),
        (
            "sandbox-events-resend",
            vec![at(&["events", "resend", "1"])],
        ),
        ("sandbox-receivers", parts()),
        (
            "sandbox-receivers-add",
            vec![at(&[
                "receivers",
                "add",
                "paysafe",
                &format!("ftp://u:{MARK}@localhost/"),
            ])],
        ),
        ("sandbox-receivers-list", vec![at(&["receivers", "list"])]),
        (
            "sandbox-receivers-remove",
            vec![at(&["receivers", "remove", "1"])],
        ),
        (
            "sandbox-issuer",
            vec![at(&["issuer", "paysafe", "expire", "--card", DIGITS])],
        ),
        ("sandbox-test-values", vec![at(&["test-values"])]),
        ("sandbox-reset", vec![at(&["reset"])]),
    ]
}
