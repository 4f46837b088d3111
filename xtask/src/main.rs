//! The house's chores, run as `cargo xtask NAME`.

mod conformance;
mod page;

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
    /// Drives the sandbox's page in headless Chromium.
    Page(page::Options),
}

fn main() -> ExitCode {
    let outcome = match Xtask::parse().chore {
        Chore::Conformance(options) => conformance::run(&options).map_err(|e| e.to_string()),
        Chore::Page(options) => page::run(&options).map_err(|e| e.to_string()),
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
