//! One-time passwords for registrations: given out by the control API and by generate-otp, good for
//! one registration and a while. Only their fingerprints are kept.

use cards_model::ProviderId;
use cards_model::airpay::RegisterUser;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::call::Handle;
use crate::world::airpay::ONE_TIME_PASSWORD;
use cards_sandbox_core::store::{Fingerprints, used_codes};
use cards_sandbox_core::test_values;

/// The number of codes of four digits that there are.
const CODES: u64 = 10_000;

/// The time that one that is used up or has expired is remembered, so that the
/// journal can tell why it is refused.
const REMEMBERED_SECONDS: i64 = 24 * 60 * 60;

/// The wrong ones that are tried for a mobile number before its own is no good any more.
const MOST_TRIES: i64 = 3;

/// Says what became of a one-time password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It was good, and is used up.
    Done,
    UsedUp,
    Expired,
    /// Others were tried too often.
    Spent,
    Unknown,
}

impl Use {
    pub(super) const fn why_not(self) -> Option<&'static str> {
        match self {
            Self::Done => None,
            Self::UsedUp => Some("the one-time password is used up by another registration"),
            Self::Expired => Some("the one-time password has expired"),
            Self::Spent => Some("others were tried too often for this mobile number"),
            Self::Unknown => Some("the one-time password is not the sandbox's"),
        }
    }
}

/// Makes one of four digits, for this mobile number or for any. `None` where
/// every code is given out and not used. Where 100,000 are remembered, the one that ends first is
/// forgotten for it.
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
        let is_out = standing(transaction, &key)?.is_some_and(|(end, _)| end > now);
        let is_test_value = test_values::find(RegisterUser::TEST_VALUES, "otp", &code).is_some();
        if is_out || is_test_value || code == ONE_TIME_PASSWORD {
            continue;
        }
        used_codes::remove(transaction, ProviderId::AIRPAY, &key)?;
        transaction.execute(
            // Not in the place of another row, which no trigger would count.
            "INSERT INTO airpay_one_time_password (digest, expires_at, mobile_key)
             VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET
                 expires_at = excluded.expires_at, mobile_key = excluded.mobile_key, tries = 0",
            params![
                key,
                now.saturating_add(lifetime),
                mobile_no.map(|number| mobile_key(&fingerprints, number)),
            ],
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
        match standing(transaction, &key)? {
            Some((end, tries)) if end > now && tries >= MOST_TRIES => return Ok(Use::Spent),
            Some((end, _)) if end > now => {
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

/// Counts that a wrong one was tried for this mobile number.
pub(super) fn missed(
    transaction: &Transaction<'_>,
    fingerprints: &Fingerprints,
    mobile_no: &str,
) -> rusqlite::Result<()> {
    let sql = "UPDATE airpay_one_time_password SET tries = tries + 1 WHERE mobile_key = ?1";
    let mut count = transaction.prepare_cached(sql)?;
    count.execute([mobile_key(fingerprints, mobile_no)])?;
    Ok(())
}

/// Forgets those that are for this mobile number alone.
pub(super) fn forget(transaction: &Transaction<'_>, mobile_no: &str) -> rusqlite::Result<()> {
    let key = mobile_key(&Fingerprints::of(transaction)?, mobile_no);
    let sql = "DELETE FROM airpay_one_time_password WHERE mobile_key = ?1";
    transaction.prepare_cached(sql)?.execute([key])?;
    Ok(())
}

/// Finds the one that is good for this mobile number alone, and its end: as there are few codes and
/// only fingerprints are kept, each of them is tried.
pub(super) fn find(
    connection: &Connection,
    mobile_no: &str,
    now: i64,
) -> rusqlite::Result<Option<(String, i64)>> {
    let fingerprints = Fingerprints::of(connection)?;
    let sql = "SELECT digest, expires_at FROM airpay_one_time_password
               WHERE mobile_key = ?1 AND expires_at > ?2 AND tries < ?3
               ORDER BY expires_at DESC LIMIT 1";
    let key = mobile_key(&fingerprints, mobile_no);
    let mut found = connection.prepare_cached(sql)?;
    let found = found.query_row(params![key, now, MOST_TRIES], |row| {
        Ok((row.get("digest")?, row.get("expires_at")?))
    });
    let Some((digest, end)) = found.optional()? else {
        return Ok(None);
    };
    let digest: [u8; 32] = digest;
    let mut codes = (0..CODES).map(|code| format!("{code:04}"));
    let code = codes.find(|code| fingerprint(&fingerprints, mobile_no, code) == digest);
    Ok(code.map(|code| (code, end)))
}

/// The end of one that was given out, and how often another one was tried for its number.
fn standing(connection: &Connection, key: &[u8; 32]) -> rusqlite::Result<Option<(i64, i64)>> {
    let sql = "SELECT expires_at, tries FROM airpay_one_time_password WHERE digest = ?1";
    connection
        .prepare_cached(sql)?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

fn mobile_key(fingerprints: &Fingerprints, mobile_no: &str) -> [u8; 32] {
    fingerprints.make(&format!("mobile number {mobile_no} of one-time passwords"))
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
            .prepare_cached(
                "INSERT INTO airpay_one_time_password (digest, expires_at) VALUES (?1, ?2)",
            )?
            .execute(params![fingerprint(&fingerprints, "", &code), expires_at])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
