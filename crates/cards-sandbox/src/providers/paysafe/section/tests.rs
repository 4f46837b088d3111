//! Many of everything that is made up for a Paysafe card, each through the rules
//! that hold for what is given.

use super::PaysafeSection;
use super::rows::{CardRow, Rows};
use crate::testing::{DRAWS, context, days, holds_made_up, said};
use cards_sandbox_core::json_input::read_json;
use cards_sandbox_core::world::section::{Check, TypedSection};

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
        0 => read_json(physical.as_bytes(), PaysafeSection::LISTS).unwrap(),
        _ => read_json(br#"{"cards":[{"scheme":"MC"}]}"#, PaysafeSection::LISTS).unwrap(),
    });
    holds_made_up::<PaysafeSection>(Rows {
        customers: customers.collect(),
    });
}

#[test]
fn what_depends_on_the_day() {
    for today in days() {
        let mut card: CardRow = read_json(b"{}", PaysafeSection::LISTS).unwrap();
        card.check(&context(today)).map_err(said).unwrap();
    }
}
