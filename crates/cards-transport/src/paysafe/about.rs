//! Warns of replies that are about another customer or card than the call.

use cards_model::paysafe::{
    Card, CreatePrepaidCard, GetPrepaidCard, UpdatePrepaidCard, UpdatedCard,
};

use crate::reply::Warning;

pub(crate) fn shown(call: &GetPrepaidCard, card: &Card) -> Vec<Warning> {
    of_card(&call.customer_id, &call.card_id, card)
}

pub(crate) fn updated(call: &UpdatePrepaidCard, card: &UpdatedCard) -> Vec<Warning> {
    let card = card.iter();
    card.flat_map(|card| of_card(&call.customer_id, &call.card_id, card))
        .collect()
}

pub(crate) fn created(call: &CreatePrepaidCard, card: &Card) -> Vec<Warning> {
    of_customer(&call.customer_id, card).into_iter().collect()
}

/// Warns of cards in the list of a customer that name another.
pub(super) fn listed(customer_id: &str, cards: &[Card]) -> Option<Warning> {
    cards.iter().find_map(|card| of_customer(customer_id, card))
}

fn of_card(customer_id: &str, card_id: &str, card: &Card) -> Vec<Warning> {
    let of_card = Warning::about("cardId", card_id, Some(&card.card_id));
    of_card
        .into_iter()
        .chain(of_customer(customer_id, card))
        .collect()
}

fn of_customer(customer_id: &str, card: &Card) -> Option<Warning> {
    Warning::about("customerId", customer_id, card.customer_id.as_deref())
}
