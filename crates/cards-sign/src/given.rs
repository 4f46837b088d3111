//! The form of a received checksum, before asking what it was made from.

use std::fmt;

/// The value that the documents print wherever a checksum, a token or an id belongs (Airpay, User Registration,
/// Header table, "Value Like"). As long as a checksum, but with letters that hex has not.
const PLACEHOLDER: &str = "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps";

/// Digests that are told apart from SHA-256 by the number of their hex digits alone.
const OTHER_DIGESTS: [(usize, &str); 5] = [
    (32, "MD5"),
    (40, "SHA-1"),
    (56, "SHA-224"),
    (96, "SHA-384"),
    (128, "SHA-512"),
];

/// The form of the checksum that was received. Only [`Given::Lowercase`] is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Given {
    /// 64 lowercase hex digits, as it should be.
    Lowercase,
    /// 64 hex digits, some of them uppercase.
    Uppercase,
    /// 64 lowercase hex digits with white space or quotation marks around them.
    Surrounded,
    /// 32 bytes in base64.
    Base64,
    /// The placeholder that Airpay's documents print in place of a checksum.
    Placeholder,
    /// Hex digits, in the number that this other digest has.
    OtherDigest(&'static str),
    /// 64 characters, of which this one, counted from 1, is the first that is no hex digit.
    NotHex(usize),
    /// An empty text, or one of only white space and quotation marks.
    Empty,
    /// Some other number of characters.
    Length(usize),
}

impl Given {
    /// The form of `text`, and the digest in it if there is one to be read.
    pub(crate) fn read(text: &str) -> (Self, Option<[u8; 32]>) {
        let bare = text.trim_matches(|at: char| at.is_whitespace() || matches!(at, '"' | '\''));
        let mut bytes = [0; 32];
        if hex::decode_to_slice(bare, &mut bytes).is_ok() {
            let given = if bare.bytes().any(|at| at.is_ascii_uppercase()) {
                Self::Uppercase
            } else if bare != text {
                Self::Surrounded
            } else {
                Self::Lowercase
            };
            return (given, Some(bytes));
        }
        if let Some(bytes) = base64(bare) {
            return (Self::Base64, Some(bytes));
        }
        (Self::unreadable(bare), None)
    }

    fn unreadable(bare: &str) -> Self {
        if bare == PLACEHOLDER {
            return Self::Placeholder;
        }
        let characters = bare.chars().count();
        let first_other = bare.chars().position(|at| !at.is_ascii_hexdigit());
        let other = OTHER_DIGESTS
            .iter()
            .find(|(digits, _)| *digits == characters);
        match (characters, first_other, other) {
            (0, ..) => Self::Empty,
            (64, Some(at), _) => Self::NotHex(at + 1),
            (_, None, Some((_, name))) => Self::OtherDigest(name),
            _ => Self::Length(characters),
        }
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lowercase => f.write_str("The checksum has the right form."),
            Self::Uppercase => f.write_str(
                "The checksum is in uppercase hex: write its 64 digits in lowercase.",
            ),
            Self::Surrounded => f.write_str(
                "The checksum has white space or quotation marks around it: send the 64 digits alone.",
            ),
            Self::Base64 => f.write_str(
                "The checksum is in base64: write the 32 bytes as 64 lowercase hex digits.",
            ),
            Self::Placeholder => f.write_str(
                "The checksum is the placeholder from Airpay's documents, which is no digest: \
                 compute one for each request.",
            ),
            Self::OtherDigest(name) => write!(
                f,
                "The checksum has as many hex digits as {name} gives: use SHA-256, which gives 64."
            ),
            Self::NotHex(at) => write!(
                f,
                "The checksum is not hex: its character {at} is neither a digit nor a letter from a to f."
            ),
            Self::Empty => f.write_str("The checksum is empty."),
            Self::Length(characters) => write!(
                f,
                "The checksum has {characters} characters, and SHA-256 gives 64 hex digits."
            ),
        }
    }
}

