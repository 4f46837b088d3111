//! The table.

use std::io::{self, Write};

use benches::{CALL_GOALS, row};

use crate::client::Peer;
use crate::measure::System;
use crate::rounds::{Each, Extent, Measured, Row};
use crate::workload::Workload;

pub(crate) fn head(extent: &Extent) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "One call; medians of {} rounds in turn. `ours/it`: our cost in units of that line's, the median of the\n\
         rounds' ratios, with their quartiles. Counts are those of one more call, under strace and libmemusage;\n\
         `opened` counts the connections of all counted calls together.\n",
        extent.rounds
    )?;
    writeln!(
        out,
        "{:<24} {:<9} {:>8} {:>8} {:>14} {:>8} {:>8} {:>8} {:>7} {:>8} {:>8} {:>7}  goal",
        "call, over, in flight",
        "client",
        "CPU us",
        "ours/it",
        "quartiles",
        "wall us",
        "ours/it",
        "syscalls",
        "allocs",
        "threads",
        "look-ups",
        "opened",
    )
}

pub(crate) fn row(row: Row, measured: &[Measured]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let Some(ours) = measured.iter().find(|one| one.peer == Peer::Ours) else {
        return Ok(());
    };
    for one in measured {
        let of = |cost: fn(&Each) -> f64| quartiles(one.rounds.iter().map(cost));
        let ratios = |cost: fn(&Each) -> f64| {
            let pairs = ours.rounds.iter().zip(&one.rounds);
            quartiles(pairs.map(|(ours, it)| cost(ours) / cost(it)))
        };
        let (cpu, wall) = (ratios(|each| each.cpu), ratios(|each| each.wall));
        let (name, ratio, spread, wall) = match one.peer {
            Peer::Ours => (row.name(), String::new(), String::new(), String::new()),
            _ => (
                String::new(),
                format!("{:.3}", cpu[1]),
                format!("{:.3}-{:.3}", cpu[0], cpu[2]),
                format!("{:.3}", wall[1]),
            ),
        };
        let counts = &one.counts;
        let system = |of: fn(&System) -> String| counts.system.as_ref().map_or("-".into(), of);
        let allocations = counts.allocations.as_ref();
        let line = format!(
            "{name:<24} {:<9} {:>8.1} {ratio:>8} {spread:>14} {:>8.1} {wall:>8} {:>8} {:>7} {:>8} {:>8} {:>7}  {}",
            one.peer.name(),
            of(|each| each.cpu)[1],
            of(|each| each.wall)[1],
            system(|system| format!("{:.1}", system.calls)),
            allocations.map_or("-".into(), |each| format!("{each:.1}")),
            system(|system| format!("{:.2}", system.threads)),
            system(|system| format!("{:.2}", system.lookups)),
            system(|system| system.connections.to_string()),
            verdict(row, one, cpu[1]),
        );
        writeln!(out, "{}", line.trim_end())?;
        if row.is_of_many() {
            let [_, p99, _] = of(|each| each.p99);
            let [_, unevenness, _] = of(|each| each.unevenness);
            let rounds = one.rounds.len();
            let waits = format!(
                "{rounds} rounds: 99 of 100 calls took {p99:.0} us at most; the busiest task made"
            );
            writeln!(
                out,
                "{:<24} {waits} {unevenness:.2} calls for one of the idlest",
                ""
            )?;
        }
    }
    for reason in not_counted(measured) {
        writeln!(out, "{:<24} {reason}", "")?;
    }
    Ok(())
}

pub(crate) fn foot() -> io::Result<()> {
    writeln!(
        io::stdout(),
        "\nbare: the library with our limits; the request is built of texts made before, the reply read and not\n\
         looked at. For ureq with an address resolver, as its own has a thread for each call where a limit is set.\n\
         prebuilt: as bare, the request built before and cloned. stock: as bare, and it signs, encodes and decodes\n\
         in each call, with parts that everybody has. A goal that is missed is told and fails nothing;\n\
         `cargo xtask bench --check` holds the counts."
    )
}

