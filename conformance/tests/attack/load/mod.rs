//! Load that no honest client makes, on a sandbox in a process of its own: honest calls beside it
//! are answered, its memory stays bounded, and who holds a place for nothing loses it.

mod huge;
mod idle;
mod receivers;
mod shapes;
mod slow;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cards_sandbox::world::airpay;
use cards_sandbox::{Limits, Sandbox};
use conformance::trust::Report;

use crate::common::process::{self, Process};
use crate::wire::{FORM, exchange, request};

/// Takes the limits of the started process, as JSON.
const LIMITS: &str = "CARDS_ATTACK_LIMITS";

/// The time within which an honest call is answered whatever goes on beside it, on a machine with
/// other work too.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn no_load_that_nobody_should_make_fills_or_stops_the_sandbox() {
    let mut report = Report::new("attack-load");
    slow::attack(&mut report);
    idle::attack(&mut report);
    idle::attack_with_more_than_are_held(&mut report);
    idle::attack_with_heads_without_end(&mut report);
    huge::attack(&mut report);
    report.end();
}

#[test]
fn no_receiver_that_never_answers_fills_or_stops_the_sandbox() {
    let mut report = Report::new("attack-receivers");
    receivers::attack(&mut report, "paysafe", receivers::order_of_paysafe);
    receivers::attack(&mut report, "ibanera", receivers::order_of_ibanera);
    receivers::attack_until_given_up(&mut report);
    report.end();
}

/// No test: it is the work of the started process.
#[test]
fn serve() {
    let Ok(given) = std::env::var(LIMITS) else {
        return;
    };
    let given: BTreeMap<String, u64> = serde_json::from_str(&given).unwrap();
    let mut limits = Limits::default();
    for (name, number) in given {
        let time = Duration::from_millis(number);
        match &*name {
            "connections" => limits.connections = usize::try_from(number).unwrap(),
            "header millis" => limits.header_time = time,
            "body millis" => limits.body_time = time,
            "delivery millis" => limits.delivery_time = time,
            other => panic!("no limit is called {other}"),
        }
    }
    let sandbox = Sandbox::builder().limits(limits).unlimited_loads();
    process::serve(&sandbox.start_blocking().unwrap());
}

/// A sandbox that is attacked.
struct Victim {
    process: Process,
    address: SocketAddr,
    at_first: u64,
}

impl Victim {
    fn start(limits: &[(&str, u64)]) -> Self {
        let limits: BTreeMap<_, _> = limits.iter().copied().collect();
        let limits = serde_json::to_string(&limits).unwrap();
        let process = Process::spawn("load::serve", [(LIMITS, limits)]);
        let address = process.address;
        // What is made at the first call is there.
        for _ in 0..20 {
            assert_eq!(call(address), 200);
        }
        let at_first = process::resident(process.id()).unwrap_or_default();
        Self {
            process,
            address,
            at_first,
        }
    }

    /// The number of sockets that it has open; 0 where there is no telling.
    fn sockets(&self) -> usize {
        process::sockets(self.process.id()).unwrap_or_default()
    }

    /// Reports how far the memory went, and that it went no further than so many KiB beyond what it
    /// was.
    fn judge_memory(&self, report: &mut Report, attack: &str, most: u64) -> u64 {
        let Some(peak) = process::peak(self.process.id()) else {
            report.failed(format!("{attack}: its memory is not told"));
            return 0;
        };
        let grown = peak.saturating_sub(self.at_first);
        let figure = format!("{} to {}", self.at_first / 1024, peak / 1024);
        report.figure(&format!("{attack}: memory, MiB"), figure);
        if grown > most {
            report.failed(format!("{attack}: memory grew by {grown} KiB"));
        }
        if call(self.address) != 200 {
            report.failed(format!("{attack}: afterwards no honest call is answered"));
        }
        grown
    }
}

/// Sends a call that writes, and gives its status; 0 where there is none.
fn call(address: SocketAddr) -> u16 {
    let values = [airpay::CUSTOMER, "Kochi"];
    let sum = cards_sign::checksum(values, airpay::SECRET_KEY.as_bytes());
    let headers = format!(
        "affiliate: {}\r\nprocessor-key: {}\r\ntoken: {}\r\nchecksum: {sum}\r\n{FORM}",
        airpay::AFFILIATE,
        airpay::PROCESSOR_KEY,
        airpay::TOKEN
    );
    let body = format!("entity_id={}&city={}", values[0], values[1]);
    let line = "POST /airpay/ms/cards/api/update-customer";
    exchange(address, request(address, line, &headers, &body).as_bytes()).status()
}

/// Makes honest calls, one after the other, for as long as the work goes on.
fn beside<T>(
    report: &mut Report,
    attack: &str,
    address: SocketAddr,
    work: impl FnOnce() -> T,
) -> T {
    let is_over = AtomicBool::new(false);
    let honest = || {
        let (mut worst, mut calls, mut failed) = (Duration::ZERO, 0_u64, 0_u64);
        while !is_over.load(Ordering::SeqCst) || calls == 0 {
            let begun = Instant::now();
            failed += u64::from(call(address) != 200);
            calls += 1;
            worst = worst.max(begun.elapsed());
            thread::sleep(Duration::from_millis(20));
        }
        (worst, calls, failed)
    };
    let (done, (worst, calls, failed)) = thread::scope(|scope| {
        let honest = scope.spawn(honest);
        // The honest calls end with the work, whatever becomes of it.
        let done = catch_unwind(AssertUnwindSafe(work));
        is_over.store(true, Ordering::SeqCst);
        (done, honest.join().unwrap())
    });
    let done = done.unwrap_or_else(|panic| resume_unwind(panic));
    report.tried(calls);
    let worst_of_them = format!("{} ms of {calls}", worst.as_millis());
    report.figure(&format!("{attack}: slowest honest call"), worst_of_them);
    if failed > 0 {
        report.failed(format!("{attack}: {failed} honest calls of {calls} failed"));
    }
    if worst > PATIENCE {
        report.failed(format!("{attack}: an honest call took {worst:?}"));
    }
    done
}
