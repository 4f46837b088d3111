//! The `webhook-signature` of Ibanera's callbacks: SHA-256 of their bytes, followed by a secret.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::json_layout::{Layout, MOST_EXPLAINED_BYTES};

/// The hash secret of Ibanera's callbacks, which is used as the bytes that it was given as. It is
/// wiped when it is dropped, and no `Debug` shows it.
///
/// The hash is a plain one and no HMAC (Ibanera: Callbacks): the secret is hashed after the body.
///
/// ```
/// use cards_sign::{HashEncoding, HashSecret};
///
/// let secret = HashSecret::new("test-secret")?;
/// let signature = secret.sign(br#"{"Id":"1"}"#).to_text(HashEncoding::Base64);
/// assert!(secret.sign(br#"{"Id":"1"}"#).verify(&signature, HashEncoding::Base64));
/// assert!(!secret.sign(br#"{"Id": "1"}"#).verify(&signature, HashEncoding::Base64), "white space counts");
/// # Ok::<(), cards_sign::HashSecretError>(())
/// ```
#[derive(Clone)]
pub struct HashSecret(Zeroizing<Vec<u8>>);

/// A text that is no hash secret. It says what is wrong and does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashSecretError {
    /// There is nothing in it: anybody could make its hashes.
    #[error("a hash secret is not empty")]
    Empty,
}

impl HashSecret {
    /// A secret of these bytes, exactly: nothing is decoded, and no white space is taken off.
    ///
    /// # Errors
    ///
    /// [`HashSecretError::Empty`].
    pub fn new(secret: impl Into<Vec<u8>>) -> Result<Self, HashSecretError> {
        let secret = Zeroizing::new(secret.into());
        match secret.is_empty() {
            true => Err(HashSecretError::Empty),
            false => Ok(Self(secret)),
        }
    }

    /// The hash of a body, by its raw bytes.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> BodyHash {
        let mut hasher = Sha256::new_with_prefix(body);
        hasher.update(&*self.0);
        BodyHash(hasher.finalize().into())
    }

    /// Says what a hash was made from that is not of `body` in `encoding`, as far as the usual
    /// mistakes tell: written in another form, of the body with other white space, with the secret
    /// before the body, as an HMAC, or with a secret without the white space around it. A body above
    /// [`MOST_EXPLAINED_BYTES`](crate::MOST_EXPLAINED_BYTES) is tried as it is.
    ///
    /// ```
    /// use cards_sign::{HashEncoding, HashMistake, HashSecret};
    ///
    /// let secret = HashSecret::new("test-secret")?;
    /// let given = secret.sign(br#"{"Id": "1"}"#).to_text(HashEncoding::Hex);
    /// let mistake = secret.explain(br#"{"Id":"1"}"#, HashEncoding::Hex, &given);
    /// assert_eq!(mistake, HashMistake::OtherSpace);
    /// # Ok::<(), cards_sign::HashSecretError>(())
    /// ```
    #[must_use]
    pub fn explain(&self, body: &[u8], encoding: HashEncoding, given: &str) -> HashMistake {
        if !encoding.can_be(given) {
            let others = HashEncoding::ALL;
            return match others.into_iter().find(|form| form.can_be(given)) {
                Some(other) => HashMistake::WrittenAs(other),
                None => HashMistake::NoHash,
            };
        }
        let is_it = |hash: BodyHash| hash.verify(given, encoding);
        let secret_first = |body: &[u8]| {
            let mut hasher = Sha256::new_with_prefix(&*self.0);
            hasher.update(body);
            BodyHash(hasher.finalize().into())
        };
        let trimmed = self.0.trim_ascii();
        if is_it(self.sign(body)) {
            return HashMistake::None;
        }
        if body.len() <= MOST_EXPLAINED_BYTES {
            let is_laid_out =
                |layout: Layout| is_it(self.sign(&Zeroizing::new(layout.write(body))));
            if Layout::ALL.into_iter().any(is_laid_out) {
                return HashMistake::OtherSpace;
            }
        }
        if is_it(secret_first(body)) {
            HashMistake::SecretFirst
        } else if is_it(BodyHash(hmac(&self.0, body))) {
            HashMistake::Hmac
        } else if !trimmed.is_empty() && is_it(Self(Zeroizing::new(trimmed.to_vec())).sign(body)) {
            HashMistake::SecretHasSpace
        } else {
            HashMistake::Unknown
        }
    }
}

