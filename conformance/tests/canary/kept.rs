//! A sandbox that gets calls with a marker in every sensitive field: its pages, its log, its events
//! and its files are looked through.
//!
//! Secrets and whole card numbers are nowhere; what is personal is in the store and in saved
//! worlds, which are as good as it, and in the journal where its values are kept.

use std::fs;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cards_model::{Field, Rules, Sensitivity};
use cards_sandbox::{ProviderId, Receiver, Running, Sandbox, Store};
use cards_transport::{BackendOptions, Call, CallOptions, Provider as _, Visit, operations, visit};
use conformance::canary::{self, found_among, found_in_bytes_among, word};
use conformance::server::{RawServer, Reaction};
use conformance::trust::Report;
use http::Request;
use serde_json::{Value, json};

use crate::common::clients::{Backend, Ureq};
use crate::common::fake::FakeClock;
use crate::common::operations::{Input, from_input, nested, valid};
use crate::common::sandbox::{Carries, answer, own_paths, provider_of, shown_at};
use crate::common::{noon, rules};
use crate::markers::{DIGITS, MARK, WORD};
use crate::traces::{clean_traces, traces};
use crate::values::{marked_by, variable};

/// The markers of secrets and of card numbers.
const SECRET: [&str; 2] = [MARK, DIGITS];

/// Those, and that of persons.
const ALL: [&str; 3] = [MARK, DIGITS, WORD];

/// The marked value of a field that nobody checks.
fn mark(field: &Field) -> String {
    match field.sensitivity {
        Sensitivity::CardNumber => card_number(),
        Sensitivity::Secret => format!("{MARK}{}", field.rust),
        _ => word(field.rust),
    }
}

/// A card's number that passes Luhn's check.
fn card_number() -> String {
    let sum = |digits: &str| -> u32 {
        let each = digits.chars().rev().enumerate().map(|(place, digit)| {
            let digit = digit.to_digit(10).unwrap() << (place % 2);
            digit / 10 + digit % 10
        });
        each.sum()
    };
    let mut all = (0..10).map(|last| canary::card_number(format_args!("0{last}")));
    all.find(|number| sum(number).is_multiple_of(10)).unwrap()
}

/// A valid request with a marker in each sensitive field that still keeps the rules.
fn accepted<C: Call>(rules: &Rules) -> Option<C> {
    let mut input = valid(C::operation().name).ok()?;
    let request = |input: &Input| from_input::<C>(&nested(input)).ok();
    let is_right =
        |input: &Input| request(input).is_some_and(|call| call.violations(rules).is_ok());
    if !is_right(&input) {
        return None;
    }
    for field in C::operation()
        .fields
        .iter()
        .filter(|field| field.is_sensitive())
    {
        let candidates = match field.sensitivity {
            Sensitivity::CardNumber => vec![card_number()],
            Sensitivity::Secret => vec![format!("{MARK}a@"), format!("{MARK}1")],
            _ => vec![
                WORD.to_owned(),
                format!("{WORD}@example.com"),
                format!("{WORD} 7"),
            ],
        };
        for candidate in candidates {
            let mut changed = input.clone();
            let Some(value) = changed.get_mut(field.wire) else {
                continue;
            };
            *value = json!(candidate);
            if is_right(&changed) {
                input = changed;
                break;
            }
        }
    }
    request(&input)
}

/// Calls each operation with the right credentials and with marked ones.
struct Called<'a>(&'a Running);

impl Visit for Called<'_> {
    /// The calls that were accepted.
    type Output = usize;

    fn visit<C: Call>(self) -> usize {
        if C::operation().fields.is_empty() {
            return 0;
        }
        let right = || provider_of::<C::Provider>(self.0, Carries::Both);
        let settings = || FakeClock::new().unchecked();
        let send = |provider: C::Provider, call: &C| {
            let client = Ureq::client(provider, &BackendOptions::new(), settings());
            client.send_with(call, &CallOptions::new()).is_ok()
        };
        let marked = marked_by::<C>(mark);
        let url = self.0.url();
        let wrong = C::Provider::from_vars(|name| variable(&url, name));
        send(wrong.unwrap(), &marked);
        let mut count = usize::from(send(right(), &marked));
        if let Some(call) = accepted::<C>(&rules()) {
            count += usize::from(send(right(), &call));
        }
        count
    }
}

