//! Other statuses than the documented success.

use std::time::Duration;

use cards_sandbox::Fault;

use crate::all;
use crate::common::clients::{Backend, for_both_backends};
use crate::mutation::Effect;
use crate::reads::reads;
use crate::setup::Patience;

for_both_backends! {
    a_503_with_the_documented_body,
    a_500_with_html_after_the_call,
    a_429_that_asks_to_wait,
    a_400_with_the_documented_body,
    a_401,
    a_200_with_the_documented_failure,
}

/// A server that failed may have failed after the effect.
fn a_503_with_the_documented_body<B: Backend>() {
    all::<B>(
        Fault::status(503),
        &Patience::LONG,
        "Refused, HTTP 503, 3 sent",
        "OutcomeUnknown, outcome unknown, HTTP 503, 1 sent",
        Effect::None,
    );
}

fn a_500_with_html_after_the_call<B: Backend>() {
    let html = Fault::status(500)
        .body("<html>Internal Server Error</html>")
        .header("content-type", "text/html")
        .carry_out(true);
    all::<B>(
        html,
        &Patience::LONG,
        "Http, HTTP 500, 3 sent",
        "OutcomeUnknown, outcome unknown, HTTP 500, 1 sent",
        Effect::Once,
    );
}

fn a_429_that_asks_to_wait<B: Backend>() {
    all::<B>(
        Fault::status(429).header("retry-after", "0"),
        &Patience::LONG,
        "Refused, HTTP 429, 3 sent",
        "Refused, HTTP 429, 1 sent",
        Effect::None,
    );
    // It asks for more than there is.
    let patience = Patience {
        total: Duration::from_secs(60),
        ..Patience::LONG
    };
    let long = Fault::status(429).header("retry-after", "3600");
    reads::<B>(&long, &patience, "Refused, HTTP 429, 1 sent");
}

fn a_400_with_the_documented_body<B: Backend>() {
    all::<B>(
        Fault::status(400),
        &Patience::LONG,
        "Refused, HTTP 400, 1 sent",
        "Refused, HTTP 400, 1 sent",
        Effect::None,
    );
}

fn a_401<B: Backend>() {
    all::<B>(
        Fault::status(401),
        &Patience::LONG,
        "Unauthorized, HTTP 401, 1 sent",
        "Unauthorized, HTTP 401, 1 sent",
        Effect::None,
    );
}

/// Airpay and Ibanera say no so; at Paysafe it must not pass for a customer
/// without cards.
fn a_200_with_the_documented_failure<B: Backend>() {
    all::<B>(
        Fault::status(200),
        &Patience::LONG,
        "Refused, HTTP 200, 1 sent",
        "Refused, HTTP 200, 1 sent",
        Effect::None,
    );
}
