//! Many of everything that is made up for an Ibanera customer, each through the
//! rules that hold for what is given.

use serde_json::json;

use super::*;
use crate::control::read_json;
use crate::testing::{DRAWS, in_a_store, said};

#[test]
fn a_customer_who_says_nothing() {
    let one: Customer = read_json(br#"{"cards":[{}]}"#).unwrap();
    let section = Section {
        customers: vec![one; DRAWS],
    };
    let ready = section.ready().map_err(said).unwrap();
    let saved = in_a_store(move |transaction| {
        ready.fill(transaction)?;
        Ok(save(transaction)?)
    });
    let saved = saved.unwrap();
    assert_eq!(saved.sizes().sum::<usize>(), DRAWS);
    saved.ready().map_err(said).unwrap();
}

/// A reference is made from an id, of which some are as long as card numbers.
#[test]
fn a_reference_of_any_id() {
    let last = (1 << 53) - 1;
    let step = last / DRAWS as i64;
    for id in (1..=last).step_by(step as usize).chain([last]) {
        let customer = json!({ "customersId": id, "customersReference": ready::reference(id) });
        let customer: Customer = read_json(customer.to_string().as_bytes()).unwrap();
        customer.ready().map_err(said).unwrap();
    }
}
