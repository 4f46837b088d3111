//! A provider's refusal, and its meaning for the call.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;

use crate::redact::{OUT, Redaction};

/// The most sentences, and the most fields, of a refusal that are shown.
const MOST: usize = 20;

/// The most fields of a refusal, and the most sentences: the types of the replies read no more.
const KEPT: usize = 1_000;

/// Holds a provider's refusal in one shape for all three.
///
/// `Display` shows it all, without what is sensitive: the values that were
/// sent, and what looks like a number or an address of a person, is left out; so
/// is a status that is none. A value is left out in any case, escaped as pages, JSON and
/// addresses are, in base64 or hex, without its accents or in another form of Unicode, misread as
/// Latin 1 or with `?` for its letters beyond ASCII, and where it is cut off; of one that is personal or
/// secret so are single words of four letters or more that no document uses. Of a long refusal it
/// shows the beginning.
/// The fields hold the texts as they came.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The code: Airpay's `fail`, Paysafe's `DW-...`, Ibanera's first code.
    pub code: Option<String>,
    /// The sentence that came with it.
    pub message: Option<String>,
    /// The status within the body, where it is not the documented one: Airpay
    /// documents 400 and sends others.
    pub status: Option<i64>,
    /// The fields at fault: the first 1,000.
    pub fields: Vec<FieldRefusal>,
    /// More sentences: the first 1,000 of Paysafe's `details`.
    pub details: Vec<String>,
    meaning: Meaning,
    /// Says whether it has a word on the credentials, whatever it means.
    names_credentials: bool,
    /// The text and the code to show, once the values that were sent have been
    /// taken out.
    shown: Option<(String, Option<String>)>,
}

/// The meaning of a refusal for the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The call was not carried out.
    #[default]
    No,
    /// The credentials are not taken, and the call was not carried out.
    Credentials,
    /// The provider failed; the call may have been carried out.
    Failure,
    /// No document has this word. Under a 4xx but 408 it is a refusal, and else the call may have
    /// been carried out.
    Undocumented,
}

/// One field that a provider refuses.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldRefusal {
    /// The field's name on the wire.
    pub field: String,
    /// The code or sentence that came with it.
    pub error: String,
    /// The field and the error to show, once the values that were sent have
    /// been taken out.
    shown: Option<(Cow<'static, str>, Cow<'static, str>)>,
}

/// A body's word on whether the call was carried out.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Said {
    /// It was carried out.
    Yes,
    /// It was refused.
    No(Refusal),
    /// The body holds no documented word on it.
    Nothing,
}

impl Refusal {
    pub(crate) fn new(code: Option<String>, message: Option<String>) -> Self {
        Self {
            code,
            message,
            ..Self::default()
        }
    }

    #[must_use]
    pub(crate) fn meaning(self, meaning: Meaning) -> Self {
        Self { meaning, ..self }
    }

    /// Notes that it has a word on the credentials.
    #[must_use]
    pub(crate) fn names_credentials(self) -> Self {
        Self {
            names_credentials: true,
            ..self
        }
    }

    /// Tells whether it has a word on the credentials, whatever it means.
    pub(crate) fn has_credentials(&self) -> bool {
        self.names_credentials
    }

    pub(crate) fn is_about_credentials(&self) -> bool {
        self.meaning == Meaning::Credentials
    }

    /// Tells whether the call may have been carried out, for all that this says under a status.
    pub(crate) fn leaves_outcome_open(&self, status: StatusCode) -> bool {
        match self.meaning {
            Meaning::No | Meaning::Credentials => false,
            Meaning::Failure => true,
            Meaning::Undocumented => !status.is_client_error(),
        }
    }

    /// Settles what is shown, given what the request held.
    pub(crate) fn redact(&mut self, redaction: &Redaction) {
        for (index, field) in self.fields.iter_mut().enumerate() {
            field.shown = Some(match index < MOST {
                true => {
                    let (name, error) = field.words(redaction);
                    (name.into(), error.into())
                }
                // Nobody looks into those that are left out.
                false => (OUT.into(), OUT.into()),
            });
        }
        self.shown = Some(self.words(redaction));
    }

