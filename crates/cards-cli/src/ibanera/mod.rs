//! `cards ibanera`: one module a call.

mod cards_by_customer;
mod customer_cards;

use crate::error::Error;

#[derive(clap::Subcommand)]
pub(crate) enum Call {
    /// List all managed customers with their cards
    CustomerCards(customer_cards::Args),
    /// List one customer's cards
    CardsByCustomer(cards_by_customer::Args),
}

pub(crate) fn run(call: Call) -> Result<(), Error> {
    match call {
        Call::CustomerCards(args) => customer_cards::run(&args),
        Call::CardsByCustomer(args) => cards_by_customer::run(&args),
    }
}
