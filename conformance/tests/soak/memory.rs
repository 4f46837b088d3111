//! The memory of the killed process and of this one, which has both backends in it.

use std::time::Duration;

use conformance::trust::Report;

use crate::common::process::resident;

/// By how much the memory may differ, in parts of a hundred, where it was looked at for long.
const PERCENT: u64 = 5;

/// Memory that comes and goes whatever happens, in KiB.
const SLACK: u64 = 4 * 1024;

/// The time for which both processes settle before their memory is compared.
const SETTLED: Duration = Duration::from_secs(300);

/// Keeps the memory of both processes, while nothing is killed: the middle half of the time.
pub(crate) struct Memory {
    quiet: std::ops::Range<Duration>,
    of_server: Vec<(Duration, u64)>,
    of_clients: Vec<(Duration, u64)>,
}

impl Memory {
    pub(crate) fn new(time: Duration) -> Self {
        Self {
            quiet: time / 4..time * 3 / 4,
            of_server: Vec::new(),
            of_clients: Vec::new(),
        }
    }

    /// Says whether the process may be killed now: not while its memory is looked at.
    pub(crate) fn lets_kill(&self, now: Duration) -> bool {
        !self.quiet.contains(&now)
    }

    pub(crate) fn looks(&mut self, now: Duration, server: u32) {
        if self.quiet.contains(&now) {
            self.of_server
                .extend(resident(server).map(|size| (now, size)));
        }
        let own = resident(std::process::id());
        self.of_clients.extend(own.map(|size| (now, size)));
    }

    /// Compares the medians of the first and the last fifth after both have settled; where
    /// there was no time for that, it only tells the figures.
    pub(crate) fn check(&self, report: &mut Report) {
        for (name, begun, sizes) in [
            ("sandbox", self.quiet.start, &self.of_server),
            ("clients", Duration::ZERO, &self.of_clients),
        ] {
            let settled: Vec<u64> = sizes
                .iter()
                .filter(|(at, _)| *at >= begun + SETTLED)
                .map(|(_, size)| *size)
                .collect();
            let peak = sizes
                .iter()
                .map(|(_, size)| *size)
                .max()
                .unwrap_or_default();
            report.figure(&format!("peak memory of the {name}, MiB"), peak / 1024);
            let fifth = settled.len() / 5;
            if fifth == 0 {
                report.figure(
                    &format!("memory of the {name}"),
                    "not compared: not settled",
                );
                continue;
            }
            let first = median(&settled[..fifth]);
            let last = median(&settled[settled.len() - fifth..]);
            let figure = format!("{} to {}", first / 1024, last / 1024);
            report.figure(&format!("memory of the {name} once settled, MiB"), figure);
            if grows(first, last) {
                report.failed(format!(
                    "memory of the {name}: {first} KiB, then {last} KiB"
                ));
            }
        }
    }
}

/// Tells whether memory grew from `first` to `last`, in KiB.
fn grows(first: u64, last: u64) -> bool {
    last > first + first * PERCENT / 100 + SLACK
}

#[test]
fn memory_may_grow_by_a_twentieth_and_shrink() {
    let mib = 1024;
    assert!(!grows(100 * mib, 109 * mib));
    assert!(grows(100 * mib, 110 * mib));
    assert!(!grows(100 * mib, 10 * mib));
    let samples = |sizes: std::ops::Range<u64>| {
        sizes
            .map(|at| (Duration::from_secs(at * 10), at * mib))
            .collect()
    };
    let mut memory = Memory::new(Duration::from_secs(1_600));
    memory.of_clients = samples(0..100);
    let mut report = Report::default();
    memory.check(&mut report);
    assert_eq!(report.failed, 1, "{report:?}");
    memory.of_clients = samples(0..20);
    let mut report = Report::default();
    memory.check(&mut report);
    assert_eq!(report.failed, 0, "before it has settled: {report:?}");
}

fn median(sizes: &[u64]) -> u64 {
    let mut sizes = sizes.to_vec();
    sizes.sort_unstable();
    sizes[sizes.len() / 2]
}
