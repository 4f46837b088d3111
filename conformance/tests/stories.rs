//! One life of a card at Airpay, over HTTP and with both backends: registered, logged in,
//! loaded, looked at, locked and seen to be; and what a lost reply does to a load.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "common/mod.rs"]
mod common;

use std::time::Duration;

use cards_model::airpay::{
    AddCard, CardBalance, CardDetails, CardStatus, CardType, LockFlag, LockUnlock, TopUp, UserLogin,
};
use cards_model::{CardState, CardSummary, Decimal};
use cards_sandbox::{Fault, Sandbox};
use cards_transport::airpay::Airpay;
use cards_transport::{BackendOptions, Call as _, Retry, Settings};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::FakeClock;
use crate::common::registration;
use crate::common::sandbox::{Carries, provider_of, sandbox};

/// Makes up to so many attempts, at the fixtures' noon.
fn attempts(most: u32) -> Settings {
    let retry = Retry::new(most).first_pause(Duration::from_millis(1));
    FakeClock::new().settings().retry(retry)
}

fn options() -> BackendOptions {
    BackendOptions::new().read_timeout(Duration::from_secs(10))
}

for_both_backends! {
    a_card_is_registered_loaded_locked_and_shown,
    a_load_whose_reply_is_lost_is_not_sent_again,
}

fn a_card_is_registered_loaded_locked_and_shown<B: Backend>() {
    let sandbox = sandbox();
    let airpay: Airpay = provider_of(&sandbox, Carries::Token);
    let client = B::client(airpay, &options(), attempts(1));
    let person = registration();
    let id = client.send(&person).unwrap().into_value().entity_id;

    let (mobile_no, password) = (person.mobile_no.clone(), person.password.clone());
    let login = UserLogin {
        mobile_no,
        password,
    };
    let token = client.send(&login).unwrap().into_value().token;
    assert!(!token.expose().is_empty());
    let airpay: Airpay = provider_of(&sandbox, Carries::Token);
    let client = B::client(airpay.token(token.expose()), &options(), attempts(1));

    let balance = || {
        client
            .send(&CardBalance::new(&*id))
            .unwrap()
            .into_value()
            .balance
    };
    assert_eq!(balance(), Decimal::ZERO);
    let loads = ["0.01", "0.1", "99.89", "5", "05.50"];
    let ids: Vec<_> = loads
        .map(|amount| client.send(&TopUp::new(&*id, amount)).unwrap().into_value())
        .into_iter()
        .map(|load| load.transaction_id.unwrap())
        .collect();
    assert_eq!(balance(), Decimal::new(11_050, 2));
    let transactions = &sandbox.airpay_customers().unwrap()[2].transactions;
    let kept: Vec<_> = transactions.iter().map(|one| &one.transaction_id).collect();
    assert_eq!(kept, ids.iter().collect::<Vec<_>>());

    let second = AddCard {
        entity_id: id.clone(),
        card_type: CardType::Physical,
        kit_no: "100000008888".into(),
        card_no: "4242424242424242".into(),
        card_expiry: "12/2040".into(),
    };
    client.send(&second).unwrap();
    let kit_no = person.kit_no.clone();
    let lock = |flag| LockUnlock::new(&*id, &*kit_no, flag, "Lost");
    for (flag, status, state) in [
        (LockFlag::Lock, CardStatus::Locked, CardState::Inactive),
        (LockFlag::Unlock, CardStatus::Allocated, CardState::Active),
        (LockFlag::Block, CardStatus::Blocked, CardState::Closed),
    ] {
        client.send(&lock(flag)).unwrap();
        let cards = client.send(&CardDetails::new(&*id)).unwrap().into_value();
        let [first, second] = cards.items() else {
            panic!("{cards:?}");
        };
        assert_eq!(first.card_status, Some(status));
        assert_eq!(CardSummary::from(first).state, Some(state));
        assert_eq!(CardSummary::from(second).state, Some(CardState::Active));
        assert_eq!(CardSummary::from(second).expiry.as_deref(), Some("12/2040"));
        let number = second.card_no.as_ref().unwrap().expose();
        assert_eq!(number, "424242XXXXXX4242");
    }
    // The second card takes loads on.
    client.send(&TopUp::new(&*id, "1")).unwrap();
    assert_eq!(balance(), Decimal::new(11_150, 2));
}

/// The load was made, and whoever is told that nobody knows finds it in the balance.
fn a_load_whose_reply_is_lost_is_not_sent_again<B: Backend>() {
    let sandbox = Sandbox::builder().start_blocking().unwrap();
    let airpay: Airpay = provider_of(&sandbox, Carries::Token);
    let client = B::client(airpay, &options(), attempts(5));
    let load = TopUp::new("AIRPAYCUST0001", "7.00");
    let lost = Fault::reset_before_headers().carry_out(true).times(1);
    let lost = lost.operation(TopUp::operation().name);
    sandbox.faults().add(lost).unwrap();
    let error = client.send(&load).unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(error.attempts(), 1);
    let asked = client.send(&CardBalance::new("AIRPAYCUST0001")).unwrap();
    assert_eq!(asked.into_value().balance, Decimal::new(700, 2));
}
