//! `cards airpay customer-preference`

use cards_transport::model::airpay::CustomerPreference;
use serde::Serialize;

use crate::call::{self, CallArgs};
use crate::error::Error;
use crate::input;

#[derive(clap::Args)]
#[command(after_help = "\
Example:
  cards airpay customer-preference --entity-id ID --status NOTALLOWED --type ATM")]
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
    /// ALLOWED or NOTALLOWED
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// ATM, POS, ECOM or CONTACTLESS
    #[arg(long = "type", value_name = "PLACE")]
    #[serde(rename = "type")]
    channel: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let request: CustomerPreference = input::request(&args.fields, args.call.json.as_deref())?;
    call::run(request, &args.call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_for_every_field() {
        input::assert_flags_are_the_fields::<CustomerPreference, Fields>();
    }
}
