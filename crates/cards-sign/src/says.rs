//! Says each mistake, and how to cure it.

use crate::mistake::{
    Charset, Cut, End, FieldRef, HmacKey, Json, Kept, LineBreak, Mistake, Names, Place, Reach,
    SecretForm, Twice,
};
use std::fmt;

impl Mistake {
    /// Advises in a sentence what to change.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::LeftOut(_) | Self::UnlistedOut => {
                "Hash each value that is sent, and send each value that is hashed."
            }
            Self::ListAs(_) => {
                "Hash the values themselves, one after the other: the variable that was hashed held none of them."
            }
            Self::Doubled(_) => "Hash each value once.",
            Self::OnceOfRepeated(_) => "Send each field once.",
            Self::EmptiesDropped
            | Self::AbsentKept
            | Self::AbsentAs(_)
            | Self::AbsentFieldAs(..) => {
                "Hash the fields that are sent, an empty value as nothing."
            }
            Self::Extra(..) | Self::Extras(_) => "Hash the values of the body alone.",
            Self::Date { .. } => {
                "Leave the day out: other interfaces of the provider append it, this one does not."
            }
            Self::Rewritten(rewrite) | Self::RewrittenField(_, rewrite) => rewrite.advice(),
            Self::Separator { .. } => "Join the values, and the secret, with nothing between.",
            Self::Names(_) => "Hash the values alone.",
            Self::Charset(_) => "Hash the bytes of UTF-8, which the body is sent in.",
            Self::Hmac(_) => "Take plain SHA-256 over the values and then the secret.",
            Self::Twice(_) => "Take the digest once.",
            _ => self.advice_on_secret(),
        }
    }

    fn advice_on_secret(&self) -> &'static str {
        match self {
            Self::SecretMissing => "Append the secret after the last value.",
            Self::SecretFirst => "Put the secret after the last value.",
            Self::SecretTwice | Self::SecretBothEnds => {
                "Append the secret once, after the last value."
            }
            Self::SecretTrimmed => "Take the white space off the secret configured here.",
            Self::SecretSpaced { .. } => {
                "Take the white space off the secret that the sender reads."
            }
            Self::SecretQuoted(_) => {
                "Take the quotation marks off the secret that the sender reads."
            }
            Self::SecretCut(Cut::Before('#')) => {
                "Put the secret into quotation marks where the sender reads it: `#` begins a comment there."
            }
            Self::SecretCut(Cut::Expanded | Cut::Unescaped | Cut::Before('$')) => {
                "Put the secret into single quotation marks where the sender reads it, \
                 so that no shell puts something else in place of a part."
            }
            Self::SecretCut(_) => "Let the sender read the whole secret.",
            Self::SecretAs(SecretForm::Word(_)) => {
                "Give the sender its secret: where it is read there is none."
            }
            Self::SecretAs(SecretForm::Marked) => {
                "Take the byte order mark off the file that the sender reads the secret from."
            }
            Self::SecretAs(_) => "Hash the secret's own text.",
            Self::SecretLabelled(_) => "Append the secret alone.",
            Self::SecretIs(_) => "Append the secret key, and not another credential.",
            _ => "Strip the line break, which text files and `echo` add at their end.",
        }
    }
}

/// Says what was done to the values, to follow "hashed the values in the order received, ".
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeftOut(field) => {
                write!(
                    f,
                    "without {field} (or with it empty, which hashes the same)"
                )
            }
            Self::UnlistedOut => f.write_str("without those that the document does not list"),
            Self::ListAs("") => f.write_str("but not one of them was there"),
            Self::ListAs(text) => write!(f, "but `{text}` stood in place of them"),
            Self::Doubled(field) => write!(f, "with {field} twice"),
            Self::OnceOfRepeated(Kept::First) => {
                f.write_str("with the first alone of a field that came more than once")
            }
            Self::OnceOfRepeated(Kept::Last) => {
                f.write_str("with the last alone of a field that came more than once")
            }
            Self::EmptiesDropped => f.write_str("without the empty ones"),
            Self::AbsentKept => f.write_str("with an empty one for each field that was not sent"),
            Self::AbsentAs(word) => {
                write!(
                    f,
                    "with the word `{}` for each field that was not sent",
                    word.as_str()
                )
            }
            Self::AbsentFieldAs(name, word) => {
                write!(
                    f,
                    "with `{name}`, which was not sent, as the word `{}`",
                    word.as_str()
                )
            }
            Self::Extra(name, end) => {
                write!(f, "with `{name}`, which is not of the body, {end}")
            }
            Self::Extras(end) => write!(f, "with all the values of the headers {end}"),
            Self::Date { format, zone, end } => {
                write!(f, "with the day in {zone} (`{}`) {end}", format)
            }
            Self::Rewritten(rewrite) => write!(f, "each value {rewrite}"),
            Self::RewrittenField(field, rewrite) => write!(f, "{field} {rewrite}"),
            Self::Separator { separator, reach } => reach.say(separator, f),
            Self::Names(names) => write!(f, "{names}"),
            Self::Charset(charset) => write!(f, "as {charset}"),
            Self::Hmac(HmacKey::Secret) => f.write_str("as an HMAC with the secret as its key"),
            Self::Hmac(HmacKey::SecretOverBoth) => {
                f.write_str("as an HMAC with the secret as its key and once more after the values")
            }
            Self::Hmac(HmacKey::Values) => {
                f.write_str("as an HMAC of the secret with the values as its key")
            }
            Self::Twice(twice) => write!(f, "{twice}"),
            _ => self.say_secret(f),
        }
    }
}

