//! One-time passwords by time (RFC 6238).

use std::sync::LazyLock;

use cards_model::ProviderId;
use rusqlite::Transaction;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::world::ibanera::TOTP_SECRET;
use cards_sandbox_core::store::{Fingerprints, used_codes};

const STEP_SECONDS: u64 = 30;

/// Says why a code is refused that was right.
pub(super) const USED_UP: &str = "otp: the code is used up by another call";

/// The step of which this is the code: now's, or that of the 30 seconds before
/// or after.
pub(super) fn step_of(code: &str, unix_seconds: i64) -> Option<u64> {
    let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    let (true, Ok(now), Some(totp)) = (is_code, u64::try_from(unix_seconds), TOTP.as_ref()) else {
        return None;
    };
    totp.check(code, now)
}

/// The code of now, and the seconds that it stays that.
pub(crate) fn current(unix_seconds: i64) -> Option<(String, u64)> {
    let now = u64::try_from(unix_seconds).ok()?;
    let code = TOTP.as_ref()?.generate(now).to_string();
    Some((code, STEP_SECONDS - now % STEP_SECONDS))
}

/// Tells whether a right code, where one serves for a single call, may still be used; from then on
/// it may not. It is remembered until its time is over.
pub(super) fn use_up(transaction: &Transaction<'_>, step: u64, now: i64) -> rusqlite::Result<bool> {
    used_codes::forget(transaction, ProviderId::IBANERA, now)?;
    // The code of a step is taken for one step more.
    let end = step.saturating_add(2).saturating_mul(STEP_SECONDS);
    let fingerprint = Fingerprints::of(transaction)?.make(&format!("one-time password of {step}"));
    let until = i64::try_from(end).unwrap_or(i64::MAX);
    used_codes::add(transaction, ProviderId::IBANERA, &fingerprint, until)
}

/// The constant secret is base32 of 20 bytes; a test holds that this is there.
static TOTP: LazyLock<Option<Totp>> = LazyLock::new(|| {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP_SECONDS)
        .with_secret(Secret::try_from_base32(TOTP_SECRET).ok()?)
        .build()
        .ok()
});

#[cfg(test)]
mod tests;
