//! The kind of an error says what became of a mutation, and no predicate
//! contradicts it.

use cards_transport::model::airpay::{CustomerPreference, UpdateCustomer};
use cards_transport::model::paysafe::{CreatePrepaidCard, ListPrepaidCards};
use cards_transport::{Error, ErrorKind, TransportError, TransportErrorKind};
use proptest::prelude::*;

use crate::calls::samples::{airpay, paysafe};
use crate::calls::script::{Outcome, Script};

/// Draws whatever a server may answer, or a backend meet.
fn outcomes() -> impl Strategy<Value = (u16, String, u8)> {
    let bodies = prop_oneof![
        Just(String::new()),
        Just("<html>".to_owned()),
        Just("{}".to_owned()),
        Just("[200]".to_owned()),
        Just(r#"{"cards":[]}"#.to_owned()),
        Just(r#"{"error":{"code":"DW-X","message":"no"}}"#.to_owned()),
        Just(r#"{"error":{}}"#.to_owned()),
        Just(r#"{"cardId":7,"error":[{"code":"DW-X"}]}"#.to_owned()),
        any::<i32>().prop_map(|status| format!(r#"{{"status":{status},"message":"odd"}}"#)),
        (100..700_u16).prop_map(|status| format!(r#"{{"status":"{status}","data":[]}}"#)),
    ];
    (200..1000_u16, bodies, 0..12_u8)
}

fn play((status, body, failure): &(u16, String, u8)) -> Outcome {
    use TransportErrorKind::{
        Connect, Interrupted, Protocol, Request, Resolve, Timeout, Tls, TooLarge,
    };
    let kinds = [
        Resolve,
        Connect,
        Tls,
        Timeout,
        Interrupted,
        Protocol,
        TooLarge,
        Request,
    ];
    match kinds.get(usize::from(*failure)) {
        Some(kind @ (Resolve | Connect | Tls | Request)) => Err(TransportError::not_sent(*kind)),
        Some(kind) => Err(TransportError::maybe_sent(*kind)),
        None => Ok(http::Response::builder()
            .status(*status)
            .body(body.clone().into())
            .unwrap()),
    }
}

/// The predicates are the kind, in other words.
fn is_consistent(error: &Error) {
    let kind = error.kind();
    assert_eq!(
        error.is_outcome_unknown(),
        kind == ErrorKind::OutcomeUnknown
    );
    assert_eq!(error.is_refused(), kind == ErrorKind::Refused);
    assert_eq!(error.is_unauthorized(), kind == ErrorKind::Unauthorized);
    assert_eq!(error.is_connect(), kind == ErrorKind::Connect);
    assert!(!(error.is_refused() && error.is_outcome_unknown()));
    assert!(
        !(error.is_not_sent() && error.is_outcome_unknown()),
        "{error:?}"
    );
    let says = error.to_string().contains("outcome unknown");
    assert_eq!(says, error.is_outcome_unknown(), "{error}");
}

/// Reads the status that a body has, as a number or a text.
fn status_of(body: &str) -> Option<u16> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    let status = body.get("status")?;
    let number = status.as_u64().or_else(|| status.as_str()?.parse().ok());
    number.and_then(|number| u16::try_from(number).ok())
}

proptest! {
    /// A mutation has three ends: it took effect, it did not, and nobody knows.
    /// It did not only where it never left, or where a 4xx other than 408 says so, over HTTP or in
    /// the body of a 2xx.
    #[test]
    fn a_mutation_that_may_have_taken_effect_is_never_told_as_one_that_did_not(outcome in outcomes()) {
        let script = Script::playing(vec![play(&outcome), play(&outcome), play(&outcome)]);
        let settings = script.settings();
        let client = cards_transport::blocking::Client::with_settings(airpay(), script, settings);
        let Err(error) = client.send(&CustomerPreference::new("E1")) else { return Ok(()) };
        is_consistent(&error);
        let status = error.status().map(|status| status.as_u16());
        let body = error.raw().map(|raw| String::from_utf8_lossy(raw.body()).into_owned());
        let says = |text: &str| body.as_deref().unwrap_or_default().contains(text);
        let is_success_in_body = says(r#""status":200,"#) || says(r#""status":"200""#);
        match error.kind() {
            ErrorKind::OutcomeUnknown => {}
            ErrorKind::Connect | ErrorKind::Config => prop_assert!(error.is_not_sent()),
            ErrorKind::Http | ErrorKind::Refused | ErrorKind::Unauthorized => {
                let status = status.unwrap();
                let is_no = |status: u16| (400..500).contains(&status) && status != 408;
                let in_body = body.as_deref().and_then(status_of);
                let is_known = is_no(status)
                    || (200..300).contains(&status) && in_body.is_some_and(is_no);
                prop_assert!(is_known && !is_success_in_body, "{error:?}");
            }
            other => prop_assert!(false, "{other:?} of a mutation"),
        }
    }

    /// The document has Paysafe's error object under another status than a 2xx.
    #[test]
    fn a_mutation_at_paysafe_is_refused_by_a_4xx_alone(outcome in outcomes()) {
        let script = Script::playing(vec![play(&outcome), play(&outcome), play(&outcome)]);
        let settings = script.settings();
        let client = cards_transport::blocking::Client::with_settings(paysafe(), script, settings);
        let create = CreatePrepaidCard::new("12345678", "BRAND-VIRTUAL-MC", "EUR");
        let Err(error) = client.send(&create) else { return Ok(()) };
        is_consistent(&error);
        let status = error.status().map(|status| status.as_u16());
        let is_no = status.is_some_and(|status| (400..500).contains(&status) && status != 408);
        let is_refused = is_no && error.transport_kind().is_none();
        let is_known = error.is_not_sent() || is_refused;
        prop_assert_eq!(error.is_outcome_unknown(), !is_known, "{:?}", error);
    }

    #[test]
    fn a_read_is_never_told_as_unknown(outcome in outcomes()) {
        let script = Script::playing(vec![play(&outcome), play(&outcome), play(&outcome)]);
        let settings = script.settings();
        let client = cards_transport::blocking::Client::with_settings(paysafe(), script, settings);
        if let Err(error) = client.send(&ListPrepaidCards::new("1")) {
            is_consistent(&error);
            prop_assert!(!error.is_outcome_unknown());
        }
    }
}

/// The case of the field: the gateway gave up, the registration was made.
#[test]
fn a_504_after_a_mutation_lands_in_outcome_unknown() {
    let script = Script::playing(vec![Ok(http::Response::builder()
        .status(504)
        .body("late".into())
        .unwrap())]);
    let settings = script.settings();
    let client = cards_transport::blocking::Client::with_settings(airpay(), script, settings);
    let error = client
        .send(&UpdateCustomer::new("E1").city("Kochi"))
        .unwrap_err();
    let said = match error.kind() {
        ErrorKind::Refused | ErrorKind::Http => "it was refused",
        ErrorKind::OutcomeUnknown => "find out",
        _ => "something else",
    };
    assert_eq!(said, "find out");
    insta::assert_snapshot!(error, @"airpay update-customer: outcome unknown: unexpected status; find out whether it took effect before sending it again (HTTP 504, 4 bytes)");
}

#[test]
fn what_a_body_says_beside_the_documented_words_is_told() {
    let told = |body: &'static str, status: u16| {
        let reply = http::Response::builder()
            .status(status)
            .body(body.into())
            .unwrap();
        let script = Script::playing(vec![Ok(reply)]);
        let settings = script.settings();
        let provider = airpay();
        let client = cards_transport::blocking::Client::with_settings(provider, script, settings);
        let update = UpdateCustomer::new("E1").city("Kochi").email("a@b.example");
        client.send(&update).unwrap_err()
    };
    let error = told(
        r#"{"status":400,"message":"Email a@b.example of Kochi already exists"}"#,
        200,
    );
    assert!(error.is_refused());
    insta::assert_snapshot!(error, @"airpay update-customer: refused: Email [redacted] of [redacted] already exists (HTTP 200, 68 bytes)");
    let error = told(r#"{"status":401,"message":"Token expired"}"#, 200);
    assert!(error.is_unauthorized());
    assert_eq!(error.refusal().unwrap().status, Some(401));
    insta::assert_snapshot!(error, @"airpay update-customer: the credentials are not accepted: status 401: Token expired (HTTP 200, 40 bytes)");
    let error = told(r#"{"status":422,"message":"City is not known"}"#, 200);
    insta::assert_snapshot!(error, @"airpay update-customer: refused: status 422: City is not known (HTTP 200, 44 bytes)");
    let error = told(r#"{"status":503,"message":"Try later"}"#, 200);
    assert!(error.is_outcome_unknown());
    assert_eq!(
        error.refusal().unwrap().message.as_deref(),
        Some("Try later")
    );
    insta::assert_snapshot!(error, @"airpay update-customer: outcome unknown: the answer leaves it open: status 503: Try later; find out whether it took effect before sending it again (HTTP 200, 36 bytes)");
}

/// A status in the body means what it means over HTTP.
#[test]
fn a_status_in_the_body_refuses_a_change_where_it_does_so_over_http() {
    for status in [
        0, 1, 100, 201, 204, 299, 300, 302, 399, 408, 500, 503, 599, 600, 999, -400,
    ] {
        let body = format!(r#"{{"status":{status},"message":"odd"}}"#);
        let reply = http::Response::builder().body(body.into()).unwrap();
        let script = Script::playing(vec![Ok(reply)]);
        let settings = script.settings();
        let client = cards_transport::blocking::Client::with_settings(airpay(), script, settings);
        let error = client.send(&CustomerPreference::new("E1")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{status}");
        is_consistent(&error);
    }
    let refusals = [400, 402, 404, 407, 409, 422, 429, 499].map(|status| (status, "odd"));
    // The documented word.
    let words = [0, 302, 999, 4000].map(|status| (status, "Fail"));
    for (status, message) in refusals.into_iter().chain(words) {
        let body = format!(r#"{{"status":{status},"message":"{message}"}}"#);
        let reply = http::Response::builder().body(body.into()).unwrap();
        let script = Script::playing(vec![Ok(reply)]);
        let settings = script.settings();
        let client = cards_transport::blocking::Client::with_settings(airpay(), script, settings);
        let error = client.send(&CustomerPreference::new("E1")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{status}");
    }
}

/// The answers that a chance seldom draws.
#[test]
fn neither_a_408_nor_an_answer_that_contradicts_itself_is_a_refusal() {
    for (status, body) in [
        (408, ""),
        (408, r#"{"status":400,"message":"fail"}"#),
        (400, r#"{"status":200,"message":"success","data":[]}"#),
        (401, r#"{"status":200,"message":"success","data":[]}"#),
        (404, r#"{"status":"200"}"#),
        (400, r#"{"status":500,"message":"fail"}"#),
    ] {
        let reply = http::Response::builder().status(status);
        let script = Script::playing(vec![Ok(reply.body(body.into()).unwrap())]);
        let settings = script.settings();
        let provider = airpay().keys("a", "p").login("9000000978", "PaSwd@1234");
        let client = cards_transport::blocking::Client::with_settings(provider, script, settings);
        let error = client.send(&CustomerPreference::new("E1")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{status} {body}");
        is_consistent(&error);
    }
}
