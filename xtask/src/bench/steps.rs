//! Runs the benches.

use std::path::Path;
use std::process::{Command, Stdio};

use anstream::eprintln;
use benches::row::{self, Round, Row, Verdict};

use super::callgrind::{self, Counts};
use super::profile::{Measure, Profile};
use super::{Error, Measured};
use crate::programs;

/// The benches that criterion measures.
const STEPS: [&str; 5] = ["sign", "encode", "validate", "decode", "sandbox"];

/// The nanoseconds of a step that is profiled. In a shorter one's profile stands what the program does
/// at its start, which is not quite the same each time.
const LONG: f64 = 10_000.0;

/// Measures each step in rounds, and profiles those that miss their goal. One round would tell nothing
/// of how far two are apart, and a long one meets other load than the next.
pub(super) fn run(rounds: u32) -> Result<Measured, Error> {
    const SHORT: [&str; 8] = [
        "--bench",
        "--noplot",
        "--warm-up-time",
        "0.1",
        "--measurement-time",
        "0.3",
        "--sample-size",
        "20",
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
    let rows = row::compare(&measured);
    let is_long = |row: &Row| row.ours_took.is_some_and(|took| took >= LONG);
    let missed =
        |row: &&Row| matches!(row.verdict(), Verdict::Missed | Verdict::Unclear) && is_long(row);
    let mut profiles = Vec::new();
    for row in rows.iter().filter(missed) {
        if let Some(step) = STEPS.iter().find(|step| row.ours.starts_with(**step)) {
            profiles.push(profile(row, programs.of(step)?)?);
        }
    }
    Ok(Measured {
        rows,
        profiles,
        ..Measured::default()
    })
}

/// Compares the instructions of both sides of a row, each done once.
fn profile(row: &Row, program: &Path) -> Result<Profile, Error> {
    let folder = row::folder().join("steps");
    std::fs::create_dir_all(&folder).map_err(Error::io("target/bench/steps"))?;
    let file = folder.join("profile.callgrind");
    let run = |name: &str| Counts::of(program, &["--test", "--exact", name], "", &file);
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

/// Measures whole calls, and leaves their rows.
pub(super) fn call() -> Result<(), Error> {
    let program = programs::build_call_bench(&crate::workspace())?;
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
    command.env("CRITERION_HOME", row::target().join("criterion"));
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
