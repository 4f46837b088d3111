//! One-time passwords for registrations: given out by the control API, good for
//! one registration and a while. Only their fingerprints are kept.

use cards_model::ProviderId;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::world::airpay::ONE_TIME_PASSWORD;
use cards_sandbox_core::store::{Fingerprints, used_codes};

/// The number of codes of four digits that there are.
const CODES: u64 = 10_000;

/// The time that one that is used up or has expired is remembered, so that the
/// journal can tell why it is refused.
const REMEMBERED_SECONDS: i64 = 24 * 60 * 60;

/// Says what became of a one-time password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It was good, and is used up.
    Done,
    UsedUp,
    Expired,
    Unknown,
}

impl Use {
    pub(super) const fn why_not(self) -> Option<&'static str> {
        match self {
            Self::Done => None,
            Self::UsedUp => Some("the one-time password is used up by another registration"),
            Self::Expired => Some("the one-time password has expired"),
            Self::Unknown => Some("the one-time password is not the sandbox's"),
        }
    }
}

/// Makes one of four digits, for this mobile number or for any. Nothing where
/// every code is given out and not used.
pub(crate) fn issue(
    transaction: &Transaction<'_>,
    mobile_no: Option<&str>,
    now: i64,
    lifetime: i64,
) -> rusqlite::Result<Option<String>> {
    let fingerprints = Fingerprints::of(transaction)?;
    transaction.execute(
        "DELETE FROM airpay_one_time_password WHERE expires_at < ?1",
        [now.saturating_sub(REMEMBERED_SECONDS)],
    )?;
    used_codes::forget(transaction, ProviderId::AIRPAY, now)?;
    // The last 62 bits are random.
    let start = Uuid::new_v4().as_u64_pair().1 % CODES;
    for step in 0..CODES {
        let code = format!("{:04}", (start + step) % CODES);
        let key = fingerprint(&fingerprints, mobile_no.unwrap_or_default(), &code);
        let is_out = end_of(transaction, &key)?.is_some_and(|end| end > now);
        if is_out || code == ONE_TIME_PASSWORD {
            continue;
        }
        used_codes::remove(transaction, ProviderId::AIRPAY, &key)?;
        transaction.execute(
            "INSERT OR REPLACE INTO airpay_one_time_password (digest, expires_at) VALUES (?1, ?2)",
            params![key, now.saturating_add(lifetime)],
        )?;
        return Ok(Some(code));
    }
    Ok(None)
}

/// Uses one up that was given out for this mobile number, or for any.
pub(super) fn use_up(
    transaction: &Transaction<'_>,
    fingerprints: &Fingerprints,
    mobile_no: &str,
    code: &str,
    now: i64,
) -> rusqlite::Result<Use> {
    let mut found = Use::Unknown;
    for mobile_no in [mobile_no, ""] {
        let key = fingerprint(fingerprints, mobile_no, code);
        match end_of(transaction, &key)? {
            Some(end) if end > now => {
                transaction
                    .prepare_cached("DELETE FROM airpay_one_time_password WHERE digest = ?1")?
                    .execute([key])?;
                let until = now.saturating_add(REMEMBERED_SECONDS);
                used_codes::add(transaction, ProviderId::AIRPAY, &key, until)?;
                return Ok(Use::Done);
            }
            Some(_) => found = Use::Expired,
            None if used_codes::has(transaction, ProviderId::AIRPAY, &key)? => found = Use::UsedUp,
            None => {}
        }
    }
    Ok(found)
}

fn end_of(connection: &Connection, key: &[u8; 32]) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT expires_at FROM airpay_one_time_password WHERE digest = ?1";
    connection
        .prepare_cached(sql)?
        .query_row([key], |row| row.get(0))
        .optional()
}

fn fingerprint(fingerprints: &Fingerprints, mobile_no: &str, code: &str) -> [u8; 32] {
    fingerprints.make(&format!("one-time password {code} for {mobile_no}"))
}

/// Gives out every code but the standing one and this one.
#[cfg(test)]
pub(crate) fn issue_all_but(
    transaction: &Transaction<'_>,
    left: &str,
    expires_at: i64,
) -> rusqlite::Result<()> {
    let fingerprints = Fingerprints::of(transaction)?;
    let codes = (0..CODES).map(|code| format!("{code:04}"));
    for code in codes.filter(|code| code != left && code != ONE_TIME_PASSWORD) {
        transaction
            .prepare_cached("INSERT INTO airpay_one_time_password VALUES (?1, ?2)")?
            .execute(params![fingerprint(&fingerprints, "", &code), expires_at])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
