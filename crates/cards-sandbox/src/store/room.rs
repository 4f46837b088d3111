//! How much the world holds, and may hold: no more than a world file takes.

use std::fmt;

use rusqlite::Connection;

use super::StoreError;
use crate::world::limits::{BYTES, CARDS, CUSTOMERS};

/// What is counted by the triggers of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    customers: i64,
    cards: i64,
    bytes: i64,
}

impl Room {
    pub(super) const MOST: Self = Self {
        customers: CUSTOMERS as i64,
        cards: CARDS as i64,
        bytes: BYTES as i64,
    };

    #[cfg(test)]
    pub(super) const UNLIMITED: Self = Self {
        customers: i64::MAX,
        cards: i64::MAX,
        bytes: i64::MAX,
    };

    /// What is taken.
    fn of(connection: &Connection) -> rusqlite::Result<Self> {
        connection
            .prepare_cached("SELECT customers, cards, bytes FROM room")?
            .query_row([], |row| {
                Ok(Self {
                    customers: row.get(0)?,
                    cards: row.get(1)?,
                    bytes: row.get(2)?,
                })
            })
    }

    /// What a store may hold: a file that an older sandbox let grow beyond that
    /// goes on as it is.
    pub(super) fn for_store(connection: &Connection) -> rusqlite::Result<Self> {
        let taken = Self::of(connection)?;
        Ok(Self {
            customers: taken.customers.max(Self::MOST.customers),
            cards: taken.cards.max(Self::MOST.cards),
            bytes: taken.bytes.max(Self::MOST.bytes),
        })
    }

    /// Whether what is there now fits in here.
    pub(super) fn check(self, connection: &Connection) -> Result<(), StoreError> {
        let taken = Self::of(connection)?;
        let full = [
            (taken.customers > self.customers, Full::Customers),
            (taken.cards > self.cards, Full::Cards),
            (taken.bytes > self.bytes, Full::Bytes),
        ];
        match full.into_iter().find(|(is_full, _)| *is_full) {
            None => Ok(()),
            Some((_, what)) => Err(StoreError::NoRoom(what)),
        }
    }
}

/// Of what there would be too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    Customers,
    Cards,
    Bytes,
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customers => write!(f, "the sandbox holds at most {CUSTOMERS} customers"),
            Self::Cards => write!(f, "the sandbox holds at most {CARDS} cards"),
            Self::Bytes => write!(
                f,
                "the sandbox holds at most what a file of {} MiB does",
                BYTES / (1024 * 1024)
            ),
        }
    }
}
