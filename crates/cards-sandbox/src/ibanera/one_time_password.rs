//! One-time passwords by time (RFC 6238).

use std::sync::LazyLock;

use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::world::ibanera::TOTP_SECRET;

/// Whether this is the code of now, or of the 30 seconds before or after. A
/// code may be used again: the provider does not say otherwise.
pub(super) fn is_valid(code: &str, unix_seconds: i64) -> bool {
    let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    let (true, Ok(now), Some(totp)) = (is_code, u64::try_from(unix_seconds), TOTP.as_ref()) else {
        return false;
    };
    totp.check(code, now).is_some()
}

/// The constant secret is base32 of 20 bytes; a test holds that this is there.
static TOTP: LazyLock<Option<Totp>> = LazyLock::new(|| {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(Secret::try_from_base32(TOTP_SECRET).ok()?)
        .build()
        .ok()
});

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn the_published_codes_and_their_neighbours() {
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert!(is_valid(code, at), "{code}");
            assert!(is_valid(code, at + 30) && is_valid(code, at - 30), "{code}");
            assert!(
                !is_valid(code, at + 90) && !is_valid(code, at - 90),
                "{code}"
            );
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for text in [
            "",
            "28708",
            "2870822",
            " 287082",
            "+87082",
            "text",
            "２８７０８２",
        ] {
            assert!(!is_valid(text, 59), "{text}");
        }
        assert!(!is_valid("287082", i64::MIN));
    }
}
