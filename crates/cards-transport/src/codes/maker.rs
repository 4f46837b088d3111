//! Makes one-time codes.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cards_model::Secret;
use totp_rs::{Algorithm, Builder, Totp};

use crate::cause::ConfigError;

/// Makes one-time codes: by RFC 6238 from a shared secret, or in a way of your
/// own.
///
/// The defaults are those of Ibanera's guide: SHA-1, six digits, a new code
/// every 30 seconds.
///
/// ```
/// use cards_transport::ibanera::{OneTimeCodes, OtpAlgorithm};
/// use std::time::Duration;
///
/// let codes = OneTimeCodes::base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?
///     .digits(8)?
///     .step(Duration::from_secs(60))?
///     .algorithm(OtpAlgorithm::Sha256);
/// assert!(!format!("{codes:?}").contains("GEZD"));
/// # Ok::<(), cards_transport::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct OneTimeCodes(Source);

#[derive(Clone)]
enum Source {
    Totp(Totp6238),
    Own(Arc<dyn Fn(SystemTime) -> Secret + Send + Sync>),
}

#[derive(Clone)]
struct Totp6238 {
    secret: Secret,
    is_base32: bool,
    digits: u8,
    step: u64,
    algorithm: OtpAlgorithm,
}

/// The hash of RFC 6238's HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum OtpAlgorithm {
    /// The one that Ibanera's guide names, and most generators use.
    #[default]
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl OtpAlgorithm {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Sha1, Self::Sha256, Self::Sha512];

    /// The name in lower case, as settings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
}

impl fmt::Display for OtpAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for OtpAlgorithm {
    type Err = ConfigError;

    /// Reads a name in any case, with or without the hyphen of `SHA-256` and white
    /// space around.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let name = text.trim().to_ascii_lowercase().replace('-', "");
        let known = Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == name);
        known.ok_or_else(|| ConfigError::new("the algorithm is one of sha1, sha256 and sha512"))
    }
}

impl OneTimeCodes {
    /// The longest step that is taken: an hour.
    const LONGEST_STEP: u64 = 60 * 60;

    /// Makes codes from a shared secret in base32. Spaces, lower case and
    /// padding are accepted.
    ///
    /// # Errors
    ///
    /// The text is not base32, or empty.
    pub fn base32(secret: impl Into<Secret>) -> Result<Self, ConfigError> {
        Ok(Self(Source::Totp(Totp6238::new(secret.into(), true)?)))
    }

    /// Makes codes from a shared secret that is the text itself: one of
    /// Ibanera's own code samples reads it so.
    ///
    /// # Errors
    ///
    /// The text is empty.
    pub fn text(secret: impl Into<Secret>) -> Result<Self, ConfigError> {
        Ok(Self(Source::Totp(Totp6238::new(secret.into(), false)?)))
    }

    /// Sends one code, which somebody read off a device. It serves as long as
    /// the provider takes it.
    pub fn fixed(code: impl Into<Secret>) -> Self {
        let code = code.into();
        Self::from_fn(move |_| code.clone())
    }

    /// Asks `code` for the code of each attempt, with the time by the client's
    /// clock. Where it gives a code again, the code goes out again as far as
    /// [`OtpReuse`](super::OtpReuse) allows it.
    ///
    /// `code` runs on the thread that makes the call, or polls it, and one call
    /// of a client at a time runs it. The others wait, within their own limits,
    /// until it has returned and, unless codes are known to serve twice, until
    /// the request with its code has come back. It is not interrupted: a call
    /// whose time is over when it returns is not sent. Since it would hold up
    /// what else an executor's thread has to do, an async program asks a person
    /// beforehand, or with its runtime's `spawn_blocking`, and lets `code` hand
    /// the answer over.
    pub fn from_fn(code: impl Fn(SystemTime) -> Secret + Send + Sync + 'static) -> Self {
        Self(Source::Own(Arc::new(code)))
    }

