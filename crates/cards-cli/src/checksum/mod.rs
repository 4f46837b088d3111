//! `cards sign` and `cards verify`: Airpay's checksum.

mod fields;
mod found;
pub(crate) mod sign;
pub(crate) mod verify;

use std::ffi::OsStr;

use cards_transport::model::{Operation, Secret};
use cards_transport::operations;
use cards_transport::sign::{Order, Recipe};
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};

use crate::config::{Needs, Vars};
use crate::error::Error;

/// Reads a [`Recipe`], and tells completions its orders.
#[derive(Clone)]
pub(crate) struct Recipes;

impl TypedValueParser for Recipes {
    type Value = Recipe;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Recipe, clap::Error> {
        let recipe = StringValueParser::new().try_map(|text| text.parse::<Recipe>());
        recipe.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let orders = [
            (
                "table",
                "As the document's parameter table lists the fields",
            ),
            ("example", "As the document's request example sends them"),
            ("sorted", "By name"),
            ("received", "As given"),
        ];
        let orders = orders.into_iter();
        Some(Box::new(
            orders.map(|(word, help)| PossibleValue::new(word).help(help)),
        ))
    }
}

/// The operations that are signed.
fn signed() -> impl Iterator<Item = &'static Operation> {
    operations().filter(|operation| operation.is_signed())
}

/// The names of an operation's fields in the order of the table.
fn table(operation: &Operation) -> Vec<&'static str> {
    operation.fields.iter().map(|field| field.wire).collect()
}

/// Puts the pairs into the order in which they are signed.
fn arrange<'a>(
    recipe: &Recipe,
    pairs: &mut [(&'a str, &'a str)],
    operation: Option<&'static Operation>,
) -> Result<(), Error> {
    let order = match recipe.order() {
        None => return Ok(()),
        Some(Order::Sorted) => {
            recipe.arrange(pairs, &[]);
            return Ok(());
        }
        Some(order) => order,
    };
    let Some(operation) = operation else {
        return Err(Error::usage(format!(
            "--order {order} needs --operation, which says whose {order} it is"
        )));
    };
    let table = table(operation);
    let place = |name: &str| {
        table
            .iter()
            .position(|at| *at == name)
            .unwrap_or(usize::MAX)
    };
    pairs.sort_by_key(|(name, _)| place(name));
    recipe.arrange(pairs, operation.example_order);
    Ok(())
}

/// Says how the pairs are signed.
fn words(recipe: &Recipe) -> String {
    let order = match recipe.order() {
        None => "the order received",
        Some(Order::Table) => "the order of the parameter table",
        Some(Order::Example) => "the order of the request example",
        Some(Order::Sorted) => "the order of their names",
    };
    match recipe.is_plain() {
        true => format!("{order} and the secret key"),
        false => format!("{order} and the secret key, by the recipe `{recipe}`"),
    }
}

/// The key, which no flag takes.
fn secret(vars: &Vars) -> Result<Secret, Error> {
    const NAME: &str = "CARDS_AIRPAY_SECRET_KEY";
    let vars = vars.clone().checked(NAME)?;
    Needs::of_checksum().check(&vars)?;
    Ok(Secret::new(vars.get(NAME).unwrap_or_default()))
}
