//! The house's chores, run as `cargo xtask NAME`.

mod client;
mod conformance;
mod page;
mod readme;
mod schemathesis;
mod server;
mod versus;

use std::path::{Path, PathBuf};
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
    /// Runs the shell session of the sandbox's README and compares what it
    /// prints.
    Readme(readme::Options),
    /// Runs Schemathesis against the sandbox and its OpenAPI documents.
    Schemathesis(schemathesis::Options),
    /// Measures the sandbox's requests per second beside two generic mocks.
    Versus(versus::Options),
}

fn main() -> ExitCode {
    let outcome = match Xtask::parse().chore {
        Chore::Conformance(options) => conformance::run(&options).map_err(boxed),
        Chore::Page(options) => page::run(&options).map_err(boxed),
        Chore::Readme(options) => readme::run(&options).map_err(boxed),
        Chore::Schemathesis(options) => schemathesis::run(&options).map_err(boxed),
        Chore::Versus(options) => versus::run(&options).map_err(boxed),
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

fn boxed(error: impl std::error::Error + 'static) -> Box<dyn std::error::Error> {
    Box::new(error)
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}
