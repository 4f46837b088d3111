//! The `webhook-signature` of Ibanera's callbacks: SHA-256 of their bytes, followed by a secret.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

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

    /// Whether `given` is exactly this hash, all 32 bytes of it, as this encoding writes it. The
    /// time does not depend on where the texts differ, only on whether their lengths do.
    #[must_use]
    pub fn verify(&self, given: &str, encoding: HashEncoding) -> bool {
        let expected = self.to_text(encoding);
        expected.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Whether `given` is exactly this hash in any of [`HashEncoding::ALL`], for a receiver who
    /// has not seen yet which of them arrives.
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
