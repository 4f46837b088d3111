//! A card of a customer as it stands in the store.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::customers;
use super::lifecycle::State;
use super::reply::Refusal;
use cards_sandbox_core::store::{Fingerprints, of_row};

/// Holds what decides over a card, and what a new one takes over.
pub(super) struct Standing {
    pub(super) number: i64,
    pub(super) state: State,
    pub(super) card_type: String,
    /// `MM/YY`.
    pub(super) card_expiry: String,
}

impl Standing {
    /// Finds the card of this kit, or refuses customer or kit; `field` is the kit's name.
    pub(super) fn find(
        transaction: &Transaction<'_>,
        entity_id: &str,
        (field, kit_no): (&str, &str),
    ) -> Result<Self, Refusal> {
        if !customers::exists(transaction, entity_id)? {
            return Err(Refusal::because("entity_id: there is no such customer"));
        }
        let none = || Refusal::because(format!("{field}: the customer has no card of this kit"));
        Self::of(transaction, entity_id, kit_no)?.ok_or_else(none)
    }

    /// The card of this kit; `None` where the customer has none.
    pub(super) fn of(
        transaction: &Transaction<'_>,
        entity_id: &str,
        kit_no: &str,
    ) -> rusqlite::Result<Option<Self>> {
        let key = Fingerprints::of(transaction)?.make(kit_no);
        let sql = "SELECT * FROM airpay_card WHERE entity_id = ?1 AND kit_key = ?2";
        let mut card = transaction.prepare_cached(sql)?;
        card.query_row(params![entity_id, key], Self::read)
            .optional()
    }

    /// The expiry as `MMYY`, whether it is kept with two or four digits of the year.
    pub(super) fn month_and_year(&self) -> Option<String> {
        let (month, year) = self.card_expiry.split_once('/')?;
        Some(format!(
            "{month}{}",
            year.get(year.len().checked_sub(2)?..)?
        ))
    }

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        of_row("airpay_card", "number", row, |row| {
            let lock: Option<String> = row.get("lock")?;
            let replaced_by: Option<String> = row.get("replaced_by")?;
            Ok(Self {
                number: row.get("number")?,
                state: State::of(lock.as_deref(), replaced_by.is_some()),
                card_type: row.get("card_type")?,
                card_expiry: row.get("card_expiry")?,
            })
        })
    }
}