impl Mistake {
    fn say_secret(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecretMissing => f.write_str("without the secret"),
            Self::SecretFirst => f.write_str("with the secret before them instead of after them"),
            Self::SecretBothEnds => f.write_str("with the secret both before and after them"),
            Self::SecretTwice => f.write_str("with the secret twice"),
            Self::SecretTrimmed => f.write_str(
                "with a secret that has no white space around it, while the one configured here has",
            ),
            Self::SecretSpaced { before, after } => {
                let place = match (before, after) {
                    (true, true) => "around",
                    (true, false) => "before",
                    _ => "after",
                };
                write!(f, "with a space {place} the secret")
            }
            Self::SecretQuoted(mark) => write!(f, "with the secret in quotation marks (`{mark}`)"),
            Self::SecretCut(cut) => write!(f, "{cut}"),
            Self::SecretAs(form) => write!(f, "with the secret {form}"),
            Self::SecretLabelled(label) => write!(f, "with `{label}` before the secret"),
            Self::SecretIs(name) => write!(f, "with `{name}` in place of the secret"),
            Self::LineBreak(line_break, place) => {
                let line_break = match line_break {
                    LineBreak::Lf => r"\n",
                    LineBreak::CrLf => r"\r\n",
                };
                let place = match place {
                    Place::AfterValues => "the last value",
                    Place::AfterSecret => "the secret",
                };
                write!(f, "with a line break (`{line_break}`) after {place}")
            }
            _ => Ok(()),
        }
    }
}

impl Reach {
    fn say(self, separator: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = separator.escape_default();
        match self {
            Self::Between => write!(f, "with `{separator}` between them"),
            Self::Secret => write!(f, "with `{separator}` between them and before the secret"),
            Self::SecretOnly => write!(f, "with `{separator}` before the secret"),
            Self::End => write!(
                f,
                "with `{separator}` after each of them and after the secret"
            ),
            Self::Start => write!(f, "with `{separator}` before each of them"),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Front => "before them",
            Self::Back => "after them",
            Self::Sorted => "among them by name",
            Self::AfterSecret => "after the secret",
        })
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pairs => f.write_str("with their names, as `name=value&name=value`"),
            Self::Body(encoding) => {
                write!(f, "with their names, as the encoded body ({encoding})")
            }
            Self::Joined => f.write_str("with each name joined before its value"),
            Self::With(equals, between) => write!(
                f,
                "with their names, as `name{0}value{1}name{0}value`",
                equals.escape_default(),
                between.escape_default()
            ),
            Self::Only => f.write_str("but their names in place of them"),
            Self::Json(json) => write!(f, "with their names, as a JSON text ({json})"),
            Self::JsonList(json) => write!(f, "as a JSON list ({json})"),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compact => "without white space",
            Self::CompactAscii => r"without white space, with `\u` for letters beyond ASCII",
            Self::Sent => "as it was sent",
            Self::Php => r"as PHP writes it, with `\/` for `/`",
            Self::Python => "as Python writes it, with a space after `,` and `:`",
        })
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First(1) => f.write_str("with the first character of the secret alone"),
            Self::First(count) => {
                write!(f, "with the first {count} characters of the secret alone")
            }
            Self::Last(count) => write!(f, "with the last {count} characters of the secret alone"),
            Self::WithoutFirst(1) => f.write_str("with the secret without its first character"),
            Self::WithoutFirst(count) => {
                write!(f, "with the secret without its first {count} characters")
            }
            Self::WithoutLast(1) => f.write_str("with the secret without its last character"),
            Self::WithoutLast(count) => {
                write!(f, "with the secret without its last {count} characters")
            }
            Self::Before(at) => write!(f, "with the secret only up to its first `{at}`"),
            Self::After(at) => write!(f, "with the secret only after its first `{at}`"),
            Self::Expanded => f.write_str("with the secret without a `$` and the word after it"),
            Self::Unescaped => f.write_str("with the secret without its backslashes"),
        }
    }
}

impl fmt::Display for SecretForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Word(word) => return write!(f, "as the word `{}`", word.as_str()),
            Self::Marked => "after a byte order mark",
            Self::Uppercase => "in capitals",
            Self::Lowercase => "in small letters",
            Self::Percent => "percent-encoded",
            Self::Decoded => "form-decoded",
            Self::Hex => "as the hex digits of its bytes",
            Self::FromHex => "as the bytes that its hex digits stand for",
            Self::Base64 => "in base64",
            Self::FromBase64 => "as the bytes that its base64 stands for",
            Self::Hashed => "as its own SHA-256, in hex digits",
        })
    }
}

impl fmt::Display for Twice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hex => "and hashed the hex digits of the digest once more",
            Self::UpperHex => "and hashed the hex digits of the digest, in capitals, once more",
            Self::Bytes => "and hashed the bytes of the digest once more",
            Self::InnerHex => "and then the hex digits of that digest with the secret",
            Self::InnerBytes => "and then the bytes of that digest with the secret",
        })
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Latin1 => "ISO-8859-1",
            Self::Utf16Le => "UTF-16 with the lower byte first",
            Self::Utf16Be => "UTF-16 with the higher byte first",
            Self::Utf16LeMarked => "UTF-16 with a byte order mark, the lower byte first",
            Self::Utf16BeMarked => "UTF-16 with a byte order mark, the higher byte first",
            Self::Utf8Marked => "UTF-8 with a byte order mark before it",
            Self::Utf8Twice => "UTF-8 that was taken for ISO-8859-1 and encoded once more",
            Self::Ascii => "ASCII with `?` for each other character",
        })
    }
}

impl fmt::Display for FieldRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "`{name}`"),
            Self::Numbered(place) => write!(f, "field {place} of the body"),
        }
    }
}
