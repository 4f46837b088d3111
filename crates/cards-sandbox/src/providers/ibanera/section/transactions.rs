//! The rows of the ledger, as a world file has them: within their card.

use rusqlite::Connection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::values::{Amount, check_text};
use crate::providers::ibanera::ledger::{self, Entry};
use crate::providers::ibanera::numbered::check_id;
use cards_sandbox_core::clock::{iso, parse_iso};
use cards_sandbox_core::decimal;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::listed::decimal as number;
use cards_sandbox_core::quota;
use cards_sandbox_core::world::section::{Context, each};
use cards_sandbox_core::world_error::WorldError;

/// An amount that came onto a card or left it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "struct Transaction",
    rename_all = "camelCase"
)]
#[schemars(rename = "IbaneraTransactionInFile")]
pub(crate) struct TransactionRow {
    #[serde(default)]
    id: Option<i64>,
    #[schemars(schema_with = "number")]
    amount: Amount,
    #[serde(default)]
    description: Option<String>,
    /// ISO 8601 with an offset.
    #[serde(default)]
    date_time: Option<String>,
    #[serde(default)]
    b_pending: Option<bool>,
    /// The id of the transaction that it refunds.
    #[serde(
        default,
        rename = "RefundTransactionsID",
        skip_serializing_if = "Option::is_none"
    )]
    refund_of: Option<i64>,
}

/// All amounts of a card, in the order in which they came.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Transactions(
    #[serde(deserialize_with = "quota::rows")] pub(super) Vec<TransactionRow>,
);

impl Transactions {
    /// Reads those of a card. `None`: there are none.
    pub(super) fn read(connection: &Connection, cards_id: i64) -> rusqlite::Result<Option<Self>> {
        let rows = ledger::of_card(connection, cards_id)?.into_iter();
        let rows: Vec<_> = rows.map(TransactionRow::from).collect();
        Ok((!rows.is_empty()).then_some(Self(rows)))
    }
}

impl TransactionRow {
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        check_id("id", self.id)?;
        check_id("RefundTransactionsID", self.refund_of)?;
        self.amount.check_digits("amount", AMOUNT_DIGITS)?;
        // It may have none.
        let description = self.description.as_deref().filter(|text| !text.is_empty());
        if let Some(description) = description {
            check_text("description", description)?;
        }
        let given = self.date_time.as_deref();
        let given = given.map(|text| parse_iso(text).ok_or_else(not_a_time));
        self.date_time = Some(iso(given.transpose()?.unwrap_or(context.now)));
        Ok(())
    }

    pub(super) const fn id(&self) -> Option<i64> {
        self.id
    }

    pub(super) fn entry(&self) -> Entry {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Entry {
            id: self.id,
            amount: self.amount.clone(),
            description: text(&self.description),
            date_time: parse_iso(&text(&self.date_time)).unwrap_or(ledger::OPENED),
            is_pending: self.b_pending.unwrap_or(false),
            refund_of: self.refund_of,
        }
    }
}

impl From<Entry> for TransactionRow {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            amount: entry.amount,
            description: Some(entry.description),
            date_time: Some(iso(entry.date_time)),
            b_pending: Some(entry.is_pending),
            refund_of: entry.refund_of,
        }
    }
}

/// Two balances of 28 digits each may differ in so many.
const AMOUNT_DIGITS: usize = 60;

fn not_a_time() -> FieldError {
    FieldError::at("dateTime", "ISO 8601 with an offset")
}

/// Checks the transactions of a card, which have to add up to its balances: total, available,
/// pending. Makes those up that the balances ask for, or the balances that they add up to.
pub(super) fn settle(
    transactions: &mut Option<Transactions>,
    [total_balance, available_balance, pending_balance]: [&mut Option<Amount>; 3],
    context: &Context,
) -> Result<(), WorldError> {
    let Some(Transactions(given)) = transactions else {
        let or_zero = |balance: &Option<Amount>| {
            let given = balance.as_ref();
            given.map_or_else(|| "0".to_owned(), |given| given.as_str().to_owned())
        };
        let (total, pending) = (or_zero(total_balance), or_zero(pending_balance));
        let not_plain = || FieldError::at("totalBalance", "a plain decimal, as pendingBalance");
        let opening = ledger::opening(&total, &pending, context.now).ok_or_else(not_plain)?;
        let opening = opening.into_iter().map(TransactionRow::from);
        *transactions = Some(Transactions(opening.collect()));
        return Ok(());
    };
    each("transactions", given.iter_mut(), |row| row.check(context))?;
    let amounts = given
        .iter()
        .map(|row| (row.amount.as_str(), row.b_pending.unwrap_or(false)));
    let not_a_sum = || FieldError::at("transactions", "plain decimals");
    let (total, pending) = ledger::sums(amounts).ok_or_else(not_a_sum)?;
    let settled = decimal::difference(&total, &pending).ok_or_else(not_a_sum)?;
    // A payment that is pending cannot be spent once more.
    let held = given.iter().filter(|row| row.b_pending == Some(true));
    let held = held
        .map(|row| row.amount.as_str())
        .filter(|amount| amount.starts_with('-'));
    let to_spend = decimal::sum(held.chain([&*settled])).ok_or_else(not_a_sum)?;
    is_sum("totalBalance", total_balance, &total)?;
    is_sum("pendingBalance", pending_balance, &pending)?;
    made_up(available_balance, &to_spend)
        .map(drop)
        .ok_or_else(not_a_sum)?;
    Ok(())
}

/// Checks a balance against the sum that it has to be, or makes it that.
fn is_sum(field: &'static str, balance: &mut Option<Amount>, sum: &str) -> Result<(), FieldError> {
    let off = made_up(balance, sum).and_then(|given| decimal::difference(given.as_str(), sum));
    match off {
        Some(off) if decimal::is_zero(&off) => Ok(()),
        _ => Err(FieldError::at(field, "the sum of the transactions")),
    }
}

/// Gives a balance, which is this sum where it is left out. `None`: the sum is no plain decimal.
fn made_up<'a>(balance: &'a mut Option<Amount>, sum: &str) -> Option<&'a Amount> {
    if balance.is_none() {
        *balance = Amount::of(sum);
    }
    balance.as_ref()
}
