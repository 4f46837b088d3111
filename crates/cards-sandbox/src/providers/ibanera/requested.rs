//! Cards that were asked for and wait until somebody approves or rejects them.
//!
//! Ibanera, Managee card approval updated, speaks of creations that wait for approval; no page says
//! when one does. Assumption: where the sandbox is set so, each does.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbered::{Given, REQUEST};
use cards_sandbox_core::world_error::WorldError;

/// A request, as a world file has it; what is left out is made up.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "struct RequestedCard")]
#[schemars(rename = "IbaneraRequestedCardInFile")]
pub(crate) struct RequestedRow {
    /// The id, by which the request is approved or rejected.
    #[serde(default)]
    pub(super) id: Option<i64>,
    /// The currency of the card that is asked for.
    #[serde(default)]
    pub(super) currency: Option<String>,
}

impl RequestedRow {
    /// A new request.
    pub(super) fn new(currency: &str) -> Self {
        Self {
            id: None,
            currency: Some(currency.to_owned()),
        }
    }

    /// Reads those of a customer that wait, by id.
    pub(super) fn all(connection: &Connection, customers_id: i64) -> rusqlite::Result<Vec<Self>> {
        let sql = "SELECT id, currency FROM ibanera_requested_card
            WHERE customers_id = ?1 ORDER BY id";
        let mut all = connection.prepare_cached(sql)?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Self {
                id: row.get(0)?,
                currency: row.get(1)?,
            })
        };
        all.query_map([customers_id], read)?.collect()
    }

    /// Keeps the request of a customer who is there. Gives its id, which is none of those that are
    /// `given` to others.
    pub(super) fn add(
        &self,
        transaction: &Transaction<'_>,
        customers_id: i64,
        given: &Given,
    ) -> Result<i64, WorldError> {
        let id = REQUEST.id(transaction, self.id, given)?;
        let sql = "INSERT INTO ibanera_requested_card (id, customers_id, currency)
            VALUES (?1, ?2, coalesce(?3, 'usd'))";
        let row = params![id, customers_id, self.currency];
        transaction.prepare_cached(sql)?.execute(row)?;
        Ok(id)
    }
}

/// A request that waits.
pub(super) struct Requested {
    pub(super) customers_id: i64,
    pub(super) currency: String,
}

/// Takes a request away, to be settled. Its id is not given again. `None`: none of this id waits.
pub(super) fn take(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<Option<Requested>> {
    let sql = "DELETE FROM ibanera_requested_card WHERE id = ?1 RETURNING customers_id, currency";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Requested {
            customers_id: row.get(0)?,
            currency: row.get(1)?,
        })
    };
    let mut taken = transaction.prepare_cached(sql)?;
    let taken = taken.query_row([id], read).optional()?;
    if taken.is_some() {
        REQUEST.spend(transaction, id)?;
    }
    Ok(taken)
}
