//! The command line as a whole; each subcommand's part is in its own module.

use std::ffi::OsString;
use std::process::ExitCode;

use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::call::command::Chosen;
use crate::environment;
use crate::error::Error;
use crate::exit::{self, Exit};
use crate::sheet::Format;
use crate::{
    capabilities, checksum, complaint, completions, list, man, openapi, output, sandbox, words,
};

/// Prepaid-card APIs of Airpay, Paysafe and Ibanera: call them, try them
/// offline, and find out why a checksum is refused
#[derive(Parser)]
#[command(name = "cards", version, arg_required_else_help = true)]
#[command(max_term_width = 80, after_help = format!("{EXAMPLES}{}", exit::lines()))]
pub(crate) struct Cli {
    /// Tell of each request on standard error: line, status and time; twice for
    /// headers too, masked
    #[arg(short, long, action = clap::ArgAction::Count, global = true, display_order = 900)]
    pub(crate) verbose: u8,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show everything at work, offline: a card's life at each provider, two
    /// backends, three failures
    #[command(after_help = "Example:\n  cards demo")]
    Demo,
    /// Serve the three APIs on this machine
    Sandbox(Box<sandbox::Args>),
    /// Call Airpay (India)
    #[command(subcommand)]
    Airpay(Chosen<Airpay>),
    /// Call Paysafe Embedded Wallets (Europe)
    #[command(subcommand)]
    Paysafe(Chosen<Paysafe>),
    /// Call Ibanera (United States)
    #[command(subcommand)]
    Ibanera(Chosen<Ibanera>),
    /// List the cards of several providers in one view
    List(list::Args),
    /// Show what each provider offers, and where that is known from
    Capabilities(capabilities::Args),
    /// Make the checksum of a request
    Sign(checksum::sign::Args),
    /// Check a checksum, and explain a wrong one
    Verify(checksum::verify::Args),
    /// Print the OpenAPI document of an API that the sandbox serves
    Openapi(openapi::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the manual page of a command, or write those of all
    Man(man::Args),
    /// A topic of `cards help`
    #[command(hide = true, help_template = "{about}\n", about = environment::topic())]
    Environment,
    /// A topic of `cards help`
    #[command(hide = true, help_template = "{about}\n", about = exit::topic())]
    ExitCodes,
}

const EXAMPLES: &str = "\
Examples:
  cards demo
  cards sandbox                           serve on 127.0.0.1:8484
  eval \"$(cards sandbox --print-env)\"     in another shell
  cards paysafe prepaid-cards --customer-id 12345678
  cards list --provider ibanera           every customer's cards
  cards airpay register-user --help

Credentials come from CARDS_... variables or from a profile in
~/.config/cards/config.toml, never from a flag; but a one-time code of
Ibanera's, which is worth nothing seconds later, may be given as --otp. A secret
may be in a file that CARDS_..._FILE names. CARDS_CA_FILE names a PEM file of
certificates to trust in place of the usual ones, CARDS_EXTRA_CA_FILE one of
those beside them. `cards help environment` lists every variable.

Exit codes (cards help exit-codes says more):
";

/// Reads the command line, or says what is wrong with it.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    let args: Vec<OsString> = std::env::args_os().collect();
    let mut command = command();
    let error = match read(&mut command, &args) {
        Ok((cli, is_json)) => {
            if is_json {
                output::tell_json();
            }
            return Ok(cli);
        }
        Err(error) => error,
    };
    let text = error.render();
    let said = if !error.use_stderr() {
        // A closed pipe is no reason to complain about the complaint.
        output::out(&text.ansi().to_string())
    } else if asks_for_json(&args) {
        output::tell_json();
        Err(wrong_command_line(&text.to_string()))
    } else {
        output::err(&text.ansi().to_string());
        return Err(Exit::Usage.into());
    };
    let exit = said.map_or_else(
        |error| {
            error.report();
            error.exit
        },
        |()| Exit::Success,
    );
    Err(exit.into())
}

/// Tells whether the arguments, which could not be read as a whole, ask for JSON.
fn asks_for_json(args: &[OsString]) -> bool {
    let is_json = |value: &str| Format::from_str(value, true).is_ok_and(Format::is_json);
    let texts: Vec<_> = args
        .iter()
        .map(|arg| arg.to_str().unwrap_or_default())
        .collect();
    let apart = texts
        .windows(2)
        .any(|two| matches!(two[0], "--output" | "-o") && is_json(two[1]));
    let joined = |text: &&str| {
        let value = text
            .strip_prefix("--output=")
            .or_else(|| text.strip_prefix("-o"));
        value.is_some_and(|value| is_json(value.trim_start_matches('=')))
    };
    apart || texts.iter().any(joined)
}

/// Takes clap's message about a command line without its layout: the complaint,
/// and the tip where there is one.
fn wrong_command_line(text: &str) -> Error {
    let mut parts = text.split("\n\n").map(|part| {
        let words: Vec<_> = part.split_whitespace().collect();
        words.join(" ")
    });
    let first = parts.next().unwrap_or_default();
    // Without a command there is the help in its place.
    let message = first
        .strip_prefix("error: ")
        .unwrap_or("a command is missing");
    let tip = parts.find_map(|part| part.strip_prefix("tip: ").map(str::to_owned));
    Error::usage(message).hint(tip.unwrap_or_else(|| "--help describes each command".to_owned()))
}

/// The command line with everything that it can have.
pub(crate) fn command() -> clap::Command {
    words::in_any_case(Cli::command())
}

pub(crate) fn read(
    command: &mut clap::Command,
    args: &[OsString],
) -> Result<(Cli, bool), clap::Error> {
    command
        .try_get_matches_from_mut(args)
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, is_json(&matches))))
        .map_err(|error| complaint::withhold(error, command, args).format(command))
}

/// Tells whether the command has an `--output`, and that is JSON.
fn is_json(matches: &ArgMatches) -> bool {
    match matches.subcommand() {
        Some((_, below)) => is_json(below),
        None => {
            let output = matches.try_get_one::<Format>("output");
            output.is_ok_and(|output| output.is_some_and(|output| output.is_json()))
        }
    }
}

#[cfg(test)]
mod tests {
    /// The parser breaks longer ones, examples too, which then are none.
    #[test]
    fn no_line_below_a_help_is_longer_than_a_terminal() {
        fn longer(command: &clap::Command) -> Vec<String> {
            let end = command.get_after_help().map(ToString::to_string);
            let end = end.unwrap_or_default();
            let lines = end.lines().filter(|line| line.chars().count() > 80);
            let own = lines.map(|line| format!("{}: {line}", command.get_name()));
            own.chain(command.get_subcommands().flat_map(longer))
                .collect()
        }
        assert_eq!(longer(&super::command()), [""; 0]);
    }
}
