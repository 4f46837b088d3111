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
        ..Rows::default()
    });
}

#[test]
fn what_depends_on_the_day() {
    for today in days() {
        let mut card: CardRow = read_json(b"{}", PaysafeSection::LISTS).unwrap();
        card.check(&context(today)).map_err(said).unwrap();
    }
}

fn with_external_id(id: &str) -> Result<(), String> {
    let mut card = CardRow {
        external_id: Some(id.to_owned()),
        ..CardRow::default()
    };
    let today = days().next().unwrap();
    card.check(&context(today)).map_err(said)
}

/// One in some hundreds has the digits of a card number in a row, hyphens between them.
#[test]
fn a_uuid_is_an_external_id() {
    let documented = [
        "a2322550-af91-417f-867e-681efad44b9d",
        concat!("96066848-93", "63-4eb4-9378-8aa18b15698a"),
    ];
    let drawn = (0..DRAWS / 20).map(|_| uuid::Uuid::new_v4().to_string());
    for id in drawn.chain(documented.map(str::to_owned)) {
        assert_eq!(with_external_id(&id), Ok(()), "{id}");
    }
}

#[test]
fn a_card_number_is_no_external_id() {
    for id in [
        "4111111111111111",
        "4111-1111-1111-1111",
        "to 4111 1111 1111 1111",
        "a2322550-af91-417f-867e-681efad44b9d 4111111111111111",
    ] {
        let why = with_external_id(id).unwrap_err();
        assert!(why.contains("externalId") && !why.contains("4111"), "{why}");
    }
}
