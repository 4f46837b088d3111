//! The marker, and how it is looked for.

use std::error::Error as _;
use std::fmt::Debug;

use cards_transport::Error;

/// The text that every marker has in it, and nothing else has.
pub(crate) const MARK: &str = "QZ7MARK";

pub(crate) fn mark(what: &str) -> String {
    format!("{MARK}{what}")
}

/// Fails where a text holds any marker.
#[track_caller]
pub(crate) fn clean(what: &str, text: &str) {
    let lower = text.to_lowercase();
    if let Some(at) = lower.find(&MARK.to_lowercase()) {
        let end = text.len().min(at + 80);
        panic!("{what} shows {:?}", text.get(at.saturating_sub(200)..end));
    }
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
