//! Runs the benches.

use std::process::Stdio;

use anstream::eprintln;
use benches::row::{self, Round, Row};

use super::Error;

/// The benches that criterion measures.
const STEPS: [&str; 5] = ["sign", "encode", "validate", "decode", "sandbox"];

/// Measures each step in rounds. One round would tell nothing of how far two are
/// apart, and a long one meets other load than the next.
pub(super) fn run(rounds: u32) -> Result<Vec<Row>, Error> {
    const SHORT: [&str; 7] = [
        "--noplot",
        "--warm-up-time",
        "0.2",
        "--measurement-time",
        "0.5",
        "--sample-size",
        "20",
    ];
    let mut measured = Vec::new();
    for round in 1..=rounds {
        for step in STEPS {
            eprintln!("round {round} of {rounds}: {step}");
            bench(step, &SHORT)?;
        }
        measured.push(Round::read());
    }
    Ok(row::compare(&measured))
}

/// Runs one bench to its end. What it prints is shown where it fails only.
pub(super) fn bench(name: &str, arguments: &[&str]) -> Result<(), Error> {
    let mut command = crate::cargo();
    command.current_dir(crate::workspace());
    command.args(["bench", "--quiet", "--bench", name]);
    let place: &[&str] = match name {
        "call" => &["--package", "call-bench"],
        "sandbox" | "scale" => &["--package", "benches", "--features", "sandbox"],
        _ => &["--package", "benches"],
    };
    command.args(place);
    let output = command
        .arg("--")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(Error::io("cargo"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::Tool(format!(
        "the bench {name} failed: {}",
        said.trim()
    )))
}
