//! `cards openapi`: the OpenAPI document of an API.

use cards_sandbox::openapi::{self, Api};

use crate::error::Error;
use crate::output;

#[derive(clap::Args)]
#[command(after_help = "\
The document is OpenAPI 3.1 in JSON, as a running sandbox serves it at
/_sandbox/openapi/NAME.json. No provider has published one.

Examples:
  cards openapi airpay
  cards openapi paysafe > paysafe.json
  cards openapi control | jq '.paths | keys'")]
pub(crate) struct Args {
    /// The API to describe: a provider's, or the sandbox's own under /_sandbox/
    #[arg(value_enum, value_name = "API")]
    api: Whose,
}

/// [`Api`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Whose {
    /// Airpay (India)
    Airpay,
    /// Paysafe Embedded Wallets (Europe)
    Paysafe,
    /// Ibanera (United States)
    Ibanera,
    /// The sandbox's control API
    Control,
}

pub(crate) fn run(args: &Args) -> Result<(), Error> {
    let api = match args.api {
        Whose::Airpay => Api::Airpay,
        Whose::Paysafe => Api::Paysafe,
        Whose::Ibanera => Api::Ibanera,
        Whose::Control => Api::Control,
    };
    output::out(&openapi::document(api))
}
