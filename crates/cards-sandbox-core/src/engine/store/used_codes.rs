//! One-time passwords that have served, each by its fingerprint, until a time from which nobody
//! asks about it.

use cards_model::ProviderId;
use rusqlite::{Connection, Transaction, params};

/// Forgets a provider's whose time is over.
pub fn forget(
    transaction: &Transaction<'_>,
    provider: ProviderId,
    now: i64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM used_code WHERE provider = ?1 AND expires_at < ?2")?
        .execute(params![provider.as_str(), now])?;
    Ok(())
}

/// Remembers one. Tells whether it was not known yet.
pub fn add(
    transaction: &Transaction<'_>,
    provider: ProviderId,
    key: &[u8; 32],
    until: i64,
) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO used_code (provider, digest, expires_at) VALUES (?1, ?2, ?3)";
    let added = transaction
        .prepare_cached(sql)?
        .execute(params![provider.as_str(), key, until])?;
    Ok(added == 1)
}

/// Tells whether one is known.
pub fn has(
    connection: &Connection,
    provider: ProviderId,
    key: &[u8; 32],
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM used_code WHERE provider = ?1 AND digest = ?2")?
        .exists(params![provider.as_str(), key])
}

/// Forgets one, as its digits are given out anew.
pub fn remove(
    transaction: &Transaction<'_>,
    provider: ProviderId,
    key: &[u8; 32],
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM used_code WHERE provider = ?1 AND digest = ?2")?
        .execute(params![provider.as_str(), key])?;
    Ok(())
}
