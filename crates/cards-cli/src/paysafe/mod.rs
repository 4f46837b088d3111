//! `cards paysafe`: one module a call.

mod prepaid_cards;

use crate::error::Error;

#[derive(clap::Subcommand)]
pub(crate) enum Call {
    /// List a customer's prepaid cards
    PrepaidCards(prepaid_cards::Args),
}

pub(crate) fn run(call: Call) -> Result<(), Error> {
    match call {
        Call::PrepaidCards(args) => prepaid_cards::run(&args),
    }
}
