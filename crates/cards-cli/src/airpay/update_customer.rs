//! `cards airpay update-customer`

use cards_transport::model::airpay::UpdateCustomer;
use serde::Serialize;

use crate::call::{self, CallArgs};
use crate::error::Error;
use crate::input;

#[derive(clap::Args)]
#[command(after_help = "\
What is not given stays as it is. A value @FILE is read from the file.

Examples:
  cards airpay update-customer --entity-id ID --city Kochi --pincode 682308
  cards airpay update-customer --json change.json --backend reqwest")]
pub(crate) struct Args {
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    call: CallArgs,
}

/// By wire name.
#[derive(Default, clap::Args, Serialize)]
#[command(next_help_heading = "Fields")]
struct Fields {
    /// The customer's id, up to 50 characters (required)
    #[arg(long, value_name = "ID")]
    entity_id: Option<String>,
    /// E-mail address that no other customer has
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Mobile number
    #[arg(long, value_name = "DIGITS")]
    mobile_no: Option<String>,
    /// Address: letters, digits and spaces
    #[arg(long, value_name = "TEXT")]
    address: Option<String>,
    /// Country
    #[arg(long, value_name = "NAME")]
    country: Option<String>,
    /// City: letters only
    #[arg(long, value_name = "LETTERS")]
    city: Option<String>,
    /// State: letters only
    #[arg(long, value_name = "LETTERS")]
    state: Option<String>,
    /// Pincode, 6 digits in India
    #[arg(long, value_name = "DIGITS")]
    pincode: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let request: UpdateCustomer = input::request(&args.fields, args.call.json.as_deref())?;
    call::run(request, &args.call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_for_every_field() {
        input::assert_flags_are_the_fields::<UpdateCustomer, Fields>();
    }
}
