//! A read is tried again where that can help, at Ibanera with a new code.

use std::time::Duration;

use bytes::Bytes;
use cards_model::ibanera::CardsByCustomer;
use cards_transport::ErrorKind;
use cards_transport::ibanera::OtpReuse;
use conformance::server::{RawServer, Reaction, raw};
use http::Request;

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::{Fake, FakeClock, json};
use crate::common::noon;
use crate::setup::{CUSTOMER, GET_CARDS, ibanera, is, list, paysafe, quick, soon};

for_both_backends! {
    a_read_is_tried_again,
    a_read_gives_up_after_its_attempts,
    retry_after_is_waited_for,
    a_status_that_will_not_pass_is_not_tried_again,
    a_retry_at_ibanera_carries_a_new_code,
    a_code_is_used_again_where_that_is_allowed,
}

fn a_read_is_tried_again<B: Backend>() {
    for fault in [
        Reaction::SendAndReset(Vec::new()),
        Reaction::SendAndClose(Vec::new()),
        Reaction::SendAndStall(Vec::new()),
        Reaction::SendAndClose(raw("200 OK", &["content-length: 100"], "{")),
        Reaction::reply("503 Unavailable", &[], ""),
        Reaction::json(
            "500 Internal Server Error",
            r#"{"error":{"code":"DW-INTERNAL-SERVER-ERROR"}}"#,
        ),
    ] {
        let good = Reaction::json("200 OK", GET_CARDS);
        let server = RawServer::playing([fault.clone(), good]).unwrap();
        let client = B::client(paysafe(&server.url()), &quick(), soon(3));
        let reply = client
            .send(&list())
            .unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(reply.attempts(), 2);
        assert_eq!(server.received().len(), 2);
    }
}

fn a_read_gives_up_after_its_attempts<B: Backend>() {
    let server = RawServer::playing([Reaction::SendAndReset(Vec::new())]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), soon(4));
    let error = client.send(&list()).unwrap_err();
    is(&error, ErrorKind::Interrupted, &[]);
    assert_eq!((error.attempts(), server.received().len()), (4, 4));
}

fn retry_after_is_waited_for<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, number| match number {
        0 => Ok(http::Response::builder()
            .status(429)
            .header("retry-after", "7")
            .body(Bytes::new())
            .unwrap()),
        _ => json(200, GET_CARDS),
    });
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    assert_eq!(client.send(&list()).unwrap().attempts(), 2);
    assert_eq!(fake.pauses(), [Duration::from_secs(7)]);
}

fn a_status_that_will_not_pass_is_not_tried_again<B: Backend>() {
    for status in ["400 Bad Request", "404 Not Found", "501 Not Implemented"] {
        let server = RawServer::playing([Reaction::reply(status, &[], "")]).unwrap();
        let client = B::client(paysafe(&server.url()), &quick(), soon(3));
        is(&client.send(&list()).unwrap_err(), ErrorKind::Http, &[]);
        assert_eq!(server.received().len(), 1, "{status}");
    }
}

fn otps(fake: &Fake) -> Vec<String> {
    let sent = fake.sent();
    let code = |request: &Request<Bytes>| request.headers()["otp"].to_str().unwrap().to_owned();
    sent.iter().map(code).collect()
}

fn flaky(clock: &FakeClock) -> Fake {
    Fake::new(clock, |_, number| match number {
        0 | 1 => json(503, ""),
        _ => json(200, CUSTOMER),
    })
}

fn a_retry_at_ibanera_carries_a_new_code<B: Backend>() {
    let clock = FakeClock::new();
    let fake = flaky(&clock);
    let settings = clock.settings().total_timeout(Duration::from_secs(600));
    let provider = ibanera("http://localhost").token("t");
    let client = B::faked(provider.otp_reuse(OtpReuse::Never), &fake, settings);
    assert_eq!(client.send(&CardsByCustomer::new(7)).unwrap().attempts(), 3);
    let mut codes = otps(&fake);
    codes.dedup();
    assert_eq!(codes.len(), 3, "{codes:?}");
    assert!(codes.iter().all(|code| code.len() == 6));
    // It waits for the next step of 30 seconds and no longer.
    let waited = clock.now().duration_since(noon()).unwrap();
    assert!(
        waited >= Duration::from_secs(60) && waited < Duration::from_secs(62),
        "{waited:?}"
    );
}

fn a_code_is_used_again_where_that_is_allowed<B: Backend>() {
    let clock = FakeClock::new();
    let fake = flaky(&clock);
    let provider = ibanera("http://localhost")
        .token("t")
        .otp_reuse(OtpReuse::Allowed);
    let client = B::faked(provider, &fake, clock.settings());
    client.send(&CardsByCustomer::new(7)).unwrap();
    assert!(clock.now().duration_since(noon()).unwrap() < Duration::from_secs(5));
}
