//! Counts what the store holds, so that no more comes in than a world may hold.

use rusqlite::Connection;

use super::StoreError;
use crate::engine::quota::Quota;

/// Reads what the triggers of the tables have counted.
pub(crate) fn held(connection: &Connection) -> rusqlite::Result<Quota> {
    connection
        .prepare_cached("SELECT customers, cards, bytes FROM held")?
        .query_row([], |row| {
            Ok(Quota {
                customers: row.get(0)?,
                cards: row.get(1)?,
                bytes: row.get(2)?,
            })
        })
}

/// Checks that the store holds no more than `most`.
pub(crate) fn check(connection: &Connection, most: Quota) -> Result<(), StoreError> {
    held(connection)?.check(most).map_err(StoreError::OverQuota)
}
