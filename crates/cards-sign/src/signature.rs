//! The `Signature` of Paysafe's messages: HMAC-SHA-256 of their bytes.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::json_layout::{Layout, MOST_EXPLAINED_BYTES};

/// A key of signatures, which is exchanged as base64 and used decoded. It is wiped when it is
/// dropped, and no `Debug` shows it.
///
/// ```
/// use cards_sign::SignatureKey;
///
/// let key: SignatureKey = "AAECAwQFBgcICQoLDA0ODw==".parse()?;
/// let signature = key.sign(br#"{"id":1}"#).to_string();
/// assert!(key.sign(br#"{"id":1}"#).verify(&signature));
/// assert!(!key.sign(br#"{"id": 1}"#).verify(&signature), "white space counts");
/// # Ok::<(), cards_sign::SignatureKeyError>(())
/// ```
#[derive(Clone)]
pub struct SignatureKey(Zeroizing<Vec<u8>>);

/// A text that is no key. It says what is wrong and does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureKeyError {
    /// There is nothing in it.
    #[error("a key of signatures is not empty")]
    Empty,
    /// It is no base64 with its padding, in the alphabet of RFC 4648, 4.
    #[error("a key of signatures is base64, in which it was exchanged")]
    NoBase64,
}

impl SignatureKey {
    /// The signature of a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(hmac(&self.0, message))
    }

    /// Says what a signature was made from that is not of `message`, as far as the usual mistakes
    /// tell: of `others`, with the words for each, of the message with other white space, or with
    /// the key's text in the place of the key. Two signatures are made of each of these; a message
    /// above [`MOST_EXPLAINED_BYTES`] is compared as it is.
    #[must_use]
    pub fn explain(
        &self,
        message: &[u8],
        others: &[(&'static str, &[u8])],
        given: &str,
    ) -> SignatureMistake {
        let Some(given) = read(given) else {
            return SignatureMistake::of_unread(given);
        };
        let text = Zeroizing::new(BASE64_STANDARD.encode(&*self.0));
        let is_of = |key: &[u8], message: &[u8]| bool::from(hmac(key, message).ct_eq(&given));
        let mut candidates = vec![(None, Zeroizing::new(message.to_vec()))];
        if message.len() <= MOST_EXPLAINED_BYTES {
            for layout in Layout::ALL {
                let message = Zeroizing::new(layout.write(message));
                candidates.push((Some(OTHER_SPACE), message));
            }
        }
        for (what, other) in others {
            candidates.push((Some(*what), Zeroizing::new(other.to_vec())));
        }
        for (what, message) in &candidates {
            for (key, is_text) in [(&**self.0, false), (text.as_bytes(), true)] {
                if is_of(key, message) {
                    return SignatureMistake::Of {
                        what: *what,
                        is_text,
                    };
                }
            }
        }
        SignatureMistake::Unknown
    }
}

const OTHER_SPACE: &str = "the body with other white space";

impl FromStr for SignatureKey {
    type Err = SignatureKeyError;

    fn from_str(text: &str) -> Result<Self, SignatureKeyError> {
        let key = BASE64_STANDARD.decode(text).map(Zeroizing::new);
        let key = key.map_err(|_| SignatureKeyError::NoBase64)?;
        match key.is_empty() {
            true => Err(SignatureKeyError::Empty),
            false => Ok(Self(key)),
        }
    }
}

impl fmt::Debug for SignatureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignatureKey([redacted])")
    }
}

/// A signature: 32 bytes, which `Display` writes as base64. It is sent in the clear and is no
/// secret by itself.
#[derive(Clone, Copy)]
pub struct Signature([u8; 32]);

impl Signature {
    /// Tells whether `given` is exactly this signature as it is written. The time does not depend
    /// on where the texts differ, only on whether their lengths do.
    #[must_use]
    pub fn verify(&self, given: &str) -> bool {
        self.to_string().as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&BASE64_STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// The mistake behind a wrong signature. `Display` says it as the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureMistake {
    /// It is no base64 of 32 bytes.
    NoBase64,
    /// It is written in hex.
    Hex,
    /// It was made of something else.
    Of {
        /// The message. `None`: the right one.
        what: Option<&'static str>,
        /// Says whether the key's text stood in the place of the key.
        is_text: bool,
    },
    /// It is made in another way than by the mistakes that are known here.
    Unknown,
}

impl SignatureMistake {
    /// Says why a text can be no signature, whatever it is of. `None`: it can be one.
    ///
    /// ```
    /// use cards_sign::SignatureMistake;
    ///
    /// assert_eq!(SignatureMistake::of_form(&"0".repeat(64)), Some(SignatureMistake::Hex));
    /// ```
    #[must_use]
    pub fn of_form(given: &str) -> Option<Self> {
        match read(given) {
            Some(_) => None,
            None => Some(Self::of_unread(given)),
        }
    }

    fn of_unread(given: &str) -> Self {
        let is_hex = given.len() == 64 && given.bytes().all(|byte| byte.is_ascii_hexdigit());
        match is_hex {
            true => Self::Hex,
            false => Self::NoBase64,
        }
    }
}

impl fmt::Display for SignatureMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AS_TEXT: &str = "the key's text: its base64 has to be decoded first";
        match *self {
            Self::NoBase64 => f.write_str("it is no base64 of 32 bytes"),
            Self::Hex => f.write_str("it is hex, and has to be base64"),
            Self::Of {
                what: None,
                is_text: true,
            } => write!(f, "it was made with {AS_TEXT}"),
            Self::Of {
                what: Some(what),
                is_text: false,
            } => write!(f, "it is of {what}"),
            Self::Of {
                what: Some(what),
                is_text: true,
            } => {
                write!(f, "it is of {what}, and was made with {AS_TEXT}")
            }
            Self::Of {
                what: None,
                is_text: false,
            } => f.write_str("it is right"),
            Self::Unknown => f.write_str("the key or the signed bytes are others"),
        }
    }
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// The 32 bytes of a text in base64. `None`: it is none of them.
fn read(given: &str) -> Option<[u8; 32]> {
    BASE64_STANDARD.decode(given).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests;
