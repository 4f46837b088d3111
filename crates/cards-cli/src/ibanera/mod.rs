//! `cards ibanera`: one module a call.

mod cards_by_customer;
mod customer_cards;
mod memory;
mod otp;

use cards_transport::Settings;
use cards_transport::ibanera::Ibanera;

use crate::call::Configured;
use crate::config::Vars;
use crate::error::Error;

#[derive(clap::Subcommand)]
pub(crate) enum Call {
    /// List all managed customers with their cards
    CustomerCards(customer_cards::Args),
    /// List one customer's cards
    CardsByCustomer(cards_by_customer::Args),
}

impl Configured for Ibanera {
    fn check_flags(vars: &Vars) -> Result<(), Error> {
        otp::check(vars)
    }

    fn remembering(vars: &Vars, settings: Settings) -> Settings {
        memory::remembering(vars, settings)
    }
}

pub(crate) fn run(call: Call) -> Result<(), Error> {
    match call {
        Call::CustomerCards(args) => customer_cards::run(&args),
        Call::CardsByCustomer(args) => cards_by_customer::run(&args),
    }
}
