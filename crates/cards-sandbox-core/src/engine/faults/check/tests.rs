use std::time::Duration;

use super::*;
use crate::acme::{OPEN, OTHER, operations};

fn refusal(mut fault: Fault) -> String {
    fault.check(&operations()).unwrap_err().to_string()
}

#[track_caller]
fn is_taken(mut fault: Fault) {
    fault.check(&operations()).unwrap();
}

#[test]
fn limits_from_both_sides() {
    let delay = |millis| Fault::delay(Duration::from_millis(millis));
    let drip = |bytes| Fault::drip(bytes, Duration::from_millis(1));
    for good in [
        delay(1),
        delay(300_000),
        drip(1),
        drip(65_536),
        Fault::oversized_body(1),
        Fault::oversized_body(1 << 30),
        Fault::wrong_length(1),
        Fault::wrong_length(-1),
        Fault::wrong_length(1 << 30),
        Fault::wrong_length(-(1 << 30)),
        Fault::status(200),
        Fault::status(999),
        Fault::status(500).body("a".repeat(65_536)),
        Fault::status(500).header("a", "b".repeat(8192)),
        Fault::garbage().times(1),
        Fault::garbage().times(u64::MAX),
        Fault::garbage().probability(0.0, 1),
        Fault::garbage().probability(1.0, 1).times(2),
        Fault::garbage().carry_out(false),
        Fault::status(500).carry_out(true),
        Fault::lost_reply().carry_out(true),
    ] {
        is_taken(good);
    }
    insta::assert_snapshot!(refusal(delay(0)), @"millis: from 1 to 300000");
    insta::assert_snapshot!(refusal(delay(300_001)), @"millis: from 1 to 300000");
    insta::assert_snapshot!(refusal(drip(0)), @"bytes: from 1 to 65536");
    insta::assert_snapshot!(refusal(drip(65_537)), @"bytes: from 1 to 65536");
    insta::assert_snapshot!(refusal(Fault::oversized_body(0)), @"bytes: from 1 to 1073741824");
    insta::assert_snapshot!(refusal(Fault::oversized_body((1 << 30) + 1)), @"bytes: from 1 to 1073741824");
    insta::assert_snapshot!(refusal(Fault::wrong_length(0)), @"difference: not 0, and from -1073741824 to 1073741824");
    insta::assert_snapshot!(refusal(Fault::wrong_length(i64::MIN)), @"difference: not 0, and from -1073741824 to 1073741824");
    insta::assert_snapshot!(refusal(Fault::status(199)), @"status: from 200 to 999");
    insta::assert_snapshot!(refusal(Fault::status(1000)), @"status: from 200 to 999");
    insta::assert_snapshot!(refusal(Fault::status(500).body("a".repeat(65_537))), @"body: at most 65536 bytes");
    insta::assert_snapshot!(refusal(Fault::garbage().times(0)), @"times: at least 1");
    for probability in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(
            refusal(Fault::garbage().probability(probability, 1)),
            "probability: from 0 to 1"
        );
    }
}

#[test]
fn headers_are_headers_and_do_not_frame_the_message() {
    let with = |name: &str, value: &str| refusal(Fault::status(500).header(name, value));
    insta::assert_snapshot!(with("a b", "c"), @"headers: one of the names is no header's");
    insta::assert_snapshot!(with("a", "b\nc"), @"headers: a value has to be visible text of at most 8192 bytes");
    insta::assert_snapshot!(with("a", &"b".repeat(8193)), @"headers: a value has to be visible text of at most 8192 bytes");
    insta::assert_snapshot!(with("Content-Length", "1"), @"headers: content-length is the sandbox's own");
    let many = |count: usize| {
        (0..count).fold(Fault::status(500), |fault, at| {
            fault.header(format!("x-{at}"), "1")
        })
    };
    is_taken(many(32));
    insta::assert_snapshot!(refusal(many(33)), @"headers: at most 32");
}

#[test]
fn settings_of_another_kind_are_refused() {
    let from = |json| refusal(serde_json::from_str(json).unwrap());
    insta::assert_snapshot!(from(r#"{"fault":"delay"}"#), @"millis: delay needs it");
    insta::assert_snapshot!(from(r#"{"fault":"drip","millis":1}"#), @"bytes: drip needs it");
    insta::assert_snapshot!(from(r#"{"fault":"oversized-body"}"#), @"bytes: oversized-body needs it");
    insta::assert_snapshot!(from(r#"{"fault":"wrong-length"}"#), @"difference: wrong-length needs it");
    insta::assert_snapshot!(from(r#"{"fault":"status"}"#), @"status: status needs it");
    insta::assert_snapshot!(from(r#"{"fault":"garbage","millis":1}"#), @"millis: garbage has none");
    insta::assert_snapshot!(from(r#"{"fault":"garbage","body":""}"#), @"body: garbage has none");
    insta::assert_snapshot!(from(r#"{"fault":"garbage","headers":{"a":"b"}}"#), @"headers: garbage has none");
    insta::assert_snapshot!(from(r#"{"fault":"garbage","seed":1}"#), @"seed: belongs to a probability");
    insta::assert_snapshot!(from(r#"{"fault":"delay","millis":1,"carryOut":true}"#), @"carryOut: a delay changes no answer: order another fault beside it");
    insta::assert_snapshot!(from(r#"{"fault":"lost-reply","carryOut":false}"#), @"carryOut: the reply is lost of a call that was carried out; for one that was not, order reset-before-headers");
}

#[test]
fn an_operation_is_the_providers_own() {
    let garbage = || Fault::garbage().operation("open-card");
    assert_eq!(
        garbage().check(&operations()).unwrap().operation,
        Some(&OPEN)
    );
    is_taken(garbage().at(OPEN.provider));
    let unknown = Fault::garbage().at(cards_model::ProviderId::new("4622940000003713"));
    insta::assert_snapshot!(refusal(unknown), @"provider: an unknown word, expected one of `acme`, `other`");
    insta::assert_snapshot!(refusal(garbage().at(OTHER)), @"operation: one of other's list-cards");
    insta::assert_snapshot!(refusal(Fault::garbage().operation("4622940000003713")), @"operation: one of open-card, close-card, list-cards");
}

#[test]
fn what_is_left_open_is_filled_in() {
    let mut fault = Fault::garbage();
    fault.check(&operations()).unwrap();
    assert_eq!(fault, Fault::garbage().carry_out(true));
    let mut fault: Fault =
        serde_json::from_str(r#"{"fault":"status","status":500,"probability":1}"#).unwrap();
    fault.check(&operations()).unwrap();
    let full = Fault::status(500).probability(1.0, 0).carry_out(false);
    assert_eq!(fault, full);
}
