//! The command line as a whole; each subcommand's part is in its own module.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{airpay, checksum, completions, ibanera, output, paysafe, sandbox};

/// Prepaid-card APIs of Airpay, Paysafe and Ibanera: call them, try them
/// offline, and find out why a checksum is refused
#[derive(Parser)]
#[command(name = "cards", version, arg_required_else_help = true)]
#[command(max_term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// Tell more on standard error; twice for even more
    #[arg(short, long, action = clap::ArgAction::Count, global = true, display_order = 900)]
    pub(crate) verbose: u8,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show everything at work, offline: six calls, two backends, three failures
    #[command(after_help = "Example:\n  cards demo")]
    Demo,
    /// Serve the three APIs on this machine
    Sandbox(sandbox::Args),
    /// Call Airpay (India)
    #[command(subcommand)]
    Airpay(airpay::Call),
    /// Call Paysafe Embedded Wallets (Europe)
    #[command(subcommand)]
    Paysafe(paysafe::Call),
    /// Call Ibanera (United States)
    #[command(subcommand)]
    Ibanera(ibanera::Call),
    /// Make the checksum of a request
    Sign(checksum::sign::Args),
    /// Check a checksum, and explain a wrong one
    Verify(checksum::verify::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
}

const EXAMPLES: &str = "\
Examples:
  cards demo
  cards sandbox                           serve on 127.0.0.1:8484
  eval \"$(cards sandbox --print-env)\"     in another shell
  cards paysafe prepaid-cards --customer-id 12345678
  cards airpay register-user --help

Credentials come from CARDS_... variables or from a profile in
~/.config/cards/config.toml, never from a flag. Exit codes: 0 success,
1 a failed call or a wrong checksum, 2 input that cannot be used (and nothing
was sent).";

/// Reads the command line, or says what is wrong with it.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    let mut command = Cli::command();
    let parsed = command
        .try_get_matches_from_mut(std::env::args_os())
        .and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| {
        let error = withhold_values(error).format(&mut command);
        let text = error.render();
        // A closed pipe is no reason to complain about the complaint.
        if error.use_stderr() {
            output::note(&text.ansi().to_string());
            ExitCode::from(2)
        } else {
            output::out(&text.ansi().to_string())
                .map_or_else(|e| e.report(), |()| ExitCode::SUCCESS)
        }
    })
}

/// A stray argument may be a card number whose flag was forgotten: what does
/// not look like a flag or a command is not repeated.
fn withhold_values(mut error: clap::Error) -> clap::Error {
    let kind = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::TooManyValues => ContextKind::InvalidValue,
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        _ => return error,
    };
    let is_word = |c: char| c.is_ascii_alphabetic() || c == '-';
    if let Some(ContextValue::String(given)) = error.get(kind)
        && !given.starts_with('-')
        && (error.kind() != ErrorKind::InvalidSubcommand || !given.chars().all(is_word))
    {
        error.insert(kind, ContextValue::String("[a value]".to_owned()));
        for suggestion in [
            ContextKind::Suggested,
            ContextKind::SuggestedArg,
            ContextKind::SuggestedSubcommand,
        ] {
            error.remove(suggestion);
        }
    }
    error
}
