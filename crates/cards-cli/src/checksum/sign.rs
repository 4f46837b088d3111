//! `cards sign`

use super::fields::FieldArgs;
use super::{arrange, secret};
use crate::error::Error;
use crate::output;

#[derive(clap::Args)]
#[command(after_help = "\
Prints the 64 digits for the header `checksum`. The secret key is read from
CARDS_AIRPAY_SECRET_KEY or from a profile.

Examples:
  cards sign entity_id=E1 status=ALLOWED type=ATM
  cards sign --form body.txt --operation update-customer --order table")]
pub(crate) struct Args {
    #[command(flatten)]
    fields: FieldArgs,
}

pub(crate) fn run(args: &Args) -> Result<(), Error> {
    let found = args.fields.find()?;
    if let Some(unsigned) = found.unsigned() {
        let sent = "as name=value&name=value, under application/x-www-form-urlencoded";
        return Err(Error::usage(unsigned).hint(format!("the fields are sent {sent}")));
    }
    let mut pairs = found.borrowed();
    let recipe = args.fields.order;
    arrange(&recipe, &mut pairs, found.operation)?;
    let secret = secret(&args.fields.config.vars()?)?;
    let sum = recipe.sign(&pairs, secret.expose().as_bytes());
    output::out(&format!("{sum}\n"))
}
