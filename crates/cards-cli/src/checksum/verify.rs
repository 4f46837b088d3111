//! `cards verify`

use std::time::{SystemTime, UNIX_EPOCH};

use cards_transport::model::UtcOffset;
use cards_transport::sign::{Explain, explain, is_json};

use super::fields::FieldArgs;
use super::{arrange, secret, table, words};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{self, BAD, GOOD};

#[derive(clap::Args)]
#[command(after_help = "\
Exit code 0 where the checksum matches, 1 where it does not; then the usual
mistakes and the other orders are tried, two at once where they are likely
together, and what gives it is named with its cure.
The secret key is read from CARDS_AIRPAY_SECRET_KEY or from a profile.

Examples:
  cards verify --curl pasted.txt
  cards verify --operation update-customer --checksum HEX entity_id=E1 \\
    city=Kochi")]
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
    let recipe = args.fields.order;
    arrange(&recipe, &mut pairs, found.operation)?;
    let secret = secret(&args.fields.config.vars()?)?;
    let key = secret.expose().as_bytes();

    let count = match pairs.len() {
        1 => "1 field".to_owned(),
        count => format!("{count} fields"),
    };
    let made = format!("made from {count} in {}", words(&recipe));
    // What was read as the fields of a JSON text are none.
    let has_fields = !is_json(&received);
    if has_fields && let Some(unsigned) = found.unsigned() {
        output::warn(unsigned);
    }
    if has_fields && recipe.verify(&pairs, key, given) {
        let told = format!("{GOOD}match:{GOOD:#} the checksum is {made}\n");
        return output::verdict(&told, Exit::Success);
    }
    let table = found.operation.map_or_else(Vec::new, table);
    let example = found
        .operation
        .map_or(&[][..], |operation| operation.example_order);
    let headers = found.headers.iter();
    let headers: Vec<(&str, &str)> = headers.map(|(name, value)| (*name, &**value)).collect();
    let now = unix_seconds();
    let day = |zone: UtcOffset| zone.date(now).to_string();
    let (india, utc) = (day(UtcOffset::INDIA), day(UtcOffset::UTC));
    let days = [("IST", &*india), ("UTC", &*utc)];
    let why = explain(
        &Explain::new(&received, key, given)
            .table(&table)
            .example(example)
            .others(&headers)
            .days(&days)
            .says_form(found.says_form)
            .recipe(recipe),
    );
    let told = match why.is_json() {
        true => "there is no form that the checksum could be made from".to_owned(),
        false => format!("the checksum is not {made}"),
    };
    let told = format!("{BAD}mismatch:{BAD:#} {told}\n{why}\n");
    output::verdict(&told, Exit::Failure)
}

fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
}
