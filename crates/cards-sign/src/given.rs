//! The form of a received checksum, before asking what it was made from.

use crate::base;
use crate::digest::Checksum;
use std::fmt;
use subtle::ConstantTimeEq;

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
    /// 64 lowercase hex digits beside `0x`, the name of the hash, or what `openssl` and `sha256sum` print.
    Decorated,
    /// 64 hex digits with something between their pairs.
    Separated,
    /// 32 bytes in base64.
    Base64,
    /// The 64 hex digits, as a text, in base64.
    HexInBase64,
    /// The 64 hex digits, as a text, in hex digits.
    HexTwice,
    /// It has this many hex digits, the first of the right ones.
    CutAfter(usize),
    /// It has this many hex digits, the last of the right ones.
    CutBefore(usize),
    /// The right hex digits without the zero that a byte below 16 begins with.
    ZerosLost,
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

/// The digest that a text holds, as far as it holds one.
#[derive(Clone)]
pub(crate) enum Wanted {
    /// All of it.
    Whole(Checksum),
    /// Hex digits that may be a part of it.
    Part(String),
}

impl Wanted {
    /// Tells whether the digest is the one wanted, and in which form where only its match tells.
    pub(crate) fn is(&self, made: Checksum) -> Option<Option<Given>> {
        let text = match self {
            Self::Whole(checksum) => return (made == *checksum).then_some(None),
            Self::Part(text) => text.as_bytes(),
        };
        let hex = made.to_hex();
        let (hex, count) = (hex.as_bytes(), text.len());
        let same = |part: Option<&[u8]>| part.is_some_and(|part| part.ct_eq(text).into());
        let form = if same(hex.get(..count)) {
            Given::CutAfter(count)
        } else if same(
            hex.len()
                .checked_sub(count)
                .and_then(|from| hex.get(from..)),
        ) {
            Given::CutBefore(count)
        } else if same(Some(unpadded(&made).as_bytes())) {
            Given::ZerosLost
        } else {
            return None;
        };
        Some(Some(form))
    }
}

/// The hex digits as programs write them that do not fill a byte up with a zero.
fn unpadded(checksum: &Checksum) -> String {
    checksum
        .as_bytes()
        .iter()
        .map(|byte| format!("{byte:x}"))
        .collect()
}

/// The fewest hex digits in which a part of a digest is looked for: so many are no coincidence.
const LEAST_PART: usize = 16;

