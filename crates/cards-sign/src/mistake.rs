//! The common mistakes, and what to say about each. What each puts into the hash is in `pre_image.rs`.

use std::fmt;

use crate::rewrite::Rewrite;

/// The mistake of a sender besides joining the values and appending the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// The secret was left out.
    SecretMissing,
    /// The secret stood before the values.
    SecretFirst,
    /// The secret was appended twice.
    SecretTwice,
    /// The sender's secret has no white space around it, and the one given to explain with has.
    SecretTrimmed,
    /// The sender's secret has a space around it.
    SecretSpaced {
        /// A space came before the secret.
        before: bool,
        /// A space came after the secret.
        after: bool,
    },
    /// A line break slipped in.
    LineBreak(LineBreak, Place),
    /// The values were joined with something between them.
    Separator {
        /// The character between the values.
        separator: char,
        /// It stood between the last value and the secret too.
        before_secret: bool,
    },
    /// The values were hashed as they are encoded in the body.
    Encoded(Encoding),
    /// The names were hashed along with the values.
    Names(Names),
    /// HMAC with the secret as its key, instead of a digest over values and secret.
    Hmac,
    /// The secret stood in these quotation marks.
    SecretQuoted(char),
    /// The digest was hashed once more.
    Twice(Twice),
    /// The values and the secret were hashed in another encoding of characters than UTF-8.
    Charset(Charset),
    /// Every value that this changes was hashed so.
    Rewritten(Rewrite),
    /// This field's value was hashed so.
    RewrittenField(FieldRef, Rewrite),
    /// This field's value was not hashed, or was empty when it was, which comes to the same.
    LeftOut(FieldRef),
}

/// The line break in [`Mistake::LineBreak`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineBreak {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
}

/// The place where the line break in [`Mistake::LineBreak`] stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Between the last value and the secret.
    AfterValues,
    /// At the very end.
    AfterSecret,
}

/// The ways in which values were encoded before they were hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 3986: a space is `%20`. What `curl --data-urlencode` sends.
    Percent,
    /// `application/x-www-form-urlencoded`: a space is `+`.
    Form,
}

/// The form in which a digest was hashed once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twice {
    /// As 64 lowercase hex digits.
    Hex,
    /// As 32 bytes.
    Bytes,
}

/// The encodings of characters that are hashed in place of UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// ISO-8859-1, a byte for each character up to U+00FF.
    Latin1,
    /// UTF-16, the lower byte first.
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
}

/// The ways in which names were hashed along with the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// `name=value`, joined with `&`, not encoded.
    Pairs,
    /// `name=value`, joined with `&`, encoded: the body as it is sent.
    Body(Encoding),
    /// Each name followed by its value, nothing between.
    Joined,
}

/// A field as an explanation speaks of it.
///
/// A body that was taken apart wrongly can have a value, or even the secret, where a name belongs. So a name is
/// shown only if the caller listed it as one of the table's or the example's; other fields go by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldRef {
    /// By its name.
    Named(String),
    /// By its place in the body, counted from 1.
    Numbered(usize),
}

impl Mistake {
    /// Every mistake but those that depend on the fields. Likely ones come first.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let plain = [
            Self::SecretMissing,
            Self::LineBreak(LineBreak::Lf, Place::AfterSecret),
            Self::LineBreak(LineBreak::CrLf, Place::AfterSecret),
            Self::LineBreak(LineBreak::Lf, Place::AfterValues),
            Self::LineBreak(LineBreak::CrLf, Place::AfterValues),
            Self::SecretFirst,
            Self::SecretTwice,
            Self::SecretTrimmed,
            Self::Hmac,
            Self::Encoded(Encoding::Percent),
            Self::Encoded(Encoding::Form),
            Self::Names(Names::Pairs),
            Self::Names(Names::Body(Encoding::Percent)),
            Self::Names(Names::Body(Encoding::Form)),
            Self::Names(Names::Joined),
        ];
        let others = [
            Self::SecretQuoted('"'),
            Self::SecretQuoted('\''),
            Self::Twice(Twice::Hex),
            Self::Twice(Twice::Bytes),
            Self::Charset(Charset::Latin1),
            Self::Charset(Charset::Utf16Le),
            Self::Charset(Charset::Utf16Be),
        ];
        let spaced = [(false, true), (true, false), (true, true)]
            .map(|(before, after)| Self::SecretSpaced { before, after });
        let separated = [
            ',', '|', '&', ' ', '\n', ';', ':', '~', '#', '-', '_', '.', '/', '\t', '^', '+', '*',
        ]
        .into_iter()
        .flat_map(|separator| {
            [false, true].map(|before_secret| Self::Separator {
                separator,
                before_secret,
            })
        });
        plain
            .into_iter()
            .chain(spaced)
            .chain(others)
            .chain(separated)
    }

    /// Advises in a sentence what to change.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::SecretMissing => "Append the secret after the last value.",
            Self::SecretFirst => "Put the secret after the last value.",
            Self::SecretTwice => "Append the secret once.",
            Self::SecretTrimmed => "Take the white space off the secret configured here.",
            Self::SecretSpaced {
                before: true,
                after: false,
            } => {
                "Take the white space off the secret that the sender reads, or off the end of the last value, \
                 which hashes the same."
            }
            Self::SecretSpaced { .. } => {
                "Take the white space off the secret that the sender reads."
            }
            Self::LineBreak(..) => {
                "Strip the line break, which text files and `echo` add at their end."
            }
            Self::Separator { .. } => "Join the values, and the secret, with nothing between.",
            Self::Encoded(_) => "Hash the values as they are before the body is encoded.",
            Self::Names(_) => "Hash the values alone.",
            Self::Hmac => "Take plain SHA-256 over the values and then the secret.",
            Self::SecretQuoted(_) => {
                "Take the quotation marks off the secret that the sender reads."
            }
            Self::Twice(_) => "Take the digest once.",
            Self::Charset(_) => "Hash the bytes of UTF-8, which the body is sent in.",
            Self::Rewritten(rewrite) | Self::RewrittenField(_, rewrite) => rewrite.advice(),
            Self::LeftOut(_) => "Hash each value that is sent, and send each value that is hashed.",
        }
    }
}

