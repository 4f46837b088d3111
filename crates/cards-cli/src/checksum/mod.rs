//! `cards sign` and `cards verify`: Airpay's checksum.

mod curl;
mod fields;
pub(crate) mod sign;
pub(crate) mod verify;

use cards_transport::model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer};
use cards_transport::model::{Form, Secret};
use cards_transport::sign::Order;

use crate::config::Vars;
use crate::error::Error;

/// The operations that are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Signed {
    RegisterUser,
    UpdateCustomer,
    CustomerPreference,
}

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

impl Signed {
    /// The operation that a URL's path ends with.
    fn of_url(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next()?;
        match path.trim_end_matches('/').rsplit('/').next()? {
            "register-user" => Some(Self::RegisterUser),
            "update-customer" => Some(Self::UpdateCustomer),
            "customer-preference" => Some(Self::CustomerPreference),
            _ => None,
        }
    }

    /// The names in the order of the table.
    fn table(self) -> Vec<&'static str> {
        fn of<F: Form>() -> Vec<&'static str> {
            F::OPERATION.fields.iter().map(|field| field.wire).collect()
        }
        match self {
            Self::RegisterUser => of::<RegisterUser>(),
            Self::UpdateCustomer => of::<UpdateCustomer>(),
            Self::CustomerPreference => of::<CustomerPreference>(),
        }
    }

    /// The names in the order of the example.
    fn example(self) -> &'static [&'static str] {
        match self {
            Self::RegisterUser => RegisterUser::EXAMPLE_ORDER,
            Self::UpdateCustomer => UpdateCustomer::EXAMPLE_ORDER,
            Self::CustomerPreference => CustomerPreference::EXAMPLE_ORDER,
        }
    }
}

impl Joined {
    /// Puts the pairs into this order.
    fn arrange<'a>(
        self,
        pairs: &mut [(&'a str, &'a str)],
        operation: Option<Signed>,
    ) -> Result<(), Error> {
        let order = match self {
            Self::Received => return Ok(()),
            Self::Table => Order::Table,
            Self::Example => Order::Example,
            Self::Sorted => Order::Sorted,
        };
        let Some(operation) = operation.or((self == Self::Sorted).then_some(Signed::RegisterUser))
        else {
            return Err(Error::usage(format!(
                "--order {order} needs --operation, which says whose {order} it is"
            )));
        };
        let table = operation.table();
        let place = |name: &str| {
            table
                .iter()
                .position(|at| *at == name)
                .unwrap_or(usize::MAX)
        };
        pairs.sort_by_key(|(name, _)| place(name));
        order.arrange(pairs, operation.example());
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
    vars.check(NAME)?;
    let key = vars.get(NAME).map(Secret::new);
    key.ok_or_else(|| {
        Error::usage(format!("{NAME} is not set")).hint(
            "set the variable, or `airpay_secret_key` in a profile of ~/.config/cards/config.toml",
        )
    })
}
