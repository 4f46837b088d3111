//! Runs the benches.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anstream::eprintln;
use benches::row::{self, Round, Row};

use super::callgrind::{self, Counts};
use super::profile::{Measure, Profile};
use super::{Error, Measured};
use crate::programs;

/// The benches that criterion measures.
const STEPS: [&str; 5] = ["sign", "encode", "validate", "decode", "sandbox"];

/// The benches whose steps are profiled. A call of the sandbox does most of its work in other threads.
const PROFILED: [&str; 4] = ["sign", "encode", "validate", "decode"];

/// Measures each step in rounds, and profiles those that miss their goal. One round would tell
/// nothing of how far two are apart, and a long one meets other load than the next.
pub(super) fn run(rounds: u32) -> Result<Measured, Error> {
    // Only the medians are read, which need no samples drawn again.
    const SHORT: [&str; 10] = [
        "--bench",
        "--noplot",
        "--warm-up-time",
        "0.1",
        "--measurement-time",
        "0.3",
        "--sample-size",
        "20",
        "--nresamples",
        "1000",
    ];
    let programs = programs::build_benches(&crate::workspace(), &STEPS)?;
    let mut measured = Vec::new();
    for round in 1..=rounds {
        for step in STEPS {
            eprintln!("round {round} of {rounds}: {step}");
            run_to_end(step, Command::new(programs.of(step)?).args(SHORT))?;
        }
        measured.push(Round::read());
    }
    let mut measured = Measured {
        rows: row::compare(&measured),
        ..Measured::default()
    };
    for row in measured.rows.iter().filter(|row| row.misses_its_goal()) {
        let Some(step) = PROFILED.iter().find(|step| row.ours.starts_with(**step)) else {
            continue;
        };
        match profile(row, programs.of(step)?) {
            Ok(profile) => measured.profiles.push(profile),
            // What was measured is reported without it.
            Err(error) => eprintln!("no profile of {}: {error}", row.ours),
        }
    }
    Ok(measured)
}

/// Compares the instructions of both sides of a row, each done once.
fn profile(row: &Row, program: &Path) -> Result<Profile, Error> {
    let folder = row::folder().join("steps");
    std::fs::create_dir_all(&folder).map_err(Error::io("target/bench/steps"))?;
    let file = folder.join("profile.callgrind");
    let home = results();
    let run = |name: &str| {
        let variables = [(RESULTS, home.as_os_str())];
        Counts::of(program, &["--test", "--exact", name], &variables, "", &file)
    };
    // No step has this name: what the program does for each is left.
    let start = run("none")?;
    let of = |name: &str| {
        eprintln!("profiling {name}");
        Ok::<_, Error>(callgrind::by_crate(&[start.clone(), run(name)?], 1))
    };
    let both = [of(&row.ours)?, of(&row.beside)?];
    Ok(Profile::new(
        Measure::Instructions,
        row.ours.clone(),
        row.step.clone(),
        &row.beside,
        &both,
    ))
}

/// The variable that tells criterion where its results are. Without it, it asks cargo.
const RESULTS: &str = "CRITERION_HOME";

/// The folder of criterion's results, as [`Round::read`] looks for them.
fn results() -> PathBuf {
    row::target().join("criterion")
}

/// Measures whole calls, and leaves their rows.
pub(super) fn call() -> Result<(), Error> {
    let program = programs::build_call_bench(&crate::workspace(), "bench")?;
    run_to_end("call", Command::new(program).args(["--bench", "--quick"]))
}

/// Measures a million beside a thousand, and leaves the rows.
pub(super) fn scale() -> Result<(), Error> {
    let programs = programs::build_benches(&crate::workspace(), &["scale"])?;
    run_to_end("scale", Command::new(programs.of("scale")?).arg("--bench"))
}

/// Runs a bench to its end. What it prints is shown where it fails only.
fn run_to_end(name: &str, command: &mut Command) -> Result<(), Error> {
    command.current_dir(crate::workspace()).stdin(Stdio::null());
    command.env(RESULTS, results());
    let output = command.output();
    let output = output.map_err(Error::io(name))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::Tool(format!(
        "the bench {name} failed: {}",
        said.trim()
    )))
}