/// Says what was done to the values, to follow "hashed the values in the order received, ".
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecretMissing => f.write_str("without the secret"),
            Self::SecretFirst => f.write_str("with the secret before them instead of after them"),
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
            Self::Separator {
                separator,
                before_secret,
            } => {
                let too = if *before_secret { " and before the secret" } else { "" };
                write!(f, "with `{}` between them{too}", separator.escape_default())
            }
            Self::Encoded(encoding) => write!(f, "after encoding them ({encoding})"),
            Self::Names(Names::Pairs) => f.write_str("with their names, as `name=value&name=value`"),
            Self::Names(Names::Body(encoding)) => {
                write!(f, "with their names, as the encoded body ({encoding})")
            }
            Self::Names(Names::Joined) => f.write_str("with each name joined before its value"),
            Self::Hmac => f.write_str("as an HMAC with the secret as its key"),
            Self::SecretQuoted(mark) => write!(f, "with the secret in quotation marks (`{mark}`)"),
            Self::Twice(Twice::Hex) => f.write_str("and hashed the hex digits of the digest once more"),
            Self::Twice(Twice::Bytes) => f.write_str("and hashed the bytes of the digest once more"),
            Self::Charset(charset) => write!(f, "as {charset}"),
            Self::Rewritten(rewrite) => write!(f, "each value {rewrite}"),
            Self::RewrittenField(field, rewrite) => write!(f, "{field} {rewrite}"),
            Self::LeftOut(field) => {
                write!(f, "without {field} (or with it empty, which hashes the same)")
            }
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Percent => "percent-encoding, a space as `%20`",
            Self::Form => "form encoding, a space as `+`",
        })
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Latin1 => "ISO-8859-1",
            Self::Utf16Le => "UTF-16 with the lower byte first",
            Self::Utf16Be => "UTF-16 with the higher byte first",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_says_what_was_hashed() {
        let said: Vec<String> = Mistake::all().map(|mistake| mistake.to_string()).collect();
        insta::assert_snapshot!(said.join("\n"), @r#"
        without the secret
        with a line break (`\n`) after the secret
        with a line break (`\r\n`) after the secret
        with a line break (`\n`) after the last value
        with a line break (`\r\n`) after the last value
        with the secret before them instead of after them
        with the secret twice
        with a secret that has no white space around it, while the one configured here has
        as an HMAC with the secret as its key
        after encoding them (percent-encoding, a space as `%20`)
        after encoding them (form encoding, a space as `+`)
        with their names, as `name=value&name=value`
        with their names, as the encoded body (percent-encoding, a space as `%20`)
        with their names, as the encoded body (form encoding, a space as `+`)
        with each name joined before its value
        with a space after the secret
        with a space before the secret
        with a space around the secret
        with the secret in quotation marks (`"`)
        with the secret in quotation marks (`'`)
        and hashed the hex digits of the digest once more
        and hashed the bytes of the digest once more
        as ISO-8859-1
        as UTF-16 with the lower byte first
        as UTF-16 with the higher byte first
        with `,` between them
        with `,` between them and before the secret
        with `|` between them
        with `|` between them and before the secret
        with `&` between them
        with `&` between them and before the secret
        with ` ` between them
        with ` ` between them and before the secret
        with `\n` between them
        with `\n` between them and before the secret
        with `;` between them
        with `;` between them and before the secret
        with `:` between them
        with `:` between them and before the secret
        with `~` between them
        with `~` between them and before the secret
        with `#` between them
        with `#` between them and before the secret
        with `-` between them
        with `-` between them and before the secret
        with `_` between them
        with `_` between them and before the secret
        with `.` between them
        with `.` between them and before the secret
        with `/` between them
        with `/` between them and before the secret
        with `\t` between them
        with `\t` between them and before the secret
        with `^` between them
        with `^` between them and before the secret
        with `+` between them
        with `+` between them and before the secret
        with `*` between them
        with `*` between them and before the secret
        "#);
    }

    #[test]
    fn no_mistake_is_tried_twice() {
        let all: Vec<Mistake> = Mistake::all().collect();
        for (at, mistake) in all.iter().enumerate() {
            assert!(!all[..at].contains(mistake), "{mistake:?}");
        }
    }

    #[test]
    fn a_field_goes_by_name_or_by_number() {
        insta::assert_snapshot!(Mistake::LeftOut(FieldRef::Named("otp".into())), @"without `otp` (or with it empty, which hashes the same)");
        insta::assert_snapshot!(Mistake::LeftOut(FieldRef::Numbered(3)), @"without field 3 of the body (or with it empty, which hashes the same)");
    }
}
