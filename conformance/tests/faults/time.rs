//! Replies that come late, or drop by drop.

use std::time::Duration;

use cards_sandbox::Fault;

use crate::all;
use crate::common::clients::{Backend, for_both_backends};
use crate::mutation::Effect;
use crate::setup::{NEVER, Patience};

for_both_backends! {
    a_delay_beyond_the_patience,
    a_delay_within_the_patience,
    a_drip_that_pauses_too_long,
    a_drip_that_never_pauses_too_long,
    a_drip_within_the_patience,
}

fn a_delay_beyond_the_patience<B: Backend>() {
    all::<B>(
        Fault::delay(NEVER),
        &Patience::SHORT,
        "Timeout, timeout, 3 sent",
        "OutcomeUnknown, outcome unknown, timeout, 1 sent",
        Effect::Once,
    );
}

fn a_delay_within_the_patience<B: Backend>() {
    all::<B>(
        Fault::delay(Duration::from_millis(50)),
        &Patience::LONG,
        "value, 1 sent",
        "value, 1 sent",
        Effect::Once,
    );
}

fn a_drip_that_pauses_too_long<B: Backend>() {
    all::<B>(
        Fault::drip(20, NEVER),
        &Patience::SHORT,
        "Timeout, timeout, 3 sent",
        "OutcomeUnknown, outcome unknown, timeout, 1 sent",
        Effect::Once,
    );
}

/// Only the limit of the whole call ends it, and leaves no time to try again.
fn a_drip_that_never_pauses_too_long<B: Backend>() {
    let patience = Patience {
        total: Duration::from_secs(4),
        ..Patience::LONG
    };
    all::<B>(
        Fault::drip(1, Duration::from_millis(100)),
        &patience,
        "Timeout, timeout, 1 sent",
        "OutcomeUnknown, outcome unknown, timeout, 1 sent",
        Effect::Once,
    );
}

fn a_drip_within_the_patience<B: Backend>() {
    all::<B>(
        Fault::drip(50, Duration::from_millis(2)),
        &Patience::LONG,
        "value, 1 sent",
        "value, 1 sent",
        Effect::Once,
    );
}
