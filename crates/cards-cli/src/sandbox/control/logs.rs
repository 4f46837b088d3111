//! `cards sandbox logs`

use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::at::{At, cell, items, number, provider};
use super::follow::{self, Names};
use crate::error::Error;
use crate::output::{self, BAD, DIM, GOOD, Reader, harmless_lines};
use crate::sandbox::client::Client;
use crate::sheet::{Format, Sheet};

/// The time between two looks into the journal.
const PAUSE: Duration = Duration::from_millis(300);

#[derive(clap::Args)]
#[command(after_help = "\
Of a call, the names of its fields are known here, and its values only where the
sandbox was started with --keep-values; secrets never.

Examples:
  cards sandbox logs
  cards sandbox logs --follow --refused
  cards sandbox logs --operation register-user --output json |
    jq '.exchanges[].verdict'")]
pub(crate) struct Args {
    #[command(flatten)]
    at: At,

    /// Go on with each call that comes, until Ctrl-C; with json, an object a line
    #[arg(short, long)]
    follow: bool,

    /// Only what was refused
    #[arg(long)]
    refused: bool,

    /// Only this provider's calls
    #[arg(long, value_name = "PROVIDER", value_parser = provider())]
    provider: Option<&'static str>,

    /// Only this operation's calls, such as register-user
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,

    /// No more than the last so many
    #[arg(short = 'n', long, value_name = "N", value_parser = number::<usize>)]
    last: Option<usize>,
}

impl Args {
    fn path(&self, after: Option<u64>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(after) = after {
            query.append_pair("after", &after.to_string());
        }
        if self.refused {
            query.append_pair("accepted", "false");
        }
        if let Some(provider) = &self.provider {
            query.append_pair("provider", provider);
        }
        if let Some(operation) = &self.operation {
            query.append_pair("operation", operation);
        }
        let query = query.finish();
        match query.is_empty() {
            true => "/_sandbox/exchanges".to_owned(),
            false => format!("/_sandbox/exchanges?{query}"),
        }
    }
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    if args.follow && args.at.output == Format::Csv {
        return Err(Error::usage(
            "--follow prints lines: --output table, json or ndjson",
        ));
    }
    let client = args.at.client()?;
    let mut came = client.get(&args.path(None), is_journal)?;
    let after = match args.follow {
        true => follow::next(&client, &NAMES, &came, 0, None)?,
        false => 0,
    };
    if let Some(last) = args.last
        && let Some(exchanges) = came.get_mut("exchanges").and_then(Value::as_array_mut)
    {
        exchanges.drain(..exchanges.len().saturating_sub(last));
    }
    if args.follow {
        return follow(args, &client, came, after);
    }
    match args.at.output {
        Format::Table | Format::Ndjson | Format::Curl => {
            lines(items(&came, "exchanges"), args.at.output)
        }
        Format::Json | Format::Csv => args.at.print(&came, |came| sheet(items(came, "exchanges"))),
    }
}

fn is_journal(came: &Value) -> bool {
    came["exchanges"].is_array()
}

const NAMES: Names = Names {
    items: "exchanges",
    number: "id",
    last: "lastId",
};

/// Prints what there is, and then what comes, for as long as it can be printed; says how many calls
/// were forgotten between two looks.
fn follow(args: &Args, client: &Client, mut came: Value, mut after: u64) -> Result<(), Error> {
    loop {
        lines(items(&came, NAMES.items), args.at.output)?;
        thread::sleep(PAUSE);
        came = client.get(&args.path(Some(after)), is_journal)?;
        after = follow::next(client, &NAMES, &came, after, None)?;
        if let Some(missed @ 1..) = came["missed"].as_u64() {
            output::warn(&match missed {
                1 => "1 call was forgotten before it could be read".to_owned(),
                _ => format!("{missed} calls were forgotten before they could be read"),
            });
            output::end_remarks();
        }
    }
}

/// Prints each call on a line of its own, with what there is to say below it.
fn lines(exchanges: &[Value], format: Format) -> Result<(), Error> {
    let reader = Reader::of_stdout();
    for exchange in exchanges {
        let text = match format {
            Format::Json | Format::Ndjson => output::json_line(exchange),
            Format::Table | Format::Csv | Format::Curl => line(exchange, reader),
        };
        output::data(&text, reader)?;
    }
    Ok(())
}

fn line(exchange: &Value, reader: Reader) -> String {
    let accepted = exchange["accepted"] == Value::Bool(true);
    let (word, style) = match accepted {
        true => ("accepted", GOOD),
        false => ("refused", BAD),
    };
    let called = ["operation", "path", "called"];
    let called = called.iter().find(|name| !exchange[**name].is_null());
    let head = format!(
        "{} {} {} {} {}",
        cell(&exchange["id"]),
        cell(&exchange["at"]),
        cell(&exchange["method"]),
        cell(&exchange["provider"]),
        called.map_or_else(String::new, |name| cell(&exchange[*name])),
    );
    let remarks = items(exchange, "remarks").iter();
    let remarks = remarks.filter_map(|remark| remark["text"].as_str());
    let said: Vec<_> = [cell(&exchange["verdict"])]
        .into_iter()
        .chain(remarks.map(str::to_owned))
        .chain(values(exchange))
        .map(|said| format!("    {said}"))
        .collect();
    let (status, micros) = (cell(&exchange["status"]), exchange["micros"].as_u64());
    let millis = micros.unwrap_or_default() as f64 / 1000.0;
    let said = said.join("\n");
    let (head, status) = (harmless_lines(&head), harmless_lines(&status));
    let said = harmless_lines(&said);
    match reader.takes_colour {
        true => {
            format!("{head} {status} {style}{word}{style:#} {DIM}{millis:.1} ms{DIM:#}\n{said}\n")
        }
        false => format!("{head} {status} {word} {millis:.1} ms\n{said}\n"),
    }
}

/// The values of the request and of its reply, where they are kept: each on one line, whatever
/// line breaks are in it.
fn values(exchange: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for side in ["request", "reply"] {
        let kept = &exchange["values"][side];
        for value in items(kept, "values") {
            let (part, text) = (cell(&value["part"]), cell(&value["value"]));
            let is_json = part == "body" && value["isText"] == Value::Bool(false);
            let text = if is_json { text } else { format!("{text:?}") };
            let place = match &*part {
                "body" => side,
                "headers" => "header",
                part => part,
            };
            let more = match value["moreBytes"].as_u64() {
                None | Some(0) => String::new(),
                Some(more) => format!(" and {more} more bytes"),
            };
            lines.push(format!("{place} {} = {text}{more}", cell(&value["name"])));
        }
        if let Some(more @ 1..) = kept["leftOut"].as_u64() {
            lines.push(format!("{side}: {more} more, too many to keep"));
        }
        if let Some(bytes @ 1..) = kept["unreadBytes"].as_u64() {
            lines.push(format!(
                "{side}: {bytes} bytes that are no form and no JSON, or too many"
            ));
        }
    }
    lines
}

fn sheet(exchanges: &[Value]) -> Sheet {
    const HEAD: [&str; 9] = [
        "id",
        "at",
        "provider",
        "operation",
        "method",
        "status",
        "accepted",
        "micros",
        "verdict",
    ];
    let rows = exchanges.iter().map(|exchange| {
        let cells = HEAD.iter().map(|name| cell(&exchange[*name]));
        cells.collect()
    });
    Sheet::new(HEAD, rows.collect())
}
