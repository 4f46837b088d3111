//! Every fault by every operation by both backends.
//!
//! Of each cell it is held that the error is of the documented kind, that the outcome is told to
//! be unknown exactly where the call may have been carried out, that the call ends within its
//! time, or at all where hyper is flooded, that what changes something is sent once and the rest a
//! bounded number of times, that the error shows nothing that was sent, and that the client is none
//! the worse for it: the next two calls go well, on one connection.
//!
//! The short form takes a read and a mutation for each fault, so that each fault and each
//! operation has its turn.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod cell;
mod certificates;
mod column;
mod line;
mod rows;
mod sandboxed;
mod server;

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cards_transport::model::Effect;
use cards_transport::model::airpay::TopUp;
use cards_transport::{Call, Visit, operations, visit};
use conformance::trust::{Report, length};

use column::Judged;
use column::column;
use common::clients::{Backend, Reqwest, Ureq};
use rows::rows;
use sandboxed::orders;

/// Calls that are made at a time: most of them wait.
const AT_ONCE: usize = 32;

/// One cell of a table.
#[derive(Clone, Copy)]
struct Place {
    row: usize,
    operation: &'static str,
    is_async: bool,
}

/// Judges the cells of one table, by the number of the row.
trait Table: Sync {
    fn judge<B: Backend, C: Call>(&self, row: usize) -> Judged;
}

impl Place {
    fn backend(self) -> &'static str {
        match self.is_async {
            true => Reqwest::NAME,
            false => Ureq::NAME,
        }
    }

    fn judged(self, table: &impl Table) -> Judged {
        struct Meets<'a, T, B>(&'a T, usize, PhantomData<B>);

        impl<T: Table, B: Backend> Visit for Meets<'_, T, B> {
            type Output = Judged;

            fn visit<C: Call>(self) -> Judged {
                self.0.judge::<B, C>(self.1)
            }
        }

        let judged = match self.is_async {
            true => visit(
                self.operation,
                Meets::<_, Reqwest>(table, self.row, PhantomData),
            ),
            false => visit(
                self.operation,
                Meets::<_, Ureq>(table, self.row, PhantomData),
            ),
        };
        judged.unwrap()
    }
}

/// The cells to try: all of them, or for each row one read and one mutation.
fn places(rows: usize, is_whole: bool) -> Vec<Place> {
    let of = |effect| {
        let operations = operations().filter(move |operation| operation.effect == effect);
        operations
            .map(|operation| operation.name)
            .collect::<Vec<_>>()
    };
    let (reads, mutations) = (of(Effect::Read), of(Effect::Mutation));
    let mut places = Vec::new();
    for row in 0..rows {
        for is_async in [true, false] {
            // So that the two backends do not have the same part of it.
            let turn = row + usize::from(is_async) * 5;
            let operations = match is_whole {
                true => [&reads[..], &mutations[..]].concat(),
                false => vec![reads[turn % reads.len()], mutations[turn % mutations.len()]],
            };
            places.extend(operations.into_iter().map(|operation| Place {
                row,
                operation,
                is_async,
            }));
        }
    }
    places
}

/// Judges a table whose rows have these names, and reports.
fn hold(mut report: Report, names: &[String], table: &impl Table) {
    let unique: BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len(), "{names:#?}");
    let places = places(names.len(), length(false, true));
    let next = AtomicUsize::new(0);
    let some = || {
        let taken = std::iter::from_fn(|| places.get(next.fetch_add(1, Ordering::SeqCst)));
        let judged = taken.map(|place| (*place, place.judged(table)));
        judged.collect::<Vec<_>>()
    };
    let judged: Vec<_> = thread::scope(|scope| {
        let judging: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(some)).collect();
        let judged = judging.into_iter().map(|judging| judging.join().unwrap());
        judged.flatten().collect()
    });
    let mut wrong = BTreeSet::new();
    for (place, judged) in &judged {
        report.overrun(judged.overrun);
        let (row, operation) = (&names[place.row], place.operation);
        if let [first, ..] = &*judged.wrong {
            wrong.insert(format!(
                "{row}: {operation} by {}: {first}",
                place.backend()
            ));
        }
    }
    for wrong in wrong {
        report.failed(wrong);
    }
    let tried: BTreeSet<_> = places.iter().map(|place| place.operation).collect();
    assert_eq!(tried.len(), operations().len(), "{tried:?}");
    report.tried(judged.len() as u64);
    report.figure("faults", names.len());
    report.figure("operations", tried.len());
    report.end();
}

#[test]
fn each_fault_on_the_way_is_told_right_and_outlived() {
    struct OnTheWay;

    impl Table for OnTheWay {
        fn judge<B: Backend, C: Call>(&self, row: usize) -> Judged {
            cell::judge::<B, C>(|column| rows(&column.good.reply).swap_remove(row))
        }
    }

    // They are the same for every operation.
    let rows = rows(&column::<TopUp>().good.reply);
    let names: Vec<_> = rows.into_iter().map(|row| row.name).collect();
    hold(Report::new("matrix"), &names, &OnTheWay);
}

#[test]
fn each_fault_of_the_sandbox_is_told_right_and_outlived() {
    struct OfTheSandbox;

    impl Table for OfTheSandbox {
        fn judge<B: Backend, C: Call>(&self, row: usize) -> Judged {
            sandboxed::judge::<B, C>(&orders()[row])
        }
    }

    let names: Vec<_> = orders().iter().map(ToString::to_string).collect();
    hold(Report::new("matrix-sandbox"), &names, &OfTheSandbox);
}
