//! The encodings of a body's values.

use std::fmt;
use zeroize::Zeroizing;

/// The ways in which values were encoded before they were hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 3986: a space is `%20`. What `curl --data-urlencode` sends.
    Percent,
    /// The same, with lowercase hex digits.
    PercentLower,
    /// As JavaScript's `encodeURIComponent`: also `!`, `'`, `(`, `)` and `*` are as they are.
    Component,
    /// `application/x-www-form-urlencoded`: a space is `+`.
    Form,
    /// The same, with lowercase hex digits, as .NET writes it.
    FormLower,
    /// Encoded twice, a space as `%2520`.
    PercentTwice,
}

impl Encoding {
    /// Every encoding, the likelier first.
    pub(crate) const ALL: [Self; 6] = [
        Self::Percent,
        Self::Form,
        Self::Component,
        Self::PercentLower,
        Self::FormLower,
        Self::PercentTwice,
    ];

    pub(crate) fn encode(self, text: &str) -> String {
        if self == Self::PercentTwice {
            let once = Zeroizing::new(Self::Percent.encode(text));
            return Self::Percent.encode(&once);
        }
        let digits: &[u8; 16] = match self {
            Self::PercentLower | Self::FormLower => b"0123456789abcdef",
            _ => b"0123456789ABCDEF",
        };
        let mut encoded = String::with_capacity(3 * text.len());
        for byte in text.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                    encoded.push(char::from(byte));
                }
                b' ' if self.is_form() => encoded.push('+'),
                _ if self.is_plain(byte) => encoded.push(char::from(byte)),
                _ => {
                    encoded.push('%');
                    encoded.push(char::from(digits[usize::from(byte >> 4)]));
                    encoded.push(char::from(digits[usize::from(byte & 15)]));
                }
            }
        }
        encoded
    }

    const fn is_form(self) -> bool {
        matches!(self, Self::Form | Self::FormLower)
    }

    /// Tells whether the byte, which others encode, stands for itself.
    const fn is_plain(self, byte: u8) -> bool {
        match self {
            Self::Component => matches!(byte, b'~' | b'!' | b'\'' | b'(' | b')' | b'*'),
            Self::Form | Self::FormLower => byte == b'*',
            _ => byte == b'~',
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Percent => "percent-encoding, a space as `%20`",
            Self::PercentLower => "percent-encoding in small letters, `/` as `%2f`",
            Self::Component => "percent-encoding as `encodeURIComponent` does it",
            Self::Form => "form encoding, a space as `+`",
            Self::FormLower => "form encoding in small letters, `/` as `%2f`",
            Self::PercentTwice => "percent-encoding twice, a space as `%2520`",
        })
    }
}
