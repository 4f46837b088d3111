//! Answers to reads that may say no and prove nothing, since the provider itself has failed.

use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::model::airpay::{CardBalance, CustomerPreference, UserLogin};
use cards_transport::model::ibanera::{ActivateCard, CardsByCustomer};
use cards_transport::model::paysafe::{GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard};
use cards_transport::{Call, CallOptions, Error, ErrorKind, Provider, Retry};

use crate::calls::samples::{airpay, ibanera, paysafe};
use crate::calls::script::{Outcome, response, send, send_with};

type Play = fn() -> Outcome;

/// The error of a call that is answered so each time, by both drivers. It is sent so often.
#[track_caller]
fn error<P: Provider + Clone, C: Call<Provider = P>>(
    provider: &P,
    call: &C,
    play: Play,
    attempts: usize,
) -> Error {
    let (outcome, script) = send(provider, call, &vec![play; attempts]);
    let error = outcome.map(drop).unwrap_err();
    assert_eq!(script.urls().len(), attempts, "{error}");
    assert_eq!(error.attempts() as usize, attempts, "{error}");
    error
}

/// A read is tried as often as it may be, and nothing is known after that.
#[track_caller]
fn fails<P: Provider + Clone, C: Call<Provider = P>>(provider: &P, call: &C, play: Play) {
    let failed = error(provider, call, play, 3);
    assert_eq!(failed.kind(), ErrorKind::Http, "{failed}");
    assert!(failed.is_failed_in_passing(), "{failed}");
    assert!(!failed.is_refused() && !failed.is_unauthorized());
    // The words are there all the same.
    assert!(failed.refusal().is_some());
    assert!(failed.to_string().contains(": failed: "), "{failed}");
    let once = CallOptions::new().retry(Retry::never());
    let (outcome, _) = send_with(provider, call, &[play], &once);
    let failed = outcome.map(drop).unwrap_err();
    assert!(failed.kind() == ErrorKind::Http && failed.is_failed_in_passing());
}

/// A read that is refused is refused once.
#[track_caller]
fn refuses<P: Provider + Clone, C: Call<Provider = P>>(provider: &P, call: &C, play: Play) {
    let refused = error(provider, call, play, 1);
    assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");
    assert!(!refused.is_failed_in_passing(), "{refused}");
}

/// Of a change the same answer leaves the outcome open, and it is sent once.
#[track_caller]
fn opens<P: Provider + Clone, C: Call<Provider = P>>(provider: &P, call: &C, play: Play) {
    let open = error(provider, call, play, 1);
    assert_eq!(open.kind(), ErrorKind::OutcomeUnknown, "{open}");
    assert!(!open.is_failed_in_passing(), "{open}");
}

fn ibanera_at_once() -> Ibanera {
    ibanera().otp_reuse(OtpReuse::Allowed)
}

