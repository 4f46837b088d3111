//! Requests that no honest client sends, to a sandbox that goes on serving: none is answered with
//! a 5xx, none is taken for two, none does what only the sandbox's own page may do, and nothing
//! that somebody sends runs on the page that shows it.
//!
//! The shapes are data, and most of what is sent is drawn from them by a seed.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod html;
// It looks at processes as Linux shows them.
#[cfg(target_os = "linux")]
mod load;
mod paths;
mod scripts;
mod sites;
mod smuggling;
mod wire;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cards_sandbox::Running;
use conformance::trust::{Report, length};

use common::sandbox::sandbox;

/// Draws numbers below a bound, the same ones for the same seed (splitmix64).
pub(crate) fn draws(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).unwrap()
    }
}

/// Tells whether a sandbox answers a plain call.
pub(crate) fn is_well(address: SocketAddr) -> bool {
    wire::get(address, "/_sandbox/health").status() == 200
}

/// An attack: how often it is drawn, on which sandbox, and what is wrong with a draw.
struct Attack {
    name: &'static str,
    draws: usize,
    start: fn() -> Running,
    wrong_with: fn(&Running, u64) -> Option<String>,
}

impl Attack {
    /// Says what is wrong with each of the draws, several at a time, each with a sandbox that
    /// nobody else calls.
    fn wrong(&self) -> BTreeSet<String> {
        let next = AtomicUsize::new(0);
        let some = || {
            let sandbox = (self.start)();
            let mut wrong = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::SeqCst);
                if seed >= self.draws {
                    return wrong;
                }
                wrong.extend((self.wrong_with)(&sandbox, seed as u64));
                if seed.is_multiple_of(50) && !is_well(sandbox.addr()) {
                    wrong.push(format!("after {seed}, no plain call is answered"));
                }
            }
        };
        thread::scope(|scope| {
            let judging: Vec<_> = (0..4).map(|_| scope.spawn(some)).collect();
            let wrong = judging.into_iter().flat_map(|one| one.join().unwrap());
            wrong.collect()
        })
    }
}

#[test]
fn no_request_that_nobody_should_send_harms_the_sandbox() {
    let mut report = Report::new("attack");
    let places = scripts::count();
    let attacks = [
        Attack {
            name: "smuggling",
            draws: length(1_500, 100_000),
            start: sandbox,
            wrong_with: smuggling::wrong_with,
        },
        Attack {
            name: "other sites",
            draws: length(1_000, 20_000),
            start: sandbox,
            wrong_with: sites::wrong_with,
        },
        Attack {
            name: "paths",
            draws: length(1_500, 100_000),
            start: sandbox,
            wrong_with: paths::wrong_with,
        },
        Attack {
            name: "scripts",
            draws: places * length(1, 30),
            start: scripts::sandbox,
            wrong_with: scripts::wrong_with,
        },
    ];
    for attack in attacks {
        let Attack { name, draws, .. } = attack;
        report.tried(draws as u64);
        report.figure(name, draws);
        for wrong in attack.wrong() {
            report.failed(format!("{name}: {wrong}"));
        }
    }
    let reached = smuggling::REACHED.load(Ordering::Relaxed);
    report.figure("smuggling: second requests that were plain to see", reached);
    if reached == 0 {
        report.failed("smuggling: no second request is ever seen");
    }
    let seen = scripts::SEEN.load(Ordering::Relaxed);
    report.figure("scripts: places", places);
    report.figure("scripts that were there to be seen", seen);
    if seen < places / 4 {
        report.failed(format!("of {places} places, only {seen} were ever seen"));
    }
    report.end();
}
