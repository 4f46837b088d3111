//! The texts that senders hash in place of the value that arrives.

use crate::day::DateFormat;
use crate::encoding::Encoding;
use std::fmt;
use zeroize::Zeroizing;

mod text;

use text::{
    capitalised, exponent, grouped, html, in_fours, masked, replaced, unicode_escaped, whole,
};

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
    /// The value was hashed without the white space before it.
    TrimmedStart,
    /// The value was hashed without the white space after it.
    TrimmedEnd,
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
    /// The value was hashed in this encoding of the body.
    Encoded(Encoding),
    /// A space before the value was hashed, and did not arrive.
    SpaceBefore,
    /// One space was hashed for each stretch of white space.
    SpacesMerged,
    /// The value was hashed without any white space.
    SpacesLost,
    /// Each word was hashed with a capital, and small letters after it.
    Capitalised,
    /// The value was hashed in single quotation marks.
    SingleQuoted,
    /// `\u00e9` was hashed for `é`, as JSON may escape it.
    JsonUnicode,
    /// A backslash was hashed before each quotation mark and backslash, as PHP's `addslashes` puts it.
    Slashes,
    /// `\r\n` was hashed for each line break.
    CrLf,
    /// `\n` was hashed for each line break.
    Lf,
    /// A number was hashed with a comma after its thousands, and after each two digits above them.
    Lakhs,
    /// A number was hashed without the commas that it arrived with.
    CommasLost,
    /// A number was hashed without the zeros that its decimals end with.
    DecimalsCut,
    /// A number was hashed with two decimals, and arrived with one.
    DecimalsFilled,
    /// The second was hashed, where the first arrived: two ways to write a truth value.
    Truth(&'static str, &'static str),
    /// A day was hashed in this format, and arrived in another.
    Day(DateFormat),
    /// The digits alone were hashed.
    DigitsOnly,
    /// A `+` was hashed before a number, and did not arrive.
    PlusAdded,
    /// A large number was hashed with an exponent after this mark, and with so many digits at most: `4.62E15`.
    Exponent(&'static str, usize),
    /// The digits of a card's number were hashed four at a time, with this between them.
    InFours(char),
    /// A card's number was hashed with this for each digit but the first six and the last four.
    Masked(char),
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
    /// `true`
    True,
    /// `NaN`, of JavaScript and others.
    NotANumber,
}

impl Word {
    pub(crate) const ALL: [Self; 9] = [
        Self::Null,
        Self::Undefined,
        Self::None,
        Self::SqlNull,
        Self::Nil,
        Self::False,
        Self::Zero,
        Self::True,
        Self::NotANumber,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Undefined => "undefined",
            Self::None => "None",
            Self::SqlNull => "NULL",
            Self::Nil => "nil",
            Self::False => "false",
            Self::Zero => "0",
            Self::True => "true",
            Self::NotANumber => "NaN",
        }
    }
}

