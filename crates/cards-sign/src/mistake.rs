//! The ways in which senders go wrong. Each belongs to one stage of making a checksum.

use crate::day::DateFormat;
use crate::encoding::Encoding;
use crate::rewrite::{Rewrite, Word};

/// The mistake of a sender besides joining the values in another order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// This field's value was not hashed, or was empty when it was, which comes to the same.
    LeftOut(FieldRef),
    /// The fields that neither table nor example lists were not hashed.
    UnlistedOut,
    /// This text was hashed in place of all the values: nothing, or what a language writes for a list that it is asked
    /// to make a text of.
    ListAs(&'static str),
    /// This field's value was hashed twice.
    Doubled(FieldRef),
    /// Of a name that came more than once, one value alone was hashed.
    OnceOfRepeated(Kept),
    /// Empty values were left out together with their separators or names.
    EmptiesDropped,
    /// Fields that did not come were hashed as empty ones, with separators or names.
    AbsentKept,
    /// Each field of the table that did not come was hashed as this word.
    AbsentAs(Word),
    /// This field of the table did not come, and was hashed as this word.
    AbsentFieldAs(String, Word),
    /// A value that is not of the body was hashed too: a header's, or another that the caller passed by this name.
    Extra(String, End),
    /// All the values that the caller passed besides the body's were hashed too.
    Extras(End),
    /// A day was hashed too.
    Date {
        /// The form in which the day was written.
        format: DateFormat,
        /// The zone whose day it was, in the caller's word: `IST`.
        zone: String,
        /// The end of the text at which it stood.
        end: End,
    },
    /// Every value that this changes was hashed so.
    Rewritten(Rewrite),
    /// This field's value was hashed so.
    RewrittenField(FieldRef, Rewrite),
    /// The values were joined with something between them.
    Separator {
        /// The text between the values.
        separator: &'static str,
        /// The other places where it stood.
        reach: Reach,
    },
    /// The names were hashed along with the values.
    Names(Names),
    /// The secret was left out.
    SecretMissing,
    /// The secret stood before the values.
    SecretFirst,
    /// The secret stood before the values and after them.
    SecretBothEnds,
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
    /// The secret stood in these quotation marks.
    SecretQuoted(char),
    /// A part of the secret got lost.
    SecretCut(Cut),
    /// The secret was hashed in another form than it has.
    SecretAs(SecretForm),
    /// The secret stood after this text: `&key=`.
    SecretLabelled(&'static str),
    /// The value of this name, which the caller passed, stood in the secret's place.
    SecretIs(String),
    /// A line break slipped in.
    LineBreak(LineBreak, Place),
    /// The values and the secret were hashed in another encoding of characters than UTF-8.
    Charset(Charset),
    /// HMAC, instead of a digest over values and secret.
    Hmac(HmacKey),
    /// The digest was hashed once more.
    Twice(Twice),
}

/// The one value that was hashed of a name that came more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The first.
    First,
    /// The last.
    Last,
}

/// The place of a value that is not of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Before the values.
    Front,
    /// After the values, before the secret.
    Back,
    /// Among them by its name.
    Sorted,
    /// After the secret.
    AfterSecret,
}

/// The places of a separator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Between the values only.
    Between,
    /// Between the values, and between them and the secret.
    Secret,
    /// Between the values and the secret only.
    SecretOnly,
    /// Between the values, around the secret, and at the very end.
    End,
    /// Between the values, and before the first.
    Start,
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

/// The part of a secret that was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// This many characters, its first.
    First(usize),
    /// This many characters, its last.
    Last(usize),
    /// All but so many characters, its first.
    WithoutFirst(usize),
    /// All but so many characters, its last.
    WithoutLast(usize),
    /// The text before the first of this character.
    Before(char),
    /// The text after the first of this character.
    After(char),
    /// The secret without `$` and the word after it, as a shell leaves it.
    Expanded,
    /// The secret without its backslashes.
    Unescaped,
}