#[test]
fn a_no_of_an_airpay_that_is_down_is_no_refusal() {
    let airpay = airpay().keys("fake-a", "fake-p");
    let login = UserLogin {
        mobile_no: "9000000978".into(),
        password: "PaSwd@1234".into(),
    };
    let (balance, change) = (CardBalance::new("E1"), CustomerPreference::new("E1"));
    let failures: [Play; 13] = [
        || response(500, r#"{"status":400,"message":"fail"}"#),
        || response(502, r#"{"status":400,"message":"fail"}"#),
        || response(503, r#"{"status":400,"message":"fail"}"#),
        || response(503, r#"{"status":"400"}"#),
        || response(504, r#"{"status":404,"message":"fail"}"#),
        || response(408, r#"{"status":400,"message":"fail"}"#),
        || response(200, r#"{"status":500,"message":"fail"}"#),
        || response(200, r#"{"status":503,"message":"Try later"}"#),
        || response(200, r#"{"status":408,"message":"fail"}"#),
        || response(200, r#"{"status":201,"message":"success","data":{}}"#),
        || response(200, r#"{"status":0,"message":"odd"}"#),
        || response(201, r#"{"status":"302"}"#),
        || response(400, r#"{"status":500,"message":"fail"}"#),
    ];
    for play in failures {
        fails(&airpay, &balance, play);
        fails(&airpay, &login, play);
        opens(&airpay, &change, play);
    }
    let refusals: [Play; 5] = [
        || response(200, r#"{"status":400,"message":"fail"}"#),
        || response(400, r#"{"status":400,"message":"fail"}"#),
        || response(404, r#"{"status":302,"message":"odd"}"#),
        || response(200, r#"{"status":422,"message":"odd"}"#),
        || response(200, r#"{"status":0,"message":"fail"}"#),
    ];
    for play in refusals {
        refuses(&airpay, &balance, play);
        refuses(&airpay, &login, play);
    }
    // One that has no time is asked again, and refuses all the same.
    let busy: Play = || response(200, r#"{"status":429,"message":"fail"}"#);
    let refused = error(&airpay, &balance, busy, 3);
    assert!(refused.is_refused() && refused.is_failed_in_passing());
    assert!(error(&airpay, &change, busy, 1).is_rate_limited());
    // A status that will not pass is not tried again, whatever is beside it.
    let lost: Play = || response(301, r#"{"status":400,"message":"fail"}"#);
    let moved = error(&airpay, &balance, lost, 1);
    assert_eq!(moved.kind(), ErrorKind::Http);
    assert!(!moved.is_failed_in_passing());
}

/// The document has Paysafe's error under 500 alone.
#[test]
fn an_error_of_a_paysafe_that_is_down_is_no_refusal() {
    let (list, card) = (ListPrepaidCards::new("1"), GetPrepaidCard::new("1", "C1"));
    let change = UpdatePrepaidCard::new("1", "C1");
    let failures: [Play; 5] = [
        || response(500, r#"{"error":{"code":"DW-INTERNAL-SERVER-ERROR"}}"#),
        || response(503, r#"{"error":{"code":"DW-X","message":"no"}}"#),
        || response(504, r#"[{"error":{"code":"DW-X"}}]"#),
        || response(408, r#"{"error":{}}"#),
        || response(200, r#"{"error":{"code":"DW-X"}}"#),
    ];
    for play in failures {
        fails(&paysafe(), &list, play);
        fails(&paysafe(), &card, play);
        opens(&paysafe(), &change, play);
    }
    let refusals: [Play; 3] = [
        || response(400, r#"{"error":{"code":"5068"}}"#),
        || response(403, r#"{"error":{"code":"DW-CUSTOMER-NOT-ALLOWED"}}"#),
        || response(404, r#"{"error":{"code":"5269"}}"#),
    ];
    for play in refusals {
        refuses(&paysafe(), &list, play);
        refuses(&paysafe(), &card, play);
    }
}

#[test]
fn errors_of_an_ibanera_that_is_down_are_no_refusal() {
    let read = CardsByCustomer::new(7);
    let failures: [Play; 5] = [
        || {
            response(
                500,
                r#"{"status":"0","errors":[{"messageCode":"Invalid"}]}"#,
            )
        },
        || response(503, r#"{"status":"0","errors":[]}"#),
        || response(408, r#"{"status":"0","errors":[]}"#),
        || response(200, r#"{"status":"2","errors":[]}"#),
        || response(502, r#"{"status":"text"}"#),
    ];
    for play in failures {
        fails(&ibanera_at_once(), &read, play);
        opens(&ibanera_at_once(), &ActivateCard::new(1), play);
    }
    let refusals: [Play; 3] = [
        || {
            response(
                200,
                r#"{"status":"0","errors":[{"fieldName":"customersId"}]}"#,
            )
        },
        || {
            response(
                400,
                r#"{"status":"0","errors":[{"fieldName":"customersId"}]}"#,
            )
        },
        || {
            response(
                404,
                r#"{"status":"2","errors":[{"fieldName":"customersId"}]}"#,
            )
        },
    ];
    for play in refusals {
        refuses(&ibanera_at_once(), &read, play);
    }
}

/// A failure that passes is not seen.
#[test]
fn a_read_brings_its_value_after_a_failure_that_its_body_told() {
    let down: Play = || response(200, r#"{"status":503,"message":"fail"}"#);
    let up: Play = || response(200, r#"{"status":200,"data":{"balance":"1.00"}}"#);
    let (outcome, script) = send(&airpay(), &CardBalance::new("E1"), &[down, down, up]);
    assert_eq!(outcome.unwrap().attempts(), 3);
    assert_eq!(script.pauses().len(), 2);
    // A login is a read too: the call that needs it is made.
    let airpay = cards_transport::airpay::Airpay::new("http://localhost:1".parse().unwrap(), "s")
        .keys("fake-a", "fake-p")
        .login("9000000978", "PaSwd@1234");
    let token: Play = || response(200, r#"{"status":200,"data":{"token":"fake-new"}}"#);
    let (outcome, _) = send(&airpay, &CardBalance::new("E1"), &[down, token, up]);
    outcome.unwrap();
}
