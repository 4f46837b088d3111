//! The way to standard output and standard error: colour on a terminal, none
//! elsewhere.

mod filter;
mod log;

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use self::log::Log;
use crate::error::Error;
use crate::exit::Exit;
use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// The target that [`Error::log`] logs under.
pub(crate) const FAILURES: &str = "cards::error";

/// The targets of an HTTP library that logs addresses and, at level trace, the bytes of
/// the wire. Its records go to the `log` crate, which nobody here reads: a bridge that
/// comes with some dependency would not show them either.
const NEVER_LOGGED: [&str; 2] = ["ureq", "ureq_proto"];

/// The target that the log tells of settings under.
const SETTINGS: &str = "cards::settings";

/// The log, once it is started.
static LOG: OnceLock<Log> = OnceLock::new();

/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// The style of text that matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// The style of text about what went well.
pub(crate) const GOOD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
/// The style of text about what did not.
pub(crate) const BAD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));

/// Says whether what is told on standard error is told as JSON.
static JSON: AtomicBool = AtomicBool::new(false);

/// The detail that `-v` asks for.
static DETAIL: OnceLock<Detail> = OnceLock::new();

/// The detail in which calls are told of while they are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Detail {
    #[default]
    None,
    /// Request line, status and time.
    Lines,
    /// Headers too.
    Headers,
}

/// The detail that `-v` asks for.
pub(crate) fn detail() -> Detail {
    DETAIL.get().copied().unwrap_or_default()
}

/// The warnings so far, which JSON tells with the end.
static WARNINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Lets standard error hold one JSON object at most from now on: the error with its warnings or,
/// where all went well, the warnings alone. Notes are left out.
pub(crate) fn tell_json() {
    JSON.store(true, Ordering::Relaxed);
}

/// Tells whether [`tell_json`] was called.
pub(crate) fn is_json() -> bool {
    JSON.load(Ordering::Relaxed)
}

/// Writes a text of the program's own to standard output, with its colours.
pub(crate) fn out(text: &str) -> Result<(), Error> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes a text of the program's own that the exit code sums up: that is told to whoever asks,
/// also where nobody reads the text.
pub(crate) fn verdict(text: &str, exit: Exit) -> Result<Exit, Error> {
    match out(text) {
        Err(error) if error.is_quiet => Ok(exit),
        told => told.map(|()| exit),
    }
}

/// Writes data to standard output, for [`Reader::of_stdout`]. Where that is no
/// terminal, they are written as they are: anstream would take out of them what
/// looks like a colour.
pub(crate) fn data(text: &str, reader: Reader) -> Result<(), Error> {
    if reader.is_terminal {
        return out(text);
    }
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Describes the reader of standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    /// Says whether it is a terminal, which obeys control characters.
    pub(crate) is_terminal: bool,
    /// Says whether colours are wanted.
    pub(crate) takes_colour: bool,
}

impl Reader {
    pub(crate) fn of_stdout() -> Self {
        let stdout = std::io::stdout();
        let choice = anstream::AutoStream::choice(&stdout);
        Self {
            is_terminal: stdout.is_terminal(),
            takes_colour: choice != anstream::ColorChoice::Never,
        }
    }
}

/// Writes a note for people to standard error, which JSON leaves out.
pub(crate) fn note(text: &str) {
    if !is_json() {
        err(text);
    }
}

/// Warns on standard error, where JSON has a place for it too.
pub(crate) fn warn(text: &str) {
    if is_json() {
        let mut warnings = WARNINGS.lock().unwrap_or_else(PoisonError::into_inner);
        warnings.push(text.to_owned());
    } else {
        err(&format!("warning: {}\n", harmless_lines(text)));
    }
}

