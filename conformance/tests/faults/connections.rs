//! Connections that end too early.

use cards_model::airpay::UpdateCustomer;
use cards_sandbox::{Fault, world};

use crate::all;
use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::registration;
use crate::mutation::{Effect, airpay};
use crate::setup::{Patience, arrived, sandbox};

for_both_backends! {
    a_reset_before_the_headers,
    a_reset_before_the_headers_after_the_call,
    a_reset_after_the_headers,
    a_reset_in_the_body,
    a_truncated_body,
    a_lost_reply,
    a_fault_on_a_connection_in_use,
}

fn a_reset_before_the_headers<B: Backend>() {
    all::<B>(
        Fault::reset_before_headers(),
        &Patience::LONG,
        "Interrupted, 3 sent",
        "OutcomeUnknown, outcome unknown, 1 sent",
        Effect::None,
    );
}

/// The very same to the client, and yet there is a customer more.
fn a_reset_before_the_headers_after_the_call<B: Backend>() {
    all::<B>(
        Fault::reset_before_headers().carry_out(true),
        &Patience::LONG,
        "Interrupted, 3 sent",
        "OutcomeUnknown, outcome unknown, 1 sent",
        Effect::Once,
    );
}

fn a_reset_after_the_headers<B: Backend>() {
    all::<B>(
        Fault::reset_after_headers(),
        &Patience::LONG,
        "Interrupted, HTTP 200, 3 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn a_reset_in_the_body<B: Backend>() {
    all::<B>(
        Fault::reset_in_body(),
        &Patience::LONG,
        "Interrupted, HTTP 200, 3 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn a_truncated_body<B: Backend>() {
    all::<B>(
        Fault::truncated_body(),
        &Patience::LONG,
        "Interrupted, HTTP 200, 3 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn a_lost_reply<B: Backend>() {
    all::<B>(
        Fault::lost_reply(),
        &Patience::LONG,
        "Interrupted, 3 sent",
        "OutcomeUnknown, outcome unknown, 1 sent",
        Effect::Once,
    );
}

/// The first call leaves a connection behind, on which the second one fails:
/// that is not taken for a connection that was dead before.
fn a_fault_on_a_connection_in_use<B: Backend>() {
    for fault in [
        Fault::reset_before_headers(),
        Fault::lost_reply(),
        Fault::truncated_body(),
        Fault::garbage(),
    ] {
        let sandbox = sandbox();
        let client = Patience::LONG.client::<B, _>(airpay(&sandbox));
        let update = UpdateCustomer::new(world::airpay::CUSTOMER).city("Kochi");
        client.send(&update).unwrap();
        let id = sandbox.faults().add(fault.times(1)).unwrap();
        let error = client.send(&registration()).unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        assert_eq!(arrived(&sandbox, "register-user"), 1, "{error:?}");
        assert!(sandbox.faults().get(id).unwrap().spent);
    }
}
