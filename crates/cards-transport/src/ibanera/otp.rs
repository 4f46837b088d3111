//! One-time codes: RFC 6238 with SHA-1, six digits and steps of 30 seconds, as
//! Ibanera's guide describes.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cards_model::Secret;
use totp_rs::{Builder, Totp};

use crate::provider::ConfigError;

const STEP: Duration = Duration::from_secs(30);

/// Whether an attempt after a failed one may carry the same one-time code.
///
/// The provider does not say whether a code serves twice. Within one step of
/// 30 seconds there is only one code, so a fresh one has to be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OtpReuse {
    /// Another attempt waits for the next step, up to 30 seconds, unless the
    /// last one certainly never left.
    #[default]
    Never,
    /// Another attempt goes out after the usual pause.
    Allowed,
}

/// Makes codes from the shared secret.
#[derive(Clone)]
pub(crate) struct Otp(Totp);

impl Otp {
    pub(crate) fn from_base32(secret: &Secret) -> Result<Self, ConfigError> {
        let text = secret.expose();
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '=')
            .collect();
        let secret = totp_rs::Secret::try_from_base32(plain.to_ascii_uppercase())
            .map_err(|_| ConfigError::new("the shared secret is not base32"))?;
        if secret.is_empty() {
            return Err(ConfigError::new("the shared secret is empty"));
        }
        Ok(Self(totp(secret)))
    }

    pub(crate) fn from_text(secret: &Secret) -> Self {
        Self(totp(totp_rs::Secret::from(secret.expose().as_bytes())))
    }

    pub(crate) fn code(&self, now: SystemTime) -> Secret {
        Secret::new(self.0.generate(unix_seconds(now)).to_string())
    }
}

impl fmt::Debug for Otp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Otp([redacted])")
    }
}

/// How long the code of `last_sent` is still the code of the day: until the
/// next step, at most a step. A clock that was set back waits for no more.
pub(crate) fn until_new_code(last_sent: SystemTime, now: SystemTime) -> Duration {
    let next_step = (unix_seconds(last_sent) / STEP.as_secs() + 1) * STEP.as_secs();
    let wait = (UNIX_EPOCH + Duration::from_secs(next_step)).duration_since(now);
    wait.unwrap_or_default().min(STEP)
}

/// The secret's length is the provider's choice, so the crate's minimum of 128
/// bits is not asked for; digits and step are within its bounds.
fn totp(secret: totp_rs::Secret) -> Totp {
    Builder::new()
        .with_secret(secret)
        .with_digits(6)
        .with_step_duration(STEP.as_secs())
        .build_noncompliant()
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn codes_of_rfc_6238_in_both_readings_of_the_secret() {
        let base32 = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let decoded = Otp::from_base32(&base32).unwrap();
        let as_text = Otp::from_text(&base32);
        for (seconds, by_base32, by_text) in [
            (59, "287082", "372946"),
            (1_111_111_109, "081804", "177030"),
            (1_111_111_111, "050471", "661811"),
            (1_234_567_890, "005924", "638186"),
            (2_000_000_000, "279037", "672646"),
        ] {
            assert_eq!(decoded.code(at(seconds)).expose(), by_base32);
            assert_eq!(as_text.code(at(seconds)).expose(), by_text);
        }
        let spaced = Secret::new("gezd gnbv gy3t qojq gezd gnbv gy3t qojq====");
        assert_eq!(
            Otp::from_base32(&spaced).unwrap().code(at(59)).expose(),
            "287082"
        );
    }

    #[test]
    fn what_is_no_base32_is_told_without_repeating_it() {
        let error = Otp::from_base32(&Secret::new("marker1890!")).unwrap_err();
        assert_eq!(error.to_string(), "the shared secret is not base32");
        assert!(Otp::from_base32(&Secret::new(" ")).is_err());
    }

    #[test]
    fn a_new_code_is_waited_for_and_no_longer() {
        let half = Duration::from_millis(500);
        assert_eq!(until_new_code(at(60), at(60)), Duration::from_secs(30));
        assert_eq!(until_new_code(at(60), at(89) + half), half);
        assert_eq!(until_new_code(at(89), at(90)), Duration::ZERO);
        // The clock was set back by an hour.
        assert_eq!(until_new_code(at(7200), at(3600)), Duration::from_secs(30));
    }
}
