//! Many of everything that is made up for an Airpay customer, each through the
//! rules that hold for what is given and for what was saved.

use cards_model::airpay::RegisterUser;
use cards_model::{CardExpiry, Date, Request};

use super::AirpaySection;
use super::rows::{CustomerRow, Rows};
use super::synthetic;
use crate::testing::{DRAWS, context, days, holds_made_up, said};
use cards_sandbox_core::json_input::read_json;
use cards_sandbox_core::world::section::{Check, TypedSection};

fn customers(count: usize) -> Rows {
    let one: CustomerRow = read_json(br#"{"cards":[{}]}"#, AirpaySection::LISTS).unwrap();
    Rows {
        last_number: None,
        last_transaction: None,
        customers: vec![one; count],
    }
}

#[test]
fn a_customer_who_says_nothing() {
    holds_made_up::<AirpaySection>(customers(DRAWS));
}

#[test]
fn what_depends_on_the_day() {
    let (first, last) = (
        Date::new(1, 1, 1).unwrap(),
        Date::new(9999, 12, 31).unwrap(),
    );
    for today in [first, last] {
        customers(1).check(&context(today)).map_err(said).unwrap();
    }
    let mut one = customers(1);
    one.check(&context(last)).map_err(said).unwrap();
    let person = one.customers.remove(0);
    let card = &person.cards[0];
    let number = |text: &Option<String>| text.clone().unwrap();
    let form = RegisterUser {
        card_no: number(&card.card_no).into(),
        kit_no: number(&card.kit_no),
        card_type: number(&card.card_type).into(),
        ..person.form("Quiet#Sea42")
    };
    for today in days() {
        let form = RegisterUser {
            dob: synthetic::birth(today).into(),
            card_expiry: synthetic::expiry(today, 3),
            ..form.clone()
        };
        let broken = form.check(&context(today).rules).err();
        let broken: Vec<_> = broken
            .iter()
            .flat_map(cards_model::Violations::fields)
            .collect();
        // Where the rules take any expiry that can be written, they take this one.
        let is_there_one = (2000..=2099)
            .flat_map(|year| [1, today.month(), 12].map(|month| CardExpiry::new(month, year)))
            .any(|expiry| (1..=300).contains(&expiry.unwrap().months_after(today)));
        let expected = if is_there_one {
            &[][..]
        } else {
            &["card_expiry"]
        };
        assert_eq!(broken, expected, "{today}");
        assert!(form.card_expiry.parse::<CardExpiry>().is_ok(), "{today}");
        let kyc_expiry = crate::providers::airpay::register_user::kyc_expiry(today);
        assert!(kyc_expiry.to_string().parse::<Date>().is_ok(), "{today}");
    }
}
