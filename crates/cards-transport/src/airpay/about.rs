//! Warns of replies that are about another customer than the call.

use cards_model::airpay::{Balance, CardBalance};

use crate::reply::Warning;

pub(crate) fn balance(call: &CardBalance, balance: &Balance) -> Vec<Warning> {
    let other = Warning::about("entity_id", &call.entity_id, balance.entity_id.as_deref());
    other.into_iter().collect()
}
