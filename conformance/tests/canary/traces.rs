//! Collects what is traced and logged while the tests of this process run.

use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use cards_transport::{AttemptEnd, CallEvent, Hooks, Renewed};

use crate::markers::clean;

/// Everything traced or logged in this process, at every level.
#[derive(Clone, Default)]
pub(crate) struct Traces(Arc<Mutex<Vec<u8>>>);

impl Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
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
            self.0.lock().unwrap().extend_from_slice(line.as_bytes());
        }
    }

    fn flush(&self) {}
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
        let line = format!("a hook is told {what:?} {what:#?}\n");
        self.0.lock().unwrap().extend_from_slice(line.as_bytes());
    }
}

pub(crate) fn traces() -> &'static Traces {
    static TRACES: OnceLock<Traces> = OnceLock::new();
    TRACES.get_or_init(|| {
        let traces = Traces::default();
        log::set_boxed_logger(Box::new(traces.clone())).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        let writer = traces.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        traces
    })
}

/// Gives everything that was heard so far.
pub(crate) fn heard() -> String {
    String::from_utf8_lossy(&traces().0.lock().unwrap()).into_owned()
}

#[track_caller]
pub(crate) fn clean_traces() {
    for line in heard().lines() {
        clean("a trace", line);
    }
}