    /// The code as `Display` shows it, without what is sensitive.
    pub fn shown_code(&self) -> Option<String> {
        match &self.shown {
            Some((_, code)) => code.clone(),
            None => self.words(&Redaction::default()).1,
        }
    }

    /// The fields that `Display` shows, which are the first few.
    pub fn shown_fields(&self) -> &[FieldRefusal] {
        &self.fields[..self.fields.len().min(MOST)]
    }

    /// The text and the code to show. The fields show what was settled.
    fn words(&self, redaction: &Redaction) -> (String, Option<String>) {
        let code = self.code.as_deref().map(|code| redaction.code(code));
        (self.text(code.as_deref(), redaction), code)
    }

    fn text(&self, code: Option<&str>, redaction: &Redaction) -> String {
        let mut text = String::new();
        let mut add = |between: &str, part: &str| {
            if !text.is_empty() {
                text.push_str(between);
            }
            text.push_str(part);
        };
        if let Some(status) = self.status {
            add("", &format!("status {}", redaction.status(status)));
        }
        if let Some(code) = code {
            add(": ", code);
        }
        let repeats_code = |said: &str| {
            self.code
                .as_ref()
                .is_some_and(|code| code.eq_ignore_ascii_case(said))
        };
        let sentences = self.message.iter().chain(&self.details);
        let mut told: Vec<&str> = Vec::new();
        let mut more = 0_usize;
        for sentence in sentences {
            let sentence = sentence.trim();
            if sentence.is_empty() || repeats_code(sentence) || told.contains(&sentence) {
                continue;
            }
            if told.len() == MOST {
                more += 1;
                continue;
            }
            told.push(sentence);
            add(": ", &redaction.sentence(sentence));
        }
        if more > 0 {
            add(
                ": ",
                &format!("and {}{more} more", at_least(self.details.len())),
            );
        }
        if text.is_empty() && self.fields.is_empty() {
            return "no reason given".to_owned();
        }
        let fields = self.shown_fields();
        for (index, field) in fields.iter().enumerate() {
            let between = if index == 0 { ": " } else { ", " };
            if !text.is_empty() {
                text.push_str(between);
            }
            text.push_str(&joined(&field.shown()));
        }
        let more = self.fields.len() - fields.len();
        if more > 0 {
            let at_least = at_least(self.fields.len());
            text.push_str(&format!(", and {at_least}{more} more fields"));
        }
        text
    }
}

impl FieldRefusal {
    pub(crate) fn new(field: Option<String>, error: Option<String>) -> Self {
        Self {
            field: field.unwrap_or_default(),
            error: error.unwrap_or_default(),
            shown: None,
        }
    }

    /// The field's name as `Display` shows it, without what is sensitive.
    pub fn shown_field(&self) -> String {
        self.shown().0
    }

    /// Returns the code or sentence as `Display` shows it, without what is
    /// sensitive.
    pub fn shown_error(&self) -> String {
        self.shown().1
    }

    fn shown(&self) -> (String, String) {
        match &self.shown {
            Some((field, error)) => (field.to_string(), error.to_string()),
            None => self.words(&Redaction::default()),
        }
    }

    fn words(&self, redaction: &Redaction) -> (String, String) {
        (redaction.code(&self.field), redaction.code(&self.error))
    }
}

/// Says of a count that it may be of a longer list.
const fn at_least(kept: usize) -> &'static str {
    if kept < KEPT { "" } else { "at least " }
}

/// A field and its error, of which one may be empty.
fn joined((field, error): &(String, String)) -> String {
    let parts = [field.as_str(), error.as_str()].into_iter();
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shown {
            Some((shown, _)) => f.write_str(shown),
            None => f.write_str(&self.words(&Redaction::default()).0),
        }
    }
}

impl fmt::Display for FieldRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&joined(&self.shown()))
    }
}

impl fmt::Debug for FieldRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldRefusal({self})")
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({self})")
    }
}

#[cfg(test)]
mod tests;
