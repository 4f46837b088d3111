//! Bytes as hex digits and in base64.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use zeroize::Zeroizing;

pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut digits = vec![0; 2 * bytes.len()];
    // The slice has the length that is asked for, and hex digits are text.
    let _ = hex::encode_to_slice(bytes, &mut digits);
    String::from_utf8(digits).unwrap_or_default()
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Zeroizing::new(vec![0; text.len() / 2]);
    hex::decode_to_slice(text, &mut bytes).ok()?;
    (!bytes.is_empty()).then(|| std::mem::take(&mut *bytes))
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads the standard or the URL-safe alphabet, padded or not.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text = Zeroizing::new(text.trim_end_matches('=').replace('-', "+"));
    let text = Zeroizing::new(text.replace('_', "/"));
    let bytes = STANDARD_NO_PAD.decode(&*text).ok()?;
    (!bytes.is_empty()).then_some(bytes)
}
