//! The order in which the checksum is taken over a form's values.

use std::fmt;
use std::str::FromStr;

use cards_model::Operation;
use cards_sign::{Order, Recipe};
use schemars::JsonSchema;
use serde::Serialize;

/// The order in which the checksum is taken over a form's values, which no
/// document states.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ChecksumOrder {
    /// As the body has them.
    #[default]
    Received,
    /// As the document's parameter table lists them.
    Table,
    /// As the document's request example sends them.
    Example,
    /// By name.
    Sorted,
}

impl ChecksumOrder {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::Received, Self::Table, Self::Example, Self::Sorted];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Table => "table",
            Self::Example => "example",
            Self::Sorted => "sorted",
        }
    }
}

impl From<ChecksumOrder> for Recipe {
    fn from(order: ChecksumOrder) -> Self {
        match order {
            ChecksumOrder::Received => Self::RECEIVED,
            ChecksumOrder::Table => Order::Table.into(),
            ChecksumOrder::Example => Order::Example.into(),
            ChecksumOrder::Sorted => Order::Sorted.into(),
        }
    }
}

/// The order of a recipe, whatever else it says.
impl From<Recipe> for ChecksumOrder {
    fn from(recipe: Recipe) -> Self {
        match recipe.order() {
            None => Self::Received,
            Some(Order::Table) => Self::Table,
            Some(Order::Example) => Self::Example,
            Some(Order::Sorted) => Self::Sorted,
        }
    }
}

impl fmt::Display for ChecksumOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ChecksumOrder {
    type Err = ParseChecksumOrderError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|order| order.as_str() == word)
            .ok_or(ParseChecksumOrderError { _private: () })
    }
}

/// A word that names no [`ChecksumOrder`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown order of the checksum: expected `received`, `table`, `example` or `sorted`")]
pub struct ParseChecksumOrderError {
    _private: (),
}

/// Gives the fields as they are signed in an order.
pub(crate) fn arrange<'a>(
    operation: &Operation,
    order: ChecksumOrder,
    fields: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let table: Vec<&str> = operation.fields.iter().map(|field| field.wire).collect();
    let mut fields = fields.to_vec();
    // `Order` starts from the table's order. What is brought into it by the
    // table's names: the strategy that follows a list of names does that.
    if order != ChecksumOrder::Received {
        Order::Example.arrange(&mut fields, &table);
    }
    match order {
        ChecksumOrder::Received | ChecksumOrder::Table => {}
        ChecksumOrder::Example => Order::Example.arrange(&mut fields, operation.example_order),
        ChecksumOrder::Sorted => Order::Sorted.arrange(&mut fields, operation.example_order),
    }
    fields
}

#[cfg(test)]
mod tests;
