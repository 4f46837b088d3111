//! The command line as a whole; each subcommand's part is in its own module.

use std::ffi::OsString;
use std::process::ExitCode;

use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::call::command::Chosen;
use crate::environment;
use crate::error::Error;
use crate::exit::{self, Exit};
use crate::sheet::Format;
use crate::{checksum, completions, man, openapi, output, repeat, sandbox};

/// Prepaid-card APIs of Airpay, Paysafe and Ibanera: call them, try them
/// offline, and find out why a checksum is refused
#[derive(Parser)]
#[command(name = "cards", version, arg_required_else_help = true)]
#[command(max_term_width = 80, after_help = format!("{EXAMPLES}{}", exit::lines()))]
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
    Airpay(Chosen<Airpay>),
    /// Call Paysafe Embedded Wallets (Europe)
    #[command(subcommand)]
    Paysafe(Chosen<Paysafe>),
    /// Call Ibanera (United States)
    #[command(subcommand)]
    Ibanera(Chosen<Ibanera>),
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
    let mut command = Cli::command();
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

/// Whether the arguments, which could not be read as a whole, ask for JSON.
fn asks_for_json(args: &[OsString]) -> bool {
    let is_json = |value: &str| value == "json";
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

fn read(
    command: &mut clap::Command,
    args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<(Cli, bool), clap::Error> {
    command
        .try_get_matches_from_mut(args)
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, is_json(&matches))))
        .map_err(|error| withhold_values(error, command).format(command))
}

/// Whether the command has an `--output`, and that is JSON.
fn is_json(matches: &ArgMatches) -> bool {
    match matches.subcommand() {
        Some((_, below)) => is_json(below),
        None => {
            let output = matches.try_get_one::<Format>("output");
            output.is_ok_and(|output| output == Some(&Format::Json))
        }
    }
}

/// Leaves out of a complaint what was typed in the wrong place, which may be a
/// card number or a password: only what has the looks of an option or of a
/// command is repeated.
fn withhold_values(mut error: clap::Error, command: &clap::Command) -> clap::Error {
    let kind = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::TooManyValues | ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            ContextKind::InvalidValue
        }
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        _ => return error,
    };
    let Some(ContextValue::String(given)) = error.get(kind) else {
        return error;
    };
    let shown = match kind {
        ContextKind::InvalidArg => {
            let mut known = Vec::new();
            options(command, &mut known);
            repeat::option_name(given, known.iter().map(String::as_str))
        }
        ContextKind::InvalidSubcommand => {
            let is_word = given.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
            let is_close = error.get(ContextKind::SuggestedSubcommand).is_some()
                || names(command).any(|name| repeat::is_near(given, name));
            (is_word && is_close).then(|| given.clone())
        }
        // Then it says that a value is missing.
        _ => given.is_empty().then(String::new),
    };
    if shown.as_ref() == Some(given) {
        return error;
    }
    if shown.is_none() {
        error.remove(ContextKind::SuggestedArg);
    }
    // It repeats what was given. The other suggestions are of known names.
    error.remove(ContextKind::Suggested);
    let shown = shown.unwrap_or_else(|| repeat::A_VALUE.to_owned());
    error.insert(kind, ContextValue::String(shown));
    error
}

/// The names of what can follow a command.
fn names(command: &clap::Command) -> impl Iterator<Item = &str> {
    command.get_subcommands().map(clap::Command::get_name)
}

/// The long options of a command and of those below it.
fn options(command: &clap::Command, all: &mut Vec<String>) {
    let longs = command.get_arguments().filter_map(clap::Arg::get_long);
    all.extend(longs.map(|long| format!("--{long}")));
    for command in command.get_subcommands() {
        options(command, all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Command lines with `value` in every place of every command.
    fn everywhere(command: &clap::Command, path: &[String], value: &str) -> Vec<Vec<String>> {
        let path = [path, &[command.get_name().to_owned()]].concat();
        let mut tails = vec![vec![value.to_owned()]];
        for long in command.get_arguments().filter_map(clap::Arg::get_long) {
            tails.push(vec![format!("--{long}"), value.to_owned()]);
            tails.push(vec![format!("--{long}={value}")]);
            tails.push(vec![format!("--{long}{value}")]);
        }
        let here = tails.iter().map(|tail| [&path[..], tail].concat());
        let below = command.get_subcommands();
        here.chain(below.flat_map(|command| everywhere(command, &path, value)))
            .collect()
    }

    #[test]
    fn no_command_repeats_a_value() {
        let command = Cli::command();
        let mut refused = 0;
        for (value, secret) in [
            ("4622940000003713", "4622"),
            ("+4622940000003713X", "4622"),
            ("Secretpassword", "Secret"),
        ] {
            for args in everywhere(&command, &[], value) {
                if let Err(error) = read(&mut command.clone(), &args) {
                    refused += 1;
                    let said = error.to_string();
                    assert!(!said.contains(secret), "{args:?}: {said}");
                }
            }
        }
        assert!(refused > 500, "{refused}");
    }
}
