//! Bodies that are longer or shorter than they say, or than the client takes;
//! and replies that are no JSON, or no HTTP.

use cards_sandbox::Fault;

use crate::all;
use crate::common::clients::{Backend, for_both_backends};
use crate::mutation::Effect;
use crate::setup::Patience;

for_both_backends! {
    more_announced_than_sent,
    fewer_announced_than_sent,
    an_oversized_body_over_the_limit,
    an_oversized_body_within_the_limit,
    invalid_json,
    garbage,
}

fn more_announced_than_sent<B: Backend>() {
    all::<B>(
        Fault::wrong_length(10),
        &Patience::SHORT,
        "Timeout, timeout, HTTP 200, 3 sent",
        "OutcomeUnknown, outcome unknown, timeout, HTTP 200, 1 sent",
        Effect::Once,
    );
}

/// The body is cut at its length, and so is no JSON. The rest of it is not
/// taken for the reply to the next call.
fn fewer_announced_than_sent<B: Backend>() {
    all::<B>(
        Fault::wrong_length(-10),
        &Patience::LONG,
        "Malformed, HTTP 200, 1 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn an_oversized_body_over_the_limit<B: Backend>() {
    let patience = Patience {
        reply_bytes: 10_000,
        ..Patience::LONG
    };
    all::<B>(
        Fault::oversized_body(100_000_000),
        &patience,
        "TooLarge, HTTP 200, 1 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn an_oversized_body_within_the_limit<B: Backend>() {
    all::<B>(
        Fault::oversized_body(1 << 20),
        &Patience::LONG,
        "value, 1 sent",
        "value, 1 sent",
        Effect::Once,
    );
}

fn invalid_json<B: Backend>() {
    all::<B>(
        Fault::invalid_json(),
        &Patience::LONG,
        "Malformed, HTTP 200, 1 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

/// A garbled reply may come again, for all that is known, so a read is not sent
/// again.
fn garbage<B: Backend>() {
    all::<B>(
        Fault::garbage(),
        &Patience::LONG,
        "Interrupted, 1 sent",
        "OutcomeUnknown, outcome unknown, 1 sent",
        Effect::Once,
    );
}
