//! `cargo xtask bench`: every measurement of the toolkit as one table of ratios
//! beside their goals, in Markdown, JSON and as a chart.
//!
//! A time passes or fails nothing: it is the machine's doing too. `--check` counts
//! what is the same everywhere, and fails where there is more of it.

mod callgrind;
mod chart;
mod consumers;
mod counts;
mod profile;
mod report;
mod steps;

use std::fs;
use std::io;
use std::time::Instant;

use anstream::{eprintln, println};
use benches::row::{self, Row};

use self::profile::Profile;
use self::report::{Part, Report};

/// The options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Counts only what does not depend on the machine, and fails where a call does more than it
    /// may: system calls, threads, connections, look-ups, allocations, instructions.
    #[arg(long, conflicts_with_all = ["part", "last"])]
    check: bool,
    /// Measures this part only; may be given several times.
    #[arg(long, value_enum, value_name = "PART")]
    part: Vec<Part>,
    /// Measures nothing, and reports what was measured last.
    #[arg(long)]
    last: bool,
    /// Rounds of the steps, whose spread is reported.
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Calls of each client whose system calls are counted.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u64).range(100..=100_000))]
    calls: u64,
}

/// The reason why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Tool(String),
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error(transparent)]
    Counts(#[from] counts::Error),
    #[error(transparent)]
    Callgrind(#[from] callgrind::Error),
    #[error(transparent)]
    Server(#[from] crate::server::Error),
}

impl Error {
    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// Holds what was measured of one part.
#[derive(Default)]
struct Measured {
    rows: Vec<Row>,
    /// Says what takes more than it may, in words; empty where nothing does.
    faults: Vec<String>,
    /// Says where ours takes more, or less, than what stands beside it.
    profiles: Vec<Profile>,
}

/// Measures, reports, and tells whether what is counted holds.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    fs::create_dir_all(row::folder()).map_err(Error::io("target/bench"))?;
    let parts = match (options.check, &options.part[..]) {
        (true, _) => vec![Part::Counts],
        (_, []) => Part::ALL.to_vec(),
        (_, parts) => parts.to_vec(),
    };
    let mut faults = Vec::new();
    if !options.last {
        for part in parts {
            let started = Instant::now();
            measure(part, options, &mut faults)?;
            let seconds = started.elapsed().as_secs();
            eprintln!("{}: measured in {seconds} s", part.title());
        }
    }
    let report = Report::read()?;
    let (markdown, files) = report.write()?;
    match options.check {
        true => println!("{}", report.table(Part::Counts)),
        false => println!("{markdown}\n{files}"),
    }
    for fault in &faults {
        eprintln!("error: {fault}");
    }
    Ok(faults.is_empty())
}

/// Measures one part and leaves its rows for the report.
fn measure(part: Part, options: &Options, faults: &mut Vec<String>) -> Result<(), Error> {
    let measured = match part {
        Part::Steps => steps::run(options.rounds)?,
        // These leave their rows themselves.
        Part::Call => return steps::call(),
        Part::Scale => return steps::scale(),
        Part::Build => consumers::run()?,
        Part::Counts => counts::run(options.calls)?,
    };
    faults.extend(measured.faults);
    report::save_profiles(part, &measured.profiles)?;
    row::save(part.file(), &measured.rows).map_err(Error::io("target/bench"))
}
