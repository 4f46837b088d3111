//! Warns of replies that are about another customer or card than the call.

use cards_model::ibanera::{
    ActivateCard, CardsByCustomer, CreateCard, CustomerCard, CustomerCardsReply,
};

use crate::reply::Warning;

pub(crate) fn listed(call: &CardsByCustomer, reply: &CustomerCardsReply) -> Vec<Warning> {
    let shown = reply.customers.iter().map(|one| one.customers_id);
    let mut others = shown.filter_map(|shown| of_customer(call.customers_id, Some(shown)));
    others.next().into_iter().collect()
}

pub(crate) fn created(call: &CreateCard, reply: &CustomerCard) -> Vec<Warning> {
    let other = of_customer(call.customers_id, reply.customers_id);
    other.into_iter().collect()
}

pub(crate) fn activated(call: &ActivateCard, reply: &CustomerCard) -> Vec<Warning> {
    let shown = reply.card.as_ref().map(|card| card.id);
    let other = about("id", call.cards_id, shown);
    other.into_iter().collect()
}

fn of_customer(asked: Option<i64>, shown: Option<i64>) -> Option<Warning> {
    about("customersId", asked, shown)
}

pub(super) fn about(
    field: &'static str,
    asked: Option<i64>,
    shown: Option<i64>,
) -> Option<Warning> {
    (asked? != shown?).then_some(Warning::AboutAnother { field })
}
