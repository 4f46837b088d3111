//! Checks that a change is never sent again for its code where it may have taken effect.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cards_transport::ibanera::{CodeUse, Ibanera, OtpMemory};
use cards_transport::model::Decimal;
use cards_transport::model::ibanera::{
    ActivateCard, DocumentType, SimulatePayin, TransferType, UploadDocument,
};
use cards_transport::{Call, Error, ErrorKind, blocking};
use http::Response;
use proptest::prelude::*;

use super::{CALL, client, codes};
use crate::calls::samples::{ONE_CUSTOMER, ibanera};
use crate::calls::script::{Outcome, Script};

fn reply(status: u16, body: &str) -> Outcome {
    let reply = Response::builder().status(status);
    Ok(reply.body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
}

/// Sends a change with a code that a call before has used, and tells how often it went out.
fn sent<C: Call<Provider = Ibanera>>(call: &C, status: u16, body: &str) -> (Error, usize) {
    let answers = [ONE_CUSTOMER(), reply(status, body), reply(status, body)];
    let script = Script::playing(answers.into());
    let client = client(ibanera(), &script);
    client.send(&CALL).unwrap();
    let error = client.send(call).map(drop).unwrap_err();
    let codes = codes(&script);
    assert_eq!(codes[..2], [0, 0]);
    (error, codes.len() - 1)
}

/// Sends each kind of change.
fn sent_each(status: u16, body: &str) -> Vec<(Error, usize)> {
    let payin = SimulatePayin::new(1001, TransferType::Ach, Decimal::new(550, 2));
    let upload = UploadDocument::new(11057, DocumentType::TaxDocument, *b"%PDF-1.7 ...");
    vec![
        sent(&ActivateCard::new(7), status, body),
        sent(&payin, status, body),
        sent(&upload, status, body),
    ]
}

/// Draws what a server may answer that is no documented success.
fn answers() -> impl Strategy<Value = Answer> {
    let http = prop_oneof![
        200..300_u16,
        300..400_u16,
        400..500_u16,
        Just(408_u16),
        500..600_u16
    ];
    let status = prop_oneof![
        Just(r#""0""#),
        Just("0"),
        Just(r#""2""#),
        Just(r#""""#),
        Just(r#""01""#),
        Just(r#""text""#),
        Just("-1"),
    ];
    let field = prop_oneof![
        Just(""),
        Just(r#""fieldName":null,"#),
        Just(r#""fieldName":"request","#),
        Just(r#""fieldName":"password","#),
        Just(r#""fieldName":"otp","#),
        Just(r#""fieldName":"OTP","#),
        Just(r#""fieldName":"customersId","#),
    ];
    let reason = prop_oneof![
        Just("Invalid"),
        Just(""),
        Just("Card_Provider_Error"),
        Just("Insufficient_Funds"),
        Just("Limit_Exceeded"),
        Just("Required"),
    ];
    let error = (field, reason).prop_map(|(field, reason)| {
        let names_code = field.to_lowercase().contains("otp") && reason != "Required";
        (
            format!(r#"[{{{field}"messageCode":"{reason}"}}]"#),
            names_code,
        )
    });
    let none = prop_oneof![Just("[]"), Just("null")].prop_map(|errors| (errors.to_owned(), false));
    let errors = prop_oneof![1 => none, 4 => error];
    (http, status, errors).prop_map(|(http, status, (errors, names_code))| {
        let body = format!(r#"{{"status":{status},"errors":{errors},"details":{{"id":7}}}}"#);
        let is_refusal_in_body = matches!(status, r#""0""# | "0") || errors.len() > 4;
        let is_refusal = match http {
            200..300 => is_refusal_in_body,
            408 => false,
            400..500 => true,
            _ => false,
        };
        Answer {
            http,
            body,
            is_refusal,
            is_of_code: is_refusal && (http == 401 || names_code),
        }
    })
}

/// An answer that is no documented success.
#[derive(Debug)]
struct Answer {
    http: u16,
    body: String,
    /// Says whether it is known to say no.
    is_refusal: bool,
    /// Says whether it names the code, or may mean it by its status.
    is_of_code: bool,
}

proptest! {
    /// A change goes out again with a fresh code only after an answer that says that it was not
    /// carried out, and that the code is why.
    #[test]
    fn a_change_that_may_have_taken_effect_goes_out_once(answer in answers()) {
        for (error, times) in sent_each(answer.http, &answer.body) {
            let is_unknown = error.kind() == ErrorKind::OutcomeUnknown;
            prop_assert_eq!(is_unknown, !answer.is_refusal, "{:?}: {}", &answer, &error);
            prop_assert!(times == 1 || answer.is_of_code, "{:?}", &answer);
        }
    }
}

/// The body of a refused code, which a busy server gives with any status.
const BUSY: &str = r#"{"status":"0","errors":[{"fieldName":"otp","messageCode":"Invalid"}]}"#;

#[test]
fn a_408_of_a_change_leaves_its_outcome_open_whatever_its_body_says() {
    for (error, times) in sent_each(408, BUSY) {
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(times, 1);
    }
    // The same answer, as a refusal.
    for (_, times) in sent_each(400, BUSY) {
        assert_eq!(times, 2);
    }
}

/// A fresh code changes nothing of these.
#[test]
fn too_many_calls_and_other_reasons_in_the_status_say_nothing_of_codes() {
    for status in [404, 405, 406, 410, 411, 413, 414, 415, 428, 431] {
        for (error, times) in sent_each(status, BUSY) {
            assert_eq!((error.kind(), times), (ErrorKind::Refused, 1), "{status}");
        }
    }
    let busy = || {
        let reply = Response::builder().status(429).header("retry-after", "7");
        Ok(reply.body(Bytes::from_static(BUSY.as_bytes())).unwrap())
    };
    let script = Script::new(&[ONE_CUSTOMER, busy, ONE_CUSTOMER]);
    let kept = Arc::new(Mutex::new(OtpMemory::new()));
    let keeps = Arc::clone(&kept);
    let settings = script
        .settings()
        .otp_watcher(move |memory| *keeps.lock().unwrap() = memory);
    let client = blocking::Client::with_settings(ibanera(), script.clone(), settings);
    client.send(&CALL).unwrap();
    assert_eq!(client.send(&CALL).unwrap().attempts(), 2);
    assert_eq!(script.pauses(), [Duration::from_secs(7)]);
    assert_eq!(codes(&script), [0, 0, 0]);
    assert_eq!(kept.lock().unwrap().learned, CodeUse::Repeated);
}

/// A server that asks for time is given it, also where the code is taken for the reason.
#[test]
fn a_refused_code_waits_as_long_as_the_answer_asks() {
    let refused = || {
        let reply = Response::builder().status(400).header("retry-after", "45");
        let body = r#"{"status":"0","errors":[{"fieldName":"otp","messageCode":"Invalid"}]}"#;
        Ok(reply.body(Bytes::from_static(body.as_bytes())).unwrap())
    };
    let script = Script::new(&[ONE_CUSTOMER, refused, ONE_CUSTOMER]);
    let client = client(ibanera(), &script);
    client.send(&CALL).unwrap();
    client.send(&CALL).unwrap();
    assert!(script.pauses().iter().sum::<Duration>() >= Duration::from_secs(45));
    assert_eq!(codes(&script), [0, 0, 1]);
}
