//! `cards ibanera cards-by-customer`

use cards_transport::model::ibanera::CardsByCustomer;
use serde::Serialize;

use super::otp::OtpArgs;
use crate::call::{self, CallArgs};
use crate::error::Error;
use crate::input;

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  cards ibanera cards-by-customer --customers-id 11057")]
pub(crate) struct Args {
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    otp: OtpArgs,
    #[command(flatten)]
    call: CallArgs,
}

/// By wire name.
#[derive(Default, clap::Args, Serialize)]
#[serde(rename_all = "camelCase")]
#[command(next_help_heading = "Fields")]
struct Fields {
    /// The customer's id (required)
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = input::number::<i64>
    )]
    customers_id: Option<i64>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let request: CardsByCustomer = input::request(&args.fields, args.call.json.as_deref())?;
    call::run(request, args.otp.setup(&args.call)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_for_every_field() {
        input::assert_flags_are_the_fields::<CardsByCustomer, Fields>();
    }
}
