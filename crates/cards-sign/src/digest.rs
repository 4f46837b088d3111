//! The digest, its hex form, and its verification.

use crate::blocks::Blocks;
use sha2::{Digest, Sha256};
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// SHA-256 over `values`, joined with nothing between, and then `secret` (Airpay: User Registration, Update
/// Customer, Customer Preference; Header tables, `checksum`).
///
/// The values come decoded, as they are before the body is encoded, and in the order of the body; see
/// [`Order`](crate::Order). An empty value adds nothing, so an optional field sent empty has the checksum of a
/// body without it.
///
/// The function allocates no memory. The two blocks of 64 bytes that are hashed next are the only place where values
/// and secret stand together; they are wiped before it returns.
///
/// ```
/// let sum = cards_sign::checksum(["E1", "ALLOWED", "ATM"], b"test-secret");
/// assert_eq!(sum.to_string(), "e78ba833888b4be6ecc0c551770dadd53fbb0ea12e13627d6cbcc309af90773d");
/// ```
#[must_use]
pub fn checksum<'a>(values: impl IntoIterator<Item = &'a str>, secret: &[u8]) -> Checksum {
    let mut blocks = Blocks::new();
    for value in values {
        blocks.put(value.as_bytes());
    }
    blocks.put(secret);
    Checksum(blocks.finish())
}

/// Tells whether `given` is the [`checksum`] of `values` and `secret`, as [`Checksum::verify`]
/// decides.
///
/// ```
/// let given = "e78ba833888b4be6ecc0c551770dadd53fbb0ea12e13627d6cbcc309af90773d";
/// assert!(cards_sign::verify(["E1", "ALLOWED", "ATM"], b"test-secret", given));
/// assert!(!cards_sign::verify(["E1", "ALLOWED", "POS"], b"test-secret", given));
/// ```
#[must_use]
pub fn verify<'a>(values: impl IntoIterator<Item = &'a str>, secret: &[u8], given: &str) -> bool {
    checksum(values, secret).verify(given)
}

/// HMAC-SHA-256 (RFC 2104) of the bytes that are fed. Allocates nothing.
pub(crate) fn hmac(key: &[u8], feed: impl FnOnce(&mut dyn FnMut(&[u8]))) -> Checksum {
    let mut pad = Zeroizing::new([0; 64]);
    match pad.get_mut(..key.len()) {
        Some(start) => start.copy_from_slice(key),
        None => pad[..32].copy_from_slice(&Sha256::digest(key)),
    }
    pad.iter_mut().for_each(|byte| *byte ^= 0x36);
    let mut inner = Sha256::new_with_prefix(*pad);
    feed(&mut |bytes| inner.update(bytes));
    pad.iter_mut().for_each(|byte| *byte ^= 0x36 ^ 0x5c);
    let mut outer = Sha256::new_with_prefix(*pad);
    outer.update(inner.finalize());
    Checksum(outer.finalize().into())
}

/// The 32 bytes of a checksum. It is sent in the clear and is no secret by itself.
#[derive(Clone, Copy)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// The text for the header, on the stack.
    #[must_use]
    pub fn to_hex(&self) -> ChecksumHex {
        let mut digits = [0; 64];
        let encoded = hex::encode_to_slice(self.0, &mut digits);
        debug_assert_eq!(encoded, Ok(()), "64 digits hold 32 bytes");
        ChecksumHex(digits)
    }

    pub(crate) fn to_upper_hex(self) -> ChecksumHex {
        let mut hex = self.to_hex();
        hex.0.make_ascii_uppercase();
        hex
    }

    /// The digest itself.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Tells whether `given` is exactly this checksum: 64 lowercase hex digits and nothing around
    /// them.
    ///
    /// Uppercase is refused, since every documented value is lowercase and a server that compares text would
    /// refuse it too; [`explain`](crate::explain()) recognises it. The time does not depend on where the
    /// texts differ, only on whether their lengths do.
    #[must_use]
    pub fn verify(&self, given: &str) -> bool {
        self.to_hex().0.ct_eq(given.as_bytes()).into()
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// Compares in constant time: a checksum that someone else sent may be an attempt to guess the right one.
impl PartialEq for Checksum {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Checksum {}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_hex().fmt(f)
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({self})")
    }
}

/// Reads as strictly as [`Checksum::verify`]: 64 lowercase hex digits.
impl FromStr for Checksum {
    type Err = ParseChecksumError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let characters = text.chars().count();
        if characters != 64 {
            return Err(ParseChecksumError(Trouble::Length(characters)));
        }
        for (at, digit) in text.chars().enumerate() {
            match digit {
                '0'..='9' | 'a'..='f' => {}
                'A'..='F' => return Err(ParseChecksumError(Trouble::Uppercase(at + 1))),
                _ => return Err(ParseChecksumError(Trouble::NotHex(at + 1))),
            }
        }
        let mut bytes = [0; 32];
        let decoded = hex::decode_to_slice(text, &mut bytes);
        debug_assert_eq!(decoded, Ok(()), "64 hex digits make 32 bytes");
        Ok(Self(bytes))
    }
}

/// The 64 lowercase hex digits of a [`Checksum`], on the stack; derefs to `str`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ChecksumHex([u8; 64]);

impl ChecksumHex {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("hex digits are ASCII")
    }
}

