//! `cards ibanera customer-cards`

use cards_transport::model::ibanera::ListCustomerCards;
use serde::Serialize;

use super::otp::OtpArgs;
use crate::call::{self, CallArgs};
use crate::error::Error;
use crate::input;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  cards ibanera customer-cards --page-size 25
  cards ibanera customer-cards --all --output csv > cards.csv")]
pub(crate) struct Args {
    #[command(flatten)]
    fields: Fields,

    /// All pages from the given one on; where one fails, those before it are
    /// printed
    #[arg(long, help_heading = "Call")]
    all: bool,

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
    /// The page, counted from 1
    #[arg(long, value_name = "N", value_parser = input::number::<u32>)]
    page_number: Option<u32>,
    /// Records a page
    #[arg(long, value_name = "N", value_parser = input::number::<u32>)]
    page_size: Option<u32>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let request: ListCustomerCards = input::request(&args.fields, args.call.json.as_deref())?;
    call::run_paged(request, args.all, args.otp.setup(&args.call)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_for_every_field() {
        input::assert_flags_are_the_fields::<ListCustomerCards, Fields>();
    }
}
