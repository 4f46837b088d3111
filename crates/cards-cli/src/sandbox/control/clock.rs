//! `cards sandbox clock`

use jiff::{Span, SpanRelativeTo, Unit};
use serde_json::{Value, json};

use super::at::{At, cell};
use crate::error::Error;
use crate::sheet::Sheet;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  cards sandbox clock
  cards sandbox clock advance 30m          tokens of Airpay end
  cards sandbox clock set 2028-03-01T00:00:00Z
  cards sandbox clock stop")]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,

    #[command(subcommand)]
    change: Option<Change>,
}

#[derive(clap::Subcommand)]
enum Change {
    /// Set it to a time
    Set {
        /// ISO 8601 with an offset, such as 2028-03-01T00:00:00Z
        #[arg(value_name = "TIME")]
        now: String,
    },
    /// Move it
    Advance {
        /// Time to move by: 90s, 30m, 2h, 3d, "1d 12h"; back with a minus
        #[arg(value_name = "TIME", allow_hyphen_values = true, value_parser = seconds)]
        by: i64,
    },
    /// Have it stand still
    Stop,
    /// Let it go on
    Start,
    /// Give back the real time
    Reset,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    const CLOCK: &str = "/_sandbox/clock";
    let client = args.at.client()?;
    let is_clock = |came: &Value| came["now"].is_string();
    let came = match &args.change {
        None => return args.at.print(&client.get(CLOCK, is_clock)?, sheet),
        Some(Change::Set { now }) => client.put(CLOCK, &json!({ "now": now }), is_clock),
        Some(Change::Advance { by }) => {
            let body = json!({ "seconds": by });
            client.post("/_sandbox/clock/advance", Some(&body), is_clock)
        }
        Some(Change::Stop) => client.put(CLOCK, &json!({ "frozen": true }), is_clock),
        Some(Change::Start) => client.put(CLOCK, &json!({ "frozen": false }), is_clock),
        Some(Change::Reset) => client.delete(CLOCK, is_clock),
    }?;
    args.at.changed(&came, sheet)
}

fn sheet(came: &Value) -> Sheet {
    let stands = match came["frozen"] == Value::Bool(true) {
        true => "yes",
        false => "no",
    };
    let row = vec![cell(&came["now"]), stands.to_owned(), cell(&came["ahead"])];
    Sheet::new(["now", "stands", "seconds ahead"], vec![row])
}

/// Reads a span of time in whole seconds.
fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || "a time such as 90s, 30m, 2h or 3d".to_owned();
    let span: Span = text.parse().map_err(|_| wrong())?;
    let total = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours()));
    let total = total.map_err(|_| wrong())?;
    // Within what can be counted exactly.
    let is_whole = total.fract() == 0.0 && total.abs() < 1e15;
    is_whole.then_some(total as i64).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time() {
        for (text, expected) in [
            ("90s", Some(90)),
            ("30m", Some(1800)),
            ("2h", Some(7200)),
            ("3d", Some(259_200)),
            ("1d 12h", Some(129_600)),
            ("1d12h", Some(129_600)),
            ("-3d", Some(-259_200)),
            ("2 weeks", Some(1_209_600)),
            ("P1D", Some(86_400)),
            ("0s", Some(0)),
            ("", None),
            ("30", None),
            ("1ms", None),
            // Its length depends on the month.
            ("1mo", None),
            ("tomorrow", None),
        ] {
            assert_eq!(seconds(text).ok(), expected, "{text}");
        }
    }
}
