//! Refusals of a server that means to keep a call busy, or to fill a log.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cards_transport::model::airpay::UpdateCustomer;
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::{Call, Error};
use serde_json::{Value, json};

use crate::calls::samples::{airpay, ibanera, paysafe};
use crate::calls::words::refused;

/// The number of characters, more than any refusal shows: of twenty sentences and twenty fields
/// with their errors, each of three hundred, and what stands between.
const MOST: usize = 20_000;

const MANY: usize = 100_000;

/// The fields and sentences that are kept of so many.
const KEPT: usize = 1_000;

/// The refusal with this body. To judge it takes well under a second; where the
/// work grows with the square of the body it takes hours, and no test should.
fn told<C>(provider: C::Provider, call: C, body: Value) -> Error
where
    C: Call<Provider: Clone + Send> + Send + 'static,
{
    let (done, outcome) = mpsc::channel();
    thread::spawn(move || done.send(refused(&provider, &call, &body)));
    let outcome = outcome.recv_timeout(Duration::from_secs(300));
    outcome.expect("the refusal is still being judged, or its test failed")
}

fn is_short(error: &Error) {
    let refusal = error.refusal().unwrap();
    for text in [
        error.to_string(),
        format!("{error:?}"),
        format!("{refusal:?}"),
    ] {
        let length = text.chars().count();
        assert!(length <= MOST, "{length}");
    }
    let fields = refusal.shown_fields().iter();
    let length: usize = fields.map(|field| field.to_string().chars().count()).sum();
    assert!(length <= MOST, "{length}");
}

#[test]
fn a_megabyte_of_anything_is_told_in_short() {
    let customer = "prasanth kumar";
    for run in [
        " ",
        " -",
        "- ",
        "\u{a0}",
        "a ",
        "1 ",
        "a1 ",
        "-",
        "1",
        "prasanth ",
        "prasanth kuma ",
        "Prasanth  Kumar, ",
    ] {
        let long = format!("a{}b", run.repeat((1 << 20) / run.len()));
        let body = json!({ "status": 400, "message": long });
        is_short(&told(airpay(), UpdateCustomer::new(customer), body));
        let body = json!({ "error": {
            "code": long, "message": long, "details": [long],
            "fieldErrors": [{ "field": long, "error": long }],
        }});
        is_short(&told(paysafe(), ListPrepaidCards::new(customer), body));
        let body = json!({ "status": "0", "errors": [{ "fieldName": long, "messageCode": long }] });
        is_short(&told(ibanera(), CardsByCustomer::new(7), body));
    }
}

#[test]
fn of_many_sentences_and_fields_the_first_few_are_told_and_how_many_more_there_are() {
    let details: Vec<_> = (0..MANY).map(|n| format!("no, {}", letters(n))).collect();
    let field = |n: usize| json!({ "field": letters(n), "error": "prasanth is wrong" });
    let fields: Vec<_> = (0..MANY).map(field).collect();
    let body = json!({ "error": { "code": "C", "details": details, "fieldErrors": fields } });
    let error = told(paysafe(), ListPrepaidCards::new("prasanth"), body);
    is_short(&error);
    let text = error.to_string();
    let refusal = error.refusal().unwrap();
    assert_eq!((refusal.details.len(), refusal.fields.len()), (KEPT, KEPT));
    let count = text.matches("no, ").count();
    assert!(
        text.contains(&format!(": and at least {} more: ", KEPT - count)),
        "{text}"
    );
    let first = refusal.shown_fields();
    assert!(first.iter().all(|field| text.contains(&field.to_string())));
    let more = format!(", and at least {} more fields", KEPT - first.len());
    assert!(text.contains(&more), "{text}");
    // The fields that are left out do not show what was sent either.
    let mut fields = refusal.fields.iter().map(ToString::to_string);
    assert!(fields.all(|field| field.len() < 100 && !field.contains("prasanth")));

    let error = |n: usize| json!({ "fieldName": letters(n), "messageCode": "Required" });
    let errors: Vec<_> = (0..MANY).map(error).collect();
    let body = json!({ "status": "0", "errors": errors });
    is_short(&told(ibanera(), CardsByCustomer::new(7), body));
}

/// One less than is kept is all that there is.
#[test]
fn of_a_list_that_is_kept_whole_the_count_is_told() {
    for (count, says) in [
        (KEPT - 1, "and 979 more fields"),
        (KEPT, "and at least 980 more fields"),
    ] {
        let errors = vec![json!({ "fieldName": "otp", "messageCode": "Required" }); count];
        let body = json!({ "status": "0", "errors": errors });
        let error = told(ibanera(), CardsByCustomer::new(7), body);
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn a_sentence_that_is_repeated_is_told_once() {
    let body = json!({ "error": { "code": "C", "message": "no", "details": vec!["no"; MANY] } });
    let error = told(paysafe(), ListPrepaidCards::new("1"), body);
    assert_eq!(error.refusal().unwrap().to_string(), "C: no");
}

/// A number in letters, so that it is no number of somebody.
fn letters(number: usize) -> String {
    let digits = number.to_string();
    digits
        .bytes()
        .map(|digit| char::from(digit - b'0' + b'a'))
        .collect()
}
