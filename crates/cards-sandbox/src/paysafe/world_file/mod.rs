//! Paysafe's part of a world file, and what the control API adds and takes
//! away.
//!
//! This file has the JSON form. [`ready`] applies the rules and makes up what is
//! left out, [`tables`] puts the result into the store and reads it back.

mod ready;
mod tables;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::paysafe::card::{DeliveryAddress, Expiry, Tokenizations};
use crate::world::quota;

pub(crate) use ready::{ReadyCard, ReadyCustomer, ReadySection};
pub(crate) use tables::{remove_card, remove_customer, save};

/// All customers, by id.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PaysafeSection")]
pub(crate) struct Section {
    #[serde(default, deserialize_with = "quota::customers")]
    customers: Vec<Customer>,
}

/// A customer, the cards in the order in which they are listed.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "PaysafeCustomerInFile")]
pub(crate) struct Customer {
    #[serde(default)]
    customer_id: Option<String>,
    #[serde(default, deserialize_with = "quota::cards")]
    cards: Vec<Card>,
}

/// A card with the document's keys; what is left out is made up.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "PaysafeCardInFile")]
pub(crate) struct Card {
    card_id: Option<String>,
    status: Option<String>,
    /// What a locked card returns to.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_before_lock: Option<String>,
    expiry: Option<Expiry>,
    /// A whole test number, instead of `bin` and `lastFour`; never saved.
    #[serde(skip_serializing)]
    card_number: Option<String>,
    bin: Option<String>,
    last_four: Option<String>,
    card_type: Option<String>,
    program_name: Option<String>,
    currency: Option<String>,
    mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_address: Option<DeliveryAddress>,
    created_date: Option<String>,
    account_id: Option<String>,
    scheme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activation_date: Option<String>,
    is_pin_set: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokenizations: Option<Tokenizations>,
}

impl Section {
    /// Gives the number of cards of each customer.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        self.customers.iter().map(|customer| customer.cards.len())
    }
}