/// Everything that the sandbox shows by its own paths, with what each is called.
fn shown(sandbox: &Running) -> Vec<(String, String)> {
    let mut paths = own_paths();
    // The saved world is looked through by itself, and no credential is the caller's own.
    paths.retain(|path| !path.ends_with("/world/file") && !path.ends_with("/credentials"));
    for exchange in sandbox.exchanges() {
        paths.push(format!("/?exchange={}", exchange.id));
        paths.push(format!("/_sandbox/exchanges/{}", exchange.id));
    }
    let mut all: Vec<_> = paths
        .into_iter()
        .map(|path| {
            let text = shown_at(sandbox, &path);
            (path, text)
        })
        .collect();
    let stream = Request::get(format!(
        "{}/_sandbox/exchanges?after=0&limit=40",
        sandbox.url()
    ));
    let stream = stream.header("accept", "text/event-stream");
    let stream = answer(stream.body(Bytes::new()).unwrap()).unwrap();
    let stream = String::from_utf8_lossy(stream.body()).into_owned();
    assert!(stream.contains("event: exchange"), "{stream}");
    all.push(("the stream".to_owned(), stream));
    let exchanges = sandbox.exchanges();
    all.push((
        "Debug".to_owned(),
        format!("{sandbox:?} {exchanges:?} {exchanges:#?}"),
    ));
    all
}

/// Waits until no event is on its way.
fn settles(sandbox: &Running) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let told: Value = serde_json::from_str(&shown_at(sandbox, "/_sandbox/receivers")).unwrap();
        let receivers = told["receivers"].as_array().unwrap();
        if receivers.iter().all(|one| one["waiting"] == 0) {
            return;
        }
        assert!(Instant::now() < deadline, "events wait: {told}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn kept(keeps_values: bool) {
    traces();
    let folder = tempfile::tempdir().unwrap();
    let receiver = RawServer::playing([Reaction::json("200 OK", "{}")]).unwrap();
    let to = |provider| Receiver::all(provider, receiver.url().parse().unwrap());
    let builder = Sandbox::builder()
        .clock(Arc::new(noon))
        .store(Store::File(folder.path().join("sandbox.db")))
        .receiver(to(ProviderId::IBANERA))
        .receiver(to(ProviderId::PAYSAFE))
        .without_test_values();
    let builder = match keeps_values {
        true => builder.keep_values(),
        false => builder,
    };
    let sandbox = builder.start_blocking().unwrap();
    let accepted: usize = operations()
        .map(|operation| visit(operation.name, Called(&sandbox)).unwrap())
        .sum();
    assert!(accepted >= 10, "{accepted} were accepted");

    let mut report = match keeps_values {
        true => Report::new("canary-kept-values"),
        false => Report::new("canary-sandbox"),
    };
    report.figure("accepted", accepted);
    let sought: &[&str] = match keeps_values {
        true => &SECRET,
        false => &ALL,
    };
    let mut is_personal_shown = false;
    for (what, text) in shown(&sandbox) {
        report.tried(1);
        assert!(text.len() > 10, "nothing at {what}: {text}");
        is_personal_shown |= found_among(&[WORD], &text).is_some();
        if let Some(found) = found_among(sought, &text) {
            report.failed(format!("{what}: {found}"));
        }
    }
    assert_eq!(is_personal_shown, keeps_values);
    let world = shown_at(&sandbox, "/_sandbox/world/file");
    assert!(found_among(&[WORD], &world).is_some(), "nobody in {world}");
    report.tried(1);
    if let Some(found) = found_among(&SECRET, &world) {
        report.failed(format!("the saved world: {found}"));
    }
    settles(&sandbox);
    let events = receiver.received();
    assert!(!events.is_empty(), "no event was sent");
    for event in events {
        report.tried(1);
        if let Some(found) = found_in_bytes_among(&SECRET, &event.bytes) {
            report.failed(format!("an event: {found}"));
        }
    }
    // While it runs, what was written last is beside the database.
    let mut is_stored = false;
    for file in fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        report.tried(1);
        is_stored |= found_in_bytes_among(&[WORD], &bytes).is_some();
        if let Some(found) = found_in_bytes_among(&SECRET, &bytes) {
            report.failed(format!("{}: {found}", path.display()));
        }
    }
    assert!(is_stored, "the search finds what is stored");
    clean_traces();
    report.end();
}

#[test]
fn a_sandbox_shows_and_stores_no_marker() {
    kept(false);
}

#[test]
fn a_sandbox_that_keeps_values_keeps_no_secret() {
    kept(true);
}
