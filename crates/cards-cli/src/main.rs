//! `cards`: three prepaid-card APIs from the terminal.
//!
//! # In scope
//!
//! A demonstration, the sandbox as a program and its OpenAPI documents, the
//! documented calls, and the checksum made and explained.
//!
//! # Out of scope
//!
//! The meaning of the calls and how they travel: that is `cards-model`,
//! `cards-sign` and `cards-transport`. The sandbox's answers: those are
//! `cards-sandbox`'s.
//!
//! # Invariants
//!
//! - No credential is read from a flag, but for a one-time code (`--otp`), which
//!   is worth nothing seconds later; none is printed, that code no more than the
//!   others, and neither is any value of a sensitive field.
//! - Results go to standard output, everything about them to standard error.
//! - Each way to end has an exit code of its own, all in the table of `exit`;
//!   with 2, nothing was sent.
//! - A change that may have taken effect is said to have an unknown outcome,
//!   however the call ended, and nobody has to send it again to see what the
//!   server answered.
//! - Its core files are limited to nothing, which a system that pipes them to a
//!   program does not mind; and no log line of an HTTP library shows bytes of
//!   the wire.
//! - With `--output json` or `ndjson`, standard error holds one JSON object at
//!   most, the log that `-v` asks for aside.
//! - Text that comes from outside can command no terminal; where there is none,
//!   data pass as they are.
//! - A list that breaks off is printed as far as it was read, before the error.
//! - Without a terminal, the output has no colour.

mod call;
mod capabilities;
mod causes;
mod checksum;
mod cli;
mod codes;
mod complaint;
mod completions;
mod config;
mod demo;
mod end;
mod environment;
mod error;
mod exit;
mod file;
mod input;
mod kept;
mod list;
mod man;
mod no_core;
mod openapi;
mod output;
mod overview;
mod own_file;
mod read;
mod repeat;
mod reply;
mod report;
mod sandbox;
mod sheet;
mod signals;
mod state;
mod words;
mod written;

use std::process::ExitCode;

use crate::cli::Command;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::LogFormat;

fn main() -> ExitCode {
    no_core::keep_none();
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let log = match &cli.command {
        Command::Sandbox(args) => args.log(),
        _ => None,
    };
    output::start_log(cli.verbose, log);
    signals::listen();
    let outcome = run(cli.command);
    let exit = outcome
        .as_ref()
        .map_or_else(|error| error.exit, |exit| *exit);
    signals::ending(exit);
    match (outcome, log) {
        (Ok(_), _) => output::end_remarks(),
        (Err(error), Some(LogFormat::Json)) => error.log(),
        (Err(error), _) => error.report(),
    }
    output::end_log();
    exit.into()
}

fn run(command: Command) -> Result<Exit, Error> {
    match command {
        Command::Demo => demo::run()?,
        Command::Sandbox(args) => sandbox::run(&args)?,
        Command::Airpay(call) => call.run()?,
        Command::Paysafe(call) => call.run()?,
        Command::Ibanera(call) => call.run()?,
        Command::List(args) => list::run(&args)?,
        Command::Capabilities(args) => capabilities::run(&args)?,
        Command::Sign(args) => checksum::sign::run(&args)?,
        // A checksum that does not match is an answer, and a failure.
        Command::Verify(args) => return checksum::verify::run(&args),
        Command::Openapi(args) => openapi::run(&args)?,
        Command::Completions(args) => completions::run(&args, &mut cli::command())?,
        Command::Man(args) => man::run(&args, cli::command())?,
        Command::Environment => output::out(&environment::topic())?,
        Command::ExitCodes => output::out(&format!("{}\n", exit::topic()))?,
    }
    Ok(Exit::Success)
}
