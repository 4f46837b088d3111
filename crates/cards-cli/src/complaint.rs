//! Limits what a complaint about the command line repeats of it, and names the
//! argument that it is about: what was typed may be a card number or a password,
//! in its place or in a wrong one.

use std::ffi::OsString;

use cards_transport::model::Field;
use cards_transport::operations;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use crate::{output, repeat, words};

/// The arguments, other than fields of requests, whose values are secret or can
/// hold something that is: codes, headers, addresses with a password in them.
const SECRET: [&str; 10] = [
    "otp",
    "header",
    "proxy",
    "base_url",
    "login_url",
    "receivers",
    "fields",
    // A key may stand behind `secret=`, which says where it goes, or a value behind a field's name.
    "order",
    "checksum_order",
    "waive",
];

/// The fields whose values are personal, although they are words of a list.
const PERSONAL: [&str; 1] = ["gender"];

/// Tells whether the values of an argument are never repeated.
fn is_secret(arg: &Arg) -> bool {
    let id = arg.get_id().as_str();
    let is_sensitive = operations()
        .filter_map(|operation| operation.field(id))
        .any(Field::is_sensitive);
    is_sensitive || SECRET.contains(&id) || PERSONAL.contains(&id)
}

/// Leaves out of a complaint what may be secret, and says where it stands.
pub(crate) fn withhold(mut error: clap::Error, root: &Command, args: &[OsString]) -> clap::Error {
    let kind = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        ErrorKind::TooManyValues | ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            ContextKind::InvalidValue
        }
        ErrorKind::InvalidSubcommand | ErrorKind::ArgumentConflict => {
            ContextKind::InvalidSubcommand
        }
        _ => return error,
    };
    let given = match error.get(kind) {
        Some(ContextValue::String(given)) => given.clone(),
        _ => return error,
    };
    let given = given.as_str();
    let line = Line::of(root, args);
    let shown = match kind {
        ContextKind::InvalidArg => line.option(root, given),
        ContextKind::InvalidSubcommand => {
            let is_word = given.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
            // Not what clap takes for similar: a password may be like `forgot-password`.
            let is_close = names(root).iter().any(|name| repeat::is_near(given, name));
            (is_word && is_close).then(|| given.to_owned())
        }
        // Then it says that a value is missing.
        _ if given.is_empty() => Some(String::new()),
        _ => {
            let about = match error.get(ContextKind::InvalidArg) {
                Some(ContextValue::String(about)) => about.as_str(),
                _ => "",
            };
            line.value(about, given)
        }
    };
    if shown.as_deref() == Some(given) {
        return error;
    }
    if shown.is_none() {
        error.remove(ContextKind::SuggestedArg);
    }
    let shown = shown.unwrap_or_else(|| match kind {
        ContextKind::InvalidValue => repeat::A_VALUE.to_owned(),
        _ => format!("{} after {}", repeat::A_VALUE, line.before(given)),
    });
    // It repeats what was given. The other suggestions are of known names.
    error.remove(ContextKind::Suggested);
    error.remove(ContextKind::SuggestedSubcommand);
    error.insert(kind, ContextValue::String(shown));
    error
}

/// A command line, and the command that it comes to.
struct Line<'a> {
    command: &'a Command,
    rest: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn of(root: &'a Command, args: &'a [OsString]) -> Self {
        // What is no text is in no command's name.
        let mut rest: Vec<_> = args
            .iter()
            .skip(1)
            .map(|arg| arg.to_str().unwrap_or(""))
            .collect();
        let mut command = root;
        while let Some((at, below)) = rest.iter().enumerate().find_map(|(at, arg)| {
            let below = command.find_subcommand(arg)?;
            rest[..at]
                .iter()
                .all(|arg| arg.starts_with('-'))
                .then_some((at, below))
        }) {
            command = below;
            rest.drain(..=at);
        }
        Self { command, rest }
    }

    fn arg(&self, long: &str) -> Option<&'a Arg> {
        let long = long.strip_prefix("--")?;
        let mut args = self.command.get_arguments();
        args.find(|arg| arg.get_long() == Some(long))
    }

    /// Shows an argument that is not expected; `None` where it may be secret.
    fn option(&self, root: &Command, given: &str) -> Option<String> {
        if given.starts_with('-') {
            let mut known = Vec::new();
            options(root, &mut known);
            return repeat::option_name(given, known.iter().map(String::as_str));
        }
        let takes_secrets = self.command.get_arguments().any(is_secret);
        let is_shown = !takes_secrets && repeat::chosen_name(given) == given;
        is_shown.then(|| output::harmless(given))
    }

    /// Shows a value of the argument `about`, such as `--port <N>`; `None` where it
    /// may be secret.
    fn value(&self, about: &str, given: &str) -> Option<String> {
        let long = about.split([' ', '=']).next().unwrap_or_default();
        let mut args = self.command.get_arguments();
        let arg = self
            .arg(long)
            .or_else(|| args.find(|arg| arg.is_positional() && about.contains(&arg.to_string())))?;
        // A word is wanted: digits are something else in its place.
        let is_odd = words::is_closed(arg) && given.contains(|c: char| c.is_numeric());
        let is_shown = !is_secret(arg) && !is_odd && repeat::chosen_name(given) == given;
        is_shown.then(|| output::harmless(given))
    }

    /// Names what stands before an argument: an option of the command, or the
    /// command.
    fn before(&self, given: &str) -> String {
        let at = self.rest.iter().position(|arg| *arg == given).unwrap_or(0);
        let options = self.rest[..at]
            .iter()
            .rev()
            .map(|arg| arg.split('=').next());
        let known = options.flatten().find(|arg| self.arg(arg).is_some());
        known.unwrap_or_else(|| self.command.get_name()).to_owned()
    }
}

/// The names of the commands below one, and of those below them.
fn names(command: &Command) -> Vec<&str> {
    let below = command.get_subcommands();
    let names = below.flat_map(|command| std::iter::once(command.get_name()).chain(names(command)));
    names.collect()
}

/// The long options of a command and of those below it.
fn options(command: &Command, all: &mut Vec<String>) {
    let longs = command.get_arguments().filter_map(Arg::get_long);
    all.extend(longs.map(|long| format!("--{long}")));
    for command in command.get_subcommands() {
        options(command, all);
    }
}

#[cfg(test)]
mod tests;