impl Given {
    /// The form of `text`, and the digest in it if there is one to be read.
    pub(crate) fn read(text: &str) -> (Self, Option<Wanted>) {
        let bare = text.trim_matches(|at: char| at.is_whitespace() || matches!(at, '"' | '\''));
        if let Some(bytes) = digest(bare) {
            let given = if bare.bytes().any(|at| at.is_ascii_uppercase()) {
                Self::Uppercase
            } else if bare != text {
                Self::Surrounded
            } else {
                Self::Lowercase
            };
            return (given, whole(bytes));
        }
        let within = [
            (Self::Decorated, digest(undecorated(bare))),
            (
                Self::Separated,
                digest(&bare.replace([':', '-', ' ', '_', ','], "")),
            ),
            (
                Self::Base64,
                base64(bare).and_then(|bytes| bytes.try_into().ok()),
            ),
            (
                Self::HexInBase64,
                base64(bare).and_then(|bytes| digest(str::from_utf8(&bytes).ok()?)),
            ),
            (
                Self::HexTwice,
                base::from_hex(bare).and_then(|bytes| digest(str::from_utf8(&bytes).ok()?)),
            ),
        ];
        for (given, digest) in within {
            if let Some(bytes) = digest {
                return (given, whole(bytes));
            }
        }
        let is_part =
            (LEAST_PART..64).contains(&bare.len()) && bare.bytes().all(|at| at.is_ascii_hexdigit());
        let part = is_part.then(|| Wanted::Part(bare.to_ascii_lowercase()));
        (Self::unreadable(bare), part)
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
            Self::Decorated => f.write_str(
                "The checksum stands beside another text, as a prefix or a tool's own words: \
                 send the 64 digits alone.",
            ),
            Self::Separated => f.write_str(
                "The checksum has something between its digits: write the 64 of them without a gap.",
            ),
            Self::Base64 => f.write_str(
                "The checksum is in base64: write the 32 bytes as 64 lowercase hex digits.",
            ),
            Self::HexInBase64 => f.write_str(
                "The checksum is the base64 of its hex digits: send the 64 digits themselves.",
            ),
            Self::HexTwice => f.write_str(
                "The checksum is the hex of its hex digits: send the 64 digits themselves.",
            ),
            Self::CutAfter(count) => write!(
                f,
                "The checksum is cut off after {count} of its 64 digits: send them all."
            ),
            Self::CutBefore(count) => write!(
                f,
                "The checksum has only the last {count} of its 64 digits: send them all."
            ),
            Self::ZerosLost => f.write_str(
                "The checksum lacks zeros: write two hex digits for each byte, `0a` and not `a`.",
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

fn digest(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

#[expect(clippy::unnecessary_wraps, reason = "spares its two callers a `Some`")]
const fn whole(bytes: [u8; 32]) -> Option<Wanted> {
    Some(Wanted::Whole(Checksum::from_bytes(bytes)))
}

/// The text without what may stand before and after a digest.
fn undecorated(text: &str) -> &str {
    let text = text.split_once("= ").map_or(text, |(_, digest)| digest);
    let text = text
        .split_once([' ', '\t'])
        .map_or(text, |(digest, _)| digest);
    for prefix in ["0x", "0X", "\\x"] {
        if let Some(digest) = text.strip_prefix(prefix) {
            return digest;
        }
    }
    let name = text.find([':', '=', '}']).map_or("", |at| &text[..=at]);
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    if letters.eq_ignore_ascii_case("sha256") {
        &text[name.len()..]
    } else {
        text
    }
}

/// Base64, also as a urlencoded body has it.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.replace("%3D", "=").replace("%3d", "=");
    let text = text.replace("%2B", "+").replace("%2b", "+");
    base::from_base64(&text.replace("%2F", "/").replace("%2f", "/"))
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
        let digest_of = |text: &str| match Given::read(text).1 {
            Some(Wanted::Whole(checksum)) => checksum.to_string(),
            _ => "none".to_owned(),
        };
        assert_eq!(digest_of(HEX), HEX);
        for text in [
            &*HEX.to_uppercase(),
            &format!(" '{HEX}' "),
            BASE64,
            BASE64.trim_end_matches('='),
            &BASE64.replace('+', "-"),
            &BASE64.replace('+', "%2B").replace('=', "%3d"),
            &format!("0x{HEX}"),
            &format!("sha256={HEX}"),
            &format!("{{SHA-256}}{HEX}"),
            &format!("SHA2-256(stdin)= {HEX}"),
            &format!("{HEX}  -"),
            &HEX.as_bytes()
                .chunks(2)
                .map(|pair| String::from_utf8_lossy(pair))
                .collect::<Vec<_>>()
                .join(":"),
            &base::base64(HEX.as_bytes()),
            &base::hex(HEX.as_bytes()),
        ] {
            assert_eq!(digest_of(text), HEX, "{text}");
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

    /// The digests are from Python: the hex digits of `bytes([10, 1] + 30 * [171])`, without
    /// padding.
    #[test]
    fn a_part_is_recognised_once_the_digest_is_known() {
        let bytes = [[10, 1].as_slice(), &[171; 30]].concat();
        let made = Checksum::from_bytes(bytes.try_into().unwrap());
        let hex = made.to_string();
        for (text, form) in [
            (hex[..40].to_owned(), Given::CutAfter(40)),
            (hex[..32].to_uppercase(), Given::CutAfter(32)),
            (hex[1..].to_owned(), Given::CutBefore(63)),
            (format!("a1{}", "ab".repeat(30)), Given::ZerosLost),
        ] {
            let wanted = Given::read(&text).1.unwrap();
            assert_eq!(wanted.is(made), Some(Some(form)), "{text}");
        }
        let other = Given::read(&hex[2..]).1.unwrap();
        assert_eq!(other.is(Checksum::from_bytes([0; 32])), None);
        assert!(Given::read(&hex[..15]).1.is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC*|[A-Za-z0-9+/_=-]{40,46}|[0-9a-fA-F]{60,66}") {
            let (given, digest) = Given::read(&text);
            let unreadable = matches!(
                given,
                Given::Placeholder | Given::OtherDigest(_) | Given::NotHex(_) | Given::Empty | Given::Length(_)
            );
            prop_assert_eq!(!unreadable, matches!(digest, Some(Wanted::Whole(_))));
        }
    }
}
