//! One-time passwords that have served, each by its fingerprint, until a time from which nobody
//! asks about it. At most 100,000 of each provider are kept: one more takes the place of the one that
//! ends first.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acme::open;
    use crate::engine::store::StoreError;

    #[tokio::test]
    async fn those_of_a_provider_are_forgotten_once_their_time_is_over() {
        let store = open(&crate::engine::settings::Storage::Memory).unwrap();
        let forgotten = store.write(|transaction| {
            let (one, two) = (ProviderId::new("one"), ProviderId::new("two"));
            let keys = [59, 60, 61];
            for until in keys {
                for provider in [one, two] {
                    assert!(add(transaction, provider, &[until; 32], until.into())?);
                }
            }
            forget(transaction, one, 60)?;
            for key in keys {
                assert_eq!(has(transaction, one, &[key; 32])?, key >= 60, "{key}");
                assert!(has(transaction, two, &[key; 32])?);
            }
            Ok::<_, StoreError>(())
        });
        forgotten.await.unwrap();
    }

    #[tokio::test]
    async fn of_each_provider_as_many_are_kept_as_there_may_be() {
        const MOST: i64 = 100_000;
        let store = open(&crate::engine::settings::Storage::Memory).unwrap();
        let filled = store.write(|transaction| {
            let (one, two) = (ProviderId::new("one"), ProviderId::new("two"));
            let (soon, late) = ([b's'; 32], [b'l'; 32]);
            assert!(add(transaction, two, &soon, 1)?);
            assert!(add(transaction, one, &soon, 59)?);
            assert!(add(transaction, one, &late, 90_000)?);
            let fill =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                INSERT INTO used_code SELECT 'one', CAST('u' || i AS BLOB), 60 FROM n";
            transaction.execute(fill, [MOST - 2])?;
            // Known already: nothing has to go for it.
            assert!(!add(transaction, one, &late, 60)?);
            assert!(has(transaction, one, &soon)?);
            for next in 0..3 {
                assert!(add(transaction, one, &[next; 32], 60)?);
                assert!(has(transaction, one, &[next; 32])? && has(transaction, one, &late)?);
                assert!(!has(transaction, one, &soon)?);
                let sql = "SELECT count(*) FROM used_code WHERE provider = 'one'";
                let count: i64 = transaction.query_row(sql, [], |row| row.get(0))?;
                assert_eq!(count, MOST);
            }
            assert!(has(transaction, two, &soon)?);
            // One that goes makes room.
            remove(transaction, one, &late)?;
            let sql = "SELECT rows FROM row_count WHERE name = 'used_code one'";
            let counted: i64 = transaction.query_row(sql, [], |row| row.get(0))?;
            assert_eq!(counted, MOST - 1);
            Ok::<_, StoreError>(())
        });
        filled.await.unwrap();
    }
}