/// The forms of a secret that was hashed in place of the secret itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretForm {
    /// In capitals.
    Uppercase,
    /// In small letters.
    Lowercase,
    /// Percent-encoded.
    Percent,
    /// With its percent-encoding taken off, and a space for each `+`.
    Decoded,
    /// Its bytes as lowercase hex digits.
    Hex,
    /// The bytes that its hex digits stand for.
    FromHex,
    /// In base64.
    Base64,
    /// The bytes that its base64 stands for.
    FromBase64,
    /// Its own SHA-256, in lowercase hex digits.
    Hashed,
    /// After a byte order mark, as some editors begin a file.
    Marked,
    /// This word, which a program writes for a setting that is not there.
    Word(Word),
}

/// The form in which a digest was hashed once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twice {
    /// As 64 lowercase hex digits.
    Hex,
    /// As 64 uppercase hex digits.
    UpperHex,
    /// As 32 bytes.
    Bytes,
    /// The values were hashed first, and then the digest's hex digits and the secret.
    InnerHex,
    /// The values were hashed first, and then the digest's bytes and the secret.
    InnerBytes,
}

/// The key of an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HmacKey {
    /// The secret, over the values.
    Secret,
    /// The secret, over the values and the secret.
    SecretOverBoth,
    /// The values, over the secret.
    Values,
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
    /// UTF-16, the lower byte first, after a byte order mark.
    Utf16LeMarked,
    /// UTF-16, the higher byte first, after a byte order mark.
    Utf16BeMarked,
    /// UTF-8 after a byte order mark.
    Utf8Marked,
    /// UTF-8, its bytes taken for ISO-8859-1 and encoded once more.
    Utf8Twice,
    /// ASCII, a question mark for each other character.
    Ascii,
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
    /// Each name and its value with these texts between name and value, and between pairs.
    With(&'static str, &'static str),
    /// The names in place of the values.
    Only,
    /// A JSON object of texts.
    Json(Json),
    /// A JSON list of the values, without names.
    JsonList(Json),
}

/// The ways in which a JSON object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Json {
    /// Without white space, as `JSON.stringify` writes it.
    Compact,
    /// With `\/` for `/` and `\u00e9` for `é`, as PHP's `json_encode` writes it.
    Php,
    /// Without white space, with `\u00e9` for `é`, as Python's `json.dumps` writes it with those separators.
    CompactAscii,
    /// As it was sent.
    Sent,
    /// With a space after `,` and `:`, and `\u00e9` for `é`, as Python's `json.dumps` writes it.
    Python,
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

/// The stages of making a checksum, in the order in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// The fields are chosen.
    List,
    /// The text of each is chosen.
    Text,
    /// The texts are joined.
    Join,
    /// The secret is put in its place, and spoiled.
    Secret,
    /// The whole is written as bytes.
    Bytes,
    /// The bytes are hashed.
    Hash,
}

impl Mistake {
    pub(crate) const fn stage(&self) -> Stage {
        match self {
            Self::LeftOut(_)
            | Self::UnlistedOut
            | Self::ListAs(_)
            | Self::Doubled(_)
            | Self::OnceOfRepeated(_)
            | Self::EmptiesDropped
            | Self::AbsentKept
            | Self::AbsentAs(_)
            | Self::AbsentFieldAs(..)
            | Self::Extra(..)
            | Self::Extras(_)
            | Self::Date { .. } => Stage::List,
            Self::Rewritten(_) | Self::RewrittenField(..) => Stage::Text,
            Self::Separator { .. } | Self::Names(_) => Stage::Join,
            Self::Charset(_) => Stage::Bytes,
            Self::Hmac(_) | Self::Twice(_) => Stage::Hash,
            _ => Stage::Secret,
        }
    }

    /// Tells whether the other one is of another stage or field, and so worth telling beside this
    /// one.
    pub(crate) fn is_apart_from(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::RewrittenField(this, _), Self::RewrittenField(that, _)) => this != that,
            _ => self.stage() != other.stage(),
        }
    }

    /// The field that it is about.
    pub(crate) const fn field(&mut self) -> Option<&mut FieldRef> {
        match self {
            Self::LeftOut(field) | Self::Doubled(field) | Self::RewrittenField(field, _) => {
                Some(field)
            }
            _ => None,
        }
    }
}
