//! Holds what is hashed, taken apart, for mistakes to change; and makes the bytes of it.

use crate::digest::{Checksum, hmac};
use crate::mistake::{Charset, HmacKey, Json, Names, Reach, Twice};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hasher};
use std::ops::Deref;
use zeroize::Zeroizing;

/// A name or a value: as it came, or as a mistake changed it.
#[derive(Clone)]
pub(crate) enum Text<'a> {
    Came(&'a str),
    Made(Zeroizing<String>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Came(text) => text,
            Self::Made(text) => text,
        }
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::Made(Zeroizing::new(text))
    }
}

/// One of the texts that are joined.
#[derive(Clone)]
pub(crate) struct Part<'a> {
    /// The place in the body, counted from 0, of a field that came.
    pub(crate) at: Option<usize>,
    pub(crate) name: &'a str,
    pub(crate) value: Text<'a>,
}

/// Everything that goes into one digest.
#[derive(Clone)]
pub(crate) struct Draft<'a> {
    pub(crate) list: Vec<Part<'a>>,
    pub(crate) names: Option<Names>,
    pub(crate) separator: &'static str,
    pub(crate) reach: Reach,
    pub(crate) secret: Text<'a>,
    /// The secret where it is no text.
    pub(crate) secret_bytes: Option<Zeroizing<Vec<u8>>>,
    /// Says whether the secret stands before the values.
    pub(crate) first: bool,
    /// Counts how often the secret stands after the values.
    pub(crate) last: usize,
    /// The text between values and secret, whatever joins them.
    pub(crate) before_secret: &'static str,
    /// The text after everything.
    pub(crate) suffix: Text<'a>,
    pub(crate) charset: Option<Charset>,
    pub(crate) hash: Hash,
}

/// The hash that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Once,
    Twice(Twice),
    Hmac(HmacKey),
}

impl<'a> Draft<'a> {
    pub(crate) fn new(fields: &[(usize, &'a str, &'a str)], secret: &'a [u8]) -> Self {
        let parts = fields.iter().map(|(at, name, value)| Part {
            at: Some(*at),
            name,
            value: Text::Came(value),
        });
        let text = str::from_utf8(secret);
        Self {
            list: parts.collect(),
            names: None,
            separator: "",
            reach: Reach::Between,
            secret_bytes: text.is_err().then(|| Zeroizing::new(secret.to_vec())),
            secret: Text::Came(text.unwrap_or_default()),
            first: false,
            last: 1,
            before_secret: "",
            suffix: Text::Came(""),
            charset: None,
            hash: Hash::Once,
        }
    }

    /// A number that is the same for drafts of the same digest, and hardly ever for others.
    pub(crate) fn key(&self, size: &mut usize) -> u64 {
        let mut hasher = DefaultHasher::new();
        let mut put = |bytes: &[u8]| {
            *size += bytes.len();
            hasher.write(bytes);
        };
        self.feed_all(&mut put);
        let kind = match self.hash {
            Hash::Once => 0,
            Hash::Twice(twice) => 1 + twice as u8,
            Hash::Hmac(key) => 16 + key as u8,
        };
        hasher.write(&[kind]);
        hasher.finish()
    }

    pub(crate) fn digest(&self) -> Checksum {
        match self.hash {
            Hash::Hmac(key) => self.hmac(key),
            Hash::Twice(twice @ (Twice::InnerHex | Twice::InnerBytes)) => {
                let inner = digest_of(|put| self.feed_values(put));
                Checksum::from_bytes(digest_of(|put| {
                    put_digest(twice, inner, put);
                    self.feed_secret(put);
                }))
            }
            Hash::Twice(twice) => {
                let inner = digest_of(|put| self.feed_all(put));
                Checksum::from_bytes(digest_of(|put| put_digest(twice, inner, put)))
            }
            Hash::Once => Checksum::from_bytes(digest_of(|put| self.feed_all(put))),
        }
    }

    /// Feeds everything, in its order.
    pub(crate) fn feed_all(&self, put: &mut dyn FnMut(&[u8])) {
        if let Some(charset) = self.charset {
            put(charset.mark());
        }
        if self.first {
            self.feed_one_secret(put);
            if !matches!(self.reach, Reach::Between) {
                self.feed_text(self.separator, put);
            }
        }
        self.feed_values(put);
        if matches!(self.reach, Reach::Secret | Reach::SecretOnly | Reach::End)
            && (self.last > 0 || !self.first)
        {
            self.feed_text(self.separator, put);
        }
        self.feed_secret(put);
        self.feed_text(&self.suffix, put);
        if self.reach == Reach::End {
            self.feed_text(self.separator, put);
        }
    }

    fn feed_secret(&self, put: &mut dyn FnMut(&[u8])) {
        self.feed_text(self.before_secret, put);
        for _ in 0..self.last {
            self.feed_one_secret(put);
        }
    }

    fn feed_one_secret(&self, put: &mut dyn FnMut(&[u8])) {
        match &self.secret_bytes {
            Some(bytes) => put(bytes),
            None => self.feed_text(&self.secret, put),
        }
    }

