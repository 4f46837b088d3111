//! The marker, and how it is looked for.

use std::error::Error as _;
use std::fmt::Debug;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD as STANDARD_NO_PAD, BASE64_URL_SAFE as URL_SAFE};
use cards_transport::Error;

/// The text that every marker has in it, and nothing else has.
pub(crate) const MARK: &str = "QZ7MARK";

pub(crate) fn mark(what: &str) -> String {
    format!("{MARK}{what}")
}

/// Fails where a text holds any marker: as it is, in hex, in base64, or escaped for an address.
#[track_caller]
pub(crate) fn clean(what: &str, text: &str) {
    let lower = text.to_lowercase();
    for (form, sought) in forms() {
        if let Some(at) = lower.find(sought) {
            let end = text.len().min(at + 80);
            let around = text.get(at.saturating_sub(200)..end);
            panic!("{what} shows a marker, {form}: {around:?}");
        }
    }
}

/// The marker in every form that it is looked for in, in small letters.
fn forms() -> &'static [(&'static str, String)] {
    static FORMS: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
        let bytes = MARK.as_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let escaped: String = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
        let list = format!("{bytes:?}");
        let mut forms = vec![
            ("as it is", MARK.to_lowercase()),
            ("in hex", hex),
            ("escaped", escaped),
            (
                "as a list of bytes",
                list.trim_matches(['[', ']']).to_owned(),
            ),
        ];
        // Wherever it begins among groups of three bytes: the letters that it alone makes.
        for before in 0..3 {
            let text = [&[0; 2][..before], bytes].concat();
            let whole = STANDARD_NO_PAD.encode(&text);
            let (first, last) = ((before * 4).div_ceil(3), text.len() * 8 / 6);
            forms.push(("in base64", whole[first..last].to_lowercase()));
        }
        forms
    });
    &FORMS
}

#[test]
fn a_marker_is_found_in_every_form() {
    let caught = |text: String| std::panic::catch_unwind(|| clean("a text", &text)).is_err();
    for text in [mark("x"), format!("a{MARK}bc"), format!("ab {MARK}")] {
        assert!(caught(text.clone()), "{text}");
        assert!(caught(STANDARD_NO_PAD.encode(&text)), "{text} in base64");
        assert!(caught(URL_SAFE.encode(&text)), "{text} in base64");
        let hex: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
        assert!(caught(hex), "{text} in hex");
        assert!(caught(format!("{:?}", text.as_bytes())), "{text} as bytes");
    }
    assert!(!caught("QZ7MAR and nothing more, 51 5a 37".to_owned()));
}

#[track_caller]
pub(crate) fn clean_debug(what: &str, value: &impl Debug) {
    clean(what, &format!("{value:?}"));
    clean(what, &format!("{value:#?}"));
}

#[track_caller]
pub(crate) fn clean_error(what: &str, error: &Error) {
    clean_debug(what, error);
    clean(what, &error.to_string());
    let mut cause = error.source();
    while let Some(error) = cause {
        clean_debug(what, &error);
        clean(what, &error.to_string());
        cause = error.source();
    }
    if let Some(refusal) = error.refusal() {
        clean_debug(what, refusal);
        clean(what, &refusal.to_string());
    }
    if let Some(violations) = error.violations() {
        clean_debug(what, violations);
        clean(what, &serde_json::to_string(violations).unwrap());
    }
}
