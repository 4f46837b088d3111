//! The way to standard output and standard error: colour on a terminal, none
//! elsewhere.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use tracing_subscriber::EnvFilter;

use crate::error::{self, Error};

/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What went well.
pub(crate) const GOOD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
/// What did not.
pub(crate) const BAD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));

/// Writes a result to standard output.
pub(crate) fn out(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes a remark to standard error. Where that is closed, nobody misses it.
pub(crate) fn note(text: &str) {
    let mut err = anstream::stderr().lock();
    drop(err.write_all(text.as_bytes()));
}

/// A provider's text without control characters, which could command the
/// terminal.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// How a log reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for people
    Text,
    /// A JSON object a line
    Json,
}

/// Sends the libraries' log to standard error: warnings, and what `RUST_LOG`
/// or `-v` asks for. A sandbox, which says how its log has to read, tells of
/// each call without being asked.
pub(crate) fn start_log(verbose: u8, sandbox: Option<LogFormat>) {
    let wanted = match (verbose, sandbox) {
        (0, None) => "warn",
        (0, Some(_)) => "warn,cards_sandbox=info",
        (1, _) => "warn,cards_transport=debug,cards_sandbox=debug",
        _ => "info,cards_transport=trace,cards_sandbox=trace",
    };
    let mut filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(wanted));
    // Whatever else is asked for: it is told why the program ends.
    if let Ok(failures) = format!("{}=error", error::TARGET).parse() {
        filter = filter.add_directive(failures);
    }
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match sandbox {
        Some(LogFormat::Json) => log
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .init(),
        _ => log
            .with_ansi(colour)
            .with_target(false)
            .without_time()
            .init(),
    }
}
