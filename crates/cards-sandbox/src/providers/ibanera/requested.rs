//! Cards that were asked for and wait until somebody approves or rejects them.
//!
//! Ibanera, Managee card approval updated, speaks of creations that wait for approval; no page says
//! when one does. Assumption: where the sandbox is set so, each does.

use rusqlite::{OptionalExtension, Transaction, params};

/// Keeps a request of a customer who is there. Gives its id.
pub(super) fn add(
    transaction: &Transaction<'_>,
    customers_id: i64,
    currency: &str,
) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached(
            "INSERT INTO ibanera_requested_card (customers_id, currency) VALUES (?1, ?2)",
        )?
        .execute(params![customers_id, currency])?;
    Ok(transaction.last_insert_rowid())
}

/// A request that waits.
pub(super) struct Requested {
    pub(super) customers_id: i64,
    pub(super) currency: String,
}

/// Takes a request away, to be settled. `None`: none of this id waits.
pub(super) fn take(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<Option<Requested>> {
    let sql = "DELETE FROM ibanera_requested_card WHERE id = ?1 RETURNING customers_id, currency";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Requested {
            customers_id: row.get(0)?,
            currency: row.get(1)?,
        })
    };
    transaction
        .prepare_cached(sql)?
        .query_row([id], read)
        .optional()
}
