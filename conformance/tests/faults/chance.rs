//! Faults that meet some calls and not others.

use cards_model::ibanera::CardsByCustomer;
use cards_model::paysafe::ListPrepaidCards;
use cards_sandbox::Fault;

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::reads::{Issuer, Lookup};
use crate::setup::{Patience, sandbox};

for_both_backends! {
    reads_come_through_faults_of_chance,
}

/// A third of all calls fail, and with three attempts every read of 40 comes
/// through but those that the seed fails three times in a row.
fn reads_come_through_faults_of_chance<B: Backend>() {
    come_through::<B, ListPrepaidCards>();
    come_through::<B, CardsByCustomer>();
}

fn come_through<B: Backend, C: Lookup>() {
    let sandbox = sandbox();
    let fault = Fault::status(503).probability(0.3, 7);
    let id = sandbox.faults().add(fault).unwrap();
    let client = Patience::LONG.client::<B, _>(C::Provider::of(&sandbox).with_token());
    let attempts = (0..40).map(|_| match client.send(&C::call()) {
        Ok(reply) => (true, reply.attempts()),
        Err(error) => (false, error.attempts()),
    });
    let attempts: Vec<(bool, u32)> = attempts.collect();
    let fault = sandbox.faults().get(id).unwrap();
    let sent: u32 = attempts.iter().map(|(_, attempts)| attempts).sum();
    assert_eq!(fault.matched, u64::from(sent));
    let failed: u32 = attempts
        .iter()
        .map(|(came_through, attempts)| attempts - u32::from(*came_through))
        .sum();
    assert_eq!(fault.fired, u64::from(failed));
    assert!(failed > 0 && attempts.iter().any(|(came_through, _)| *came_through));
}
