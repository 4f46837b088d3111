//! `cards sandbox issuer`

use cards_sandbox::IssuerAction;
use clap::builder::PossibleValue;
use serde_json::{Map, Value};

use super::at::{At, cell, provider};
use crate::error::Error;
use crate::sheet::Sheet;

#[derive(clap::Args)]
#[command(after_help = "\
Which actions a provider has, and what each needs, the sandbox says where it
refuses one. A card is the number of a kit at Airpay, an id elsewhere.

Examples:
  cards sandbox issuer airpay authorise --customer AIRPAYCUST0001 \\
    --card 100000000978 --amount 99.50
  cards sandbox issuer airpay clear --transaction AIRPAYTXN0002
  cards sandbox issuer paysafe expire \\
    --card 12345678-0000-4000-8000-000000000001
  cards sandbox issuer ibanera approve-card --request 1")]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,

    /// The provider of the card
    #[arg(value_name = "PROVIDER", value_parser = provider())]
    provider: &'static str,

    /// The thing that the issuer does
    #[arg(value_name = "ACTION", value_enum)]
    action: Action,

    /// The customer's id
    #[arg(long, value_name = "ID")]
    customer: Option<String>,

    /// The card
    #[arg(long, value_name = "CARD")]
    card: Option<String>,

    /// An amount in the card's currency, such as 99.50; all there is, where it
    /// may be left out
    #[arg(long, value_name = "AMOUNT")]
    amount: Option<String>,

    /// The payment that is cleared, reversed or refunded
    #[arg(long, value_name = "ID")]
    transaction: Option<String>,

    /// The request for a card that is approved or rejected
    #[arg(long, value_name = "ID")]
    request: Option<String>,

    /// The wallet that takes the card: APPLE or GOOGLE
    #[arg(long, value_name = "WALLET")]
    wallet: Option<String>,

    /// The line that a list of transactions shows
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

/// [`IssuerAction`] for the command line.
#[derive(Clone, Copy, Debug)]
struct Action(IssuerAction);

impl clap::ValueEnum for Action {
    fn value_variants<'a>() -> &'a [Self] {
        const ACTIONS: [Action; IssuerAction::ALL.len()] = {
            let mut all = [Action(IssuerAction::ALL[0]); IssuerAction::ALL.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = Action(IssuerAction::ALL[at]);
                at += 1;
            }
            all
        };
        &ACTIONS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()).help(self.0.description()))
    }
}

impl Args {
    /// The order as the control API takes it.
    fn body(&self) -> Value {
        let given = [
            ("action", Some(self.action.0.as_str())),
            ("customer", self.customer.as_deref()),
            ("card", self.card.as_deref()),
            ("amount", self.amount.as_deref()),
            ("transaction", self.transaction.as_deref()),
            ("request", self.request.as_deref()),
            ("wallet", self.wallet.as_deref()),
            ("description", self.description.as_deref()),
        ];
        let given = given
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        Value::Object(given.collect::<Map<_, _>>())
    }
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let client = args.at.client()?;
    let path = format!("/_sandbox/issuer/{}", args.provider);
    let came = client.post(&path, Some(&args.body()), |came| came["action"].is_string());
    let came = came.map_err(|error| {
        error.hint_if_refused("each field is the option of its name: transaction is --transaction")
    })?;
    args.at.changed(&came, |came| {
        const HEAD: [&str; 3] = ["action", "card", "transaction"];
        let row = HEAD.iter().map(|name| cell(&came[*name])).collect();
        Sheet::new(HEAD, vec![row])
    })
}
