//! The fields to sign or verify, from wherever they are.

use std::path::PathBuf;

use cards_transport::model::Operation;
use cards_transport::sign::Recipe;
use clap::builder::TypedValueParser;

use super::found::Found;
use super::{Recipes, curl, signed};
use crate::config::ConfigArgs;
use crate::error::Error;
use crate::input;
use crate::output;
use crate::words::one_of;

/// The flags that `sign` and `verify` share.
#[derive(clap::Args)]
pub(crate) struct FieldArgs {
    /// The fields, in the order in which they are sent
    #[arg(value_name = "NAME=VALUE", conflicts_with_all = ["form", "curl"])]
    fields: Vec<String>,

    /// Read the fields from a file (- for standard input): lines of name=value
    /// as they are, or a single line as a body has it, urlencoded
    #[arg(long, value_name = "FILE", conflicts_with = "curl")]
    form: Option<PathBuf>,

    /// Read a curl command from a file (- for standard input)
    #[arg(long, value_name = "FILE")]
    curl: Option<PathBuf>,

    /// The operation, whose table and example have their own orders; found out
    /// from the URL of a curl command
    #[arg(long, value_name = "NAME", value_parser = operation())]
    operation: Option<&'static Operation>,

    /// The order in which the values are joined; after it and a comma, how else
    /// they are signed: `example,joint=|,secret=first`
    #[arg(long, value_name = "ORDER", value_parser = Recipes, default_value = "received")]
    pub(super) order: Recipe,

    #[command(flatten)]
    pub(super) config: ConfigArgs,
}

/// Reads the name of a signed operation.
fn operation() -> impl TypedValueParser<Value = &'static Operation> {
    one_of(signed().map(|operation| operation.name)).try_map(|name| {
        let found = signed().find(|operation| operation.name == name);
        found.ok_or("no operation has this name")
    })
}

impl FieldArgs {
    pub(super) fn find(&self) -> Result<Found, Error> {
        let mut found = if let Some(path) = &self.curl {
            curl::read(&input::read(path, "--curl")?)?
        } else {
            let pairs = match &self.form {
                Some(path) => form(&input::read(path, "--form")?)?,
                None => self
                    .fields
                    .iter()
                    .enumerate()
                    .map(|(at, text)| pair(text, &format!("argument {}", at + 1)))
                    .collect::<Result<_, _>>()?,
            };
            Found {
                pairs,
                ..Found::default()
            }
        };
        found.operation = self.operation.or(found.operation);
        if let Some(unread) = &found.unread {
            output::warn(unread);
        }
        if found.pairs.is_empty() {
            return Err(Error::usage("no fields: give NAME=VALUE, --form or --curl"));
        }
        Ok(found)
    }
}

/// Reads one urlencoded line, or one pair a line as it is. A single line with a character that a urlencoded body
/// never has is a pair as it is.
fn form(text: &str) -> Result<Vec<(String, String)>, Error> {
    let lines: Vec<_> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
        .collect();
    match &*lines {
        [(_, line)] if line.contains('&') || is_urlencoded(line) => {
            Ok(form_urlencoded::parse(line.as_bytes())
                .into_owned()
                .collect())
        }
        lines => lines
            .iter()
            .map(|(at, line)| pair(line, &format!("--form, line {}", at + 1)))
            .collect(),
    }
}

/// Whether the line is a pair as a urlencoded body has it: letters, digits and the few marks that stand for themselves,
/// `+`, and `%` before two hex digits.
fn is_urlencoded(line: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "*-._~+@:/,".contains(c);
    let encoded = |part: &str| {
        part.split('%').enumerate().all(|(at, text)| {
            let hex = if at == 0 { Some("") } else { text.get(..2) };
            hex.is_some_and(|hex| {
                hex.chars().all(|c| c.is_ascii_hexdigit()) && text[hex.len()..].chars().all(plain)
            })
        })
    };
    !name.is_empty() && encoded(name) && encoded(value)
}

/// `name=value`. Without the `=` it may be a value, and is not repeated.
fn pair(text: &str, place: &str) -> Result<(String, String), Error> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) => Err(Error::usage(format!("{place}: no name before the `=`"))),
        None => Err(Error::usage(format!("{place}: no `=`; write name=value"))),
    }
}
