//! Ibanera's part of a world file, and what the control API adds, changes and
//! takes away.
//!
//! This file has the JSON form. [`ready`] applies the rules and makes up what is
//! left out, [`tables`] puts the result into the store and reads it back.

mod ready;
mod tables;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::world::quota;

pub(crate) use ready::{ReadyCard, ReadyCustomer, ReadySection};
pub(crate) use tables::{remove_card, remove_customer, save};

/// All customers, by id.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "IbaneraSection")]
pub(crate) struct Section {
    #[serde(default, deserialize_with = "quota::customers")]
    customers: Vec<Customer>,
}

/// A customer; what is left out is made up.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "IbaneraCustomerInFile")]
pub(crate) struct Customer {
    #[serde(default)]
    customers_id: Option<i64>,
    #[serde(default)]
    customers_reference: Option<String>,
    #[serde(default, deserialize_with = "quota::cards")]
    cards: Vec<Card>,
}

/// A card; its number is given whole or as it is shown.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "IbaneraCardInFile")]
pub(crate) struct Card {
    #[serde(default)]
    id: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    card_number: Option<String>,
    // Numbers as their own text, so that no digit is lost.
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    total_balance: Option<Box<RawValue>>,
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    available_balance: Option<Box<RawValue>>,
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    pending_balance: Option<Box<RawValue>>,
    #[serde(default)]
    b_suppressed: Option<bool>,
}

/// What of a card can be changed; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "IbaneraCardChange", extend("anyOf" = change_of_one()))]
pub(crate) struct Change {
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    total_balance: Option<Box<RawValue>>,
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    available_balance: Option<Box<RawValue>>,
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    pending_balance: Option<Box<RawValue>>,
    b_suppressed: Option<bool>,
}

/// The schema of a change that changes anything.
fn change_of_one() -> serde_json::Value {
    let number = |field| (field, "number");
    crate::control::one_of(&[
        number("totalBalance"),
        number("availableBalance"),
        number("pendingBalance"),
        ("bSuppressed", "boolean"),
    ])
}

impl Section {
    /// Gives the number of cards of each customer.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        self.customers.iter().map(|customer| customer.cards.len())
    }
}
