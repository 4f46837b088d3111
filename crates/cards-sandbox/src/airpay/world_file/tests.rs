//! Many of everything that is made up for an Airpay customer, each through the
//! rules that hold for what is given and for what was saved.

use cards_model::airpay::RegisterUser;
use cards_model::{CardExpiry, Date, Request, Rules, Samples};

use super::*;
use crate::control::read_json;
use crate::store::Fingerprints;
use crate::testing::{DRAWS, days, in_a_store, said};

fn context(today: Date, has_key: bool) -> Context {
    let rules = Rules::on(today).samples(Samples::Accept);
    Context { rules, has_key }
}

fn customers(count: usize) -> Section {
    let one: Customer = read_json(br#"{"cards":[{}]}"#).unwrap();
    Section {
        last_number: None,
        customers: vec![one; count],
    }
}

#[test]
fn a_customer_who_says_nothing() {
    let today: Date = "2026-11-21".parse().unwrap();
    let ready = customers(DRAWS).ready(context(today, false));
    let ready = ready.map_err(said).unwrap();
    let saved = in_a_store(move |transaction| {
        ready.fill(transaction, &Fingerprints::of(transaction)?)?;
        Ok(save(transaction)?)
    });
    let saved = saved.unwrap();
    assert_eq!(saved.sizes().sum::<usize>(), DRAWS);
    saved.ready(context(today, true)).map_err(said).unwrap();
}

#[test]
fn what_depends_on_the_day() {
    let (first, last) = (
        Date::new(1, 1, 1).unwrap(),
        Date::new(9999, 12, 31).unwrap(),
    );
    for today in [first, last] {
        let ready = customers(1).ready(context(today, false));
        ready.map_err(said).unwrap();
    }
    let ready = customers(1).ready(context(last, false));
    let person = ready.map_err(said).unwrap().customers.remove(0);
    let card = &person.cards[0];
    let form = RegisterUser {
        card_no: card.card_no.clone(),
        kit_no: card.kit_no.clone(),
        card_type: card.card_type.as_str().into(),
        ..person.form
    };
    for today in days() {
        let form = RegisterUser {
            dob: synthetic::birth(today).into(),
            card_expiry: synthetic::expiry(today),
            ..form.clone()
        };
        let broken = form.check(&context(today, false).rules).err();
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
        let kyc_expiry = crate::airpay::register_user::kyc_expiry(today);
        assert!(kyc_expiry.to_string().parse::<Date>().is_ok(), "{today}");
    }
}
