//! Every case of `conformance/cases` as a test of its own, named by its id.
//!
//! A case is data: what a statement of a document means in terms of a request
//! that is accepted or refused, a wire request, a reply that is read, or an
//! exchange with the sandbox. Requirement rows name the cases that hold them,
//! so that a broken rule is reported with the sentence that it breaks.

#[path = "../common/mod.rs"]
mod common;

mod case;
mod exchange;
mod field;
mod operation;
mod reply;
mod view;
mod wire;

use libtest_mimic::{Arguments, Trial};

use crate::case::Case;

fn main() {
    let arguments = Arguments::from_args();
    let trials = match case::load() {
        Ok(cases) => cases.into_iter().map(trial).collect(),
        Err(message) => vec![Trial::test("cases", move || Err(message.into()))],
    };
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(case: Case) -> Trial {
    Trial::test(case.id.clone(), move || run(&case).map_err(Into::into))
}

fn run(case: &Case) -> Result<(), String> {
    let mut parts = 0;
    for (index, check) in case.field.iter().enumerate() {
        field::run(check).map_err(|why| format!("field {index}: {why}"))?;
        parts += 1;
    }
    for (index, check) in case.wire.iter().enumerate() {
        wire::run(check).map_err(|why| format!("wire {index}: {why}"))?;
        parts += 1;
    }
    for (index, check) in case.reply.iter().enumerate() {
        reply::run(check).map_err(|why| format!("reply {index}: {why}"))?;
        parts += 1;
    }
    if !case.exchange.is_empty() {
        exchange::run(&case.exchange, case.checksum_order.as_deref())?;
        parts += 1;
    }
    if parts == 0 {
        Err("the case checks nothing".to_owned())
    } else {
        Ok(())
    }
}
