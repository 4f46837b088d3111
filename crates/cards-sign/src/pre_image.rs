//! Makes the bytes that each mistake puts into the hash.

use crate::digest::Checksum;
use crate::mistake::{Charset, Encoding, LineBreak, Mistake, Names, Place, Twice};
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

impl Mistake {
    /// The checksum that this mistake makes of `fields`, in their order.
    ///
    /// For [`Mistake::LeftOut`] the caller takes the field out before, and for [`Mistake::Rewritten`] it changes the
    /// values.
    pub(crate) fn checksum(&self, fields: &[(&str, &str)], secret: &[u8]) -> Checksum {
        if matches!(self, Self::Hmac) {
            return hmac(fields, secret);
        }
        let mut hasher = Sha256::new();
        self.feed(fields, secret, &mut |bytes| hasher.update(bytes));
        let digest: [u8; 32] = hasher.finalize().into();
        match self {
            Self::Twice(twice) => twice.digest(digest),
            _ => Checksum::from_bytes(digest),
        }
    }

    fn feed(&self, fields: &[(&str, &str)], secret: &[u8], put: &mut dyn FnMut(&[u8])) {
        if matches!(self, Self::SecretFirst) {
            put(secret);
        }
        self.feed_values(fields, put);
        self.feed_secret(secret, put);
    }

    fn feed_values(&self, fields: &[(&str, &str)], put: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Separator { separator, .. } => {
                let mut buffer = [0; 4];
                let separator = separator.encode_utf8(&mut buffer).as_bytes();
                joined(fields, separator, put, |(_, value), put| {
                    put(value.as_bytes());
                });
            }
            Self::Encoded(encoding) => joined(fields, b"", put, |(_, value), put| {
                encoding.feed(value, put);
            }),
            Self::Names(names) => {
                let between: &[u8] = if *names == Names::Joined { b"" } else { b"&" };
                joined(fields, between, put, |field, put| names.feed(field, put));
            }
            Self::Charset(charset) => joined(fields, b"", put, |(_, value), put| {
                charset.feed(value, put);
            }),
            _ => joined(fields, b"", put, |(_, value), put| put(value.as_bytes())),
        }
    }

    /// Feeds the secret, and the bytes around it, that follow the values.
    fn feed_secret(&self, secret: &[u8], put: &mut dyn FnMut(&[u8])) {
        match self {
            // An HMAC is no pre-image with a secret at its end, and is made elsewhere.
            Self::SecretMissing | Self::SecretFirst | Self::Hmac => {}
            Self::SecretTwice => {
                put(secret);
                put(secret);
            }
            Self::SecretTrimmed => put(secret.trim_ascii()),
            Self::SecretSpaced { before, after } => {
                put(if *before { b" " } else { b"" });
                put(secret);
                put(if *after { b" " } else { b"" });
            }
            Self::LineBreak(line_break, Place::AfterValues) => {
                put(line_break.as_bytes());
                put(secret);
            }
            Self::LineBreak(line_break, Place::AfterSecret) => {
                put(secret);
                put(line_break.as_bytes());
            }
            Self::Separator {
                separator,
                before_secret: true,
            } => {
                put(separator.encode_utf8(&mut [0; 4]).as_bytes());
                put(secret);
            }
            Self::SecretQuoted(mark) => {
                let mut buffer = [0; 4];
                let mark = mark.encode_utf8(&mut buffer).as_bytes();
                put(mark);
                put(secret);
                put(mark);
            }
            // A secret that is no text has no other encoding.
            Self::Charset(charset) => match std::str::from_utf8(secret) {
                Ok(secret) => charset.feed(secret, put),
                Err(_) => put(secret),
            },
            Self::Twice(_) | Self::Rewritten(_) | Self::RewrittenField(..) => put(secret),
            Self::LeftOut(_) | Self::Separator { .. } | Self::Encoded(_) | Self::Names(_) => {
                put(secret);
            }
        }
    }
}

fn joined(
    fields: &[(&str, &str)],
    between: &[u8],
    put: &mut dyn FnMut(&[u8]),
    one: impl Fn((&str, &str), &mut dyn FnMut(&[u8])),
) {
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            put(between);
        }
        one(*field, put);
    }
}

impl Twice {
    fn digest(self, digest: [u8; 32]) -> Checksum {
        let made = match self {
            Self::Hex => Sha256::digest(Checksum::from_bytes(digest).to_hex().as_bytes()),
            Self::Bytes => Sha256::digest(digest),
        };
        Checksum::from_bytes(made.into())
    }
}