impl Deref for ChecksumHex {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for ChecksumHex {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ChecksumHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ChecksumHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// A text that is no checksum. It says what is wrong and does not repeat the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct ParseChecksumError(Trouble);

impl ParseChecksumError {
    /// The text is not 64 characters long.
    #[must_use]
    pub fn is_length(&self) -> bool {
        matches!(self.0, Trouble::Length(_))
    }

    /// The first unfit character is an uppercase hex digit.
    #[must_use]
    pub fn is_uppercase(&self) -> bool {
        matches!(self.0, Trouble::Uppercase(_))
    }

    /// The first unfit character is no hex digit at all.
    #[must_use]
    pub fn is_not_hex(&self) -> bool {
        matches!(self.0, Trouble::NotHex(_))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Trouble {
    #[error("a checksum has 64 hex digits, and this text has {0} characters")]
    Length(usize),
    #[error("character {0} of the checksum is an uppercase digit: write it in lowercase")]
    Uppercase(usize),
    #[error("character {0} of the checksum is no hex digit")]
    NotHex(usize),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PUBLISHED: &str = "e78ba833888b4be6ecc0c551770dadd53fbb0ea12e13627d6cbcc309af90773d";

    #[test]
    fn matches_the_published_digest() {
        let sum = checksum(["E1", "ALLOWED", "ATM"], b"test-secret");
        assert_eq!(sum.to_hex().as_str(), PUBLISHED);
        assert_eq!(PUBLISHED.parse(), Ok(sum));
    }

    #[test]
    fn verifies_exact_lowercase_only() {
        let sum: Checksum = PUBLISHED.parse().unwrap();
        assert!(sum.verify(PUBLISHED));
        for wrong in [
            "",
            &PUBLISHED[1..],
            &PUBLISHED.to_uppercase(),
            &format!("{PUBLISHED}\n"),
            &format!("{PUBLISHED}{PUBLISHED}"),
        ] {
            assert!(!sum.verify(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn the_forms_print_as_hex() {
        let sum: Checksum = PUBLISHED.parse().unwrap();
        assert_eq!(sum.to_string(), PUBLISHED);
        assert_eq!(format!("{sum:?}"), format!("Checksum({PUBLISHED})"));
        assert_eq!(sum.to_hex().to_string(), PUBLISHED);
        assert_eq!(sum.to_hex().as_ref(), PUBLISHED);
        assert_eq!(format!("{:?}", sum.to_hex()), format!("\"{PUBLISHED}\""));
        assert_eq!(format!("{sum:70}|"), format!("{PUBLISHED}      |"));
    }

    #[test]
    fn a_text_that_is_no_checksum_is_told_why() {
        let error = |text: &str| text.parse::<Checksum>().unwrap_err();
        let kinds = |error: &ParseChecksumError| {
            [error.is_length(), error.is_uppercase(), error.is_not_hex()]
        };

        let length = error("abc");
        assert_eq!(kinds(&length), [true, false, false]);
        insta::assert_snapshot!(length, @"a checksum has 64 hex digits, and this text has 3 characters");

        let uppercase = error(&PUBLISHED.to_uppercase());
        assert_eq!(kinds(&uppercase), [false, true, false]);
        insta::assert_snapshot!(uppercase, @"character 1 of the checksum is an uppercase digit: write it in lowercase");

        let not_hex = error(&PUBLISHED.replace('b', "é"));
        assert_eq!(kinds(&not_hex), [false, false, true]);
        insta::assert_snapshot!(not_hex, @"character 4 of the checksum is no hex digit");
    }

    fn values() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec("\\PC{0,30}", 0..25)
    }

    proptest! {
        #[test]
        fn only_the_joined_bytes_count(values in values(), secret in any::<Vec<u8>>()) {
            let joined = values.concat();
            let of_many = checksum(values.iter().map(String::as_str), &secret);
            prop_assert_eq!(of_many, checksum([&*joined], &secret));
            let mut buffer = [0; 4];
            let characters: Vec<String> = joined.chars().map(|one| one.encode_utf8(&mut buffer).to_owned()).collect();
            prop_assert_eq!(of_many, checksum(characters.iter().map(String::as_str), &secret));
            let whole = [joined.as_bytes(), &*secret].concat();
            prop_assert_eq!(of_many, Checksum(Sha256::digest(&whole).into()));
        }

        #[test]
        fn verifies_when_equal_and_only_then(bytes: [u8; 32], other: [u8; 32], at in 0_usize..64, digit in "[0-9a-f]") {
            let sum = Checksum(bytes);
            let text = sum.to_string();
            prop_assert!(sum.verify(&text));
            prop_assert_eq!(Checksum(other).verify(&text), bytes == other);
            prop_assert_eq!(Checksum(other) == sum, bytes == other);

            let mut changed = text.clone();
            changed.replace_range(at..=at, &digit);
            prop_assert_eq!(sum.verify(&changed), changed == text);
        }

        #[test]
        fn hex_and_parsing_are_inverse(bytes: [u8; 32], text in ".*") {
            let sum = Checksum(bytes);
            prop_assert_eq!(sum.to_hex().parse(), Ok(sum));
            if let Ok(parsed) = text.parse::<Checksum>() {
                prop_assert_eq!(parsed.to_string(), text);
            }
        }
    }
}
