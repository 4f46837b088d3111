//! The transaction: its row in a world file, as it is shown, and in the table.

use cards_model::{Amount, Decimal};
use rusqlite::{Connection, Transaction as Write, params};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::providers::airpay::ledger::{self, DECIMALS, MOST};
use crate::providers::airpay::transaction_kind::TransactionKind;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::limits::ID;
use cards_sandbox_core::store::of_row;
use cards_sandbox_core::world::invented::no_card_number;
use cards_sandbox_core::world_error::WorldError;

/// A load of money, or a payment with it. The balance of a customer is the sum of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "struct Transaction")]
#[schemars(
    rename = "AirpayTransaction",
    description = "A load of money, or a payment with it. The balance of a customer is the sum of them."
)]
#[non_exhaustive]
pub struct Transaction {
    /// The id: `AIRPAYTXN0001`.
    #[schemars(length(min = 1, max = 50))]
    pub transaction_id: String,
    /// The kind; a load where it is left out.
    #[serde(default, skip_serializing_if = "TransactionKind::is_load")]
    pub kind: TransactionKind,
    /// The amount in rupees: `99.50`; below nothing where a payment takes it.
    #[schemars(regex(pattern = r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$"))]
    pub amount: String,
    /// The id of the payment that a refund gives back.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "String", length(min = 1, max = 50))]
    pub refund_of: Option<String>,
    /// The time, in seconds since 1970.
    pub at: i64,
}

/// Reads a text that may be left out, but is no null.
fn given<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    String::deserialize(input).map(Some)
}

impl Transaction {
    /// The amount in paise. `None`: it is no such number, or has not the sign of its kind.
    fn paise(&self) -> Option<i64> {
        let paise = Amount::new(&*self.amount).minor_units(DECIMALS)?;
        let range = match self.kind.is_payment() {
            true => -MOST..=0,
            false => 0..=MOST,
        };
        range.contains(&paise).then_some(paise)
    }

    /// Checks what a world file has.
    pub(super) fn check(&self) -> Result<(), WorldError> {
        let length = self.transaction_id.chars().count();
        if !(1..=ID).contains(&length) {
            return Err(FieldError::at("transaction_id", format!("1 to {ID} characters")).into());
        }
        no_card_number("transaction_id", &self.transaction_id)?;
        if self.paise().is_none() {
            let what = match self.kind.is_payment() {
                true => "rupees that leave, as text, with two decimals at most: -99.50",
                false => "rupees as text, with two decimals at most: 99.50",
            };
            return Err(FieldError::at("amount", what).into());
        }
        let is_refund = self.kind == TransactionKind::Refund;
        match &self.refund_of {
            Some(id) if !is_refund || !(1..=ID).contains(&id.chars().count()) => {
                let what = format!("1 to {ID} characters, of a refund alone");
                return Err(FieldError::at("refund_of", what).into());
            }
            Some(id) => no_card_number("refund_of", id)?,
            None if is_refund => {
                let what = "a refund needs the id of its payment";
                return Err(FieldError::at("refund_of", what).into());
            }
            None => {}
        }
        Ok(())
    }

    /// Adds it to the table, which has the customer.
    pub(super) fn add(&self, write: &Write<'_>, entity_id: &str) -> Result<(), WorldError> {
        let paise = self.paise().unwrap_or_default();
        let sql = "SELECT 1 FROM airpay_transaction WHERE transaction_id = ?1";
        if write.prepare_cached(sql)?.exists([&self.transaction_id])? {
            return Err(FieldError::at("transaction_id", "another transaction has it").into());
        }
        let sql = "INSERT INTO airpay_transaction
                       (transaction_id, entity_id, kind, paise, refund_of, at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let (kind, refund_of) = (self.kind.as_str(), &self.refund_of);
        let row = params![
            self.transaction_id,
            entity_id,
            kind,
            paise,
            refund_of,
            self.at
        ];
        write.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Reads those of a customer, the oldest first.
    pub(super) fn all(connection: &Connection, entity_id: &str) -> rusqlite::Result<Vec<Self>> {
        let sql = "SELECT transaction_id, paise, at, kind, refund_of FROM airpay_transaction
                   WHERE entity_id = ?1 ORDER BY number";
        let mut all = connection.prepare_cached(sql)?;
        let all = all.query_map([entity_id], |row| {
            of_row("airpay_transaction", "transaction_id", row, |row| {
                Ok(Self {
                    transaction_id: row.get(0)?,
                    amount: ledger::rupees(row.get(1)?).to_string(),
                    at: row.get(2)?,
                    kind: TransactionKind::of(&row.get::<_, String>(3)?),
                    refund_of: row.get(4)?,
                })
            })
        })?;
        all.collect()
    }

    /// Checks what a customer's come to: a balance. Those before one may have come to less or more, as
    /// a payment that was given back is there no more.
    pub(super) fn check_sum(all: &[Self]) -> Result<(), FieldError> {
        let what = match Self::paise_of(all) {
            ..0 => "more is paid than was loaded",
            sum if sum > i128::from(MOST) => "the balance would have more digits than an amount",
            _ => return Ok(()),
        };
        Err(FieldError::at("transactions", what))
    }

    fn paise_of(all: &[Self]) -> i128 {
        all.iter().filter_map(Self::paise).map(i128::from).sum()
    }

    /// Sums up transactions; `None` where there are none.
    pub(super) fn sum(all: &[Self]) -> Option<String> {
        let sum: Decimal = ledger::rupees(ledger::clamped(Self::paise_of(all)));
        (!all.is_empty()).then(|| sum.to_string())
    }
}
