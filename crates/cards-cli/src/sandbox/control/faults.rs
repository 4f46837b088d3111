//! `cards sandbox faults`

use clap::builder::PossibleValue;
use serde_json::{Map, Value};

use super::at::{At, cell, number, provider};
use super::ordered;
use crate::error::Error;
use crate::sheet::Sheet;
use crate::words::truth;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  cards sandbox faults add lost-reply --operation register-user --times 1
  cards sandbox faults add status --status 429 --header 'retry-after: 2'
  cards sandbox faults add delay --millis 3000 --provider paysafe
  cards sandbox faults
  cards sandbox faults remove")]
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

    /// Only of this provider's calls
    #[arg(long, value_name = "PROVIDER", value_parser = provider())]
    provider: Option<&'static str>,

    /// Only of this operation's calls, such as register-user
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,

    /// Times that it fires; always, where it is not given
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    times: Option<u64>,

    /// Part of the calls that it fires on, from 0 to 1
    #[arg(long, value_name = "PART", value_parser = number::<f64>)]
    probability: Option<f64>,

    /// The seed of the draws: the same seed, the same calls
    #[arg(long, value_name = "N", requires = "probability", value_parser = number::<u64>)]
    seed: Option<u64>,

    /// Carry the call out all the same, or not
    #[arg(long, value_name = "true|false", value_parser = truth())]
    carry_out: Option<bool>,

    /// The time to wait, in milliseconds
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    millis: Option<u64>,

    /// A number of bytes
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    bytes: Option<u64>,

    /// Bytes by which the length that is told is off
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = number::<i64>)]
    difference: Option<i64>,

    /// The HTTP status
    #[arg(long, value_name = "STATUS", value_parser = number::<u16>)]
    status: Option<u16>,

    /// A header of the reply; may be repeated
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, String)>,

    /// The body of the reply
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
}

/// [`cards_sandbox::FaultKind`] for the command line.
#[derive(Clone, Copy, Debug)]
struct Kind(cards_sandbox::FaultKind);

impl clap::ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        static KINDS: std::sync::LazyLock<Vec<Kind>> = std::sync::LazyLock::new(|| {
            let kinds = cards_sandbox::FaultKind::ALL.iter();
            kinds.copied().map(Kind).collect()
        });
        &KINDS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()).help(self.0.description()))
    }
}

impl ordered::Order for Order {
    const PATH: &str = "/_sandbox/faults";

    fn body(&self) -> Value {
        let mut body = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        set("fault", Some(self.fault.0.as_str().into()));
        set("provider", self.provider.map(Value::from));
        set("operation", self.operation.clone().map(Value::from));
        set("times", self.times.map(Value::from));
        set("probability", self.probability.map(Value::from));
        set("seed", self.seed.map(Value::from));
        set("carryOut", self.carry_out.map(Value::from));
        set("millis", self.millis.map(Value::from));
        set("bytes", self.bytes.map(Value::from));
        set("difference", self.difference.map(Value::from));
        set("status", self.status.map(Value::from));
        let headers: Map<_, _> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect();
        set(
            "headers",
            (!headers.is_empty()).then_some(Value::Object(headers)),
        );
        set("body", self.body.clone().map(Value::from));
        Value::Object(body)
    }

    fn sheet(faults: &[Value]) -> Sheet {
        const HEAD: [&str; 7] = [
            "id",
            "fault",
            "provider",
            "operation",
            "fired",
            "times",
            "settings",
        ];
        const SETTINGS: [&str; 8] = [
            "status",
            "millis",
            "bytes",
            "difference",
            "probability",
            "seed",
            "carryOut",
            "headers",
        ];
        let rows = faults.iter().map(|fault| {
            let settings = SETTINGS.iter().filter(|name| !fault[**name].is_null());
            let settings: Vec<_> = settings
                .map(|name| format!("{name} {}", cell(&fault[*name])))
                .collect();
            let mut row: Vec<_> = HEAD[..6].iter().map(|name| cell(&fault[*name])).collect();
            row.push(settings.join(", "));
            row
        });
        Sheet::new(HEAD, rows.collect())
    }
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    ordered::run(&args.at, args.change.as_ref())
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| "a header such as retry-after: 2".to_owned())?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_kind_is_on_the_command_line() {
        let kinds = Kind::value_variants();
        assert!(kinds.len() > 8);
        assert!(kinds.iter().all(|kind| kind.to_possible_value().is_some()));
    }
}
