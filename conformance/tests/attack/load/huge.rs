//! Requests of which something is far too large: each is answered or ended, and none fills the
//! memory.

use std::io::Write as _;
use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use conformance::trust::{Report, length};

use super::shapes::{KINDS, Kind, Size};
use super::{Victim, beside};
use crate::common::process::{forget_peak, peak};
use crate::draws;
use crate::wire::{connect, rest};

/// The requests that are on their way at one time.
const AT_ONCE: usize = 8;

/// The most memory that these requests may take together, in KiB: the bodies have 192 MiB, and as
/// much again is what is read out of them and what the system keeps of what was freed.
const MOST: u64 = 512 * 1024;

pub(super) fn attack(report: &mut Report) {
    let each = length(4, 80);
    let victim = Victim::start(&[("body millis", 5_000)]);
    let address = victim.address;
    let (mut top, mut worst, mut wrong) = (0, "nothing", Vec::new());
    beside(report, "huge", address, || {
        for kind in KINDS {
            forget_peak(victim.process.id());
            wrong.extend(wrong_with(kind, address, each));
            let peak = peak(victim.process.id()).unwrap_or_default();
            if peak > top {
                (top, worst) = (peak, kind.name);
            }
        }
    });
    for wrong in wrong {
        report.failed(wrong);
    }
    report.tried((KINDS.len() * each) as u64);
    report.figure("huge: requests", KINDS.len() * each);
    report.figure(
        "huge: most memory, MiB",
        format!("{} with {worst}", top / 1024),
    );
    let grown = top.saturating_sub(victim.at_first);
    if grown > MOST {
        report.failed(format!("huge: {worst} takes {grown} KiB"));
    }
    victim.judge_memory(report, "huge, at last", MOST);
}

/// Says what is wrong with the answers to so many requests of a kind.
fn wrong_with(kind: &Kind, address: SocketAddr, each: usize) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let some = || {
        let mut wrong = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= each {
                return wrong;
            }
            let mut draw = draws(seed as u64);
            // The first is the largest.
            let size = if seed == 0 {
                kind.most
            } else {
                kind.most >> draw(8)
            };
            let number = draw(1_000);
            let made = (kind.make)(&Size {
                address,
                size,
                number,
            });
            wrong.extend(
                wrong_answer(address, &made)
                    .map(|why| format!("huge: {}, {size}: {why}", kind.name)),
            );
        }
    };
    thread::scope(|scope| {
        let all: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(some)).collect();
        all.into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    })
}

fn wrong_answer(address: SocketAddr, sent: &[u8]) -> Option<String> {
    let mut stream = connect(address);
    let mut writing = stream.try_clone().unwrap();
    // Replies to pipelined calls are read meanwhile, or both sides would wait.
    let answer = thread::scope(|scope| {
        scope.spawn(move || {
            // A server that has seen enough may have ended the connection.
            if writing.write_all(sent).is_ok() {
                drop(writing.shutdown(Shutdown::Write));
            }
        });
        rest(&mut stream)
    });
    let statuses = answer.statuses();
    let is_documented =
        |status: &u16| *status < 500 || *status == 503 && answer.text.contains("retry-after: 1");
    if !answer.is_ended {
        return Some("it is not ended".to_owned());
    }
    let wrong = statuses.iter().find(|status| !is_documented(status));
    wrong.map(|status| format!("it is answered with {status}"))
}