    /// Sets how many digits a code has: 6 to 8 (RFC 4226, 5.3).
    ///
    /// # Errors
    ///
    /// Another number, or codes of your own, which have the digits they have.
    pub fn digits(self, digits: u8) -> Result<Self, ConfigError> {
        if !(6..=8).contains(&digits) {
            return Err(ConfigError::new("a one-time code has 6, 7 or 8 digits"));
        }
        self.totp(|totp| totp.digits = digits)
    }

    /// Sets how long a code is the code of its time: whole seconds, 1 to 3600.
    ///
    /// # Errors
    ///
    /// Another time, or codes of your own.
    pub fn step(self, step: Duration) -> Result<Self, ConfigError> {
        let seconds = step.as_secs();
        if step.subsec_nanos() != 0 || !(1..=Self::LONGEST_STEP).contains(&seconds) {
            return Err(ConfigError::new(
                "a step of one-time codes is a whole number of seconds, 1 to 3600",
            ));
        }
        self.totp(|totp| totp.step = seconds)
    }

    /// Sets the hash. Codes of your own are not changed by it.
    #[must_use]
    pub fn algorithm(mut self, algorithm: OtpAlgorithm) -> Self {
        if let Source::Totp(totp) = &mut self.0 {
            totp.algorithm = algorithm;
        }
        self
    }

    fn totp(mut self, change: impl FnOnce(&mut Totp6238)) -> Result<Self, ConfigError> {
        match &mut self.0 {
            Source::Totp(totp) => {
                change(totp);
                Ok(self)
            }
            Source::Own(_) => Err(ConfigError::new(
                "digits and step belong to codes from a shared secret",
            )),
        }
    }

    /// The length of a step in seconds. `None` for codes of one's own, which
    /// have no time.
    pub(crate) fn step_seconds(&self) -> Option<u64> {
        match &self.0 {
            Source::Totp(totp) => Some(totp.step),
            Source::Own(_) => None,
        }
    }

    /// The code of a step, counted from 1970, or for codes of one's own the
    /// code of now.
    pub(crate) fn code(&self, step: u64, now: SystemTime) -> Result<Secret, ConfigError> {
        match &self.0 {
            Source::Totp(totp) => totp.code(step),
            Source::Own(code) => Ok(code(now)),
        }
    }
}

impl Totp6238 {
    /// The parameters of Ibanera's guide.
    fn new(secret: Secret, is_base32: bool) -> Result<Self, ConfigError> {
        let totp = Self {
            secret,
            is_base32,
            digits: 6,
            step: 30,
            algorithm: OtpAlgorithm::default(),
        };
        match totp.key()?.is_empty() {
            true => Err(ConfigError::new("the shared secret is empty")),
            false => Ok(totp),
        }
    }

    fn key(&self) -> Result<totp_rs::Secret, ConfigError> {
        let text = self.secret.expose();
        if !self.is_base32 {
            return Ok(totp_rs::Secret::from(text.as_bytes()));
        }
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '=')
            .collect();
        totp_rs::Secret::try_from_base32(plain.to_ascii_uppercase())
            .map_err(|_| ConfigError::new("the shared secret is not base32"))
    }

    /// The secret's length is the provider's choice, so the crate's minimum of
    /// 128 bits is not asked for; digits and step are within its bounds.
    fn code(&self, step: u64) -> Result<Secret, ConfigError> {
        let totp: Totp = Builder::new()
            .with_secret(self.key()?)
            .with_digits(self.digits)
            .with_step_duration(self.step)
            .with_algorithm(match self.algorithm {
                OtpAlgorithm::Sha1 => Algorithm::SHA1,
                OtpAlgorithm::Sha256 => Algorithm::SHA256,
                OtpAlgorithm::Sha512 => Algorithm::SHA512,
            })
            .build_noncompliant();
        let time = step.saturating_mul(self.step);
        Ok(Secret::new(totp.generate(time).to_string()))
    }
}

