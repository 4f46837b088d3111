//! `cards sandbox events`

use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::at::{At, cell, items, number, provider};
use super::follow::{self, Names};
use crate::error::Error;
use crate::output::{self, BAD, DIM, GOOD, Reader, harmless_lines};
use crate::sandbox::client::Client;
use crate::sheet::{Format, Sheet};

/// The time between two looks at what became of events.
const PAUSE: Duration = Duration::from_millis(300);

/// The most events or steps that are asked for at a time.
const MOST: usize = 1000;

#[derive(clap::Args)]
#[command(after_help = "\
Each event stands with what became of it at each receiver. With --output json
it has its body too, exactly as it is signed and sent.

Examples:
  cards sandbox events
  cards sandbox events --follow --provider paysafe
  cards sandbox events resend 3
  cards sandbox events --output json | jq -r '.events[].body'")]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,

    #[command(subcommand)]
    resend: Option<Resend>,

    /// Tell of each step as it comes, until Ctrl-C; with json, an object a line
    #[arg(short, long)]
    follow: bool,

    /// Only this provider's events
    #[arg(long, value_name = "PROVIDER", value_parser = provider())]
    provider: Option<&'static str>,

    /// Only events of this name, such as card-status
    #[arg(long, value_name = "NAME")]
    event: Option<String>,

    /// Only events of this card
    #[arg(long, value_name = "CARD")]
    card: Option<String>,
}

#[derive(clap::Subcommand)]
enum Resend {
    /// Send an event once more, to the receivers that there are for it now
    Resend {
        /// The event's number
        #[arg(value_parser = number::<u64>)]
        number: u64,
    },
}

impl Args {
    fn path(&self, of: &str, after: u64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("after", &after.to_string());
        query.append_pair("limit", &MOST.to_string());
        let given = [
            ("provider", self.provider),
            ("event", self.event.as_deref()),
            ("subject", self.card.as_deref()),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        format!("/_sandbox/{of}?{}", query.finish())
    }
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let client = args.at.client()?;
    if let Some(Resend::Resend { number }) = args.resend {
        let path = format!("/_sandbox/events/{number}/resend");
        let came = client.post(&path, None, |came| came["number"].is_u64())?;
        return args
            .at
            .done(&came, &format!("event {number} is sent once more"));
    }
    if args.follow {
        return follow(args, &client);
    }
    let came = client.get(&args.path("events", 0), |came| came["events"].is_array())?;
    args.at.print(&came, |came| sheet(items(came, "events")))
}

/// Prints what has become of events, and then what does, for as long as it can be printed.
fn follow(args: &Args, client: &Client) -> Result<(), Error> {
    if args.at.output == Format::Csv {
        return Err(Error::usage(
            "--follow prints lines: --output table, json or ndjson",
        ));
    }
    let mut after = 0;
    loop {
        let came = client.get(&args.path("event-steps", after), |came| {
            came["steps"].is_array()
        })?;
        after = follow::next(client, &NAMES, &came, after, Some(MOST))?;
        let steps = items(&came, NAMES.items);
        lines(steps, args.at.output)?;
        if steps.len() < MOST {
            thread::sleep(PAUSE);
        }
    }
}

const NAMES: Names = Names {
    items: "steps",
    number: "number",
    last: "lastStep",
};

fn lines(steps: &[Value], format: Format) -> Result<(), Error> {
    let reader = Reader::of_stdout();
    for step in steps {
        let text = match format {
            Format::Json | Format::Ndjson => output::json_line(step),
            Format::Table | Format::Csv | Format::Curl => line(step, reader),
        };
        output::data(&text, reader)?;
    }
    Ok(())
}

/// Writes `12 2026-11-28T13:00:00.000Z paysafe card-status event 7 of CARD delivered 200
/// http://...`
fn line(step: &Value, reader: Reader) -> String {
    let word = cell(&step["step"]);
    let style = match &*word {
        "delivered" => GOOD,
        "failed" | "given-up" => BAD,
        _ => DIM,
    };
    let head = format!(
        "{} {} {} {} event {} of {}",
        cell(&step["number"]),
        cell(&step["at"]),
        cell(&step["provider"]),
        cell(&step["event"]),
        cell(&step["eventNumber"]),
        cell(&step["subject"]),
    );
    let mut said = [&step["status"], &step["url"]]
        .map(cell)
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if let Some(trouble) = step["trouble"].as_str() {
        said.push_str(&format!(": {trouble}"));
    }
    if let Some(next) = step["nextAt"].as_str() {
        said.push_str(&format!("; again at {next}"));
    }
    let (head, word, said) = (
        harmless_lines(&head),
        harmless_lines(&word),
        harmless_lines(&said),
    );
    let line = match reader.takes_colour {
        true => format!("{head} {style}{word}{style:#} {said}"),
        false => format!("{head} {word} {said}"),
    };
    format!("{}\n", line.trim_end())
}

fn sheet(events: &[Value]) -> Sheet {
    const HEAD: [&str; 6] = ["number", "madeAt", "provider", "event", "subject", "id"];
    let rows = events.iter().map(|event| {
        let deliveries = items(event, "deliveries").iter().map(|delivery| {
            let attempts = cell(&delivery["attempts"]);
            let status = cell(&delivery["status"]);
            let state = cell(&delivery["state"]);
            format!("{state} {status} x{attempts} {}", cell(&delivery["url"])).replace("  ", " ")
        });
        let deliveries: Vec<_> = deliveries.collect();
        let mut row: Vec<_> = HEAD.iter().map(|name| cell(&event[*name])).collect();
        row.push(match deliveries.is_empty() {
            true => "no receiver".to_owned(),
            false => deliveries.join(", "),
        });
        row
    });
    let rows = rows.collect();
    Sheet::new([&HEAD[..], &["deliveries"]].concat(), rows)
}
