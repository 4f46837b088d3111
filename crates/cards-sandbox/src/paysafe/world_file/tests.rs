//! Many of everything that is made up for a Paysafe card, each through the rules
//! that hold for what is given.

use super::*;
use crate::control::read_json;
use crate::testing::{DRAWS, days, in_a_store, said};

#[test]
fn a_card_that_says_nothing() {
    let wallets = ["GOOGLE_PAY", "APPLE_PAY", "SAMSUNG_PAY"]
        .map(|wallet| format!(r#"{{"walletType":"{wallet}"}}"#))
        .join(",");
    let physical = format!(
        r#"{{"cards":[{{"cardType":"PHYSICAL","tokenizations":{{"mobileWalletTokenizations":[{wallets}]}}}}]}}"#
    );
    // A wallet's reference is made up when it is read.
    let customers = (0..DRAWS).map(|at| match at % 2 {
        0 => read_json(physical.as_bytes()).unwrap(),
        _ => read_json(br#"{"cards":[{"scheme":"MC"}]}"#).unwrap(),
    });
    let section = Section {
        customers: customers.collect(),
    };
    let today = "2026-11-21".parse().unwrap();
    let ready = section.ready(today, 0).map_err(said).unwrap();
    let saved = in_a_store(move |transaction| {
        ready.fill(transaction)?;
        Ok(save(transaction)?)
    });
    let saved = saved.unwrap();
    assert_eq!(saved.sizes().sum::<usize>(), DRAWS);
    saved.ready(today, 0).map_err(said).unwrap();
}

#[test]
fn what_depends_on_the_day() {
    for today in days() {
        let card: Card = read_json(b"{}").unwrap();
        let now = today.unix_days() * 86_400_000;
        card.ready(today, now).map_err(said).unwrap();
    }
}
