//! Checks what is sent again, and after how long.

use std::time::Duration;

use bytes::Bytes;
use cards_transport::ibanera::OtpReuse;
use cards_transport::model::airpay::UpdateCustomer;
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::{CallOptions, ErrorKind, Retry};
use http::Response;

use crate::calls::samples::{ACKNOWLEDGED, NO_CARDS, ONE_CUSTOMER, airpay, ibanera, paysafe};
use crate::calls::script::{Outcome, refused, reset, response, send, send_with};

#[test]
fn a_mutation_is_not_sent_again_once_it_may_have_been_sent() {
    let call = UpdateCustomer::new("E1").city("Kochi");
    let (outcome, script) = send(&airpay(), &call, &[reset]);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.is_outcome_unknown() && !error.is_not_sent());
    assert_eq!(script.urls().len(), 1);
    insta::assert_snapshot!(error, @"airpay update-customer: outcome unknown: the connection ended before the reply did after the request may have been sent; find out whether it took effect before sending it again");
}

#[test]
fn a_mutation_is_sent_again_when_nothing_was_sent() {
    let call = UpdateCustomer::new("E1").city("Kochi");
    let (outcome, script) = send(&airpay(), &call, &[refused, refused, ACKNOWLEDGED]);
    assert_eq!(outcome.unwrap().attempts(), 3);
    assert_eq!(script.pauses().len(), 2);
    let (outcome, _) = send(&airpay(), &call, &[refused, refused, refused]);
    let error = outcome.unwrap_err();
    assert!(error.is_connect() && error.is_not_sent() && !error.is_outcome_unknown());
    insta::assert_snapshot!(error, @"airpay update-customer: no connection after 3 attempts");
}

#[test]
fn a_read_is_sent_again_after_an_interruption_and_after_a_server_error() {
    let call = ListPrepaidCards::new("12345678");
    let busy: fn() -> Outcome = || response(503, "busy");
    let (outcome, script) = send(&paysafe(), &call, &[reset, busy, NO_CARDS]);
    assert_eq!(outcome.unwrap().attempts(), 3);
    assert_eq!(
        script.urls(),
        ["http://localhost:1/v1/customers/12345678/prepaid/cards"; 3]
    );
}

#[test]
fn a_server_that_asks_for_more_time_gets_it_up_to_the_time_of_the_call() {
    let call = ListPrepaidCards::new("12345678");
    let wait: fn() -> Outcome = || {
        let response = Response::builder().status(429).header("retry-after", "7");
        Ok(response.body(Bytes::new()).unwrap())
    };
    let (outcome, script) = send(&paysafe(), &call, &[wait, NO_CARDS]);
    assert!(outcome.is_ok());
    assert_eq!(script.pauses(), [Duration::from_secs(7)]);

    let short = CallOptions::new().total_timeout(Duration::from_secs(5));
    let (outcome, _) = send_with(&paysafe(), &call, &[wait], &short);
    assert_eq!(outcome.unwrap_err().status().unwrap(), 429);
}

#[test]
fn retries_can_be_turned_off_for_one_call() {
    let options = CallOptions::new().retry(Retry::never());
    let call = ListPrepaidCards::new("12345678");
    let (outcome, _) = send_with(&paysafe(), &call, &[reset], &options);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Interrupted);
}

#[test]
fn each_attempt_at_ibanera_carries_a_new_code_where_none_serves_twice() {
    let call = CardsByCustomer::new(11057);
    let once = ibanera().otp_reuse(OtpReuse::Never);
    let (outcome, script) = send(&once, &call, &[reset, reset, ONE_CUSTOMER]);
    assert!(outcome.is_ok());
    let codes = script.headers("otp");
    assert_eq!(codes.len(), 3);
    assert!(codes[0] != codes[1] && codes[1] != codes[2], "{codes:?}");
    // Ten seconds into the first step: 20 seconds until the next, then 30.
    let waited: Duration = script.pauses().iter().sum();
    assert_eq!(waited, Duration::from_secs(50));

    // A code that certainly never left is not waited out.
    let (_, script) = send(&once, &call, &[refused, ONE_CUSTOMER]);
    assert!(script.headers("otp")[0] == script.headers("otp")[1]);

    for reuse in [OtpReuse::Allowed, OtpReuse::Learn] {
        let provider = ibanera().otp_reuse(reuse);
        let (_, script) = send(&provider, &call, &[reset, ONE_CUSTOMER]);
        assert!(script.pauses()[0] < Duration::from_secs(1));
        assert!(script.headers("otp")[0] == script.headers("otp")[1]);
    }
}

#[test]
fn nothing_was_sent_only_where_no_attempt_was() {
    let call = ListPrepaidCards::new("1");
    let (outcome, _) = send(&paysafe(), &call, &[reset, refused, refused]);
    let error = outcome.unwrap_err();
    assert!(error.is_connect() && !error.is_not_sent());
}
