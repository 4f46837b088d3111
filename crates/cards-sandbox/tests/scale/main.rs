//! Holds that a call does not cost more where there are more customers and cards: by the steps that
//! SQLite takes, which are the same on every machine, and by its plans for every statement in the
//! sources.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    unreachable_pub,
    reason = "helpers of tests"
)]

mod calls;
#[path = "../common/mod.rs"]
mod common;
mod fill;
mod plans;
mod work;

use std::collections::BTreeMap;
use std::path::Path;

use calls::Call;
use cards_sandbox::{Sandbox, Store};
use work::Work;

/// The customers of each provider in the smaller sandbox.
const FEW: u32 = 1_000;

/// The factor by which a call may be more work in the larger one.
const TIMES: u64 = 2;

/// The steps that may fall into a call beside its own: the sender of events looks at an empty outbox
/// now and then, in a few statements. A call that looks at each customer takes thousands.
const BESIDE: u64 = 100;

/// The customers of each provider in the larger one.
fn many() -> u32 {
    match std::env::var_os("CARDS_TRUST_LONG") {
        Some(_) => 1_000_000,
        None => 20_000,
    }
}

#[test]
fn a_call_costs_the_same_however_many_customers_there_are() {
    let work = Work::listen();
    let folder = tempfile::tempdir().unwrap();
    let few = measure(&work, &folder.path().join("few.db"), FEW);
    let many = measure(&work, &folder.path().join("many.db"), many());
    assert_eq!(few.len(), many.len());
    assert!(few.len() > 30, "{}", few.len());
    let counted = few.values().filter(|done| done.steps > 0).count();
    assert!(counted > 30, "of {counted} calls the work was counted");
    let mut grown = Vec::new();
    for (name, one) in &few {
        let other = &many[name];
        if other.steps > one.steps * TIMES + BESIDE {
            grown.push(format!(
                "{name}: {} steps, then {}\n{}",
                one.steps,
                other.steps,
                other.more_than(one)
            ));
        }
    }
    assert!(grown.is_empty(), "{}", grown.join("\n"));
}

/// Makes every call in a sandbox with so many customers, and counts the work of each.
fn measure(work: &Work, path: &Path, customers: u32) -> BTreeMap<&'static str, work::Done> {
    let start = || Sandbox::builder().store(Store::File(path.to_owned()));
    drop(start().start_blocking().unwrap());
    fill::fill(path, customers).unwrap();
    let sandbox = start().start_blocking().unwrap();
    let address = sandbox.addr();
    // Statements are prepared, and what waits for the start is done.
    for (_, call) in calls::all() {
        call(&Call {
            address,
            customers,
            round: 1,
        });
    }
    let measured = calls::all().into_iter().map(|(name, call)| {
        work.settles();
        call(&Call {
            address,
            customers,
            round: 2,
        });
        (name, work.take())
    });
    measured.collect()
}
