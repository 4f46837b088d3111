//! `cards sign` and `cards verify`: Airpay's checksum.

mod curl;
mod fields;
mod found;
mod shell;
pub(crate) mod sign;
pub(crate) mod verify;

use cards_transport::model::{Operation, Secret};
use cards_transport::operations;
use cards_transport::sign::Order;

use crate::config::{Needs, Vars};
use crate::error::Error;

/// The order in which the values are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Joined {
    /// As the document's parameter table lists the fields
    Table,
    /// As the document's request example sends them
    Example,
    /// By name
    Sorted,
    /// As given
    Received,
}

/// The operations that are signed.
fn signed() -> impl Iterator<Item = &'static Operation> {
    operations().filter(|operation| operation.is_signed())
}

/// The names of an operation's fields in the order of the table.
fn table(operation: &Operation) -> Vec<&'static str> {
    operation.fields.iter().map(|field| field.wire).collect()
}

impl Joined {
    /// Puts the pairs into this order.
    fn arrange<'a>(
        self,
        pairs: &mut [(&'a str, &'a str)],
        operation: Option<&'static Operation>,
    ) -> Result<(), Error> {
        let order = match self {
            Self::Received => return Ok(()),
            Self::Table => Order::Table,
            Self::Example => Order::Example,
            Self::Sorted => Order::Sorted,
        };
        if self == Self::Sorted {
            order.arrange(pairs, &[]);
            return Ok(());
        }
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
        order.arrange(pairs, operation.example_order);
        Ok(())
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Table => "the order of the parameter table",
            Self::Example => "the order of the request example",
            Self::Sorted => "the order of their names",
            Self::Received => "the order received",
        }
    }
}

/// The key, which no flag takes.
fn secret(vars: &Vars) -> Result<Secret, Error> {
    const NAME: &str = "CARDS_AIRPAY_SECRET_KEY";
    let vars = vars.clone().checked(NAME)?;
    Needs::of_checksum().check(&vars)?;
    Ok(Secret::new(vars.get(NAME).unwrap_or_default()))
}
