//! A required field that does not come is refused, also where an empty value is
//! taken because the document's own example sends one. Which fields those are,
//! the model's tables say.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use crate::common::{airpay, airpay_request, body, post, registration};
use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer, UserLogin};
use cards_model::{Field, Request};
use cards_sandbox::{Running, Sandbox};

type Fields = Vec<(&'static str, &'static str)>;

const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

/// Every Airpay call with a form that is taken, and one of the values that the
/// document's own example sends.
fn calls() -> Vec<(&'static str, &'static [Field], Fields)> {
    let of = |operation: &'static cards_model::Operation, fields: Fields| {
        let samples = operation.fields.iter().map(|field| {
            let usual = || fields.iter().find(|(name, _)| *name == field.wire);
            let usual = || usual().map_or("", |(_, value)| value);
            (field.wire, field.sample.unwrap_or_else(usual))
        });
        let samples: Fields = samples.collect();
        [
            (operation.name, operation.fields, fields),
            (operation.name, operation.fields, samples),
        ]
    };
    let customer = ("entity_id", "AIRPAYCUST0001");
    let login = vec![("mobile_no", "9000000978"), ("password", "PaSwd@1234")];
    [
        of(RegisterUser::OPERATION, registration(&[])),
        of(UpdateCustomer::OPERATION, vec![customer, ("city", "Kochi")]),
        of(CustomerPreference::OPERATION, vec![customer]),
        of(UserLogin::OPERATION, login),
    ]
    .concat()
}

/// The rules that the last call broke: the field of each, and its kind.
fn broken(sandbox: &Running) -> Vec<(String, &'static str)> {
    let last = sandbox.exchanges().pop().unwrap();
    let broken = last.violations.into_iter();
    broken.map(|one| (one.field, one.rule.as_str())).collect()
}

#[test]
fn a_required_field_that_is_missing_is_refused_and_named() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let mut tried = Vec::new();
    for (name, table, fields) in calls() {
        for missing in table.iter().filter(|field| field.required) {
            let place = format!("{name} without {}", missing.wire);
            let mut left = fields.clone();
            left.retain(|(field, _)| *field != missing.wire);
            assert_eq!(left.len() + 1, fields.len(), "{place}");
            let answer = airpay(sandbox.addr(), name, &left);
            assert_eq!(body(&answer), FAIL, "{place}");
            let mut expected = vec![(missing.wire.to_owned(), "required")];
            // Of a document of no kind nobody knows that it does not expire.
            if missing.wire == "doc_type" && fields.contains(&("doc_expiry", "")) {
                expected.push(("doc_expiry".to_owned(), "required"));
            }
            assert_eq!(broken(&sandbox), expected, "{place}");
            tried.push(missing.wire);

            // Signed as if it were there: the checksum is taken over what came.
            let value = fields.iter().find(|(field, _)| *field == missing.wire);
            if value.is_some_and(|(_, value)| !value.is_empty()) {
                let (target, headers, _) = airpay_request(crate::common::TOKEN, name, &fields);
                let (_, _, sent) = airpay_request(crate::common::TOKEN, name, &left);
                let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
                let answer = post(sandbox.addr(), &target, &headers, &sent);
                assert_eq!(body(&answer), FAIL, "{place}");
                let expected = [("checksum".to_owned(), "allowed")];
                assert_eq!(broken(&sandbox), expected, "{place}");
            }
        }
    }
    for field in ["otp", "doc_expiry", "entity_id", "mobile_no", "password"] {
        assert!(tried.contains(&field), "{field}");
    }
    assert_eq!(tried.len(), 2 * (21 + 1 + 1 + 2));
}

#[test]
fn several_are_named_in_the_order_of_the_table_beside_what_else_is_wrong() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let mut fields = registration(&[("pincode", "x"), ("city", "")]);
    fields.retain(|(field, _)| !matches!(*field, "otp" | "kit_no" | "doc_expiry"));
    assert_eq!(
        body(&airpay(sandbox.addr(), "register-user", &fields)),
        FAIL
    );
    let broken = broken(&sandbox);
    let broken: Vec<_> = broken
        .iter()
        .map(|(field, rule)| (&**field, *rule))
        .collect();
    assert_eq!(
        broken,
        [
            ("kit_no", "required"),
            ("city", "required"),
            ("pincode", "characters"),
            ("doc_expiry", "required"),
            ("otp", "required"),
        ]
    );
}

/// Present and empty they are taken, as the document prints them; `otp` alone,
/// without an equals sign, is a name with an empty value.
#[test]
fn what_the_example_sends_empty_is_taken_empty() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let empty = [("otp", ""), ("doc_expiry", ""), ("doc_type", "AADHAAR")];
    let fields = registration(&empty);
    let answer = airpay(sandbox.addr(), "register-user", &fields);
    assert!(answer.contains("AIRPAYCUST0002"), "{answer}");
    let next = [
        ("otp", ""),
        ("email", "next@example.com"),
        ("card_no", "4242424242424242"),
        ("kit_no", "2"),
    ];
    let fields = registration(&next);
    let (target, headers, sent) = airpay_request(crate::common::TOKEN, "register-user", &fields);
    let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
    assert!(sent.contains("&otp=&"), "{sent}");
    let sent = sent.replace("&otp=&", "&otp&");
    let answer = post(sandbox.addr(), &target, &headers, &sent);
    assert!(answer.contains("AIRPAYCUST0003"), "{answer}");
}
