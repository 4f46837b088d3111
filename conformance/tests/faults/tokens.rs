//! Faults of a login, and those that a login mends.

use cards_sandbox::{Fault, world};
use cards_transport::paysafe::Paysafe;

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::scenario::{Patience, arrived, list, paysafe, sandbox};

for_both_backends! {
    a_401_that_a_new_token_mends,
    a_failing_login_fails_the_call,
}

fn a_401_that_a_new_token_mends<B: Backend>() {
    let sandbox = sandbox();
    let fault = Fault::status(401).operation("list-prepaid-cards").times(1);
    sandbox.faults().add(fault).unwrap();
    let provider = paysafe(&sandbox).client(
        world::paysafe::BRAND,
        world::paysafe::CLIENT_ID,
        world::paysafe::CLIENT_SECRET,
    );
    let client = Patience::LONG.client::<B, _>(provider);
    assert_eq!(client.send(&list()).unwrap().attempts(), 2);
    assert_eq!(arrived(&sandbox, "issue-access-token"), 1);
    assert_eq!(arrived(&sandbox, "list-prepaid-cards"), 2);
}

/// The call itself is then certainly not sent.
fn a_failing_login_fails_the_call<B: Backend>() {
    let sandbox = sandbox();
    let fault = Fault::reset_before_headers().operation("issue-access-token");
    let id = sandbox.faults().add(fault).unwrap();
    let provider = Paysafe::new(sandbox.paysafe_url().parse().unwrap()).client(
        world::paysafe::BRAND,
        world::paysafe::CLIENT_ID,
        world::paysafe::CLIENT_SECRET,
    );
    let client = Patience::LONG.client::<B, _>(provider);
    let error = client.send(&list()).unwrap_err();
    assert_eq!(error.operation().name, "issue-access-token");
    assert_eq!(arrived(&sandbox, "list-prepaid-cards"), 0);
    sandbox.faults().remove(id).unwrap();
    client.send(&list()).unwrap();
}
