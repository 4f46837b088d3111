//! `cards airpay`: one module a call.

mod customer_preference;
mod register_user;
mod update_customer;

use crate::error::Error;

#[derive(clap::Subcommand)]
pub(crate) enum Call {
    /// Register a customer and allocate a card
    RegisterUser(Box<register_user::Args>),
    /// Change a customer's contact and address
    UpdateCustomer(update_customer::Args),
    /// Allow or forbid a card's use in one kind of place
    CustomerPreference(customer_preference::Args),
}

pub(crate) fn run(call: Call) -> Result<(), Error> {
    match call {
        Call::RegisterUser(args) => register_user::run(&args),
        Call::UpdateCustomer(args) => update_customer::run(&args),
        Call::CustomerPreference(args) => customer_preference::run(&args),
    }
}