impl Rewrite {
    /// Every change, the likelier first.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let first = [
            Self::RawPlus,
            Self::LeadingPlus,
            Self::Trimmed,
            Self::EncodedTwice,
            Self::SpaceForPlus,
        ];
        let second = [
            Self::ZerosLost,
            Self::SpaceAfter,
            Self::Uppercase,
            Self::Lowercase,
            Self::Quoted,
            Self::JsonSlashes,
            Self::Html,
            Self::Decimals(".0"),
            Self::Decimals(".00"),
            Self::DecimalsLost,
            Self::Thousands,
            Self::SpaceBefore,
            Self::Capitalised,
            Self::SpacesMerged,
            Self::SpacesLost,
            Self::SingleQuoted,
            Self::JsonUnicode,
            Self::Slashes,
            Self::CrLf,
            Self::Lf,
            Self::Lakhs,
            Self::CommasLost,
            Self::DecimalsCut,
            Self::DecimalsFilled,
            Self::DigitsOnly,
            Self::PlusAdded,
            Self::TrimmedStart,
            Self::TrimmedEnd,
            Self::InFours(' '),
            Self::InFours('-'),
            Self::Masked('X'),
            Self::Masked('*'),
            Self::Masked('x'),
            Self::Exponent("E", 17),
            Self::Exponent("E+", 17),
            Self::Exponent("E+", 14),
            Self::Exponent("E+", 3),
            Self::Exponent("e+", 17),
        ];
        let words = Word::ALL.map(Self::Word);
        let (likely, others) = words.split_at(3);
        let (likely, others) = (likely.to_vec(), others.to_vec());
        first
            .into_iter()
            .chain(likely)
            .chain(Encoding::ALL.map(Self::Encoded))
            .chain(second)
            .chain(others)
            .chain(TRUTHS.map(|(arrived, hashed)| Self::Truth(arrived, hashed)))
            .chain(DateFormat::ALL.map(Self::Day))
    }

    /// The text that was hashed where `value` arrived, or `None` where this changes nothing.
    pub(crate) fn apply(self, value: &str) -> Option<Zeroizing<String>> {
        let text = Zeroizing::new(self.made(value)?);
        (*text != value).then_some(text)
    }

    fn made(self, value: &str) -> Option<String> {
        Some(match self {
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
            Self::Thousands => grouped(whole(value)?, 3),
            Self::Lakhs => grouped(whole(value)?, 2),
            _ => return self.made_rarer(value),
        })
    }

    fn made_rarer(self, value: &str) -> Option<String> {
        Some(match self {
            Self::Encoded(encoding) => encoding.encode(value),
            Self::SpaceBefore if !value.is_empty() => format!(" {value}"),
            Self::SpacesMerged => value.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::SpacesLost => value.split_whitespace().collect(),
            Self::Capitalised => capitalised(value),
            Self::SingleQuoted => format!("'{value}'"),
            Self::JsonUnicode if !value.is_ascii() => unicode_escaped(value),
            Self::Slashes => replaced(value, &[('\\', "\\\\"), ('"', "\\\""), ('\'', "\\'")]),
            Self::CrLf => Zeroizing::new(value.replace("\r\n", "\n")).replace('\n', "\r\n"),
            Self::Lf => value.replace("\r\n", "\n"),
            Self::CommasLost => {
                let mut digits = Zeroizing::new(value.replace(',', ""));
                whole(&Zeroizing::new(digits.replacen('.', "", 1)))?;
                std::mem::take(&mut *digits)
            }
            Self::DecimalsCut => {
                let (number, decimals) = value.split_once('.')?;
                let (number, decimals) = (whole(number)?, whole(decimals)?.trim_end_matches('0'));
                if decimals.is_empty() {
                    return None;
                }
                format!("{number}.{decimals}")
            }
            Self::DecimalsFilled => {
                let (number, decimals) = value.split_once('.')?;
                let (number, decimals) = (whole(number)?, whole(decimals)?);
                format!("{number}.{decimals:0<2}")
            }
            Self::Truth(arrived, hashed) if value == arrived => hashed.to_owned(),
            Self::Day(format) => format.write(value)?,
            Self::DigitsOnly => {
                let is_number = |c: char| c.is_ascii_digit() || "+-() ./".contains(c);
                let is_digit = |c: char| c.is_ascii_digit();
                if !value.contains(is_digit) || !value.chars().all(is_number) {
                    return None;
                }
                value.chars().filter(char::is_ascii_digit).collect()
            }
            Self::PlusAdded => format!("+{}", whole(value)?),
            Self::TrimmedStart => value.trim_start().to_owned(),
            Self::TrimmedEnd => value.trim_end().to_owned(),
            Self::InFours(between) => in_fours(value, between)?,
            Self::Masked(mask) => masked(value, mask)?,
            Self::Exponent(mark, most) => exponent(value, mark, most)?,
            _ => return None,
        })
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
            Self::Trimmed
            | Self::TrimmedStart
            | Self::TrimmedEnd
            | Self::SpaceAfter
            | Self::SpaceBefore => {
                "Trim the values before they are both hashed and sent, or not at all."
            }
            Self::Word(_) => "Hash an empty value as nothing, or leave the field out of both.",
            Self::Encoded(_) => "Hash the values as they are before the body is encoded.",
            Self::ZerosLost
            | Self::Decimals(_)
            | Self::DecimalsLost
            | Self::Thousands
            | Self::Lakhs
            | Self::CommasLost
            | Self::DecimalsCut
            | Self::DecimalsFilled
            | Self::PlusAdded
            | Self::Exponent(..)
            | Self::DigitsOnly => "Keep numbers as texts, and hash the text that is sent.",
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
            Self::Encoded(encoding) => write!(f, "encoded ({encoding})"),
            _ => self.say_rarer(f),
        }
    }
}

impl Rewrite {
    fn say_rarer(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truth(_, hashed) => {
                return write!(f, "as the word `{hashed}`, and sent in another form");
            }
            Self::Day(format) => return write!(f, "as a day in another format (`{format}`)"),
            Self::InFours(between) => {
                return write!(f, "in groups of four digits, with `{between}` between them");
            }
            Self::Masked(mask) => {
                return write!(
                    f,
                    "masked, with `{mask}` for all but its first six and last four digits"
                );
            }
            Self::Exponent(mark, _) => {
                return write!(f, "as a number with an exponent (`{mark}`)");
            }
            Self::TrimmedStart => "without the white space before it",
            Self::TrimmedEnd => "without the white space after it",
            Self::SpaceBefore => "with a space before it that did not arrive",
            Self::SpacesMerged => "with one space for each stretch of white space",
            Self::SpacesLost => "without any white space",
            Self::Capitalised => "with a capital at the beginning of each word",
            Self::SingleQuoted => "in single quotation marks",
            Self::JsonUnicode => {
                r"with `\u` and four digits for letters beyond ASCII, as JSON may escape them"
            }
            Self::Slashes => "with a backslash before each quotation mark and backslash",
            Self::CrLf => r"with `\r\n` for each line break",
            Self::Lf => r"with `\n` for each line break",
            Self::Lakhs => "as a number, with commas after its thousands and lakhs",
            Self::CommasLost => "as a number, without its commas",
            Self::DecimalsCut => "as a number, without the zeros at its end",
            Self::DecimalsFilled => "as a number, with two decimals",
            Self::DigitsOnly => "as its digits alone",
            _ => "with a `+` before it that did not arrive",
        })
    }
}

/// The ways to write a truth value, as it arrived and as it was hashed.
const TRUTHS: [(&str, &str); 14] = [
    ("1", "true"),
    ("0", "false"),
    ("1", "True"),
    ("0", "False"),
    ("true", "1"),
    ("false", "0"),
    ("true", "True"),
    ("false", "False"),
    ("True", "true"),
    ("False", "false"),
    ("Y", "true"),
    ("N", "false"),
    ("true", "TRUE"),
    ("false", "FALSE"),
];

/// The value with its form encoding taken off, where it has any and is text without it.
fn decoded(value: &str) -> Option<String> {
    if !value.contains('%') {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(value.len()));
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
    str::from_utf8(&bytes).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests;
