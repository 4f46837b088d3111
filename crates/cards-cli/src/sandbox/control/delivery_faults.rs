//! `cards sandbox delivery-faults`

use clap::ValueEnum;
use serde_json::{Map, Value};

use super::at::{At, cell, number, provider};
use super::ordered;
use crate::error::Error;
use crate::sheet::Sheet;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  cards sandbox delivery-faults add duplicate --times 1
  cards sandbox delivery-faults add status --status 503 --event card-status
  cards sandbox delivery-faults
  cards sandbox delivery-faults remove")]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,

    #[command(subcommand)]
    change: Option<ordered::Change<Order>>,
}

#[derive(clap::Args)]
struct Order {
    /// The kind of failure
    #[arg(value_name = "FAULT", value_enum)]
    fault: Kind,

    /// Only on this provider's events
    #[arg(long, value_name = "PROVIDER", value_parser = provider())]
    provider: Option<&'static str>,

    /// Only on events of this name, such as card-status
    #[arg(long, value_name = "NAME")]
    event: Option<String>,

    /// Times that it fires; always, where it is not given
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    times: Option<u64>,

    /// The HTTP status of status
    #[arg(long, value_name = "STATUS", value_parser = number::<u16>)]
    status: Option<u16>,

    /// The milliseconds of delay
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    millis: Option<u64>,
}

/// [`cards_sandbox::DeliveryFaultKind`] for the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// The receiver's answer counts as never having come: the event comes again
    NoAnswer,
    /// The receiver's answer counts as one with --status
    Status,
    /// The signature is of other bytes
    WrongSignature,
    /// The event comes twice
    Duplicate,
    /// The event waits until the next one of its card was taken
    OutOfOrder,
    /// The event comes --millis later
    Delay,
}

impl ordered::Order for Order {
    const PATH: &str = "/_sandbox/delivery-faults";

    fn body(&self) -> Value {
        let kind = self.fault.to_possible_value();
        let kind = kind.map(|kind| Value::from(kind.get_name()));
        let given = [
            ("fault", kind),
            ("provider", self.provider.map(Value::from)),
            ("event", self.event.clone().map(Value::from)),
            ("times", self.times.map(Value::from)),
            ("status", self.status.map(Value::from)),
            ("millis", self.millis.map(Value::from)),
        ];
        let given = given
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>())
    }

    fn sheet(faults: &[Value]) -> Sheet {
        const HEAD: [&str; 8] = [
            "id", "fault", "provider", "event", "fired", "times", "status", "millis",
        ];
        let rows = faults.iter().map(|fault| {
            let cells = HEAD.iter().map(|name| cell(&fault[*name]));
            cells.collect()
        });
        Sheet::new(HEAD, rows.collect())
    }
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    ordered::run(&args.at, args.change.as_ref())
}
