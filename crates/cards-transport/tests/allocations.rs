//! Counts how often the steps of a call allocate, which is the same on every
//! machine. `benches` has their times.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::hint::black_box;

use allocation_counter::measure;
use cards_model::airpay::{RegisterUser, UpdateCustomer};
use cards_model::ibanera::ListCustomerCards;
use cards_model::paysafe::ListPrepaidCards;
use cards_model::{Form, Request, Rules};
use cards_transport::airpay::Airpay;
use cards_transport::paysafe::Paysafe;
use cards_transport::{Call, Settings, Viewed, blocking, encode_form};
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
fn each(page: &Value, list: &str, is_read: impl Fn(&[u8]) -> bool) -> u64 {
    let of = |items: usize| {
        let mut page = page.clone();
        let item = page[list][0].clone();
        page[list] = vec![item; items].into();
        let text = serde_json::to_string(&page).unwrap();
        assert!(is_read(text.as_bytes()));
        count(|| is_read(text.as_bytes()))
    };
    // The list itself grows by doubling, which is no item's.
    let more = of(64) - of(33);
    assert_eq!(more % 31, 0, "some items cost more than others: {more}");
    more / 31
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

/// Tells whether a body is a page, which is dropped after it was read.
fn is_page<C: Call>(body: &[u8]) -> bool {
    black_box(C::parse(body)).is_ok()
}

/// Tells whether a body is a page, by a view of it.
fn is_viewed<C: Viewed>(body: &[u8]) -> bool {
    black_box(C::view(body)).is_ok()
}

/// Expects one allocation for each text and each list that is kept, and in a view for each
/// list.
#[test]
fn reading_a_page() {
    let paysafe = include_str!(
        "../../../conformance/fixtures/paysafe/list-prepaid-cards/example-from-schema/reply.http"
    );
    let paysafe = body(paysafe);
    assert_eq!(each(&paysafe, "cards", is_page::<ListPrepaidCards>), 22);
    assert_eq!(each(&paysafe, "cards", is_viewed::<ListPrepaidCards>), 2);
    let ibanera = include_str!(
        "../../../conformance/fixtures/ibanera/list-customer-cards/success-example/reply.http"
    );
    let ibanera = body(ibanera);
    assert_eq!(each(&ibanera, "details", is_page::<ListCustomerCards>), 3);
    assert_eq!(each(&ibanera, "details", is_viewed::<ListCustomerCards>), 1);
}

/// Measures a call that is answered at once, the transport's part left out.
fn call<C: Call>(provider: C::Provider, call: &C, settings: Settings, reply: &'static str) -> u64 {
    let answer = move |request: http::Request<bytes::Bytes>, _| {
        drop(request);
        Ok(http::Response::new(reply.into()))
    };
    let client = blocking::Client::with_settings(provider, answer, settings);
    client.send(call).unwrap();
    let many = || {
        for _ in 0..CALLS {
            client.send(call).unwrap();
        }
    };
    let counted = measure(many);
    // What a call kept would be there now, and what grows would have grown in some calls alone.
    assert_eq!((counted.count_current, counted.bytes_current), (0, 0));
    assert_eq!(counted.count_total % CALLS, 0, "{counted:?}");
    counted.count_total / CALLS
}

/// As many calls as make whatever grows with them grow several times.
const CALLS: u64 = 300;

/// A call without hooks, headers and limits of one's own costs what it cost before there were any.
#[test]
fn a_call_without_extras() {
    let base = || "http://localhost:1".parse().unwrap();
    let paysafe = Paysafe::new(base()).token("fake-token");
    let list = ListPrepaidCards::new("1");
    let empty = r#"{"cards":[],"meta":{}}"#;
    assert_eq!(call(paysafe, &list, Settings::new(), empty), 14);
    let airpay = Airpay::new(base(), "fake-secret").token("fake-token");
    let update = UpdateCustomer::new("E1").city("Kochi");
    let done = r#"{"status":200,"message":"success","data":[]}"#;
    assert_eq!(call(airpay, &update, Settings::new(), done), 8);
}
