//! Checks what is sent, and what is not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, OneTimeCodes, OtpReuse};
use cards_transport::model::airpay::CustomerPreference;
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::{Paysafe, SignatureScope};
use cards_transport::{Call, CallOptions, Limits, Settings, Validation, blocking};
use http::{Request, Response};

use crate::calls::samples::{ACKNOWLEDGED, airpay, ibanera, paysafe, registration};
use crate::calls::script::{Outcome, response, send, send_with};

#[test]
fn nothing_is_sent_that_breaks_a_rule_unless_asked_for() {
    let call = CustomerPreference::new("");
    let (outcome, script) = send(&airpay(), &call, &[]);
    let error = outcome.unwrap_err();
    assert!(error.is_invalid() && error.is_not_sent());
    assert_eq!(error.violations().unwrap().len(), 1);
    assert!(script.urls().is_empty());
    insta::assert_snapshot!(error, @r"
    not sent: airpay customer-preference: 1 field breaks the document's rules
      entity_id: must be given (required; Airpay Customer Preference, Parameter, entity_id)
    ");
    let options = CallOptions::new().validation(Validation::Off);
    let (outcome, _) = send_with(&airpay(), &call, &[ACKNOWLEDGED], &options);
    assert!(outcome.is_ok());
}

#[test]
fn an_id_made_of_dots_is_not_sent_even_unchecked() {
    let options = CallOptions::new().validation(Validation::Off);
    let call = ListPrepaidCards::new("..");
    let (outcome, _) = send_with(&paysafe(), &call, &[], &options);
    insta::assert_snapshot!(outcome.unwrap_err(), @"paysafe list-prepaid-cards: not sent: an id in the path is empty or made of dots");
}

#[test]
fn a_header_value_that_no_header_can_carry_is_told_by_its_name() {
    let provider = airpay().token("fake\ntoken");
    let (outcome, _) = send(&provider, &CustomerPreference::new("E1"), &[]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"airpay customer-preference: not sent: the token holds a control character, such as a line break, that no header can carry");
}

#[test]
fn credentials_from_variables_name_what_is_missing() {
    let error = Airpay::from_vars(|_| None).unwrap_err();
    insta::assert_snapshot!(error, @"CARDS_AIRPAY_BASE_URL is not set");
    let error = Airpay::from_vars(|name| Some(format!("http://fake.example/{name}"))).unwrap_err();
    insta::assert_snapshot!(error, @"CARDS_AIRPAY_BASE_URL: plain http is for this machine only; use https, such as https://kraken.airpay.co.in");
    let error = Ibanera::from_vars(|name| match name {
        "CARDS_IBANERA_BASE_URL" => Some("http://localhost".to_owned()),
        "CARDS_IBANERA_TOTP_SECRET" => Some("not base32 !".to_owned()),
        _ => None,
    });
    insta::assert_snapshot!(error.unwrap_err(), @"CARDS_IBANERA_TOTP_SECRET: the shared secret is not base32");
}

/// The mark keeps HTTP libraries from showing it in a log.
#[test]
fn every_header_that_holds_a_secret_is_marked_sensitive() {
    let marked: Arc<Mutex<BTreeMap<String, bool>>> = Arc::default();
    let seen = Arc::clone(&marked);
    let transport = move |request: Request<Bytes>, _: Limits| {
        let mut seen = seen.lock().unwrap();
        for (name, value) in request.headers() {
            let is_marked = seen.entry(name.to_string()).or_insert(true);
            *is_marked &= value.is_sensitive();
        }
        Ok(Response::new(Bytes::new()))
    };
    // The replies are none; what counts is what was sent.
    let with_keys = airpay().keys("fake-affiliate", "fake-processor-key");
    let client = blocking::Client::new(with_keys, transport.clone());
    assert!(client.send(&registration()).is_err());
    assert!(client.send(&CustomerPreference::new("E1")).is_err());
    let client = blocking::Client::new(paysafe(), transport.clone());
    assert!(client.send(&ListPrepaidCards::new("1")).is_err());
    // The login, whose header holds the client's secret, and what is signed.
    let base = || "http://localhost".parse().unwrap();
    let logs_in = Paysafe::new(base()).client("fake-brand", "fake-client", "fake-client-secret");
    let client = blocking::Client::new(logs_in, transport.clone());
    assert!(client.send(&ListPrepaidCards::new("1")).is_err());
    let signs = paysafe().signature_key("ZmFrZS1rZXk=".parse().unwrap());
    let signs = signs.signature_scope(SignatureScope::BodiesAndPaths);
    let client = blocking::Client::new(signs, transport.clone());
    assert!(client.send(&ListPrepaidCards::new("1")).is_err());
    // The caller's own headers may hold one too.
    let settings = Settings::new().header("x-extra", "fake").unwrap();
    let client = blocking::Client::with_settings(ibanera(), transport, settings);
    let options = CallOptions::new().header("x-extra-once", "fake").unwrap();
    let call = CardsByCustomer::new(7);
    assert!(client.send_with(&call, &options).is_err());

    let marked = marked.lock().unwrap();
    let secret: Vec<_> = marked.iter().filter(|(_, marked)| **marked).collect();
    let secret: Vec<_> = secret.iter().map(|(name, _)| &***name).collect();
    let all = [
        "affiliate",
        "authorization",
        "checksum",
        "otp",
        "processor-key",
        "signature",
        "token",
        "x-extra",
        "x-extra-once",
    ];
    assert_eq!(secret, all);
    assert!(marked.len() > all.len());
}

/// The time that the first request of a call is given.
fn time_given<C: Call<Reply: Send>>(
    provider: C::Provider,
    call: &C,
    settings: &Settings,
    options: &CallOptions,
) -> Duration {
    let given = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&given);
    let transport = move |_: Request<Bytes>, limits: Limits| -> Outcome {
        seen.lock().unwrap().get_or_insert(limits.total);
        response(404, "")
    };
    let client = blocking::Client::with_settings(provider, transport, settings.clone());
    assert!(client.send_with(call, options).is_err());
    given.lock().unwrap().unwrap()
}

