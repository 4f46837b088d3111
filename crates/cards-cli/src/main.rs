//! `cards`: three prepaid-card APIs from the terminal.
//!
//! # In scope
//!
//! A demonstration, the sandbox as a program and its OpenAPI documents, the six
//! documented calls, and the checksum made and explained.
//!
//! # Out of scope
//!
//! What the calls mean and how they travel: that is `cards-model`, `cards-sign`
//! and `cards-transport`. What the sandbox answers: that is `cards-sandbox`.
//!
//! # Invariants
//!
//! - No credential is read from a flag; none is printed, and neither is any
//!   value of a sensitive field.
//! - Results go to standard output, everything about them to standard error.
//! - Exit code 0 for success, 1 for a call that failed or a checksum that does
//!   not match, 2 for input that cannot be used; with 2, nothing was sent.
//! - Of a list that breaks off, what was read is printed before the error.
//! - Without a terminal, the output has no colour.

mod airpay;
mod call;
mod checksum;
mod cli;
mod completions;
mod config;
mod demo;
mod error;
mod ibanera;
mod input;
mod openapi;
mod output;
mod paysafe;
mod repeat;
mod sandbox;
mod sheet;

use std::process::ExitCode;

use crate::cli::Command;
use crate::error::Error;
use crate::output::LogFormat;

fn main() -> ExitCode {
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let log = match &cli.command {
        Command::Sandbox(args) => args.log(),
        _ => None,
    };
    output::start_log(cli.verbose, log);
    run(cli.command).unwrap_or_else(|error| match log {
        Some(LogFormat::Json) => error.log(),
        _ => error.report(),
    })
}

fn run(command: Command) -> Result<ExitCode, Error> {
    match command {
        Command::Demo => demo::run()?,
        Command::Sandbox(args) => sandbox::run(&args)?,
        Command::Airpay(call) => airpay::run(call)?,
        Command::Paysafe(call) => paysafe::run(call)?,
        Command::Ibanera(call) => ibanera::run(call)?,
        Command::Sign(args) => checksum::sign::run(&args)?,
        // A checksum that does not match is an answer, and a failure.
        Command::Verify(args) => return checksum::verify::run(&args),
        Command::Openapi(args) => openapi::run(&args)?,
        Command::Completions(args) => completions::run(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}