/// The warnings that nobody has told yet.
pub(crate) fn take_warnings() -> Vec<String> {
    std::mem::take(&mut *WARNINGS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Tells JSON's warnings where no error does.
pub(crate) fn end_remarks() {
    let warnings = take_warnings();
    if !warnings.is_empty() {
        err(&json_line(&serde_json::json!({ "warnings": warnings })));
    }
}

/// Writes a value as JSON over several lines.
pub(crate) fn json_text(value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Error::failure("cannot write JSON").caused_by(error))?;
    Ok(harmless_json(&(text + "\n")))
}

/// Writes a value as one line of JSON.
pub(crate) fn json_line(value: &impl Serialize) -> String {
    let mut json = serde_json::to_string(value).unwrap_or_default();
    json.push('\n');
    harmless_json(&json)
}

/// Writes to standard error, behind what was logged. Where that is closed,
/// nobody misses it.
pub(crate) fn err(text: &str) {
    end_log();
    let mut err = anstream::stderr().lock();
    drop(err.write_all(text.as_bytes()));
}

/// Tells whether a terminal would obey the character instead of showing it, or show others in
/// another order for it.
pub(crate) fn is_command(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// A text from outside without characters that could command the terminal.
pub(crate) fn harmless(text: &str) -> String {
    let shown = |c| {
        if is_command(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(shown).collect()
}

/// The same, with its line breaks and tabs.
pub(crate) fn harmless_lines(text: &str) -> String {
    let shown = |c| match c {
        '\n' | '\t' => c,
        c if is_command(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(shown).collect()
}

/// JSON in which every such character is escaped: the value stays the same.
pub(crate) fn harmless_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        // JSON's own line breaks. Within its texts, they are escaped already.
        if c != '\n' && is_command(c) {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

/// The format of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for people
    Text,
    /// A JSON object a line
    Json,
}

/// The number of lines of the log that could not be written.
pub(crate) fn lost_log_lines() -> u64 {
    LOG.get().map_or(0, Log::lost)
}

/// Waits for what is still to be written of the log, but not for ever.
pub(crate) fn end_log() {
    if let Some(log) = LOG.get() {
        log.flush();
    }
}

/// Sends the libraries' log to standard error: warnings, and what `RUST_LOG`
/// or `-v` asks for. A sandbox, which says how its log has to read, tells of
/// each call without being asked, and of none later for that. A `RUST_LOG` that
/// cannot be read is told of.
pub(crate) fn start_log(verbose: u8, sandbox: Option<LogFormat>) {
    let detail = match verbose {
        0 => Detail::None,
        1 => Detail::Lines,
        _ => Detail::Headers,
    };
    DETAIL.get_or_init(|| detail);
    let wanted = match (verbose, sandbox) {
        // The demo, which has a sandbox, tells of refused calls in its own words.
        (0, None) => "warn,cards_sandbox::journal=off",
        (0, Some(_)) => "warn,cards_sandbox=info",
        // Calls are told of with their addresses, and with their headers.
        (1, _) => "warn,cards_sandbox=debug",
        _ => "info,cards_sandbox=trace",
    };
    let (mut filter, remark) = filter::asked(wanted);
    // The log tells why the program ends, and shows nothing of the wire, whatever else is
    // asked for.
    let always = [format!("{FAILURES}=error"), format!("{SETTINGS}=warn")];
    let never = NEVER_LOGGED.map(|target| format!("{target}=off"));
    for always in always.into_iter().chain(never) {
        if let Ok(always) = always.parse() {
            filter = filter.add_directive(always);
        }
    }
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let to = match sandbox {
        None => Log::direct(io::stderr()),
        Some(_) => Log::queued(io::stderr()).unwrap_or_else(|_| Log::direct(io::stderr())),
    };
    let to = LOG.get_or_init(|| to).clone();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // It would print them with a macro that panics where it cannot.
        .log_internal_errors(false)
        .with_writer(to);
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
    let remark = remark.map(|remark| harmless(&remark));
    match (remark, sandbox) {
        (None, _) => {}
        (Some(remark), None) => warn(&remark),
        (Some(remark), Some(_)) => tracing::warn!(target: SETTINGS, "{remark}"),
    }
}
