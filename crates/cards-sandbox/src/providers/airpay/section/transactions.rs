//! The transaction: its row in a world file, as it is shown, and in the table.

use cards_model::{Amount, Decimal};
use rusqlite::{Connection, Transaction as Write, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::providers::airpay::ledger::{self, DECIMALS, MOST};
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::limits::ID;
use cards_sandbox_core::world::invented::no_card_number;
use cards_sandbox_core::world_error::WorldError;

/// A load of money. The balance of a customer is the sum of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "struct Transaction")]
#[schemars(
    rename = "AirpayTransaction",
    description = "A load of money. The balance of a customer is the sum of them."
)]
#[non_exhaustive]
pub struct Transaction {
    /// The id: `AIRPAYTXN0001`.
    #[schemars(length(min = 1, max = 50))]
    pub transaction_id: String,
    /// The amount in rupees: `99.50`.
    #[schemars(regex(pattern = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"))]
    pub amount: String,
    /// The time, in seconds since 1970.
    pub at: i64,
}

impl Transaction {
    /// The amount in paise. `None`: it is no such number.
    fn paise(&self) -> Option<i64> {
        let paise = Amount::new(&*self.amount).minor_units(DECIMALS)?;
        (0..=MOST).contains(&paise).then_some(paise)
    }

    /// Checks what a world file has.
    pub(super) fn check(&self) -> Result<(), WorldError> {
        let length = self.transaction_id.chars().count();
        if !(1..=ID).contains(&length) {
            return Err(FieldError::at("transaction_id", format!("1 to {ID} characters")).into());
        }
        no_card_number("transaction_id", &self.transaction_id)?;
        if self.paise().is_none() {
            let what = "rupees as text, with two decimals at most: 99.50";
            return Err(FieldError::at("amount", what).into());
        }
        Ok(())
    }

    /// Adds it to the table, which has the customer.
    pub(super) fn add(&self, write: &Write<'_>, entity_id: &str) -> Result<(), WorldError> {
        let paise = self.paise().unwrap_or_default();
        if paise > MOST - ledger::balance(write, entity_id)? {
            let what = "the balance would have more digits than an amount";
            return Err(FieldError::at("amount", what).into());
        }
        let sql = "SELECT 1 FROM airpay_transaction WHERE transaction_id = ?1";
        if write.prepare_cached(sql)?.exists([&self.transaction_id])? {
            return Err(FieldError::at("transaction_id", "another transaction has it").into());
        }
        let sql = "INSERT INTO airpay_transaction (transaction_id, entity_id, paise, at)
                   VALUES (?1, ?2, ?3, ?4)";
        let row = params![self.transaction_id, entity_id, paise, self.at];
        write.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Reads those of a customer, the oldest first.
    pub(super) fn all(connection: &Connection, entity_id: &str) -> rusqlite::Result<Vec<Self>> {
        let sql = "SELECT transaction_id, paise, at FROM airpay_transaction
                   WHERE entity_id = ?1 ORDER BY number";
        let mut all = connection.prepare_cached(sql)?;
        let all = all.query_map([entity_id], |row| {
            Ok(Self {
                transaction_id: row.get(0)?,
                amount: ledger::rupees(row.get(1)?).to_string(),
                at: row.get(2)?,
            })
        })?;
        all.collect()
    }

    /// Sums up transactions; `None` where there are none.
    pub(super) fn sum(all: &[Self]) -> Option<String> {
        let paise: i64 = all.iter().filter_map(Self::paise).sum();
        let sum: Decimal = ledger::rupees(paise);
        (!all.is_empty()).then(|| sum.to_string())
    }
}
