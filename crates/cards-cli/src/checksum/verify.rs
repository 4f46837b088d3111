//! `cards verify`

use cards_transport::sign::{Explain, checksum, explain};

use super::fields::FieldArgs;
use super::{secret, table};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{self, BAD, GOOD};

#[derive(clap::Args)]
#[command(after_help = "\
Exit code 0 where the checksum matches, 1 where it does not; then the usual
mistakes and the other orders are tried, and the one that gives it is named.
The secret key is read from CARDS_AIRPAY_SECRET_KEY or from a profile.

Examples:
  cards verify --curl pasted.txt
  cards verify --operation update-customer --checksum HEX entity_id=E1 city=Kochi")]
pub(crate) struct Args {
    /// The checksum to check, in place of a curl command's header
    #[arg(long, value_name = "HEX")]
    checksum: Option<String>,

    #[command(flatten)]
    fields: FieldArgs,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Error> {
    let found = args.fields.find()?;
    let given = args
        .checksum
        .as_ref()
        .or(found.checksum.as_ref())
        .ok_or_else(|| {
            Error::usage("no checksum: give --checksum HEX, or a curl command with its header")
        })?;
    let received = found.borrowed();
    let mut pairs = received.clone();
    let order = args.fields.order;
    order.arrange(&mut pairs, found.operation)?;
    let secret = secret(&args.fields.config.vars()?)?;
    let key = secret.expose().as_bytes();

    let count = match pairs.len() {
        1 => "1 field".to_owned(),
        count => format!("{count} fields"),
    };
    let made = format!("made from {count} in {} and the secret key", order.words());
    if checksum(pairs.iter().map(|(_, value)| *value), key).verify(given) {
        output::out(&format!("{GOOD}match:{GOOD:#} the checksum is {made}\n"))?;
        return Ok(Exit::Success);
    }
    let table = found.operation.map_or_else(Vec::new, table);
    let example = found
        .operation
        .map_or(&[][..], |operation| operation.example_order);
    let why = explain(
        &Explain::new(&received, key, given)
            .table(&table)
            .example(example),
    );
    output::out(&format!(
        "{BAD}mismatch:{BAD:#} the checksum is not {made}\n{why}\n"
    ))?;
    Ok(Exit::Failure)
}
