//! Errors of a provider that has had too many calls: how they are told apart, and when to come back.

use std::time::Duration;

use bytes::Bytes;
use cards_transport::model::airpay::UpdateCustomer;
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::{Call, CallOptions, Retry};
use http::Response;
use proptest::prelude::*;

use crate::calls::samples::{airpay, ibanera, paysafe};
use crate::calls::script::{Outcome, Script};

/// The error of one attempt that is answered so, from both drivers.
fn answered<C: Call>(
    provider: &C::Provider,
    call: &C,
    answer: &Response<Bytes>,
) -> [cards_transport::Error; 2]
where
    C::Provider: Clone,
{
    let once = CallOptions::new().retry(Retry::never());
    let script = || Script::playing(vec![Ok(answer.clone()) as Outcome]);
    let (one, two) = (script(), script());
    let client =
        cards_transport::Client::with_settings(provider.clone(), one.clone(), one.settings());
    let from_async = pollster::block_on(client.send_with(call, &once));
    let client = cards_transport::blocking::Client::with_settings(
        provider.clone(),
        two.clone(),
        two.settings(),
    );
    let from_blocking = client.send_with(call, &once);
    [
        from_async.map(drop).unwrap_err(),
        from_blocking.map(drop).unwrap_err(),
    ]
}

fn reply(status: u16, wait: Option<&str>, body: &str) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    if let Some(wait) = wait {
        response = response.header("retry-after", wait);
    }
    response.body(Bytes::from(body.to_owned())).unwrap()
}

const BODIES: [&str; 6] = [
    "",
    "busy",
    r#"{"status":400,"message":"fail"}"#,
    r#"{"error":{"code":"1200","message":"rate limit"}}"#,
    r#"{"status":"0","errors":[]}"#,
    r#"{"status":200,"message":"success","data":[]}"#,
];

fn all(answer: &Response<Bytes>) -> Vec<cards_transport::Error> {
    let mut errors = Vec::new();
    errors.extend(answered(
        &airpay(),
        &UpdateCustomer::new("E1").city("Kochi"),
        answer,
    ));
    errors.extend(answered(&paysafe(), &ListPrepaidCards::new("1"), answer));
    errors.extend(answered(&ibanera(), &CardsByCustomer::new(7), answer));
    errors
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The status alone decides, whatever body, and the wait is the header's,
    /// whatever status.
    #[test]
    fn a_limit_and_the_wait_are_told_of_every_reply(
        status in prop_oneof![Just(429_u16), 400_u16..600],
        seconds in proptest::option::of(0_u64..1_000_000),
        body in 0..BODIES.len(),
    ) {
        let wait = seconds.map(|seconds| seconds.to_string());
        for error in all(&reply(status, wait.as_deref(), BODIES[body])) {
            prop_assert_eq!(error.is_rate_limited(), status == 429, "{:?}", error);
            prop_assert_eq!(error.retry_after(), seconds.map(Duration::from_secs));
        }
    }
}

/// Each script begins at the same time by the client's clock, whatever the machine's own shows.
#[test]
fn a_wait_may_be_a_date_which_is_counted_from_now_by_the_clients_clock() {
    let now = Script::new(&[]).now();
    for ahead in [60, 3_600, 10 * 365 * 86_400] {
        let date = httpdate::fmt_http_date(now + Duration::from_secs(ahead));
        for error in all(&reply(429, Some(&date), "")) {
            let wait = error.retry_after().unwrap();
            let most = Duration::from_secs(ahead);
            // Some of it passes here.
            assert!((most.saturating_sub(Duration::from_secs(60))..=most).contains(&wait));
        }
    }
    let past = httpdate::fmt_http_date(now - Duration::from_secs(60));
    for wait in [&*past, "soon", "-1", ""] {
        for error in all(&reply(429, Some(wait), "")) {
            assert_eq!(error.retry_after(), None, "{wait}");
        }
    }
}

#[test]
fn a_status_within_a_body_counts_too() {
    let body = r#"{"status":429,"message":"later"}"#;
    let update = UpdateCustomer::new("E1").city("Kochi");
    for error in answered(&airpay(), &update, &reply(200, Some("3"), body)) {
        assert!(error.is_rate_limited());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    }
}

#[test]
fn no_reply_is_no_limit() {
    let error = cards_transport::blocking::Client::new(paysafe(), |_: http::Request<Bytes>, _| {
        crate::calls::script::refused()
    })
    .send_with(
        &ListPrepaidCards::new("1"),
        &CallOptions::new().retry(Retry::never()),
    )
    .unwrap_err();
    assert!(!error.is_rate_limited());
    assert_eq!(error.retry_after(), None);
}
