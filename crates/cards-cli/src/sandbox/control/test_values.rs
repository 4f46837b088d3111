//! `cards sandbox test-values`

use serde_json::Value;

use super::at::{At, cell, items, provider};
use crate::error::Error;
use crate::sheet::Sheet;

#[derive(clap::Args)]
#[command(after_help = "\
To be typed into an app's screen: a request that has one of them in its field
is refused as documented, and nothing is changed. A value that begins with ...
is the end of one. With --output json the body of each refusal is told too.

Examples:
  cards sandbox test-values
  cards sandbox test-values --provider airpay
  cards sandbox test-values --output csv")]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,

    /// Only this provider's values
    #[arg(long, value_name = "PROVIDER", value_parser = provider())]
    provider: Option<&'static str>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let client = args.at.client()?;
    let path = match args.provider {
        Some(provider) => format!("/_sandbox/test-values?provider={provider}"),
        None => "/_sandbox/test-values".to_owned(),
    };
    let came = client.get(&path, |came| came["values"].is_array())?;
    args.at.print(&came, |came| sheet(items(came, "values")))
}

fn sheet(values: &[Value]) -> Sheet {
    const HEAD: [&str; 7] = [
        "provider",
        "operation",
        "field",
        "value",
        "status",
        "brings",
        "assumption",
    ];
    let rows = values.iter().map(|row| {
        let cells = HEAD.iter().map(|name| match (*name, &row["isEnding"]) {
            ("value", Value::Bool(true)) => format!("...{}", cell(&row["value"])),
            (name, _) => cell(&row[name]),
        });
        cells.collect()
    });
    Sheet::new(HEAD, rows.collect())
}
