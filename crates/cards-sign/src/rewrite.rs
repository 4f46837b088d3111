//! The texts that senders hash in place of the value that arrives.

use std::fmt;

/// A change of a value between what was hashed and what arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rewrite {
    /// A `+` was hashed, and a space arrived: the body held the `+` as it is.
    RawPlus,
    /// A `+` that the value begins with was hashed, and a space arrived, while other spaces were spaces: a telephone
    /// number with its country's code.
    LeadingPlus,
    /// A space was hashed, and a `+` arrived: the value was form-encoded, and then encoded once more.
    SpaceForPlus,
    /// The value was hashed once and encoded twice: percent-encoding is left in what arrived.
    EncodedTwice,
    /// The value was hashed without the white space around it.
    Trimmed,
    /// A space after the value was hashed, and did not arrive.
    SpaceAfter,
    /// The value was hashed in capitals.
    Uppercase,
    /// The value was hashed in small letters.
    Lowercase,
    /// The value was hashed in quotation marks.
    Quoted,
    /// `\/` was hashed for each `/`, as PHP's `json_encode` writes it.
    JsonSlashes,
    /// `&amp;`, `&lt;`, `&gt;`, `&quot;` and `&#039;` were hashed for the characters that HTML escapes.
    Html,
    /// An empty value was hashed as this word.
    Word(Word),
    /// A number was hashed without the zeros it begins with.
    ZerosLost,
    /// A whole number was hashed with `.0` or `.00` after it.
    Decimals(&'static str),
    /// A number was hashed with a comma between each three of its digits.
    Thousands,
    /// A whole number was hashed, and arrived with decimals that are all zeros.
    DecimalsLost,
}

/// The words that programs write for a value that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// `null`, of Java, JavaScript and JSON.
    Null,
    /// `undefined`, of JavaScript.
    Undefined,
    /// `None`, of Python.
    None,
    /// `NULL`, of SQL.
    SqlNull,
    /// `nil`, of Ruby and Go.
    Nil,
    /// `false`
    False,
    /// `0`
    Zero,
}

impl Word {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Undefined => "undefined",
            Self::None => "None",
            Self::SqlNull => "NULL",
            Self::Nil => "nil",
            Self::False => "false",
            Self::Zero => "0",
        }
    }
}

impl Rewrite {
    /// Every change, the likelier first.
    pub(crate) const ALL: [Self; 23] = [
        Self::RawPlus,
        Self::LeadingPlus,
        Self::Trimmed,
        Self::EncodedTwice,
        Self::SpaceForPlus,
        Self::Word(Word::Null),
        Self::Word(Word::Undefined),
        Self::Word(Word::None),
        Self::ZerosLost,
        Self::SpaceAfter,
        Self::Uppercase,
        Self::Lowercase,
        Self::Quoted,
        Self::JsonSlashes,
        Self::Html,
        Self::Word(Word::SqlNull),
        Self::Word(Word::Nil),
        Self::Word(Word::False),
        Self::Word(Word::Zero),
        Self::Decimals(".0"),
        Self::Decimals(".00"),
        Self::DecimalsLost,
        Self::Thousands,
    ];

    /// The text that was hashed where `value` arrived, or `None` where this changes nothing.
    pub(crate) fn apply(self, value: &str) -> Option<String> {
        let text = match self {
            Self::RawPlus => value.replace(' ', "+"),
            Self::LeadingPlus => {
                let rest = value.strip_prefix(' ')?;
                // With no other space, it is the change before.
                rest.contains(' ').then(|| format!("+{rest}"))?
            }
            Self::SpaceForPlus => value.replace('+', " "),
            Self::EncodedTwice => decoded(value)?,
            Self::Trimmed => value.trim().to_owned(),
            Self::SpaceAfter if !value.is_empty() => format!("{value} "),
            Self::Uppercase => value.to_uppercase(),
            Self::Lowercase => value.to_lowercase(),
            Self::Quoted => format!("\"{value}\""),
            Self::JsonSlashes => value.replace('/', "\\/"),
            Self::Html => html(value),
            Self::Word(word) if value.is_empty() => word.as_str().to_owned(),
            Self::ZerosLost => {
                let rest = whole(value)?.trim_start_matches('0');
                if rest.is_empty() { "0" } else { rest }.to_owned()
            }
            Self::Decimals(decimals) => whole(value)?.to_owned() + decimals,
            Self::DecimalsLost => {
                let (number, decimals) = value.split_once('.')?;
                if whole(decimals)?.contains(|c| c != '0') {
                    return None;
                }
                whole(number)?.to_owned()
            }
            Self::Thousands => grouped(whole(value)?),
            Self::SpaceAfter | Self::Word(_) => return None,
        };
        (text != value).then_some(text)
    }

