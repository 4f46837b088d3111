//! The numbers that are ids, and the tables whose rows have them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension as _, params};

use cards_model::FieldType as _;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::world::invented::{Free, next_number};
use cards_sandbox_core::world_error::WorldError;

/// The range of ids: the provider counts them from 1, as the rule of `customersId` has it,
/// and JavaScript reads all of them.
pub(super) const IDS: RangeInclusive<i64> = 1..=(1 << 53) - 1;

/// Checks an id that is given.
pub(super) fn check_id(field: &'static str, id: Option<i64>) -> Result<(), FieldError> {
    match id {
        Some(id) if !IDS.contains(&id) => {
            let what = format!("{} to {}", IDS.start(), IDS.end());
            Err(FieldError::at(field, what))
        }
        _ => Ok(()),
    }
}

/// Reads an id as it is written in a path or an order: one id is written in one way, so that neither
/// a sign nor a zero stands before it.
pub(super) fn id_of(text: &str) -> Option<i64> {
    i64::from_text(text).filter(|id| id.to_string() == text)
}

/// A table whose rows have numbers as ids.
pub(super) struct Numbered {
    name: &'static str,
    /// The id, in a file.
    field: &'static str,
    taken: &'static str,
}

pub(super) const CUSTOMER: Numbered = Numbered {
    name: "ibanera_customer",
    field: "customersId",
    taken: "another customer has it",
};
pub(super) const CARD: Numbered = Numbered {
    name: "ibanera_card",
    field: "id",
    taken: "another card has it",
};

pub(super) const TRANSACTION: Numbered = Numbered {
    name: "ibanera_transaction",
    field: "id",
    taken: "another transaction has it",
};

pub(super) const REQUEST: Numbered = Numbered {
    name: "ibanera_requested_card",
    field: "id",
    taken: "another request has it",
};

/// Holds the ids that rows have been given which are still to come: what is made up before them is
/// none of these.
#[derive(Default)]
pub(super) struct Given {
    ids: BTreeSet<i64>,
    free: Free,
}

impl Extend<i64> for Given {
    fn extend<T: IntoIterator<Item = i64>>(&mut self, ids: T) {
        self.ids.extend(ids);
    }
}

impl Numbered {
    /// Tells whether an id is given out.
    pub(super) fn has(&self, connection: &Connection, id: i64) -> rusqlite::Result<bool> {
        // All have their id as SQLite's own.
        let sql = format!("SELECT 1 FROM {} WHERE rowid = ?1", self.name);
        connection.prepare_cached(&sql)?.exists([id])
    }

    /// Keeps an id from being given out again whose row goes.
    pub(super) fn spend(&self, connection: &Connection, id: i64) -> rusqlite::Result<()> {
        let sql = "INSERT INTO ibanera_spent_id VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET id = max(id, excluded.id)";
        let mut spend = connection.prepare_cached(sql)?;
        spend.execute(params![self.name, id]).map(drop)
    }

    /// Reads the highest id of a row that went. `None`: none of its rows went.
    pub(super) fn spent(&self, connection: &Connection) -> rusqlite::Result<Option<i64>> {
        let sql = "SELECT id FROM ibanera_spent_id WHERE name = ?1";
        let mut spent = connection.prepare_cached(sql)?;
        spent.query_row([self.name], |row| row.get(0)).optional()
    }

    /// Gives the id of a new row, which is its own where it has one; it is none of those that
    /// are `given` to rows that come after it.
    pub(super) fn id(
        &self,
        connection: &Connection,
        own: Option<i64>,
        given: &Given,
    ) -> Result<i64, WorldError> {
        if let Some(id) = own {
            return match self.has(connection, id)? {
                true => Err(FieldError::at(self.field, self.taken).into()),
                false => Ok(id),
            };
        }
        let sql = format!("SELECT coalesce(max(rowid), 0) FROM {}", self.name);
        let mut highest = connection.prepare_cached(&sql)?;
        let highest: i64 = highest.query_row([], |row| row.get(0))?;
        let highest = highest.max(self.spent(connection)?.unwrap_or(0));
        let highest = given.ids.last().map_or(highest, |last| highest.max(*last));
        let is_taken = |id| Ok(given.ids.contains(&id) || self.has(connection, id)?);
        next_number(self.field, highest, IDS, &given.free, is_taken)
    }
}
