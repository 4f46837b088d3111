//! The house's chores, run as `cargo xtask NAME`.

mod conformance;
mod schemathesis;

use std::process::ExitCode;

use anstream::eprintln;
use clap::{Parser, Subcommand};

/// The house's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Runs every check, and traces every statement of the documents to the
    /// checks that hold it.
    Conformance(conformance::Options),
    /// Runs Schemathesis against the sandbox and its OpenAPI documents.
    Schemathesis(schemathesis::Options),
}

fn main() -> ExitCode {
    let outcome = match Xtask::parse().chore {
        Chore::Conformance(options) => conformance::run(&options),
        Chore::Schemathesis(options) => schemathesis::run(&options),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
