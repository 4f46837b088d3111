//! Every case of `conformance/cases` as a test of its own, named by its id.
//!
//! A case is data: what a statement of a document means in terms of a request on
//! the wire, a reply that is read, or exchanges with the sandbox. Where a
//! statement's check says it in a few words, its cases are generated, and are
//! one test of the statement's own id. So a broken rule is reported with the
//! sentence that it breaks.

#[path = "../common/mod.rs"]
mod common;

mod case;
mod exchange;
mod generated;
mod operation;
mod reply;
mod wire;

use libtest_mimic::{Arguments, Trial};

use crate::case::Case;

fn main() {
    let arguments = Arguments::from_args();
    let written = case::load().map(|cases| cases.into_iter().map(trial).collect());
    let mut trials = Vec::new();
    for (name, found) in [("cases", written), ("generated", generated::trials())] {
        match found {
            Ok(found) => trials.extend(found),
            Err(message) => trials.push(Trial::test(name, move || Err(message.into()))),
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(case: Case) -> Trial {
    Trial::test(case.id.clone(), move || run(&case).map_err(Into::into))
}

fn run(case: &Case) -> Result<(), String> {
    if case.wire.is_empty() && case.reply.is_empty() && case.exchange.is_empty() {
        return Err("the case checks nothing".to_owned());
    }
    for (index, check) in case.wire.iter().enumerate() {
        wire::run(check).map_err(|why| format!("wire {index}: {why}"))?;
    }
    for (index, check) in case.reply.iter().enumerate() {
        reply::run(check).map_err(|why| format!("reply {index}: {why}"))?;
    }
    exchange::run(&case.exchange, case.checksum_order.as_deref())
}
