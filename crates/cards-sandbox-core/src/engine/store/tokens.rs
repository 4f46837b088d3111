//! Tokens that logins hand out: kept as digests, each with its end.

use cards_model::ProviderId;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The time that an expired token is remembered, so that the journal can tell
/// "expired" from "never seen".
const REMEMBERED_SECONDS: i64 = 24 * 60 * 60;

/// The end of a token that was ended: before every time that a clock can show.
const ENDED: i64 = i64::MIN;

/// Says whether a token is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It was given out and has not ended.
    Valid,
    /// It was given out and has ended.
    Expired,
    /// It was never given out, or is forgotten.
    Unknown,
}

/// Makes a token of 64 hex digits. Where a provider has given out 100,000 that are remembered, the one
/// that ends first is forgotten for it.
pub fn issue(
    transaction: &Transaction<'_>,
    provider: ProviderId,
    subject: &str,
    now: i64,
    lifetime: u64,
) -> rusqlite::Result<String> {
    // 244 of these bits are random.
    let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let expires_at = now.saturating_add_unsigned(lifetime);
    // A token that was ended by command has no time of its own: it goes only where there are too many.
    let sql = "DELETE FROM token WHERE provider = ?1 AND expires_at > ?2 AND expires_at < ?3";
    let forgotten = now.saturating_sub(REMEMBERED_SECONDS);
    transaction.execute(sql, params![provider.as_str(), ENDED, forgotten])?;
    transaction.execute(
        "INSERT INTO token (digest, provider, subject, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![digest(&token), provider.as_str(), subject, expires_at],
    )?;
    Ok(token)
}

/// Looks a token up; by its digest, so that no comparison tells how near a
/// guess came.
pub(crate) fn state(
    connection: &Connection,
    provider: ProviderId,
    token: &str,
    now: i64,
) -> rusqlite::Result<TokenState> {
    let expires_at: Option<i64> = connection
        .prepare_cached("SELECT expires_at FROM token WHERE digest = ?1 AND provider = ?2")?
        .query_row(params![digest(token), provider.as_str()], |row| row.get(0))
        .optional()?;
    Ok(match expires_at {
        None => TokenState::Unknown,
        Some(end) if end <= now => TokenState::Expired,
        Some(_) => TokenState::Valid,
    })
}

/// The one whom a token was given out to. `None`: it was not, or is forgotten.
pub(crate) fn subject(
    connection: &Connection,
    provider: ProviderId,
    token: &str,
) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT subject FROM token WHERE digest = ?1 AND provider = ?2")?
        .query_row(params![digest(token), provider.as_str()], |row| row.get(0))
        .optional()
}

/// Ends every token that was handed out, for good: none comes back with a clock
/// that is moved back. Gives how many were valid.
pub(crate) fn expire_all(transaction: &Transaction<'_>, now: i64) -> rusqlite::Result<usize> {
    let sql = "UPDATE token SET expires_at = ?1 WHERE expires_at > ?2";
    let valid = transaction.execute(sql, [ENDED, now])?;
    // And those that the clock ended.
    transaction.execute(sql, [ENDED, ENDED])?;
    Ok(valid)
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::http::HeaderMap;
    use cards_model::ProviderId;

    use super::*;
    use crate::acme::{DRAWS, open};
    use crate::engine::intake::{self, HeaderValue};
    use crate::engine::store::StoreError;

    /// Tokens never end on a clock that stands, and each call for one adds a row.
    #[tokio::test]
    async fn of_each_provider_as_many_are_kept_as_there_may_be() {
        const MOST: i64 = 100_000;
        let store = open(&crate::engine::settings::Storage::Memory).unwrap();
        let filled = store.write(|transaction| {
            let (one, two) = (ProviderId::new("one"), ProviderId::new("two"));
            let of_two = issue(transaction, two, "somebody", 0, 60)?;
            let soon = issue(transaction, one, "somebody", 0, 59)?;
            let late = issue(transaction, one, "somebody", 0, 90_000)?;
            let fill =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                INSERT INTO token SELECT CAST('t' || i AS BLOB), 'one', 'somebody', 60 FROM n";
            transaction.execute(fill, [MOST - 2])?;
            let is_known = |token: &str| -> Result<_, StoreError> {
                Ok(state(transaction, one, token, 0)? == TokenState::Valid)
            };
            assert!(is_known(&soon)? && is_known(&late)?);
            let count = || -> Result<i64, StoreError> {
                let sql = "SELECT count(*) FROM token WHERE provider = 'one'";
                Ok(transaction.query_row(sql, [], |row| row.get(0))?)
            };
            for round in 0..3 {
                let next = issue(transaction, one, "somebody", 0, 60)?;
                assert!(is_known(&next)? && is_known(&late)?);
                assert!(!is_known(&soon)?, "round {round}");
                assert_eq!(count()?, MOST, "round {round}");
            }
            assert_eq!(state(transaction, two, &of_two, 0)?, TokenState::Valid);
            // Those that are over go, and make room.
            issue(transaction, one, "somebody", 61 + REMEMBERED_SECONDS, 60)?;
            assert_eq!(count()?, 2);
            let sql = "SELECT rows FROM row_count WHERE name = 'token one'";
            let counted: i64 = transaction.query_row(sql, [], |row| row.get(0))?;
            assert_eq!(counted, 2);
            Ok::<_, StoreError>(())
        });
        filled.await.unwrap();
    }

    /// Later logins, at whatever time, forget none of them.
    #[tokio::test]
    async fn what_was_ended_stays_known() {
        let store = open(&crate::engine::settings::Storage::Memory).unwrap();
        let ended = store.write(|transaction| {
            let providers = ["one", "two"].map(ProviderId::new);
            for now in [0, 61, 2 * REMEMBERED_SECONDS, i64::MIN, i64::MAX] {
                let token = issue(transaction, providers[0], "somebody", 0, 60)?;
                let over = issue(transaction, providers[0], "somebody", 0, 60)?;
                expire_all(transaction, 0)?;
                for provider in providers {
                    issue(transaction, provider, "another", now, 60)?;
                }
                for token in [token, over] {
                    let is = state(transaction, providers[0], &token, now)?;
                    assert_eq!(is, TokenState::Expired, "{now}");
                }
            }
            Ok::<_, StoreError>(())
        });
        ended.await.unwrap();
    }

    #[tokio::test]
    async fn every_token_is_taken_as_it_was_given_out() {
        let store = open(&crate::engine::settings::Storage::Memory).unwrap();
        let drawn = store.write(|transaction| {
            let mut headers = HeaderMap::new();
            let mut drawn = BTreeSet::new();
            for at in 0..DRAWS {
                let provider = ProviderId::new(["one", "two"][at % 2]);
                let token = issue(transaction, provider, "somebody", 0, 60)?;
                headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
                let HeaderValue::Text(given) = intake::header(&headers, "authorization") else {
                    unreachable!("it is plain text");
                };
                let given = intake::scheme(given, "Bearer").unwrap();
                assert_eq!(state(transaction, provider, given, 59)?, TokenState::Valid);
                drawn.insert(token);
            }
            Ok::<_, StoreError>(drawn.len())
        });
        assert_eq!(drawn.await.unwrap(), DRAWS);
    }
}