impl fmt::Debug for OneTimeCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCodes([redacted])")
    }
}

/// Counts the whole seconds since 1970; 0 before.
pub(crate) fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn code_at(codes: &OneTimeCodes, seconds: u64) -> String {
        let step = seconds / codes.step_seconds().unwrap();
        codes.code(step, UNIX_EPOCH).unwrap().expose().to_owned()
    }

    #[test]
    fn codes_of_rfc_6238_in_both_readings_of_the_secret() {
        let decoded = OneTimeCodes::base32(BASE32).unwrap();
        let as_text = OneTimeCodes::text(BASE32).unwrap();
        for (seconds, by_base32, by_text) in [
            (59, "287082", "372946"),
            (1_111_111_109, "081804", "177030"),
            (1_111_111_111, "050471", "661811"),
            (1_234_567_890, "005924", "638186"),
            (2_000_000_000, "279037", "672646"),
        ] {
            assert_eq!(code_at(&decoded, seconds), by_base32);
            assert_eq!(code_at(&as_text, seconds), by_text);
        }
        let spaced = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq====";
        assert_eq!(
            code_at(&OneTimeCodes::base32(spaced).unwrap(), 59),
            "287082"
        );
    }

    /// RFC 6238, Appendix B: eight digits, and a key as long as the hash.
    #[test]
    fn codes_of_rfc_6238_with_other_parameters() {
        let key = |length: usize| "1234567890".repeat(7)[..length].to_owned();
        for (algorithm, length, at_59, at_2e9) in [
            (OtpAlgorithm::Sha1, 20, "94287082", "69279037"),
            (OtpAlgorithm::Sha256, 32, "46119246", "90698825"),
            (OtpAlgorithm::Sha512, 64, "90693936", "38618901"),
        ] {
            let codes = OneTimeCodes::text(key(length)).unwrap().digits(8);
            let codes = codes.unwrap().algorithm(algorithm);
            assert_eq!(code_at(&codes, 59), at_59);
            assert_eq!(code_at(&codes, 2_000_000_000), at_2e9);
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
        }
        assert_eq!("SHA-256".parse(), Ok(OtpAlgorithm::Sha256));
        assert!("md5".parse::<OtpAlgorithm>().is_err());
        // The same time falls in another step where steps are of another
        // length.
        let slow = OneTimeCodes::base32(BASE32).unwrap();
        let slow = slow.step(Duration::from_secs(60)).unwrap();
        assert_eq!(
            code_at(&slow, 119),
            code_at(&OneTimeCodes::base32(BASE32).unwrap(), 59)
        );
    }

    #[test]
    fn parameters_have_bounds() {
        let codes = || OneTimeCodes::text("12345678901234567890").unwrap();
        for digits in [0, 5, 9, 255] {
            assert!(codes().digits(digits).is_err(), "{digits}");
        }
        for step in [0, 999, 1500, 3_600_001, u64::MAX] {
            assert!(codes().step(Duration::from_millis(step)).is_err(), "{step}");
        }
        assert!(codes().step(Duration::from_secs(3600)).is_ok());
        assert!(OneTimeCodes::fixed("123456").digits(8).is_err());
    }

    #[test]
    fn what_is_no_base32_is_told_without_repeating_it() {
        let error = OneTimeCodes::base32("marker1890!").unwrap_err();
        assert_eq!(error.to_string(), "the shared secret is not base32");
    }

    /// With an empty key, everybody could make the codes.
    #[test]
    fn an_empty_shared_secret_is_none() {
        for empty in ["", " ", "=="] {
            let error = OneTimeCodes::base32(empty).unwrap_err();
            assert_eq!(error.to_string(), "the shared secret is empty");
        }
        let error = OneTimeCodes::text("").unwrap_err();
        assert_eq!(error.to_string(), "the shared secret is empty");
        // White space is a text, though an odd one.
        assert!(OneTimeCodes::text(" ").is_ok());
    }
}
