//! The way to standard output and standard error: colour on a terminal, none
//! elsewhere.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use tracing_subscriber::EnvFilter;

use crate::error::Error;

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

/// Sends the libraries' log to standard error: warnings, and what `RUST_LOG`
/// or `-v` asks for. The sandbox tells of each call without being asked.
pub(crate) fn start_log(verbose: u8, is_sandbox: bool) {
    let wanted = match (verbose, is_sandbox) {
        (0, false) => "warn",
        (0, true) => "warn,cards_sandbox=info",
        (1, _) => "warn,cards_transport=debug,cards_sandbox=debug",
        _ => "info,cards_transport=trace,cards_sandbox=trace",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(wanted));
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .with_target(false)
        .without_time()
        .init();
}