impl Charset {
    fn feed(self, text: &str, put: &mut dyn FnMut(&[u8])) {
        match self {
            // A question mark for what it lacks, as Java and others write it.
            Self::Latin1 => text
                .chars()
                .for_each(|c| put(&[u8::try_from(u32::from(c)).unwrap_or(b'?')])),
            Self::Utf16Le => text
                .encode_utf16()
                .for_each(|unit| put(&unit.to_le_bytes())),
            Self::Utf16Be => text
                .encode_utf16()
                .for_each(|unit| put(&unit.to_be_bytes())),
        }
    }
}

impl LineBreak {
    const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
        }
    }
}

impl Names {
    fn feed(self, (name, value): (&str, &str), put: &mut dyn FnMut(&[u8])) {
        match self {
            Self::Pairs => {
                put(name.as_bytes());
                put(b"=");
                put(value.as_bytes());
            }
            Self::Body(encoding) => {
                encoding.feed(name, put);
                put(b"=");
                encoding.feed(value, put);
            }
            Self::Joined => {
                put(name.as_bytes());
                put(value.as_bytes());
            }
        }
    }
}

impl Encoding {
    fn feed(self, text: &str, put: &mut dyn FnMut(&[u8])) {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        for byte in text.bytes() {
            match (self, byte) {
                (_, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_')
                | (Self::Percent, b'~')
                | (Self::Form, b'*') => put(&[byte]),
                (Self::Form, b' ') => put(b"+"),
                _ => put(&[
                    b'%',
                    DIGITS[usize::from(byte >> 4)],
                    DIGITS[usize::from(byte & 15)],
                ]),
            }
        }
    }
}

/// HMAC-SHA-256 (RFC 2104) of the joined values.
fn hmac(fields: &[(&str, &str)], secret: &[u8]) -> Checksum {
    let mut key = [0; 64];
    match key.get_mut(..secret.len()) {
        Some(start) => start.copy_from_slice(secret),
        None => key[..32].copy_from_slice(&Sha256::digest(secret)),
    }
    let mut pad = key.map(|byte| byte ^ 0x36);
    let mut inner = Sha256::new_with_prefix(pad);
    Mistake::Hmac.feed_values(fields, &mut |bytes| inner.update(bytes));
    pad = key.map(|byte| byte ^ 0x5c);
    let mut outer = Sha256::new_with_prefix(pad);
    outer.update(inner.finalize());
    key.zeroize();
    pad.zeroize();
    Checksum::from_bytes(outer.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mistake::FieldRef;

    const SECRET: &[u8] = b" <secret>\n";

    fn pre_image(mistake: &Mistake) -> String {
        let mut bytes = Vec::new();
        let fields = [("a b", "1 2~*"), ("c", "é/+")];
        mistake.feed(&fields, SECRET, &mut |part| bytes.extend_from_slice(part));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn every_pre_image() {
        let lines: Vec<String> = Mistake::all()
            .filter(|mistake| *mistake != Mistake::Hmac)
            .chain([Mistake::LeftOut(FieldRef::Numbered(1))])
            .map(|mistake| format!("{:?} {mistake:?}", pre_image(&mistake)))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        "1 2~*é/+" SecretMissing
        "1 2~*é/+ <secret>\n\n" LineBreak(Lf, AfterSecret)
        "1 2~*é/+ <secret>\n\r\n" LineBreak(CrLf, AfterSecret)
        "1 2~*é/+\n <secret>\n" LineBreak(Lf, AfterValues)
        "1 2~*é/+\r\n <secret>\n" LineBreak(CrLf, AfterValues)
        " <secret>\n1 2~*é/+" SecretFirst
        "1 2~*é/+ <secret>\n <secret>\n" SecretTwice
        "1 2~*é/+<secret>" SecretTrimmed
        "1%202~%2A%C3%A9%2F%2B <secret>\n" Encoded(Percent)
        "1+2%7E*%C3%A9%2F%2B <secret>\n" Encoded(Form)
        "a b=1 2~*&c=é/+ <secret>\n" Names(Pairs)
        "a%20b=1%202~%2A&c=%C3%A9%2F%2B <secret>\n" Names(Body(Percent))
        "a+b=1+2%7E*&c=%C3%A9%2F%2B <secret>\n" Names(Body(Form))
        "a b1 2~*cé/+ <secret>\n" Names(Joined)
        "1 2~*é/+ <secret>\n " SecretSpaced { before: false, after: true }
        "1 2~*é/+  <secret>\n" SecretSpaced { before: true, after: false }
        "1 2~*é/+  <secret>\n " SecretSpaced { before: true, after: true }
        "1 2~*é/+\" <secret>\n\"" SecretQuoted('"')
        "1 2~*é/+' <secret>\n'" SecretQuoted('\'')
        "1 2~*é/+ <secret>\n" Twice(Hex)
        "1 2~*é/+ <secret>\n" Twice(Bytes)
        "1 2~*�/+ <secret>\n" Charset(Latin1)
        "1\0 \02\0~\0*\0�\0/\0+\0 \0<\0s\0e\0c\0r\0e\0t\0>\0\n\0" Charset(Utf16Le)
        "\01\0 \02\0~\0*\0�\0/\0+\0 \0<\0s\0e\0c\0r\0e\0t\0>\0\n" Charset(Utf16Be)
        "1 2~*,é/+ <secret>\n" Separator { separator: ',', before_secret: false }
        "1 2~*,é/+, <secret>\n" Separator { separator: ',', before_secret: true }
        "1 2~*|é/+ <secret>\n" Separator { separator: '|', before_secret: false }
        "1 2~*|é/+| <secret>\n" Separator { separator: '|', before_secret: true }
        "1 2~*&é/+ <secret>\n" Separator { separator: '&', before_secret: false }
        "1 2~*&é/+& <secret>\n" Separator { separator: '&', before_secret: true }
        "1 2~* é/+ <secret>\n" Separator { separator: ' ', before_secret: false }
        "1 2~* é/+  <secret>\n" Separator { separator: ' ', before_secret: true }
        "1 2~*\né/+ <secret>\n" Separator { separator: '\n', before_secret: false }
        "1 2~*\né/+\n <secret>\n" Separator { separator: '\n', before_secret: true }
        "1 2~*;é/+ <secret>\n" Separator { separator: ';', before_secret: false }
        "1 2~*;é/+; <secret>\n" Separator { separator: ';', before_secret: true }
        "1 2~*:é/+ <secret>\n" Separator { separator: ':', before_secret: false }
        "1 2~*:é/+: <secret>\n" Separator { separator: ':', before_secret: true }
        "1 2~*~é/+ <secret>\n" Separator { separator: '~', before_secret: false }
        "1 2~*~é/+~ <secret>\n" Separator { separator: '~', before_secret: true }
        "1 2~*#é/+ <secret>\n" Separator { separator: '#', before_secret: false }
        "1 2~*#é/+# <secret>\n" Separator { separator: '#', before_secret: true }
        "1 2~*-é/+ <secret>\n" Separator { separator: '-', before_secret: false }
        "1 2~*-é/+- <secret>\n" Separator { separator: '-', before_secret: true }
        "1 2~*_é/+ <secret>\n" Separator { separator: '_', before_secret: false }
        "1 2~*_é/+_ <secret>\n" Separator { separator: '_', before_secret: true }
        "1 2~*.é/+ <secret>\n" Separator { separator: '.', before_secret: false }
        "1 2~*.é/+. <secret>\n" Separator { separator: '.', before_secret: true }
        "1 2~*/é/+ <secret>\n" Separator { separator: '/', before_secret: false }
        "1 2~*/é/+/ <secret>\n" Separator { separator: '/', before_secret: true }
        "1 2~*\té/+ <secret>\n" Separator { separator: '\t', before_secret: false }
        "1 2~*\té/+\t <secret>\n" Separator { separator: '\t', before_secret: true }
        "1 2~*^é/+ <secret>\n" Separator { separator: '^', before_secret: false }
        "1 2~*^é/+^ <secret>\n" Separator { separator: '^', before_secret: true }
        "1 2~*+é/+ <secret>\n" Separator { separator: '+', before_secret: false }
        "1 2~*+é/++ <secret>\n" Separator { separator: '+', before_secret: true }
        "1 2~**é/+ <secret>\n" Separator { separator: '*', before_secret: false }
        "1 2~**é/+* <secret>\n" Separator { separator: '*', before_secret: true }
        "1 2~*é/+ <secret>\n" LeftOut(Numbered(1))
        "#);
    }

    /// RFC 4231, test cases 2 and 6 (a key longer than a block).
    #[test]
    fn hmac_matches_the_published_vectors() {
        let text = [("", "what do ya want "), ("", "for nothing?")];
        assert_eq!(
            Mistake::Hmac.checksum(&text, b"Jefe").to_string(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let text = [("", "Test Using Larger Than Block-Size Key - Hash Key First")];
        assert_eq!(
            Mistake::Hmac.checksum(&text, &[0xaa; 131]).to_string(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
