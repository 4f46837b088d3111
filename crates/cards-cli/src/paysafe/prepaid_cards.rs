//! `cards paysafe prepaid-cards`

use cards_transport::model::paysafe::ListPrepaidCards;
use serde::Serialize;

use crate::call::{self, CallArgs};
use crate::error::Error;
use crate::input;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  cards paysafe prepaid-cards --customer-id 12345678 --status ACTIVE,LOCKED
  cards paysafe prepaid-cards --customer-id 12345678 --all --output csv
  cards paysafe prepaid-cards --customer-id 12345678 \\
    --include TOKENIZATIONS,AVAILABLE_ACTIONS --output json")]
pub(crate) struct Args {
    #[command(flatten)]
    fields: Fields,

    /// All pages from the offset on; where one fails, those before it are
    /// printed
    #[arg(long, help_heading = "Call")]
    all: bool,

    #[command(flatten)]
    call: CallArgs,
}

/// By wire name.
#[derive(Default, clap::Args, Serialize)]
#[serde(rename_all = "camelCase")]
#[command(next_help_heading = "Fields")]
struct Fields {
    /// Whose cards (required)
    #[arg(long, value_name = "ID")]
    customer_id: Option<String>,
    /// Records a page, 1 to 50; 10 where absent
    #[arg(long, value_name = "N", value_parser = input::number::<u32>)]
    limit: Option<u32>,
    /// Position of the first record, counted from 0
    #[arg(long, value_name = "N", value_parser = input::number::<u64>)]
    offset: Option<u64>,
    /// Only cards in these states: ACTIVE, PENDING, CANCELLED, SUSPENDED,
    /// APPLIED, DIGITAL, REJECTED, LOCKED, EXPIRED, ISSUED
    #[arg(long, value_name = "STATUS,...", value_delimiter = ',')]
    status: Vec<String>,
    /// Only cards of these types: PHYSICAL, VIRTUAL
    #[arg(long, value_name = "TYPE,...", value_delimiter = ',')]
    card_type: Vec<String>,
    /// Add to each card: TOKENIZATIONS, AVAILABLE_ACTIONS
    #[arg(long, value_name = "WHAT,...", value_delimiter = ',')]
    include: Vec<String>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let request: ListPrepaidCards = input::request(&args.fields, args.call.json.as_deref())?;
    call::run_paged(request, args.all, &args.call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_for_every_field() {
        input::assert_flags_are_the_fields::<ListPrepaidCards, Fields>();
    }
}
