//! What a provider says when it says no.

use std::fmt;

/// What a provider says when it says no, in one shape for all three.
///
/// `Display` shows the code and the fields' codes. The message is the
/// provider's free text, which may repeat what was sent; it is shown only to
/// those who ask for it.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The code: Airpay's `fail`, Paysafe's `DW-...`, Ibanera's first code.
    pub code: Option<String>,
    /// The sentence that came with it.
    pub message: Option<String>,
    /// The fields at fault.
    pub fields: Vec<FieldRefusal>,
}

/// One field that a provider refuses.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldRefusal {
    /// The field's name on the wire.
    pub field: String,
    /// The code or sentence that came with it.
    pub error: String,
}

impl Refusal {
    pub(crate) fn new(code: Option<String>, message: Option<String>) -> Self {
        Self {
            code,
            message,
            fields: Vec::new(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_deref().map_or("no reason given", code_word))?;
        for (index, field) in self.fields.iter().enumerate() {
            f.write_str(if index == 0 { ": " } else { ", " })?;
            write!(f, "{field}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FieldRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", code_word(&self.field), code_word(&self.error))
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

/// A provider's text, where it looks like a code or a field's name: one word
/// with at most four digits. A sentence may repeat what was sent.
fn code_word(text: &str) -> &str {
    let is_taken =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']');
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if text.len() <= 64 && digits <= 4 && text.bytes().all(is_taken) {
        text
    } else {
        "[message withheld]"
    }
}
