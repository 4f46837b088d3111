//! Tells whether a call took effect whose reply was lost: against a sandbox that loses it after
//! carrying the call out, and one that loses the call. Whatever is answered is right.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod airpay;
mod backend;
mod ibanera;
mod judged;
mod paysafe;
mod readings;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cards_sandbox::{Fault, Running, Sandbox};
use cards_transport::model::Effect;
use cards_transport::reconcile::{Reconcile, Reconciled};
use cards_transport::{Provider, operations};

use crate::reconcile::backend::{Asynchronous, Backend, Blocking};

/// The answers to one mutation: whether it took effect, or no answer.
#[derive(Debug, PartialEq, Eq)]
struct Answers {
    /// The answer of a call that was carried out.
    done: Option<bool>,
    /// The answer of a call that was not.
    lost: Option<bool>,
    /// The same, with a look at what was before.
    done_since: Option<bool>,
    lost_since: Option<bool>,
}

/// A read that tells, with a look before or without.
const TOLD: Answers = Answers {
    done: Some(true),
    lost: Some(false),
    done_since: Some(true),
    lost_since: Some(false),
};

/// The answers where no read tells.
const UNTOLD: Answers = Answers {
    done: None,
    lost: None,
    done_since: None,
    lost_since: None,
};

/// The operations that were asked after.
static ASKED: Mutex<BTreeMap<&str, usize>> = Mutex::new(BTreeMap::new());

/// Asks after a call by both backends, in all ways; what is answered has to be right, and to be this.
#[track_caller]
fn answers<C: Reconcile>(call: &C, expected: &Answers) {
    let name = C::operation().name;
    assert_eq!(C::operation().effect, Effect::Mutation, "{name}");
    answers_by::<Blocking, C>(call, expected);
    answers_by::<Asynchronous, C>(call, expected);
    let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    *asked.entry(name).or_default() += 1;
}

#[track_caller]
fn answers_by<B: Backend, C: Reconcile>(call: &C, expected: &Answers) {
    let asked = |carried_out, looks| {
        let answer = told::<B, C>(call, carried_out, looks);
        let is_right = answer.is_none_or(|answer| answer == carried_out);
        assert!(is_right, "{} by {}: wrong", C::operation(), B::NAME);
        answer
    };
    let told = Answers {
        done: asked(true, false),
        lost: asked(false, false),
        done_since: asked(true, true),
        lost_since: asked(false, true),
    };
    assert_eq!(told, *expected, "{} by {}", C::operation(), B::NAME);
}

fn told<B: Backend, C: Reconcile>(call: &C, carried_out: bool, looks: bool) -> Option<bool> {
    let name = C::operation().name;
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = B::client(provider_of::<C::Provider>(&sandbox));
    let before = match looks {
        true => B::observe(&client, call).unwrap(),
        false => None,
    };
    let fault = Fault::reset_before_headers().carry_out(carried_out);
    let fault = fault.operation(name).times(1);
    sandbox.faults().add(fault).unwrap();
    let error = B::send(&client, call).unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    // The test is of what it says that it is.
    let exchanges = sandbox.exchanges();
    let last = exchanges
        .iter()
        .find(|it| it.operation == Some(name))
        .unwrap();
    assert_eq!(last.accepted, carried_out, "{last:?}");
    let answer = B::reconcile_since(&client, call, before.as_ref()).unwrap();
    if let Reconciled::CannotTell { why, .. } = &answer {
        assert!(why.ends_with('.') && why.len() > 20, "{why}");
    }
    answer.is_done()
}

/// A provider as its users configure it for this sandbox.
fn provider_of<P: Provider>(sandbox: &Running) -> P {
    let mut vars: BTreeMap<_, _> = sandbox.env().into_iter().collect();
    // No document tells this path; the sandbox's is that of the others.
    let path = "/airpay/ms/cards/api/generate-otp";
    vars.entry("CARDS_AIRPAY_GENERATE_OTP_PATH")
        .or_insert_with(|| path.into());
    P::from_vars(|name| vars.get(name).cloned()).unwrap()
}

/// Each mutation is asked after here, so that a new one comes with an answer.
#[test]
fn every_mutation_has_an_answer() {
    airpay::all();
    paysafe::all();
    ibanera::all();
    let asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    let mutations = operations().filter(|operation| operation.effect == Effect::Mutation);
    let missing: Vec<_> = mutations
        .filter(|it| !asked.contains_key(it.name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
