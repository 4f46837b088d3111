//! `cards sandbox receivers`

use serde_json::{Value, json};

use super::at::{At, cell, items, number, provider};
use crate::error::Error;
use crate::sheet::Sheet;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  cards sandbox receivers add paysafe http://127.0.0.1:9000/hooks
  cards sandbox receivers add paysafe http://127.0.0.1:9000 \\
    --event card-status
  cards sandbox receivers
  cards sandbox receivers remove 1")]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,

    #[command(subcommand)]
    change: Option<Change>,
}

#[derive(clap::Subcommand)]
enum Change {
    /// List where events are sent, and how many wait
    List,
    /// Register where a provider's events are sent
    Add {
        /// The provider whose events are sent there
        #[arg(value_name = "PROVIDER", value_parser = provider())]
        provider: &'static str,

        /// Address that they are sent to; all events of a provider each to its documented path
        /// below it
        #[arg(value_name = "URL")]
        receiver: String,

        /// Only events of this name, to the URL as it is
        #[arg(long, value_name = "NAME")]
        event: Option<String>,
    },
    /// Take one away, with the events that wait for it
    Remove {
        /// The number that it was given
        #[arg(value_parser = number::<u64>)]
        number: u64,
    },
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    const RECEIVERS: &str = "/_sandbox/receivers";
    let client = args.at.client()?;
    let is_receiver = |came: &Value| came["number"].is_u64();
    match &args.change {
        None | Some(Change::List) => {
            let came = client.get(RECEIVERS, |came| came["receivers"].is_array())?;
            args.at.print(&came, |came| sheet(items(came, "receivers")))
        }
        Some(Change::Add {
            provider,
            receiver,
            event,
        }) => {
            let mut body = json!({"provider": provider, "url": receiver});
            if let Some(event) = event {
                body["event"] = event.clone().into();
            }
            let came = client.post(RECEIVERS, Some(&body), is_receiver)?;
            args.at
                .changed(&came, |came| sheet(std::slice::from_ref(came)))
        }
        Some(Change::Remove { number }) => {
            let came = client.delete(&format!("{RECEIVERS}/{number}"), is_receiver)?;
            args.at
                .done(&came, &format!("receiver {number} is removed"))
        }
    }
}

fn sheet(receivers: &[Value]) -> Sheet {
    const HEAD: [&str; 5] = ["number", "provider", "event", "url", "waiting"];
    let rows = receivers.iter().map(|receiver| {
        let cells = HEAD.iter().map(|name| cell(&receiver[*name]));
        cells.collect()
    });
    Sheet::new(HEAD, rows.collect())
}
