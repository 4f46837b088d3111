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

mod bodies;
mod chance;
mod connections;
mod mutation;
mod reads;
mod setup;
mod statuses;
mod time;
mod tokens;

use std::thread;

use cards_sandbox::Fault;

use common::clients::Backend;
use mutation::{Effect, mutation};
use reads::reads;
use setup::Patience;

/// Holds every read and a mutation to what they bring from a sandbox with this
/// fault: at once, since with some faults they wait.
fn all<B: Backend>(
    fault: Fault,
    patience: &Patience,
    of_a_read: &str,
    of_a_mutation: &str,
    effect: Effect,
) {
    thread::scope(|scope| {
        scope.spawn(|| reads::<B>(&fault, patience, of_a_read));
        scope.spawn(|| mutation::<B>(fault.clone(), patience, of_a_mutation, effect));
    });
}
