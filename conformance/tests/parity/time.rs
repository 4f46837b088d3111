//! Checks how long a call waits for its reply.

use std::time::Duration;

use cards_transport::{BackendOptions, CallOptions, ErrorKind};
use conformance::server::{RawServer, Reaction, raw, reply};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::setup::{GET_CARDS, NEVER, is, kept, list, once, paysafe, read_from};

for_both_backends! {
    a_slow_reply_within_the_limits_arrives,
    silence_before_the_reply_times_out,
    silence_within_the_reply_times_out_and_its_part_is_kept,
    a_head_that_takes_longer_than_the_limit_on_silence_times_out,
    drops_that_never_pause_too_long_meet_the_total_limit,
    the_limit_of_a_call_overrides_that_of_the_client,
}

fn a_slow_reply_within_the_limits_arrives<B: Backend>() {
    let drops = Reaction::Drip(
        reply("200 OK", &[], GET_CARDS),
        20,
        Duration::from_millis(20),
    );
    assert_eq!(read_from::<B>(drops, once()).unwrap().body(), GET_CARDS);
    let late = Reaction::Delay(Duration::from_millis(100), reply("200 OK", &[], GET_CARDS));
    assert_eq!(read_from::<B>(late, once()).unwrap().body(), GET_CARDS);
}

fn silence_before_the_reply_times_out<B: Backend>() {
    let settings = once().total_timeout(NEVER);
    let error = read_from::<B>(Reaction::SendAndStall(Vec::new()), settings);
    let error = error.map(drop).unwrap_err();
    is(&error, ErrorKind::Timeout, &["timeout"]);
    assert!(error.raw().is_none());
}

fn silence_within_the_reply_times_out_and_its_part_is_kept<B: Backend>() {
    let part = raw("200 OK", &["content-length: 100"], "{\"cards\"");
    let settings = once().total_timeout(NEVER);
    let error = read_from::<B>(Reaction::SendAndStall(part), settings);
    let error = error.map(drop).unwrap_err();
    is(&error, ErrorKind::Timeout, &["timeout"]);
    kept(&error, 200, "{\"cards\"");
}

/// However often it says something: a head, or replies before the reply.
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
        is(&error, ErrorKind::Timeout, &["timeout"]);
        assert!(error.raw().is_none());
    }
}

/// Without the limit, all drops would make a reply.
fn drops_that_never_pause_too_long_meet_the_total_limit<B: Backend>() {
    let drops = Reaction::Drip(
        reply("200 OK", &[], GET_CARDS),
        1,
        Duration::from_millis(50),
    );
    let settings = once().total_timeout(Duration::from_millis(300));
    let error = read_from::<B>(drops, settings).map(drop).unwrap_err();
    is(&error, ErrorKind::Timeout, &["timeout"]);
}

fn the_limit_of_a_call_overrides_that_of_the_client<B: Backend>() {
    let server = RawServer::playing([Reaction::SendAndStall(Vec::new())]).unwrap();
    let patient = BackendOptions::new().read_timeout(NEVER);
    let settings = once().total_timeout(NEVER);
    let client = B::client(paysafe(&server.url()), &patient, settings);
    let options = CallOptions::new().total_timeout(Duration::from_millis(100));
    let error = client.send_with(&list(), &options).unwrap_err();
    is(&error, ErrorKind::Timeout, &["timeout"]);
}
