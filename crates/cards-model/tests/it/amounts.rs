//! Amounts of money in a form and in a JSON body: sent as given, read by their own
//! digits, and refused beyond the rules.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
#![allow(unreachable_pub, reason = "the macros define types for libraries")]

use cards_model::{
    Amount, Constraint, Date, Decimal, Effect, Form, Kind, Method, Operation, Place, ProviderId,
    Received, Request, Rule, Rules, airpay, ibanera, object, request, rule,
};
use proptest::prelude::*;
use regex::Regex;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

request! {
    operation: Operation::new(
        ProviderId::AIRPAY, "load", Method::Post, "/load", Effect::Mutation, "Test Load",
    ),
    body: form in ["amount", "note"],
    /// Loads by a form.
    pub struct Load {
        /// The sum of money.
        #[validate(custom(function = rule::required), custom(function = rule::amount))]
        "amount" in "Body, amount" sampled "1" => pub amount: Amount,
        /// Words.
        "note" in "Body, note" => pub note: Option<String>,
    }
    /// A load of so much.
    fn new(amount: Amount);
}

request! {
    operation: Operation::new(
        ProviderId::IBANERA, "pay", Method::Post, "/pay", Effect::Mutation, "Test Pay",
    ),
    body: json,
    /// Pays by a JSON body.
    pub struct Pay {
        /// The sum of money.
        #[validate(custom(function = rule::required), custom(function = rule::amount))]
        "amount" in "Body, amount" sampled "5" => pub amount: Amount,
        /// More.
        "more" in "Body, more" => pub more: Option<More>,
    }
    /// A payment of so much.
    fn new(amount: Amount);
}

object! {
    at: "more",
    /// An amount within an object: a fee beside the payment.
    pub struct More {
        /// The fee.
        #[validate(custom(function = rule::amount))]
        "fee" in "Body, more.fee" => pub fee: Option<Amount>,
    }
}

fn rules() -> Rules {
    Rules::on(Date::new(2026, 11, 21).unwrap())
}

fn paid(body: &str) -> Result<Pay, Vec<(String, Rule)>> {
    let json: Value = serde_json::from_str(body).unwrap();
    let received = Received::new().json(&json).json_text(body);
    let read = Pay::receive(&received, &rules());
    read.map_err(|broken| broken.iter().map(|v| (v.field.clone(), v.rule)).collect())
}

#[test]
fn a_form_carries_the_text_as_it_was_given() {
    for text in ["1", "05.00", "99.50", "not a number", ""] {
        let load = Load::new(text);
        assert_eq!(load.fields().as_slice(), [("amount", text)]);
        assert_eq!(load.pairs(Place::Form)[0].1, text);
        assert_eq!(Load::from_fields([("amount", text)]), load);
    }
    let row = Load::OPERATION.field("amount").unwrap();
    assert_eq!((row.kind, row.required), (Kind::Decimal, true));
    assert!(Load::new("1").is_sample("amount"));
    assert!(!Load::new("1.0").is_sample("amount"));
}

