//! Tells by its name whether a value is secret.

use cards_model::{Operation, Sensitivity};
use percent_encoding::percent_decode_str;

use crate::engine::journal::documented::{Names, Part};

/// Stands where something is hidden.
pub(super) const REDACTED: &str = "[redacted]";

/// The most bytes of one value that are kept.
pub(super) const LONGEST: usize = 1024;

/// The part of a value that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Secrecy {
    /// The value, but for what looks like a secret in it.
    Shown,
    /// A card number's first six and last four digits.
    CardNumber,
    /// A stand-in.
    Secret,
}

/// The secrecy of a name's values: that of the documented name that it is or comes nearest to, or
/// that of what it looks like, whichever is greater. The objects around it count too.
pub(super) fn secrecy(
    part: Part,
    name: &str,
    names: &Names,
    operation: Option<&'static Operation>,
) -> Secrecy {
    // Without a name it may be anything.
    if name.is_empty() || looks_secret(name) {
        return Secrecy::Secret;
    }
    let exact = |name: &str| names.exact(part, name).map(|(_, name)| name);
    let near = |name: &str| names.near(part, name).map(|(name, _)| name);
    let ends = name.match_indices('.').map(|(end, _)| end);
    let around = ends.filter_map(|end| exact(&name[..end]));
    // To look for a near one takes long: that is done for the first object around it, and for the name itself.
    let first = name.split_once('.').map(|(first, _)| first);
    let itself = [first, Some(name)].into_iter().flatten();
    let itself = itself.filter_map(|name| exact(name).or_else(|| near(name)));
    let each = around
        .chain(itself)
        .filter_map(|name| operation?.field(name))
        .map(|field| match field.sensitivity {
            Sensitivity::Secret => Secrecy::Secret,
            Sensitivity::CardNumber => Secrecy::CardNumber,
            _ => Secrecy::Shown,
        });
    each.max().unwrap_or(Secrecy::Shown)
}

/// Words that are a secret's name, alone or in a name of several words.
const WORDS: [&str; 19] = [
    "affiliate",
    "auth",
    "csc",
    "cvn",
    "hash",
    "jwt",
    "key",
    "keys",
    "mac",
    "nonce",
    "pass",
    "pin",
    "pins",
    "pwd",
    "salt",
    "session",
    "sid",
    "sig",
    "totp",
];
/// The ends of such words.
const ENDS: [&str; 16] = [
    "otp", "otps", "token", "tokens", "cvv", "cvv2", "cvc", "cvc2", "cookie", "cookies", "key",
    "pin", "pwd", "hmac", "bearer", "passwort",
];
/// Parts of a name, whatever stands around them and between their words.
const PARTS: [&str; 20] = [
    "password",
    "passwd",
    "passwrd",
    "pasword",
    "passcode",
    "passphrase",
    "passkey",
    "secret",
    "authoriz",
    "authoris",
    "credential",
    "checksum",
    "signature",
    "apikey",
    "accesskey",
    "privatekey",
    "accesstoken",
    "refreshtoken",
    "onetime",
    "securitycode",
];

/// Tells whether a name sounds like a secret's.
pub(super) fn looks_secret(name: &str) -> bool {
    let decoded = percent_decode_str(name).decode_utf8_lossy();
    let mut words: Vec<String> = vec![String::new()];
    let mut was_small = false;
    for c in decoded.chars() {
        let begins = !c.is_alphanumeric() || (c.is_uppercase() && was_small);
        if begins {
            words.push(String::new());
        }
        was_small = c.is_lowercase() || c.is_numeric();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    let joined = words.concat();
    let is_secret =
        |word: &String| WORDS.contains(&&**word) || ENDS.iter().any(|end| word.ends_with(end));
    PARTS.iter().any(|part| joined.contains(part)) || words.iter().any(is_secret)
}

/// Tells whether a name that no document has can be shown: it might be a value that came in its
/// place.
pub(super) fn is_like_a_name(name: &str) -> bool {
    const LONGEST: usize = 96;
    let is_taken = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
    // Places in lists are ours, or somebody's number in brackets.
    let outside = name.split('[').map(|part| match part.split_once(']') {
        Some((place, rest)) if place.len() < 5 => rest,
        _ => part,
    });
    let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
    name.len() <= LONGEST && name.chars().all(is_taken) && outside.map(digits).sum::<usize>() < 4
}
