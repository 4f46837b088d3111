//! Asks a running server what the documents say that it does.
//!
//! `cargo xtask conformance --target URL` runs it. Credentials come from the
//! environment, under the names that `cards sandbox --print-env` prints. It
//! only reads, unless `--mutating` is given.

mod airpay;
mod ibanera;
mod paysafe;
mod question;

use std::process::ExitCode;

use anstream::{eprintln, println};
use cards_transport::UreqTransport;
use clap::Parser;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::question::{Question, Verdict};

/// Asks a running server what the documents say that it does.
#[derive(Parser)]
struct Options {
    /// The server's address, such as http://127.0.0.1:8484.
    url: String,
    /// One provider only.
    #[arg(long, value_parser = ["airpay", "paysafe", "ibanera"])]
    provider: Option<String>,
    /// Registers and changes customers, too.
    #[arg(long)]
    mutating: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match ask(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// A few rows by name; the rest by their number.
fn named(rows: &[String]) -> String {
    match rows {
        [first, second, rest @ ..] if rest.len() > 1 => {
            format!("{first} {second} and {} more", rest.len())
        }
        rows => rows.join(" "),
    }
}

fn ask(options: &Options) -> Result<bool, Box<dyn std::error::Error>> {
    let transport = UreqTransport::new()?;
    let wanted = |name: &str| {
        options
            .provider
            .as_deref()
            .is_none_or(|wanted| wanted == name)
    };
    let url = options.url.trim_end_matches('/');
    let mut questions = Vec::new();
    if wanted("airpay") {
        questions.extend(airpay::questions(url, &transport, options.mutating)?);
    }
    if wanted("paysafe") {
        questions.extend(paysafe::questions(url, &transport)?);
    }
    if wanted("ibanera") {
        questions.extend(ibanera::questions(url, &transport)?);
    }

    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(["provider", "asked", "rows", "answer"]);
    let mut failed = Vec::new();
    for Question {
        provider,
        asked,
        rows,
        verdict,
    } in &questions
    {
        let answer = match verdict {
            Verdict::Holds => "holds",
            Verdict::Skipped(_) => "skipped",
            Verdict::Fails(_) => "FAILS",
        };
        table.add_row([provider, *asked, &named(rows), answer]);
        match verdict {
            Verdict::Holds => {}
            Verdict::Skipped(why) => failed.push((false, *asked, why)),
            Verdict::Fails(why) => failed.push((true, *asked, why)),
        }
    }
    println!("{table}");
    for (is_failure, asked, why) in &failed {
        println!(
            "{} {asked}: {why}",
            if *is_failure { "FAILS" } else { "skipped" }
        );
    }
    let failures = failed.iter().filter(|(is_failure, ..)| *is_failure).count();
    println!("\n{} asked, {} failed", questions.len(), failures);
    Ok(failures == 0)
}
