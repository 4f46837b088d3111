//! The fields to sign or verify, from wherever they are.

use std::path::PathBuf;

use cards_transport::model::Operation;
use cards_transport::sign::Recipe;
use clap::builder::TypedValueParser;

use super::found::Found;
use super::{Recipes, signed};
use crate::config::ConfigArgs;
use crate::error::Error;
use crate::file::Named;
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
            let file = Named::new("--curl", path).or_stdin();
            let place = file.place();
            let pasted = cards_paste::curl(&file.text()?);
            let pasted = pasted.map_err(|error| Error::usage(format!("{place}: {error}")))?;
            let found = Found::of(pasted);
            if let Some(unread) = &found.unread {
                output::warn(&format!("{place}: {unread}"));
            }
            found
        } else {
            let pairs = match &self.form {
                Some(path) => {
                    let file = Named::new("--form", path).or_stdin();
                    cards_paste::form(&file.text()?)
                        .map_err(|error| Error::usage(format!("{}: {error}", file.place())))?
                }
                None => (1..)
                    .zip(&self.fields)
                    .map(|(place, text)| {
                        let pair = cards_paste::pair(text);
                        pair.map_err(|error| Error::usage(format!("argument {place}: {error}")))
                    })
                    .collect::<Result<_, _>>()?,
            };
            Found {
                pairs,
                ..Found::default()
            }
        };
        found.operation = self.operation.or(found.operation);
        if found.pairs.is_empty() {
            return Err(self.no_fields());
        }
        Ok(found)
    }

    fn no_fields(&self) -> Error {
        let (by, path) = match (&self.curl, &self.form) {
            (Some(path), _) => ("--curl", path),
            (None, Some(path)) => ("--form", path),
            (None, None) => {
                return Error::usage("no fields: give NAME=VALUE, --form or --curl");
            }
        };
        let file = Named::new(by, path).or_stdin();
        Error::usage("it holds no fields: they are the body of a request").within(&file.place())
    }
}