#[test]
fn a_call_that_may_wait_for_two_codes_has_the_time_for_them() {
    let codes = |step| {
        let codes = OneTimeCodes::base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let codes = codes.step(Duration::from_secs(step)).unwrap();
        ibanera().one_time_codes(codes)
    };
    let fixed = || ibanera().one_time_codes(OneTimeCodes::fixed("123456"));
    let (default, none) = (Settings::new(), CallOptions::new());
    let set = Settings::new().total_timeout(Duration::from_secs(20));
    let quick = CallOptions::new().total_timeout(Duration::from_secs(7));
    let (page, cards) = (ListPrepaidCards::new("1"), CardsByCustomer::new(11057));
    for (what, given, seconds) in [
        (
            "no codes",
            time_given(paysafe(), &page, &default, &none),
            60,
        ),
        ("codes", time_given(ibanera(), &cards, &default, &none), 120),
        (
            "a step of its own",
            time_given(codes(45), &cards, &default, &none),
            150,
        ),
        ("one code", time_given(fixed(), &cards, &default, &none), 60),
        ("settings", time_given(codes(45), &cards, &set, &none), 20),
        (
            "long steps",
            time_given(codes(3600), &cards, &default, &none),
            180,
        ),
        (
            "codes that serve again",
            time_given(
                codes(45).otp_reuse(OtpReuse::Allowed),
                &cards,
                &default,
                &none,
            ),
            60,
        ),
        ("options", time_given(codes(45), &cards, &set, &quick), 7),
    ] {
        let limit = Duration::from_secs(seconds);
        // Less what the call has taken so far.
        let least = limit.saturating_sub(Duration::from_secs(6));
        assert!(least < given && given <= limit, "{what}: {given:?}");
    }
}
