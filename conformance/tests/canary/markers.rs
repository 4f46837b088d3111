//! The markers, and how they are looked for.

use std::error::Error as _;
use std::fmt::Debug;

use cards_transport::Error;
pub(crate) use conformance::canary::{DIGITS, MARK, WORD, found};

pub(crate) fn mark(what: &str) -> String {
    format!("{MARK}{what}")
}

/// Fails where a text holds any marker: as it is, in hex, in base64, or escaped for an address.
#[track_caller]
pub(crate) fn clean(what: &str, text: &str) {
    if let Some(found) = found(text) {
        panic!("{what} shows a marker, {found}");
    }
}

#[track_caller]
pub(crate) fn clean_debug(what: &str, value: &impl Debug) {
    clean(what, &format!("{value:?}"));
    clean(what, &format!("{value:#?}"));
}

#[track_caller]
pub(crate) fn clean_error(what: &str, error: &Error) {
    for text in told(error) {
        clean(what, &text);
    }
}

/// All that an error shows: itself, its causes, and what it holds.
pub(crate) fn told(error: &Error) -> Vec<String> {
    let mut told = vec![format!("{error} {error:?} {error:#?}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push(format!("{error} {error:?} {error:#?}"));
        cause = error.source();
    }
    if let Some(refusal) = error.refusal() {
        told.push(format!("{refusal} {refusal:?} {refusal:#?}"));
    }
    if let Some(violations) = error.violations() {
        told.push(format!("{violations} {violations:?} {violations:#?}"));
        told.push(serde_json::to_string(violations).unwrap());
    }
    if let Some(json) = error.json() {
        told.push(format!("{json} {json:?} {json:#?} {}", json.path()));
    }
    told
}
