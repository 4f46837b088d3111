//! The issuer's side: balances, states and events follow what it does, all or nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod orders;
mod payments;
mod plastic;
mod saved;

use cards_sandbox::{IssuerAction as A, IssuerError, IssuerOrder, ProviderId, Running, Sandbox};

const AIRPAY: ProviderId = ProviderId::AIRPAY;
const PAYSAFE: ProviderId = ProviderId::PAYSAFE;
const IBANERA: ProviderId = ProviderId::IBANERA;

/// The customer who is there from the start at Airpay, and the kit of the card.
const CUSTOMER: &str = cards_sandbox::world::airpay::CUSTOMER;
const KIT: &str = "100000000978";

/// A card of Ibanera's that is active, with 1200.25 to spend and 50.50 to come.
const CARD: &str = "1005";

fn order(action: A) -> IssuerOrder {
    IssuerOrder::new(action)
}

/// An order at Airpay, of the customer's card.
fn at_airpay(action: A) -> IssuerOrder {
    order(action).customer(CUSTOMER).card(KIT)
}

/// Does it, and gives the transaction.
fn done(sandbox: &Running, provider: ProviderId, order: IssuerOrder) -> String {
    let done = sandbox.act_as_issuer(provider, order).unwrap();
    done.transaction.unwrap_or_default()
}

/// Does not, and says why.
fn why(sandbox: &Running, provider: ProviderId, order: IssuerOrder) -> String {
    let error = sandbox.act_as_issuer(provider, order).unwrap_err();
    let kind = match &error {
        IssuerError::Field(_) => 400,
        IssuerError::NotFound(_) => 404,
        IssuerError::Conflict(_) => 409,
        other => panic!("{other}"),
    };
    format!("{kind} {error}")
}

/// Loads Airpay's customer.
fn load(sandbox: &Running, amount: &str) {
    let fields = [("entity_id", CUSTOMER), ("amount", amount)];
    let answer = crate::common::airpay(sandbox.addr(), "topup", &fields);
    assert!(answer.contains("success"), "{answer}");
}

fn airpay_balance(sandbox: &Running) -> String {
    let answer = crate::common::airpay(sandbox.addr(), "card-balance", &[("entity_id", CUSTOMER)]);
    let body = crate::common::body(&answer);
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    json["data"]["balance"]
        .as_str()
        .unwrap_or_else(|| panic!("{body}"))
        .to_owned()
}

/// Total, available and pending.
fn ibanera_balances(sandbox: &Running) -> [String; 3] {
    let customers = sandbox.ibanera_customers().unwrap();
    let mut cards = customers.iter().flat_map(|customer| &customer.cards);
    let card = cards.find(|card| card.id.to_string() == CARD).unwrap();
    [
        &card.total_balance,
        &card.available_balance,
        &card.pending_balance,
    ]
    .map(|balance| balance.as_str().to_owned())
}

/// Puts something into its place by the control API.
fn put(sandbox: &Running, target: &str, body: &str) {
    let headers = [("content-type", "application/json")];
    let asked = crate::common::request("PUT", target, &headers, body);
    let answer = crate::common::exchange(sandbox.addr(), asked.as_bytes());
    assert_eq!(crate::common::status(&answer), 200, "{answer}");
}