    /// Advises in a sentence what to change.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            Self::RawPlus | Self::LeadingPlus => {
                "Write a `+` into the body as `%2B`: as it is, it arrives as a space."
            }
            Self::SpaceForPlus | Self::EncodedTwice => {
                "Encode the values of the body once: their encoding arrived as part of the value."
            }
            Self::Trimmed | Self::SpaceAfter => {
                "Trim the values before they are both hashed and sent, or not at all."
            }
            Self::Word(_) => "Hash an empty value as nothing, or leave the field out of both.",
            Self::ZerosLost | Self::Decimals(_) | Self::DecimalsLost | Self::Thousands => {
                "Keep numbers as texts, and hash the text that is sent."
            }
            _ => "Hash the very text that is sent.",
        }
    }
}

/// Says how the value was hashed, to follow "with `city` hashed ".
impl fmt::Display for Rewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RawPlus => f.write_str("with a `+` where a space arrived"),
            Self::LeadingPlus => f.write_str("with a `+` at its beginning, where a space arrived"),
            Self::SpaceForPlus => f.write_str("with a space where a `+` arrived"),
            Self::EncodedTwice => f.write_str("decoded once more than the body was"),
            Self::Trimmed => f.write_str("without the white space around it"),
            Self::SpaceAfter => f.write_str("with a space after it that did not arrive"),
            Self::Uppercase => f.write_str("in capitals"),
            Self::Lowercase => f.write_str("in small letters"),
            Self::Quoted => f.write_str("in quotation marks"),
            Self::JsonSlashes => f.write_str(r"with `\/` for `/`, as JSON may escape it"),
            Self::Html => f.write_str("as HTML escapes it"),
            Self::Word(word) => write!(f, "as the word `{}`, though it is empty", word.as_str()),
            Self::ZerosLost => f.write_str("as a number, without the zeros that it begins with"),
            Self::Decimals(decimals) => write!(f, "as a number, with `{decimals}` after it"),
            Self::DecimalsLost => f.write_str("as a number, without its decimals"),
            Self::Thousands => f.write_str("as a number, with commas between its thousands"),
        }
    }
}

/// A number without sign or decimals.
fn whole(value: &str) -> Option<&str> {
    (!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())).then_some(value)
}

fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn html(value: &str) -> String {
    let mut text = value.replace('&', "&amp;");
    for (plain, escaped) in [
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&quot;"),
        ('\'', "&#039;"),
    ] {
        text = text.replace(plain, escaped);
    }
    text
}

/// The value with its form encoding taken off, where it has any and is text without it.
fn decoded(value: &str) -> Option<String> {
    if !value.contains('%') {
        return None;
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, more @ ..] = rest {
        let hex = (*first == b'%').then(|| more.get(..2)).flatten();
        let mut byte = [0];
        match hex.map(|hex| hex::decode_to_slice(hex, &mut byte)) {
            Some(Ok(())) => {
                bytes.push(byte[0]);
                rest = &more[2..];
            }
            _ => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_change_of_a_value() {
        let applied: Vec<String> = ["a b", " x/<&", "0123456", "5.00", "", "a%20b+c", "A+b"]
            .into_iter()
            .flat_map(|value| {
                Rewrite::ALL.into_iter().filter_map(move |rewrite| {
                    Some(format!(
                        "{value:?} {rewrite:?}: {:?}",
                        rewrite.apply(value)?
                    ))
                })
            })
            .collect();
        insta::assert_snapshot!(applied.join("\n"));
    }

    #[test]
    fn each_is_said() {
        let said: Vec<String> = Rewrite::ALL
            .map(|rewrite| format!("{rewrite}. {}", rewrite.advice()))
            .into();
        insta::assert_snapshot!(said.join("\n"));
    }

    proptest! {
        #[test]
        fn any_value_is_changed_or_not_without_panic(value in "\\PC*|[0-9.%+ ]{0,12}") {
            for rewrite in Rewrite::ALL {
                prop_assert!(rewrite.apply(&value).is_none_or(|text| text != value));
            }
        }
    }
}
