//! `cards sandbox world`

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::at::{At, cell, items};
use crate::error::Error;
use crate::exit::Exit;
use crate::file::Named;
use crate::input;
use crate::output::{self, Reader};
use crate::own_file;
use crate::repeat;
use crate::sheet::Sheet;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  cards sandbox world
  cards sandbox world save world.json
  cards sandbox world load world.json")]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,

    #[command(subcommand)]
    change: Option<Change>,
}

#[derive(clap::Subcommand)]
enum Change {
    /// Write all of it into a file, which has the people in full
    Save {
        /// A new file, for this user alone; - for standard output
        file: PathBuf,
    },
    /// Replace all of it by that of a file
    Load {
        /// A file as `save` writes it, or a few lines of your own; - for
        /// standard input
        file: PathBuf,
    },
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let client = args.at.client()?;
    match &args.change {
        None => {
            let came = client.get("/_sandbox/world", is_world)?;
            args.at.print(&came, sheet)
        }
        Some(Change::Save { file }) => {
            let world = client.get_text("/_sandbox/world/file", |came| came["version"].is_u64())?;
            if file == Path::new("-") {
                let reader = Reader::of_stdout();
                // The same value where a terminal shows it; elsewhere the file itself.
                let shown = reader.is_terminal.then(|| output::harmless_json(&world));
                return output::data(shown.as_ref().unwrap_or(&world), reader);
            }
            own_file::write(file, world.as_bytes()).map_err(|error| {
                let path = repeat::path(file);
                Error::failure(format!("world save: {path} cannot be written")).caused_by(error)
            })
        }
        Some(Change::Load { file }) => {
            let named = Named::new("world load", file).or_stdin().of_a_world();
            let text = named.text()?;
            // Where it is not reached, that is not the file's fault.
            let in_file = |error: Error| match error.exit {
                Exit::Usage | Exit::Refused => error.within(&named.place()),
                _ => error,
            };
            input::json(&text).map_err(in_file)?;
            let came = client.put_text("/_sandbox/world", text, is_world);
            let came = came.map_err(in_file)?;
            args.at.changed(&came, sheet)
        }
    }
}

/// Tells whether it is the customers of providers.
fn is_world(came: &Value) -> bool {
    let has_customers = |of: &Value| of["customers"].is_array();
    let providers = came.as_object().filter(|providers| !providers.is_empty());
    providers.is_some_and(|providers| providers.values().all(has_customers))
}

/// The customers of all providers, with a row for each card, or one without.
fn sheet(came: &Value) -> Sheet {
    const HEAD: [&str; 9] = [
        "provider", "customer", "card", "number", "kind", "state", "name", "address", "city",
    ];
    let mut rows = Vec::new();
    for (provider, world) in came.as_object().into_iter().flatten() {
        for customer in items(world, "customers") {
            let id = first(customer, &["entity_id", "customerId", "customersId"]);
            let cards = items(customer, "cards");
            for card in cards {
                let number = match card["bin"].as_str() {
                    Some(bin) => format!("{bin}******{}", cell(&card["lastFour"])),
                    None => first(card, &["card_no", "cardNumber"]),
                };
                rows.push(vec![
                    provider.clone(),
                    id.clone(),
                    first(card, &["kit_no", "cardId", "id"]),
                    number,
                    first(card, &["card_type", "cardType"]),
                    cell(&card["status"]),
                    name(customer),
                    first(customer, &["address"]) + &cell(&card["deliveryAddress"]["address1"]),
                    first(customer, &["city"]) + &cell(&card["deliveryAddress"]["city"]),
                ]);
            }
            if cards.is_empty() {
                let mut row = vec![String::new(); HEAD.len()];
                (row[0], row[1]) = (provider.clone(), id);
                row[6] = name(customer);
                row[7] = first(customer, &["address"]);
                row[8] = first(customer, &["city"]);
                rows.push(row);
            }
        }
    }
    Sheet::new(HEAD, rows)
}

/// The first and the last name, where a provider has them.
fn name(customer: &Value) -> String {
    let name = [cell(&customer["first_name"]), cell(&customer["last_name"])].join(" ");
    name.trim().to_owned()
}

/// The first of these that there is: providers name things in their own ways.
fn first(of: &Value, names: &[&str]) -> String {
    let found = names.iter().map(|name| &of[*name]);
    let mut found = found.filter(|value| !value.is_null());
    found.next().map_or_else(String::new, cell)
}