    fn feed_text(&self, text: &str, put: &mut dyn FnMut(&[u8])) {
        match self.charset {
            Some(charset) => charset.feed(text, put),
            None => put(text.as_bytes()),
        }
    }

    fn feed_values(&self, put: &mut dyn FnMut(&[u8])) {
        let (open, equals, between, close) = match self.names {
            None | Some(Names::Only) => ("", "", self.separator, ""),
            Some(Names::Pairs | Names::Body(_)) => ("", "=", "&", ""),
            Some(Names::Joined) => ("", "", "", ""),
            Some(Names::With(equals, between)) => ("", equals, between, ""),
            Some(Names::Json(Json::Python)) => ("{", ": ", ", ", "}"),
            Some(Names::Json(_)) => ("{", ":", ",", "}"),
            Some(Names::JsonList(Json::Python)) => ("[", "", ", ", "]"),
            Some(Names::JsonList(_)) => ("[", "", ",", "]"),
        };
        self.feed_text(open, put);
        for (at, part) in self.list.iter().enumerate() {
            let only = self.reach == Reach::SecretOnly;
            if (at > 0 && !only) || (at == 0 && self.reach == Reach::Start) {
                self.feed_text(between, put);
            }
            match self.names {
                None => self.feed_text(&part.value, put),
                Some(Names::Only) => self.feed_text(part.name, put),
                Some(names @ Names::JsonList(_)) => self.feed_text(&names.write(&part.value), put),
                Some(names) => {
                    self.feed_text(&names.write(part.name), put);
                    self.feed_text(equals, put);
                    self.feed_text(&names.write(&part.value), put);
                }
            }
        }
        self.feed_text(close, put);
    }

    fn hmac(&self, by: HmacKey) -> Checksum {
        let mut key = Zeroizing::new(Vec::new());
        let mut put_key = |bytes: &[u8]| key.extend_from_slice(bytes);
        match by {
            HmacKey::Values => self.feed_values(&mut put_key),
            _ => self.feed_one_secret(&mut put_key),
        }
        hmac(&key, |put| match by {
            HmacKey::Secret => self.feed_values(put),
            HmacKey::SecretOverBoth => self.feed_all(put),
            HmacKey::Values => self.feed_one_secret(put),
        })
    }
}

fn digest_of(feed: impl FnOnce(&mut dyn FnMut(&[u8]))) -> [u8; 32] {
    let mut hasher = Sha256::new();
    feed(&mut |bytes| hasher.update(bytes));
    hasher.finalize().into()
}

fn put_digest(twice: Twice, digest: [u8; 32], put: &mut dyn FnMut(&[u8])) {
    let mut hex = Checksum::from_bytes(digest).to_hex().as_str().to_owned();
    match twice {
        Twice::Bytes | Twice::InnerBytes => put(&digest),
        Twice::UpperHex => {
            hex.make_ascii_uppercase();
            put(hex.as_bytes());
        }
        Twice::Hex | Twice::InnerHex => put(hex.as_bytes()),
    }
}

impl Names {
    fn write(self, text: &str) -> Text<'_> {
        match self {
            Self::Body(encoding) => encoding.encode(text).into(),
            Self::Json(json) | Self::JsonList(json) => json.quote(text).into(),
            _ => Text::Came(text),
        }
    }
}

impl Json {
    pub(crate) fn quote(self, text: &str) -> String {
        let mut quoted = String::with_capacity(2 * text.len() + 2);
        quoted.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => quoted.extend(['\\', character]),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                '\t' => quoted.push_str("\\t"),
                '/' if self == Self::Php => quoted.push_str("\\/"),
                plain if !plain.is_control() && (plain.is_ascii() || self == Self::Compact) => {
                    quoted.push(plain);
                }
                other => {
                    for unit in other.encode_utf16(&mut [0; 2]) {
                        // Writing into a text does not fail.
                        let _ = write!(quoted, "\\u{unit:04x}");
                    }
                }
            }
        }
        quoted.push('"');
        quoted
    }
}

impl Charset {
    const fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf16LeMarked => b"\xff\xfe",
            Self::Utf16BeMarked => b"\xfe\xff",
            Self::Utf8Marked => b"\xef\xbb\xbf",
            _ => b"",
        }
    }

    fn feed(self, text: &str, put: &mut dyn FnMut(&[u8])) {
        match self {
            // A question mark for what it lacks, as Java and others write it.
            Self::Latin1 => text
                .chars()
                .for_each(|c| put(&[u8::try_from(u32::from(c)).unwrap_or(b'?')])),
            Self::Ascii => text
                .chars()
                .for_each(|c| put(&[u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(b'?')])),
            Self::Utf16Le | Self::Utf16LeMarked => text
                .encode_utf16()
                .for_each(|unit| put(&unit.to_le_bytes())),
            Self::Utf16Be | Self::Utf16BeMarked => text
                .encode_utf16()
                .for_each(|unit| put(&unit.to_be_bytes())),
            Self::Utf8Marked => put(text.as_bytes()),
            Self::Utf8Twice => {
                for byte in text.bytes() {
                    put(char::from(byte).encode_utf8(&mut [0; 2]).as_bytes());
                }
            }
        }
    }
}
