//! Checks what a reply means by its status and its contents, and how long it is
//! waited for. Where it ends, and silence, are judged among the oddities; late and
//! long replies, and what is tried again, among the faults.

use std::time::Duration;

use cards_transport::{BackendOptions, CallOptions};
use conformance::server::{RawServer, Reaction, raw, reply};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::registration;
use crate::setup::{
    GET_CARDS, NEVER, airpay, failed, is, kept, list, once, paysafe, quick, read_from, soon,
};

for_both_backends! {
    a_success_is_a_value_with_its_raw_reply,
    a_redirect_is_not_followed,
    an_error_keeps_status_headers_and_body,
    a_no_to_a_read_of_a_provider_that_failed_is_no_refusal,
    a_head_that_takes_longer_than_the_limit_on_silence_times_out,
    the_limit_of_a_call_overrides_that_of_the_client,
}

fn a_success_is_a_value_with_its_raw_reply<B: Backend>() {
    // A wrong content type does not matter.
    for content_type in [
        "content-type: text/plain; charset=latin1",
        "content-type: ",
        "x-none: 1",
    ] {
        let headers = [
            content_type,
            "x-two: a",
            "X-Two: b",
            "x-empty:",
            "x-odd: caf\u{e9}",
        ];
        let reply = read_from::<B>(Reaction::reply("200 OK", &headers, GET_CARDS), once()).unwrap();
        assert_eq!(reply.cards[0].card_id, "c1");
        assert_eq!((reply.status().as_u16(), reply.attempts()), (200, 1));
        assert_eq!(reply.body(), GET_CARDS);
        let two: Vec<_> = reply.headers().get_all("x-two").iter().collect();
        assert_eq!(two, ["a", "b"]);
        assert_eq!(reply.headers()["x-empty"], "");
        assert_eq!(reply.headers()["x-odd"].as_bytes(), "caf\u{e9}".as_bytes());
    }
}

fn a_redirect_is_not_followed<B: Backend>() {
    let elsewhere = RawServer::playing([Reaction::json("200 OK", GET_CARDS)]).unwrap();
    let target = format!("{}/customers/12345678/prepaid/cards", elsewhere.url());
    let location = format!("location: {target}");
    for status in [301, 302, 303, 307, 308] {
        let answer = || Reaction::reply(&format!("{status} Moved"), &[&location], "moved");
        let error = failed::<B>(answer());
        is(&error, "Http");
        kept(&error, status, "moved");
        assert_eq!(error.raw().unwrap().headers()["location"], target);

        let server = RawServer::playing([answer()]).unwrap();
        let client = B::client(airpay(&server.url()), &quick(), soon(3));
        let error = client.send(&registration()).unwrap_err();
        is(&error, "OutcomeUnknown, outcome unknown");
        assert_eq!(server.received().len(), 1);
    }
    assert_eq!(elsewhere.received().len(), 0);
}

fn an_error_keeps_status_headers_and_body<B: Backend>() {
    let odd = [
        400, 403, 404, 405, 408, 413, 429, 500, 501, 502, 503, 504, 599,
    ];
    let odd = odd.map(|status| (status, "<html>some words</html>", "Http"));
    let others = [
        (401, "no", "Unauthorized, unauthorized"),
        (200, "", "Malformed"),
        (200, "<html>", "Malformed"),
    ];
    for (status, body, expected) in odd.into_iter().chain(others) {
        let line = format!("{status} Odd");
        // What will not pass is not tried again.
        let settings = match status {
            400 | 404 | 501 => soon(3),
            _ => once(),
        };
        let answer = Reaction::reply(&line, &["x-why: because"], body);
        let error = read_from::<B>(answer, settings).unwrap_err();
        is(&error, expected);
        kept(&error, status, body);
        assert_eq!(error.raw().unwrap().headers()["x-why"], "because");
        assert_eq!(error.attempts(), 1);
    }
    let error = failed::<B>(Reaction::Send(raw("204 No Content", &[], "")));
    is(&error, "Malformed");
    kept(&error, 204, "");
}

/// The limit ends it however often it says something: a head, or replies before the reply.
fn a_no_to_a_read_of_a_provider_that_failed_is_no_refusal<B: Backend>() {
    let no = r#"{"error":{"code":"5269","message":"no"}}"#;
    for (line, expected, attempts) in [
        ("500 Odd", "Http", 3),
        ("503 Odd", "Http", 3),
        ("408 Odd", "Http", 3),
        ("200 OK", "Http", 3),
        ("400 Odd", "Refused, refused", 1),
        ("404 Odd", "Refused, refused", 1),
    ] {
        let answers = std::iter::repeat_n(Reaction::reply(line, &[], no), 3);
        let server = RawServer::playing(answers).unwrap();
        let client = B::client(paysafe(&server.url()), &quick(), soon(3));
        let error = client.send(&list()).map(drop).unwrap_err();
        is(&error, expected);
        assert_eq!(error.attempts(), attempts, "{line} by {}", B::NAME);
        assert_eq!(error.is_failed_in_passing(), attempts == 3, "{line}");
        assert_eq!(error.refusal().unwrap().code.as_deref(), Some("5269"));
    }
}

fn a_head_that_takes_longer_than_the_limit_on_silence_times_out<B: Backend>() {
    let head = reply("200 OK", &["x-long: loooooooooooooooong"], GET_CARDS);
    let processing = "HTTP/1.1 102 Processing\r\n\r\n";
    let interim = [processing.repeat(40).into_bytes(), head.clone()].concat();
    let pause = Duration::from_millis(50);
    for drops in [
        Reaction::Drip(head, 1, pause),
        Reaction::Drip(interim, processing.len(), pause),
    ] {
        let error = read_from::<B>(drops, once().total_timeout(NEVER));
        let error = error.map(drop).unwrap_err();
        is(&error, "Timeout, timeout");
        assert!(error.raw().is_none());
    }
}

fn the_limit_of_a_call_overrides_that_of_the_client<B: Backend>() {
    let server = RawServer::playing([Reaction::SendAndStall(Vec::new())]).unwrap();
    let patient = BackendOptions::new().read_timeout(NEVER);
    let settings = once().total_timeout(NEVER);
    let client = B::client(paysafe(&server.url()), &patient, settings);
    let options = CallOptions::new().total_timeout(Duration::from_millis(100));
    let error = client.send_with(&list(), &options).unwrap_err();
    is(&error, "Timeout, timeout");
}