#[test]
fn a_json_body_carries_the_number_with_its_digits() {
    for (text, json) in [
        ("5", r#"{"amount":5}"#),
        ("12.50", r#"{"amount":12.50}"#),
        ("007.10", r#"{"amount":7.10}"#),
        (
            "0.1000000000000000055",
            r#"{"amount":0.1000000000000000055}"#,
        ),
        ("five", r#"{"amount":"five"}"#),
        ("1e5", r#"{"amount":"1e5"}"#),
        ("", r#"{"amount":""}"#),
    ] {
        assert_eq!(Pay::new(text).json(), json);
        serde_json::from_str::<Value>(json).unwrap();
    }
    let more = More { fee: None }.fee("0.50");
    let pay = Pay::new("1.00").more(more);
    assert_eq!(pay.json(), r#"{"amount":1.00,"more":{"fee":0.50}}"#);
    assert_eq!(paid(&pay.json()), Ok(pay));
}

#[test]
fn a_server_reads_numbers_by_their_own_digits() {
    let wrong = |field: &str, rule| Err(vec![(field.to_owned(), rule)]);
    // A float of any of these would keep the rules.
    for finer in [
        "0.1000000000000000055",
        "12.500",
        "999999999999.9900000001",
        "1e2",
    ] {
        let body = format!(r#"{{"amount":{finer}}}"#);
        assert_eq!(paid(&body), wrong("amount", Rule::Format), "{finer}");
    }
    assert_eq!(
        paid(r#"{"amount":999999999999.99}"#),
        Ok(Pay::new("999999999999.99"))
    );
    assert_eq!(paid(r#"{"amount":0.00}"#), wrong("amount", Rule::Range));
    assert_eq!(paid(r#"{"amount":-1}"#), wrong("amount", Rule::Format));
    assert_eq!(paid(r#"{"amount":"1"}"#), wrong("amount", Rule::Format));
    assert_eq!(paid(r#"{"amount":true}"#), wrong("amount", Rule::Format));
    assert_eq!(paid(r#"{"amount":null}"#), wrong("amount", Rule::Required));
    assert_eq!(paid("{}"), wrong("amount", Rule::Required));
    let body = r#"{"amount":1,"more":{"fee":1.234}}"#;
    assert_eq!(paid(body), wrong("more.fee", Rule::Format));
    // Of a name that comes twice the last one counts, as in the value beside.
    assert_eq!(
        paid(r#"{"amount":1.234,"amount":2.00}"#),
        Ok(Pay::new("2.00"))
    );
    // Without the text the number's shortest digits are read.
    let json = json!({"amount": 12.5});
    let read = Pay::receive(&Received::new().json(&json), &rules());
    assert_eq!(read, Ok(Pay::new("12.5")));
}

#[test]
fn both_sides_of_each_edge() {
    for (text, rule) in [
        ("0.01", None),
        ("0.00", Some(Rule::Range)),
        ("0", Some(Rule::Range)),
        ("999999999999.99", None),
        ("1000000000000", Some(Rule::Format)),
        ("1.23", None),
        ("1.234", Some(Rule::Format)),
        ("-1", Some(Rule::Format)),
        ("1.", Some(Rule::Format)),
        (".5", Some(Rule::Format)),
        ("4622940000003713", Some(Rule::Format)),
        ("", Some(Rule::Required)),
    ] {
        let broken = Load::new(text).check(&rules()).err();
        let broken: Vec<_> = broken.iter().flatten().map(|v| v.rule).collect();
        assert_eq!(broken, rule.into_iter().collect::<Vec<_>>(), "{text:?}");
        let told = format!("{:?}{broken:?}", Load::new("4622940000003713"));
        assert!(!told.contains("3713"), "{told}");
    }
}

/// Reads a reply from each source that JSON comes from.
fn from_each_source<T: DeserializeOwned>(json: &str) -> [T; 4] {
    [
        serde_json::from_str(json).unwrap(),
        serde_json::from_slice(json.as_bytes()).unwrap(),
        serde_json::from_reader(json.as_bytes()).unwrap(),
        serde_json::from_value(serde_json::from_str(json).unwrap()).unwrap(),
    ]
}

#[test]
fn amounts_of_replies_are_read_from_every_source() {
    let amount: Decimal = "12.5".parse().unwrap();
    let card = r#"{"id":7,"totalBalance":12.5,"availableBalance":"12.5","pendingBalance":null}"#;
    for read in from_each_source::<ibanera::Card>(card) {
        let amounts = (
            read.total_balance,
            read.available_balance,
            read.pending_balance,
        );
        assert_eq!(amounts, (Some(amount), Some(amount), None));
    }
    for read in from_each_source::<ibanera::CardBalance>(card) {
        let amounts = (
            read.total_balance,
            read.available_balance,
            read.pending_balance,
        );
        assert_eq!(amounts, (Some(amount), Some(amount), None));
    }
    for read in from_each_source::<ibanera::CardTransaction>(r#"{"id":7,"amount":12.5}"#) {
        assert_eq!(read.amount, Some(amount));
    }
    for balance in ["12.5", "\"12.5\""] {
        let json = format!(r#"{{"balance":{balance}}}"#);
        for read in from_each_source::<airpay::Balance>(&json) {
            assert_eq!(read.balance, amount);
        }
    }
    for read in from_each_source::<airpay::ToppedUp>(r#"{"transaction_id":9223372036854775808}"#) {
        assert_eq!(read.transaction_id.as_deref(), Some("9223372036854775808"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_rule_and_its_constraint_agree(
        text in "[0-9]{0,14}(\\.[0-9]{0,4})?|[0.]{0,6}|[ 0-9.,e+-]{0,6}|\\PC{0,4}",
    ) {
        let row = Load::OPERATION.field("amount").unwrap();
        let [_, Constraint::Amount { digits, decimals }] = *row.constraints else {
            return Err(TestCaseError::fail("its constraints"));
        };
        let shape = format!("^[0-9]{{1,{digits}}}(\\.[0-9]{{1,{decimals}}})?$");
        let is_zero = Regex::new("^[0.]*$").unwrap().is_match(&text);
        let fits = Regex::new(&shape).unwrap().is_match(&text) && !is_zero;
        prop_assert_eq!(Load::new(text).check(&rules()).is_ok(), fits);
    }
}