/// A cost of a call that is compared, with its name behind the row's, and its unit.
type Compared = (&'static str, &'static str, fn(&Each) -> f64);

const CPU: Compared = ("", "us", |each| each.cpu);

/// The waits of many tasks.
const WAITS: [Compared; 2] = [
    (", what 99 of 100 calls took", "us", |each| each.p99),
    (", calls of the busiest task", "of the idlest", |each| {
        each.unevenness
    }),
];

/// The same for `cargo xtask bench`: ours beside each of the others, by CPU time, and by the waits
/// of many tasks.
pub(crate) fn rows(row: Row, measured: &[Measured]) -> Vec<row::Row> {
    let Some(ours) = measured.iter().find(|one| one.peer == Peer::Ours) else {
        return Vec::new();
    };
    let line = |beside: &Measured, (name, unit, of): Compared| {
        let [_, ours_took, _] = quartiles(ours.rounds.iter().map(of));
        let [_, beside_took, _] = quartiles(beside.rounds.iter().map(of));
        let pairs = ours.rounds.iter().zip(&beside.rounds);
        let [low, ratio, high] = quartiles(pairs.map(|(ours, it)| of(ours) / of(it)));
        row::Row {
            step: format!("call {}{name}", row.name()),
            ours: ours.peer.name().to_owned(),
            beside: beside.peer.name().to_owned(),
            unit: unit.to_owned(),
            ours_took: Some(ours_took),
            beside_took: Some(beside_took),
            ratio: Some(ratio),
            spread: Some([low, high]),
            goal: goal(row, beside),
        }
    };
    let waits: &[_] = if row.is_of_many() { &WAITS } else { &[] };
    let compared = || std::iter::once(&CPU).chain(waits);
    let others = measured.iter().filter(|one| one.peer != Peer::Ours);
    others
        .flat_map(|beside| compared().map(move |one| (beside, *one)))
        .map(|(beside, one)| line(beside, one))
        .collect()
}

fn verdict(row: Row, measured: &Measured, ratio: f64) -> String {
    match goal(row, measured) {
        Some(goal) if ratio <= goal => format!("<= {goal:.2} met"),
        Some(goal) => format!("<= {goal:.2} missed"),
        None => String::new(),
    }
}

/// The goal of a line; `None`: the line only informs.
fn goal(row: Row, measured: &Measured) -> Option<f64> {
    // A page is decoded, which the bare client does not do: nothing to compare.
    // One round, with `--test`, says nothing.
    let is_compared = measured.peer == Peer::Bare && measured.rounds.len() > 1;
    let has_goal = row.workload == Workload::RegisterUser && row.in_flight == 16;
    let mut goals = CALL_GOALS.iter();
    let found = goals.find(|(backend, _)| *backend == row.backend.name());
    found
        .map(|(_, goal)| *goal)
        .filter(|_| has_goal && is_compared)
}

/// Lists why something is missing, each reason once.
fn not_counted(measured: &[Measured]) -> Vec<&str> {
    let mut reasons: Vec<&str> = Vec::new();
    for one in measured {
        let counts = [
            one.counts.system.as_ref().err(),
            one.counts.allocations.as_ref().err(),
        ];
        for reason in counts.into_iter().flatten() {
            if !reasons.contains(&reason.as_str()) {
                reasons.push(reason);
            }
        }
    }
    reasons
}

/// The first quartile, the median and the third.
fn quartiles(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    [0.25, 0.5, 0.75].map(|part| {
        let place = part * (values.len().saturating_sub(1)) as f64;
        let (below, above) = (place.floor() as usize, place.ceil() as usize);
        match (values.get(below), values.get(above)) {
            (Some(low), Some(high)) => low + (high - low) * place.fract(),
            _ => f64::NAN,
        }
    })
}
