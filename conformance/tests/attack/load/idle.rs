//! Connections that are opened and left.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use conformance::trust::{Report, length};

use super::{Victim, beside, call};
use crate::wire::{connect, rest};

/// Files that a process needs beside its connections.
const OTHERS: usize = 400;

/// As many as are allowed at one time.
pub(super) fn attack(report: &mut Report) {
    let count = length(3_000, 9_000).min(files().saturating_sub(OTHERS));
    let limit = count as u64 + 64;
    let victim = Victim::start(&[("connections", limit), ("header millis", 600_000)]);
    let address = victim.address;
    let before = victim.sockets();
    let held = beside(report, "idle", address, || {
        let begin = |number| begun(address, number);
        let all: Vec<_> = (0..count).map(begin).collect();
        let deadline = Instant::now() + Duration::from_secs(60);
        while victim.sockets() < before + count && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
        // Some honest calls more, while all of them are there.
        thread::sleep(Duration::from_millis(500));
        let held = victim.sockets().saturating_sub(before);
        drop(all);
        held
    });
    report.tried(count as u64);
    report.figure("idle: connections held", format!("{held} of {count}"));
    let grown = victim.judge_memory(report, "idle", count as u64 * 64 + 16 * 1024);
    #[expect(clippy::cast_precision_loss, reason = "it is a figure to look at")]
    let each = grown as f64 / count as f64;
    report.figure("idle: KiB per connection", format!("{each:.1}"));
    if held + 64 < count {
        report.failed(format!("idle: of {count} connections {held} are held"));
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    while victim.sockets() > before + 64 {
        if Instant::now() > deadline {
            report.failed("idle: connections that are gone keep their place");
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// More than are allowed: those wait, and come to their turn once the time of the others is over.
pub(super) fn attack_with_more_than_are_held(report: &mut Report) {
    const LIMIT: usize = 64;
    let victim = Victim::start(&[("connections", LIMIT as u64), ("header millis", 2_000)]);
    let address = victim.address;
    let before = victim.sockets();
    let all: Vec<_> = (0..2 * LIMIT + 20)
        .map(|number| begun_silently(address, number))
        .collect();
    let begun = Instant::now();
    let waiting = thread::spawn(move || (call(address), begun.elapsed()));
    let mut most = 0;
    while !waiting.is_finished() {
        most = most.max(victim.sockets().saturating_sub(before));
        thread::sleep(Duration::from_millis(20));
    }
    let (status, after) = waiting.join().unwrap();
    report.tried(all.len() as u64 + 1);
    report.figure(
        "more than are held: most at once",
        format!("{most} of {}", all.len()),
    );
    let millis = after.as_millis();
    report.figure("more than are held: honest call", format!("{millis} ms"));
    if most > LIMIT + 1 {
        report.failed(format!("{most} connections are held, where {LIMIT} may be"));
    }
    if status != 200 {
        report.failed(format!(
            "behind idle connections, an honest call is answered with {status}"
        ));
    }
}

/// Connections with a head that is long and has no end: each holds little of it, and a longer one
/// is answered.
pub(super) fn attack_with_heads_without_end(report: &mut Report) {
    const COUNT: usize = 200;
    const LONG: usize = 390_000;
    let victim = Victim::start(&[("header millis", 600_000)]);
    let address = victim.address;
    let head = format!("GET /_sandbox/health HTTP/1.1\r\na: {}", "b".repeat(LONG));
    let statuses = beside(report, "heads without end", address, || {
        let send = |_| {
            let mut stream = connect(address);
            // It may be answered before the whole of it is sent.
            drop(stream.write_all(head.as_bytes()));
            stream
        };
        let all: Vec<_> = (0..COUNT).map(send).collect();
        all.into_iter()
            .flat_map(|mut one| rest(&mut one).statuses())
            .collect::<Vec<_>>()
    });
    report.tried(COUNT as u64);
    // An answer may be lost where the rest of a head is still under way, but not all of them.
    if statuses.is_empty() || statuses.iter().any(|status| *status != 431) {
        report.failed(format!("heads without end: answered with {statuses:?}"));
    }
    victim.judge_memory(report, "heads without end", COUNT as u64 * 128 + 16 * 1024);
}

/// A connection that says nothing, half of a head, or one call and no more.
fn begun(address: SocketAddr, number: usize) -> TcpStream {
    let mut stream = begun_silently(address, number);
    if number % 3 == 2 {
        let asked = format!("GET /_sandbox/health HTTP/1.1\r\nhost: {address}\r\n\r\n");
        stream.write_all(asked.as_bytes()).unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
    }
    stream
}

fn begun_silently(address: SocketAddr, number: usize) -> TcpStream {
    let mut stream = connect(address);
    if number % 3 == 1 {
        stream
            .write_all(b"GET /_sandbox/health HTTP/1.1\r\nhost: loc")
            .unwrap();
    }
    stream
}

/// The number of files that a process may have open.
fn files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    soft.unwrap_or(1_024)
}
