//! Hides what is secret in values, wherever in a call it stands.

use std::borrow::Cow;

use cards_model::Pan;
use percent_encoding::percent_decode_str;

use super::read::Entry;
use super::secrecy::{LONGEST, REDACTED, Secrecy, looks_secret};
use crate::engine::card_number;

/// The secrets of a call, which may stand in other values of it too.
pub(super) struct Hidden {
    /// The longest first.
    secrets: Vec<String>,
    /// The secrets that are secret whole: no digit of a card number that is one of them is shown.
    whole: Vec<String>,
}

/// The number of bytes from which on a secret is looked for inside other values too; a shorter one
/// hides only a value that equals it.
const LONG: usize = 6;
/// A shorter one is looked for nowhere.
const SHORTEST: usize = 3;
/// The most secrets; with more of them, no value is shown.
const MOST: usize = 128;

impl Hidden {
    pub(super) fn of<'a>(entries: impl Iterator<Item = &'a Entry> + Clone) -> Self {
        let whole = entries
            .clone()
            .filter(|entry| entry.secrecy == Secrecy::Secret && !entry.text.is_empty());
        let secret = entries.filter(|entry| entry.secrecy != Secrecy::Shown && !is_plain(entry));
        let texts = secret.flat_map(|entry| {
            // What follows `Bearer` and the like is the secret itself.
            let rest = entry.text.split_once(' ').map(|(_, rest)| rest.trim());
            [Some(entry.text.trim()), rest]
        });
        let texts = texts.flatten().filter(|text| text.len() >= SHORTEST);
        let mut secrets: Vec<_> = texts.map(str::to_owned).collect();
        secrets.sort_unstable_by(|one, other| (other.len(), other).cmp(&(one.len(), one)));
        secrets.dedup();
        let whole = whole.map(|entry| entry.text.trim().to_owned()).collect();
        Self { secrets, whole }
    }

    /// The name and the value as they may be shown.
    pub(super) fn shown(&self, entry: &Entry) -> (String, String) {
        let mut name = self.without_secrets(&entry.name);
        if name != entry.name || card_number::masked(&name) != name {
            name = REDACTED.into();
        }
        (name.into_owned(), self.value(entry).into_owned())
    }

    fn value<'a>(&self, entry: &'a Entry) -> Cow<'a, str> {
        match entry.secrecy {
            _ if entry.text.is_empty() || is_plain(entry) => Cow::Borrowed(&entry.text),
            Secrecy::Secret => REDACTED.into(),
            Secrecy::CardNumber if self.is_card_number(&entry.text) => {
                Pan::new(&*entry.text).redacted()
            }
            Secrecy::CardNumber => REDACTED.into(),
            Secrecy::Shown if self.secrets.len() > MOST => REDACTED.into(),
            Secrecy::Shown => {
                let decoded = decoded(&entry.text);
                let is_secret = |text: &Cow<'_, str>| holds_secret(text) || self.is_one(text);
                if is_secret(&Cow::Borrowed(&*entry.text)) || decoded.iter().any(is_secret) {
                    return REDACTED.into();
                }
                let is_card = |text: &Cow<'_, str>| masked(text, entry.is_text) != *text;
                if decoded
                    .iter()
                    .any(|text| is_card(text) || self.without_secrets(text) != *text)
                {
                    return REDACTED.into();
                }
                match self.without_secrets(&entry.text) {
                    Cow::Borrowed(text) => masked(text, entry.is_text),
                    Cow::Owned(text) => masked(&text, entry.is_text).into_owned().into(),
                }
            }
        }
    }

    /// Tells whether a card number's value is one as it is written, masked or not, rather than a secret in its
    /// place.
    fn is_card_number(&self, text: &str) -> bool {
        let is_taken = |byte: u8| byte.is_ascii_digit() || b" -*Xx".contains(&byte);
        text.bytes().all(is_taken) && !self.whole.iter().any(|secret| secret == text.trim())
    }

    fn is_one(&self, text: &str) -> bool {
        self.secrets.iter().any(|secret| secret == text.trim())
    }

    /// Takes out what is one of the secrets.
    fn without_secrets<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut left = Cow::Borrowed(text);
        for secret in self.secrets.iter().filter(|secret| secret.len() >= LONG) {
            if left.contains(&**secret) {
                left = left.replace(&**secret, REDACTED).into();
            }
        }
        left
    }
}

/// A truth, null and what is empty are nobody's secret.
fn is_plain(entry: &Entry) -> bool {
    !entry.is_text && !entry.text.bytes().any(|byte| byte.is_ascii_digit())
}

/// A text with what percent signs in it may hide, taken off once and twice.
fn decoded(text: &str) -> Vec<Cow<'_, str>> {
    if !text.contains('%') {
        return Vec::new();
    }
    let once = percent_decode_str(text).decode_utf8_lossy();
    let twice = percent_decode_str(&once).decode_utf8_lossy().into_owned();
    vec![once, twice.into()]
}

/// The text with six and four digits of each card number. An id of the form of a UUID is none,
/// though it may have digits alone.
fn masked(text: &str, is_text: bool) -> Cow<'_, str> {
    if card_number::is_uuid(text) {
        return text.into();
    }
    if !is_text {
        // A point can stand anywhere in a number.
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        return match card_number::masked(&digits) {
            masked if masked != digits => masked.into(),
            _ => text.into(),
        };
    }
    match card_number::masked(text) {
        masked if masked != text => masked.into(),
        _ => text.into(),
    }
}

/// Tells whether a value has a secret of another name in it, as a form in a field has, or looks
/// like a credential. Only the beginning of a long one is shown, and no more is read than that it
/// needs.
fn holds_secret(text: &str) -> bool {
    const READ: usize = 4 * LONGEST;
    let mut end = READ.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let start = text.trim_start();
    let begins = |with: &str| {
        let head = start.get(..with.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(with))
    };
    let is_token = start.starts_with("eyJ") && start.contains('.');
    if is_token
        || ["bearer ", "basic ", "digest ", "-----begin"]
            .into_iter()
            .any(begins)
    {
        return true;
    }
    let places = text.match_indices([':', '=', '>']);
    places
        .into_iter()
        .any(|(at, _)| looks_secret(name_before(&text[..at])))
}

/// The name that stands before a sign, in quotes or not.
fn name_before(text: &str) -> &str {
    const LONGEST: usize = 64;
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']' | ' ');
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let mut start = text.len().saturating_sub(LONGEST);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let text = &text[start..];
    let begin = text.rfind(|c| !is_part(c));
    begin.map_or(text, |at| text[at..].trim_start_matches(|c| !is_part(c)))
}