/// The mistake behind a wrong hash. `Display` says it as the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashMistake {
    /// The hash is right.
    None,
    /// It is no hash of 32 bytes in any form.
    NoHash,
    /// It is written in another form.
    WrittenAs(HashEncoding),
    /// It is of the body with other white space.
    OtherSpace,
    /// The secret was hashed before the body.
    SecretFirst,
    /// It is an HMAC, whose key is the secret.
    Hmac,
    /// It was made without the white space that stands around the secret here.
    SecretHasSpace,
    /// It is made in another way than by the mistakes that are known here.
    Unknown,
}

impl fmt::Display for HashMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "it is right",
            Self::NoHash => "it is no hash of 32 bytes, in base64 or in hex",
            Self::WrittenAs(HashEncoding::Base64) => "it is base64",
            Self::WrittenAs(HashEncoding::Hex) => "it is lowercase hex",
            Self::WrittenAs(HashEncoding::UpperHex) => "it is uppercase hex",
            Self::OtherSpace => "it is of the body with other white space",
            Self::SecretFirst => "it was made with the secret before the body",
            Self::Hmac => "it is an HMAC, and has to be a plain hash of body and secret",
            Self::SecretHasSpace => "it was made without the white space around the secret",
            Self::Unknown => "the secret or the hashed bytes are others",
        })
    }
}

impl fmt::Debug for HashSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashSecret([redacted])")
    }
}

/// The form in which a [`BodyHash`] is written.
///
/// Assumption: it is base64. Ibanera's page of callbacks does not say; the samples of the same
/// scheme at QuickBuy write base64 (Ibanera: Validating the webhook signature).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashEncoding {
    /// Base64 in the alphabet of RFC 4648, 4, with its padding: 44 characters.
    #[default]
    Base64,
    /// 64 lowercase digits.
    Hex,
    /// 64 uppercase digits, as .NET's `Convert.ToHexString` writes them.
    UpperHex,
}

impl HashEncoding {
    /// Every form, the default first.
    pub const ALL: [Self; 3] = [Self::Base64, Self::Hex, Self::UpperHex];

    /// Tells whether a text can be the hash of 32 bytes in this form, whatever they are.
    ///
    /// ```
    /// use cards_sign::HashEncoding;
    ///
    /// assert!(HashEncoding::Hex.can_be(&"0".repeat(64)));
    /// assert!(!HashEncoding::Base64.can_be(&"0".repeat(64)));
    /// ```
    #[must_use]
    pub fn can_be(self, text: &str) -> bool {
        let is_hex = |is_digit: fn(u8) -> bool| text.len() == 64 && text.bytes().all(is_digit);
        match self {
            Self::Base64 => BASE64_STANDARD
                .decode(text)
                .is_ok_and(|bytes| bytes.len() == 32),
            Self::Hex => is_hex(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
            Self::UpperHex => is_hex(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')),
        }
    }
}

/// The hash of a body and a secret: 32 bytes. It is sent in the clear and is no secret by itself.
///
/// It has no `==`: [`verify`](Self::verify) is the way to compare one.
#[derive(Clone, Copy)]
pub struct BodyHash([u8; 32]);

impl BodyHash {
    /// The text for the header.
    #[must_use]
    pub fn to_text(&self, encoding: HashEncoding) -> String {
        match encoding {
            HashEncoding::Base64 => BASE64_STANDARD.encode(self.0),
            HashEncoding::Hex => hex(self.0),
            HashEncoding::UpperHex => hex(self.0).to_ascii_uppercase(),
        }
    }

    /// Tells whether `given` is exactly this hash, all 32 bytes of it, as this encoding writes it.
    /// The time does not depend on where the texts differ, only on whether their lengths do.
    #[must_use]
    pub fn verify(&self, given: &str, encoding: HashEncoding) -> bool {
        let expected = self.to_text(encoding);
        expected.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Tells whether `given` is exactly this hash in any of [`HashEncoding::ALL`], for a receiver
    /// who has not seen yet which of them arrives.
    #[must_use]
    pub fn verify_any(&self, given: &str) -> bool {
        let verify = |encoding| self.verify(given, encoding);
        HashEncoding::ALL
            .map(verify)
            .into_iter()
            .fold(false, |any, one| any | one)
    }
}

impl fmt::Debug for BodyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyHash({})", hex(self.0))
    }
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn hex(bytes: [u8; 32]) -> String {
    let mut digits = [0; 64];
    let encoded = hex::encode_to_slice(bytes, &mut digits);
    debug_assert_eq!(encoded, Ok(()), "64 digits hold 32 bytes");
    str::from_utf8(&digits)
        .expect("hex digits are ASCII")
        .to_owned()
}

#[cfg(test)]
mod tests;
