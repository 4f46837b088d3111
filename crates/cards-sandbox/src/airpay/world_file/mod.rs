//! Airpay's part of a world file, and what the control API adds and takes away.
//!
//! This file has the JSON form. [`ready`] applies the rules and makes up what is
//! left out, [`tables`] puts the result into the store and reads it back.

mod ready;
mod synthetic;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::world::quota;

pub(crate) use ready::{Context, ReadyCard, ReadyCustomer, ReadySection};
pub(crate) use tables::{remove_card, remove_customer, save};

/// All customers, in the order of their numbers.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AirpaySection")]
pub(crate) struct Section {
    /// The highest number that was ever given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_number: Option<i64>,
    #[serde(default, deserialize_with = "quota::customers")]
    customers: Vec<Customer>,
}

/// A customer; what is left out is made up. One with `password_hash` was saved
/// by a sandbox, which applied the rules of its day.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AirpayCustomerInFile")]
pub(crate) struct Customer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entity_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    /// The fields of a registration that are about the person.
    #[serde(default)]
    mobile_no: Option<String>,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    gender: Option<String>,
    #[serde(default)]
    dob: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email_fingerprint: Option<String>,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(default)]
    pincode: Option<String>,
    #[serde(default)]
    doc_type: Option<String>,
    #[serde(default)]
    doc_number: Option<String>,
    #[serde(default)]
    doc_expiry: Option<String>,
    #[serde(default)]
    doc_country_issue: Option<String>,
    /// In the clear on the way in; never on the way out.
    #[serde(default, skip_serializing)]
    #[schemars(with = "Option<String>")]
    password: Option<cards_model::Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_hash: Option<String>,
    #[serde(default)]
    kyc_status: Option<String>,
    #[serde(default)]
    kyc_expiry_date: Option<String>,
    #[serde(default)]
    preferences: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "quota::cards")]
    cards: Vec<Card>,
}

/// A card. With `card_fingerprint` and `kit_fingerprint` it was saved by a
/// sandbox; without, the numbers are given whole and kept masked.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AirpayCardInFile")]
pub(crate) struct Card {
    #[serde(default)]
    card_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    card_fingerprint: Option<String>,
    #[serde(default)]
    kit_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kit_fingerprint: Option<String>,
    #[serde(default)]
    card_type: Option<String>,
    #[serde(default)]
    card_expiry: Option<String>,
}

impl Section {
    /// Gives the number of cards of each customer.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        self.customers.iter().map(|customer| customer.cards.len())
    }
}