/// 32 bytes in base64, with the standard or the URL-safe alphabet, padded or not.
///
/// By hand, for one length: a dependency for this would be the crate's largest.
fn base64(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_suffix('=').unwrap_or(text).as_bytes();
    if digits.len() != 43 {
        return None;
    }
    let mut bytes = [0; 32];
    let mut rest = bytes.iter_mut();
    let (mut held, mut bits) = (0_u32, 0);
    for digit in digits {
        let six = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        // At most six bits wait for the next digit, so twelve bits of the 32 are ever in use.
        held = (held << 6 | u32::from(six)) & 0xfff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            if let Some(byte) = rest.next() {
                *byte = (held >> bits) as u8;
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEX: &str = "e78ba833888b4be6ecc0c551770dadd53fbb0ea12e13627d6cbcc309af90773d";
    const BASE64: &str = "54uoM4iLS+bswMVRdw2t1T+7DqEuE2J9bLzDCa+Qdz0=";

    #[test]
    fn every_form_is_told_apart() {
        let given = |text: &str| Given::read(text).0;
        assert_eq!(given(HEX), Given::Lowercase);
        assert_eq!(given(&HEX.to_uppercase()), Given::Uppercase);
        assert_eq!(given(&format!("{HEX}\n")), Given::Surrounded);
        assert_eq!(given(&format!("\"{HEX}\"")), Given::Surrounded);
        assert_eq!(given(BASE64), Given::Base64);
        assert_eq!(given(PLACEHOLDER), Given::Placeholder);
        assert_eq!(given(&HEX[..32]), Given::OtherDigest("MD5"));
        assert_eq!(given(&HEX[..40]), Given::OtherDigest("SHA-1"));
        assert_eq!(given(&HEX[..56]), Given::OtherDigest("SHA-224"));
        assert_eq!(given(&HEX.repeat(2)), Given::OtherDigest("SHA-512"));
        assert_eq!(given(&HEX.replace('b', "é")), Given::NotHex(4));
        assert_eq!(given(" "), Given::Empty);
        assert_eq!(given(&HEX[1..]), Given::Length(63));
        assert_eq!(given(&"-".repeat(40)), Given::Length(40));
    }

    #[test]
    fn every_readable_form_holds_the_same_digest() {
        let (_, digest) = Given::read(HEX);
        assert_eq!(digest.map(hex_of).as_deref(), Some(HEX));
        for text in [
            &*HEX.to_uppercase(),
            &format!(" '{HEX}' "),
            BASE64,
            BASE64.trim_end_matches('='),
            &BASE64.replace('+', "-"),
        ] {
            assert_eq!(Given::read(text).1, digest, "{text}");
        }
    }

    #[test]
    fn messages() {
        let say = |text: &str| Given::read(text).0.to_string();
        insta::assert_snapshot!(say(HEX), @"The checksum has the right form.");
        insta::assert_snapshot!(say(&HEX.to_uppercase()), @"The checksum is in uppercase hex: write its 64 digits in lowercase.");
        insta::assert_snapshot!(say(&format!("{HEX} ")), @"The checksum has white space or quotation marks around it: send the 64 digits alone.");
        insta::assert_snapshot!(say(BASE64), @"The checksum is in base64: write the 32 bytes as 64 lowercase hex digits.");
        insta::assert_snapshot!(say(PLACEHOLDER), @"The checksum is the placeholder from Airpay's documents, which is no digest: compute one for each request.");
        insta::assert_snapshot!(say(&HEX[..40]), @"The checksum has as many hex digits as SHA-1 gives: use SHA-256, which gives 64.");
        insta::assert_snapshot!(say(&HEX.replace('b', "x")), @"The checksum is not hex: its character 4 is neither a digit nor a letter from a to f.");
        insta::assert_snapshot!(say(""), @"The checksum is empty.");
        insta::assert_snapshot!(say("abc"), @"The checksum has 3 characters, and SHA-256 gives 64 hex digits.");
    }

    fn hex_of(bytes: [u8; 32]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*|[A-Za-z0-9+/_=-]{40,46}|[0-9a-fA-F]{60,66}") {
            let (given, digest) = Given::read(&text);
            let readable = matches!(given, Given::Lowercase | Given::Uppercase | Given::Surrounded | Given::Base64);
            prop_assert_eq!(readable, digest.is_some());
        }
    }
}
