//! Every fault of the sandbox through both backends: the typed error that the
//! client promises, how often it sent, and what the sandbox holds afterwards.
//!
//! A read is tried again where that can help. A mutation is sent once,
//! whatever comes of it, and where it may have taken effect the error says so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod setup;
mod stories;
mod uploads;

use std::thread;
use std::time::Duration;

use cards_sandbox::Fault;

use common::clients::{Backend, for_both_backends};
use setup::{Brings, Effect, NEVER, Patience, each_read, mutation};

/// Makes a test for each row and backend. A row has a fault, the patience of the
/// client, what it brings of a read and of a mutation, and whether that has
/// taken effect. Both are tried at once, since with some faults they wait.
macro_rules! faults {
    ($($name:ident: $fault:expr, $patience:expr;
        read $read:literal, mutation $mutation:literal, $effect:ident;)+) => {
        $(fn $name<B: Backend>() {
            let (fault, patience) = ($fault, $patience);
            thread::scope(|scope| {
                scope.spawn(|| each_read::<B>(Brings(&fault, &patience, $read)));
                let fault = fault.clone();
                scope.spawn(|| mutation::<B>(fault, &patience, $mutation, Effect::$effect));
            });
        })+

        for_both_backends! { $($name),+ }
    };
}

// Connections that end too early. After the call, the very same to the client,
// there is a customer more.
faults! {
    a_reset_before_the_headers: Fault::reset_before_headers(), Patience::LONG;
        read "Interrupted, 3 sent", mutation "OutcomeUnknown, outcome unknown, 1 sent", None;
    a_reset_before_the_headers_after_the_call: Fault::reset_before_headers().carry_out(true), Patience::LONG;
        read "Interrupted, 3 sent", mutation "OutcomeUnknown, outcome unknown, 1 sent", Once;
    a_reset_after_the_headers: Fault::reset_after_headers(), Patience::LONG;
        read "Interrupted, HTTP 200, 3 sent", mutation "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent", Once;
    a_reset_in_the_body: Fault::reset_in_body(), Patience::LONG;
        read "Interrupted, HTTP 200, 3 sent", mutation "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent", Once;
    a_truncated_body: Fault::truncated_body(), Patience::LONG;
        read "Interrupted, HTTP 200, 3 sent", mutation "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent", Once;
    a_lost_reply: Fault::lost_reply(), Patience::LONG;
        read "Interrupted, 3 sent", mutation "OutcomeUnknown, outcome unknown, 1 sent", Once;

    // Replies that come late, or drop by drop. Where no drop is late, only the
    // limit of the whole call ends it, and leaves no time to try again.
    a_delay_beyond_the_patience: Fault::delay(NEVER), Patience::SHORT;
        read "Timeout, timeout, 3 sent", mutation "OutcomeUnknown, outcome unknown, timeout, 1 sent", Once;
    a_delay_within_the_patience: Fault::delay(Duration::from_millis(50)), Patience::LONG;
        read "value, 1 sent", mutation "value, 1 sent", Once;
    a_drip_that_pauses_too_long: Fault::drip(20, NEVER), Patience::SHORT;
        read "Timeout, timeout, 3 sent", mutation "OutcomeUnknown, outcome unknown, timeout, 1 sent", Once;
    a_drip_that_never_pauses_too_long: Fault::drip(1, Duration::from_millis(100)), Patience { total: Duration::from_secs(4), ..Patience::LONG };
        read "Timeout, timeout, 1 sent", mutation "OutcomeUnknown, outcome unknown, timeout, 1 sent", Once;
    a_drip_within_the_patience: Fault::drip(50, Duration::from_millis(2)), Patience::LONG;
        read "value, 1 sent", mutation "value, 1 sent", Once;

    // Bodies that are longer or shorter than they say, or than the client takes.
    // What is longer is cut at its length, and so is no JSON; the rest of it is
    // not taken for the reply to the next call.
    more_announced_than_sent: Fault::wrong_length(10), Patience::SHORT;
        read "Timeout, timeout, HTTP 200, 3 sent",
        mutation "OutcomeUnknown, outcome unknown, timeout, HTTP 200, 1 sent", Once;
    fewer_announced_than_sent: Fault::wrong_length(-10), Patience::LONG;
        read "Malformed, HTTP 200, 1 sent", mutation "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent", Once;
    an_oversized_body_over_the_limit: Fault::oversized_body(100_000_000), Patience { reply_bytes: 10_000, ..Patience::LONG };
        read "TooLarge, HTTP 200, 1 sent", mutation "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent", Once;
    an_oversized_body_within_the_limit: Fault::oversized_body(1 << 20), Patience::LONG;
        read "value, 1 sent", mutation "value, 1 sent", Once;

    // Replies that are no JSON, or no HTTP. A garbled reply may come again, for
    // all that is known, so a read is not sent again.
    invalid_json: Fault::invalid_json(), Patience::LONG;
        read "Malformed, HTTP 200, 1 sent", mutation "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent", Once;
    garbage: Fault::garbage(), Patience::LONG;
        read "Interrupted, 1 sent", mutation "OutcomeUnknown, outcome unknown, 1 sent", Once;

    // Other statuses than the documented success. A server that failed may have
    // failed after the effect, and its no to a read proves nothing. Airpay and Ibanera say
    // no with 200; at Paysafe it must not pass for a customer without cards, nor for a no.
    a_503_with_the_documented_body: Fault::status(503), Patience::LONG;
        read "Http, HTTP 503, 3 sent", mutation "OutcomeUnknown, outcome unknown, HTTP 503, 1 sent", None;
    a_500_with_html_after_the_call: html(500).carry_out(true), Patience::LONG;
        read "Http, HTTP 500, 3 sent", mutation "OutcomeUnknown, outcome unknown, HTTP 500, 1 sent", Once;
    a_429_that_asks_to_wait: Fault::status(429).header("retry-after", "0"), Patience::LONG;
        read "Refused, HTTP 429, 3 sent", mutation "Refused, HTTP 429, 1 sent", None;
    a_429_that_asks_for_more_than_there_is: Fault::status(429).header("retry-after", "3600"), Patience { total: Duration::from_secs(60), ..Patience::LONG };
        read "Refused, HTTP 429, 1 sent", mutation "Refused, HTTP 429, 1 sent", None;
    a_400_with_the_documented_body: Fault::status(400), Patience::LONG;
        read "Refused, HTTP 400, 1 sent", mutation "Refused, HTTP 400, 1 sent", None;
    a_401: Fault::status(401), Patience::LONG;
        read "Unauthorized, HTTP 401, 1 sent", mutation "Unauthorized, HTTP 401, 1 sent", None;
    a_200_with_the_documented_failure: Fault::status(200), Patience::LONG;
        read "Refused, HTTP 200, 1 sent; at Paysafe Http, HTTP 200, 3 sent", mutation "Refused, HTTP 200, 1 sent", None;
}

fn html(status: u16) -> Fault {
    let html = Fault::status(status).body("<html>Internal Server Error</html>");
    html.header("content-type", "text/html")
}
