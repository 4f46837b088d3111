//! Collects what is traced and logged while the tests of this process run.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use cards_transport::{AttemptEnd, CallEvent, Hooks, Renewed};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::markers::found;

/// Everything traced or logged in this process, at every level.
#[derive(Clone, Default)]
pub(crate) struct Traces(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    /// All lines as they are written, one behind the other.
    lines: Vec<u8>,
    /// The values alone, thread by thread: what is told in two writes stands together.
    values: BTreeMap<String, String>,
    /// The length of the lines that were looked through and have no marker.
    clean: usize,
}

impl Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().lines.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// ureq's protocol crate writes the bytes of the wire, secrets included, to
/// `log` at the level trace. No setting of ureq's turns that off; an application
/// that wants this level has to leave this target out, and so does this test.
const WIRE_DUMP: &str = "ureq_proto::util";

impl log::Log for Traces {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.level() < log::Level::Trace || record.target() != WIRE_DUMP {
            let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
            self.line(&line);
            self.value(record.args());
        }
    }

    fn flush(&self) {}
}

/// Hears the values of events and spans, which the lines have names and times between.
impl<S: Subscriber> Layer<S> for Traces {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Values(self));
    }

    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        span.record(&mut Values(self));
    }
}

struct Values<'a>(&'a Traces);

impl Visit for Values<'_> {
    fn record_str(&mut self, _: &Field, value: &str) {
        self.0.value(value);
    }

    fn record_debug(&mut self, _: &Field, value: &dyn Debug) {
        self.0.value(format_args!("{value:?}"));
    }
}

impl Hooks for Traces {
    fn before_send(&self, event: &CallEvent<'_>) {
        self.told(event);
    }

    fn after_reply(&self, event: &CallEvent<'_>, end: AttemptEnd, took: Duration) {
        self.told((event, end, took));
    }

    fn on_retry(&self, event: &CallEvent<'_>, end: AttemptEnd, pause: Duration) {
        self.told((event, end, pause));
    }

    fn on_renewal(&self, event: &CallEvent<'_>, renewal: Renewed) {
        self.told((event, renewal));
    }
}

impl Traces {
    /// Keeps all that a hook is told.
    fn told(&self, what: impl Debug) {
        self.line(&format!("a hook is told {what:?} {what:#?}\n"));
    }

    fn line(&self, line: &str) {
        let mut heard = self.0.lock().unwrap();
        heard.lines.extend_from_slice(line.as_bytes());
    }

    fn value(&self, value: impl std::fmt::Display) {
        let mut heard = self.0.lock().unwrap();
        let of = format!("{:?}", thread::current().id());
        let values = heard.values.entry(of).or_default();
        write!(values, "{value}").unwrap();
    }

    /// Finds a marker in what was not looked through yet, over the seams of writes too.
    fn found(&self) -> Option<String> {
        /// Longer than any form of a marker, and the end of what was looked through.
        const SEAM: usize = 200;
        let mut heard = self.0.lock().unwrap();
        let start = heard.clean.saturating_sub(SEAM);
        let lines = String::from_utf8_lossy(&heard.lines[start..]);
        let values = heard.values.values();
        let marker = found(&lines).or_else(|| values.clone().find_map(|text| found(text)));
        drop(lines);
        if marker.is_none() {
            heard.clean = heard.lines.len();
            for values in heard.values.values_mut() {
                let keep = values.len().saturating_sub(SEAM);
                let keep = (0..=keep).rev().find(|&at| values.is_char_boundary(at));
                values.drain(..keep.unwrap_or_default());
            }
        }
        marker
    }
}

pub(crate) fn traces() -> &'static Traces {
    static TRACES: OnceLock<Traces> = OnceLock::new();
    TRACES.get_or_init(|| {
        let traces = Traces::default();
        log::set_boxed_logger(Box::new(traces.clone())).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        let writer = traces.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || writer.clone());
        let all = tracing_subscriber::registry().with(lines);
        all.with(traces.clone()).init();
        traces
    })
}

/// Gives everything that was heard so far.
pub(crate) fn heard() -> String {
    String::from_utf8_lossy(&traces().0.lock().unwrap().lines).into_owned()
}

#[track_caller]
pub(crate) fn clean_traces() {
    if let Some(found) = traces().found() {
        panic!("a trace shows a marker, {found}");
    }
}

#[cfg(test)]
mod tests {
    use log::Log as _;
    use tracing::subscriber::with_default;

    use super::*;

    #[test]
    fn a_marker_in_two_writes_is_found() {
        let (first, second) = crate::markers::MARK.split_at(4);
        let written = Traces::default();
        for part in [first, second] {
            written.clone().write_all(part.as_bytes()).unwrap();
        }
        assert!(written.found().is_some());

        let logged = Traces::default();
        for part in [first, second] {
            assert_eq!(logged.found(), None);
            let mut record = log::Record::builder();
            logged.log(&record.args(format_args!("{part}")).build());
        }
        assert!(logged.found().is_some());

        let traced = Traces::default();
        with_default(tracing_subscriber::registry().with(traced.clone()), || {
            for part in [first, second] {
                assert_eq!(traced.found(), None);
                tracing::info!("{part}");
            }
        });
        assert!(traced.found().is_some());
        // Each of them alone is none.
        let apart = Traces::default();
        apart.line(first);
        assert_eq!(apart.found(), None);
    }
}
