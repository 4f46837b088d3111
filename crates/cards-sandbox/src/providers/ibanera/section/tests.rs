//! Many of everything that is made up for an Ibanera customer, each through the
//! rules that hold for what is given.

use serde_json::json;

use super::IbaneraSection;
use super::rows::{self, CustomerRow, Rows};
use crate::testing::{DRAWS, context, holds_made_up, said};
use cards_sandbox_core::json_input::read_json;
use cards_sandbox_core::world::section::{Check, TypedSection};

#[test]
fn a_customer_who_says_nothing() {
    let one: CustomerRow = read_json(br#"{"cards":[{}]}"#, IbaneraSection::LISTS).unwrap();
    let customers = vec![one; DRAWS];
    holds_made_up::<IbaneraSection>(Rows {
        spent_ids: None,
        customers,
    });
}

/// A reference is made from an id, of which some are as long as card numbers.
#[test]
fn a_reference_of_any_id() {
    let last = (1 << 53) - 1;
    let step = last / DRAWS as i64;
    let context = context("2026-11-21".parse().unwrap());
    for id in (1..=last).step_by(step as usize).chain([last]) {
        let customer = json!({ "customersId": id, "customersReference": rows::reference(id) });
        let mut customer: CustomerRow =
            read_json(customer.to_string().as_bytes(), IbaneraSection::LISTS).unwrap();
        customer.check(&context).map_err(said).unwrap();
    }
}
