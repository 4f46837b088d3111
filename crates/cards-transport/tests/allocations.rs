//! Counts how often the steps of a call allocate, which is the same on every
//! machine. `benches` has their times.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::hint::black_box;

use allocation_counter::measure;
use cards_model::airpay::RegisterUser;
use cards_model::ibanera::ListCustomerCards;
use cards_model::paysafe::ListPrepaidCards;
use cards_model::{Form, Request, Rules};
use cards_transport::{Call, encode_form};
use serde_json::Value;

fn count<T>(step: impl Fn() -> T) -> u64 {
    measure(|| drop(black_box(step()))).count_total
}

/// The JSON of a recorded reply.
fn body(reply: &str) -> Value {
    let (_, body) = reply.split_once("\n\n").unwrap();
    serde_json::from_str(body).unwrap()
}

/// Measures the allocations of each further item of a page that has all of one
/// kind.
fn each<C: Call>(page: &Value, list: &str) -> u64 {
    let of = |items: usize| {
        let mut page = page.clone();
        let item = page[list][0].clone();
        page[list] = vec![item; items].into();
        let text = serde_json::to_string(&page).unwrap();
        C::parse(text.as_bytes()).unwrap();
        count(|| C::parse(text.as_bytes()))
    };
    // The list itself grows by doubling, which is no item's.
    (of(64) - of(33)) / 31
}

#[test]
fn checking_and_encoding_a_registration() {
    let input = include_str!("../../../conformance/fixtures/airpay/register-user/valid/input.json");
    let request: RegisterUser = serde_json::from_str(input).unwrap();
    let rules = Rules::on("2026-11-21".parse().unwrap());
    assert_eq!(count(|| request.check(&rules)), 0);
    let pairs: Vec<_> = request.fields().into_iter().collect();
    assert_eq!(count(|| encode_form(&pairs)), 1);
}

/// Expects one allocation for each text and each list that is kept.
#[test]
fn reading_a_page() {
    let paysafe = include_str!(
        "../../../conformance/fixtures/paysafe/list-prepaid-cards/example-from-schema/reply.http"
    );
    assert_eq!(each::<ListPrepaidCards>(&body(paysafe), "cards"), 22);
    let ibanera = include_str!(
        "../../../conformance/fixtures/ibanera/list-customer-cards/success-example/reply.http"
    );
    assert_eq!(each::<ListCustomerCards>(&body(ibanera), "details"), 3);
}
