//! Refusals that repeat what was sent escaped, in single words, and cut off.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use cards_model::Field;
use cards_transport::{Call, Visit, operations, visit};
use conformance::canary::word;
use conformance::trust::{Report, length};

use super::Met;
use super::broken::{Told, refused, saying, sensitive_texts};
use crate::markers::WORD;
use crate::traces::{clean_traces, traces};
use crate::values::marked_by;

/// Stands at the beginning of every value, before the letters of its field.
const FIRST: &str = "Ostrigvel";

/// The parts of a value that are shown nowhere, in small letters.
const PIECES: [&str; 3] = ["ostr", "zwan", "qz7"];

/// The value of a field: words of its own, and signs that every escape has its own way with.
fn value(field: &Field) -> String {
    let own = word(field.rust);
    let letters = own.strip_prefix(WORD).unwrap();
    format!("{FIRST}{letters} & QZ7 \"{own}'s\" <x> \\ +1/\u{e9}%")
}

/// A way in which a server may write what it repeats, by its name.
type Way = (&'static str, fn(&str) -> String);

const WAYS: [Way; 14] = [
    ("as it is", str::to_owned),
    ("in capital letters", str::to_uppercase),
    ("in small letters", str::to_lowercase),
    ("with underscores", |text| text.replace(' ', "_")),
    ("for HTML", html),
    ("for HTML twice", |text| html(&html(text))),
    ("for HTML by number", |text| {
        signs(text, |c| format!("&#{};", u32::from(c)))
    }),
    ("for HTML in hex", |text| {
        text.chars()
            .map(|c| format!("&#x{:X};", u32::from(c)))
            .collect()
    }),
    ("for an address", percent),
    ("for an address twice", |text| percent(&percent(text))),
    ("for JSON", |text| {
        signs(text, |c| format!("\\u{:04x}", u32::from(c)))
    }),
    ("for a program", |text| {
        signs(text, |c| format!("\\x{:02x}", u32::from(c)))
    }),
    ("for HTML, for an address", |text| percent(&html(text))),
    ("with backslashes", |text| {
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\'', "\\'")
    }),
];

/// The ways that leave no word readable, which stand for a whole value only.
const WHOLE: [Way; 3] = [
    ("in base64", |text| BASE64_STANDARD.encode(text)),
    ("in base64 for an address", |text| {
        BASE64_URL_SAFE_NO_PAD.encode(text)
    }),
    ("in hex", |text| {
        text.bytes().map(|byte| format!("{byte:02x}")).collect()
    }),
];

fn html(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let text = text.replace('"', "&quot;").replace('\'', "&#039;");
    text.replace('\u{e9}', "&eacute;")
}

fn percent(text: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Writes each character that is no letter or digit of ASCII in one way.
fn signs(text: &str, write: impl Fn(char) -> String) -> String {
    let write = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_string(),
        false => write(c),
    };
    text.chars().map(write).collect()
}

/// Lists sentences in which a server repeats a value or a part of it, each with its way of writing.
fn echoes(value: &str) -> Vec<(String, String)> {
    let (first, rest) = value.split_once(" & QZ7 \"").unwrap();
    let (own, _) = rest.split_once('\'').unwrap();
    let beginning = |length: usize| value.chars().take(length).collect::<String>();
    let in_own = first.len() + " & QZ7 \"".len() + WORD.len() - 3;
    let mut all = Vec::new();
    for (way, write) in WAYS {
        all.extend([
            (
                format!("{way}, whole"),
                format!("{} is taken", write(value)),
            ),
            (
                format!("{way}, among letters"),
                format!("No_{}", write(value)),
            ),
            (
                format!("{way}, a word"),
                format!("not {}, please", write(first)),
            ),
            (
                format!("{way}, another word"),
                format!("in ({}) here", write(own)),
            ),
            (
                format!("{way}, two words"),
                format!("'{}'", write(&format!("QZ7 {own}"))),
            ),
            (
                format!("{way}, cut"),
                format!("no {}... here", write(&beginning(in_own))),
            ),
            (
                format!("{way}, cut early"),
                format!("'{}'\u{2026}", write(&beginning(5))),
            ),
            (format!("{way}, at the end"), write(&beginning(in_own))),
        ]);
    }
    for (way, write) in WHOLE {
        all.push((way.to_owned(), format!("not {} there", write(value))));
    }
    all
}

/// Has the documented refusals of a call repeat each sensitive value in those ways.
struct Echoed<'a>(&'a mut Met, &'a mut usize);

impl Visit for Echoed<'_> {
    type Output = usize;

    fn visit<C: Call>(self) -> usize {
        let Self(met, drawn) = self;
        let fields = sensitive_texts::<C>();
        if fields.is_empty() {
            return 0;
        }
        let call = marked_by::<C>(value);
        let server = Told::new::<C>();
        let mut refusals = 0;
        for (status, body) in refused::<C>() {
            for field in &fields {
                let all = echoes(&value(field));
                let some = length(3, 12);
                // All of them in turn, whatever the field and the refusal.
                for (way, said) in all.iter().cycle().skip(*drawn % all.len()).take(some) {
                    let answer = (status, saying(&body, said));
                    let told = server.answers(&call, answer, met).unwrap_or_default();
                    refusals += usize::from(!told.is_empty());
                    let shown = told.join(" ").to_lowercase();
                    if PIECES.iter().any(|piece| shown.contains(piece)) {
                        let what = format!("{} of {}, {way}", field.wire, C::operation());
                        met.failures.insert(format!("{what}: {said}: {shown}"));
                    }
                }
                *drawn += some;
            }
        }
        refusals
    }
}

#[test]
fn no_refusal_shows_a_part_of_what_was_sent_in_any_form() {
    traces();
    let mut met = Met::default();
    let mut drawn = 0;
    let refusals: usize = operations()
        .map(|operation| visit(operation.name, Echoed(&mut met, &mut drawn)).unwrap())
        .sum();
    clean_traces();
    assert!(refusals > 1_000, "{refusals}");
    let mut report = Report::new("canary-echoes");
    report.figure("refusals", refusals);
    met.report(report);
}
