//! A value of a request, and the forms in which a provider may write it.

use cards_transport::encode_form;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

/// RFC 3986's unreserved characters stay as they are.
pub(super) const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A value that a request sends, and the other forms in which it travels.
pub(super) struct Sent {
    pub(super) value: String,
    pub(super) encoded: Vec<String>,
}

impl Sent {
    pub(super) fn plain(value: &str) -> Self {
        Self {
            value: value.to_owned(),
            encoded: Vec::new(),
        }
    }

    /// A value that is sent in a path, or as a half of a pair.
    pub(super) fn component(value: &str) -> Self {
        Self {
            value: value.to_owned(),
            encoded: vec![utf8_percent_encode(value, COMPONENT).to_string()],
        }
    }

    pub(super) fn form(value: &str) -> Self {
        Self {
            value: value.to_owned(),
            encoded: vec![encode_form(&[("", value)])[1..].to_owned()],
        }
    }

    pub(super) fn json(value: &str) -> Self {
        let quoted = json!(value).to_string();
        Self {
            value: value.to_owned(),
            encoded: vec![quoted[1..quoted.len() - 1].to_owned()],
        }
    }

    /// The ways in which a provider may write it.
    pub(super) fn spellings(&self) -> Vec<String> {
        let trimmed = self.value.trim();
        let spaced = |space: &str| trimmed.split_whitespace().collect::<Vec<_>>().join(space);
        let mut spellings = self.encoded.clone();
        spellings.extend([
            self.value.clone(),
            trimmed.to_owned(),
            trimmed.to_uppercase(),
            trimmed.to_lowercase(),
            spaced("\t"),
            spaced("\r\n"),
            spaced("\u{a0}"),
            spaced("  "),
            format!("\n{trimmed}\u{a0}"),
            // Each byte taken for a character, letters of another width, and with accents.
            self.value.bytes().map(char::from).collect(),
            each_letter(&self.value, |c| {
                char::from_u32(u32::from(c) + 0xfee0).into_iter().collect()
            }),
            each_letter(&self.value, |c| [c, '\u{301}'].into_iter().collect()),
        ]);
        spellings
    }
}

/// Writes each letter of ASCII in one way.
fn each_letter(text: &str, write: impl Fn(char) -> String) -> String {
    let one = |c: char| match c.is_ascii_alphabetic() {
        true => write(c),
        false => c.to_string(),
    };
    text.chars().map(one).collect()
}
