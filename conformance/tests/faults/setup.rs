//! Holds what every scenario needs: a sandbox, a client with some patience, and
//! how to tell what came of its calls.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use cards_sandbox::{Running, Sandbox};
use cards_transport::{BackendOptions, Error, Provider, Retry, Settings};

use crate::common::clients::Backend;
use crate::common::fake::FakeClock;
use crate::common::noon;

/// Never what ends a call.
pub(crate) const NEVER: Duration = Duration::from_secs(300);

/// Limits what a client puts up with.
pub(crate) struct Patience {
    pub(crate) silence: Duration,
    pub(crate) total: Duration,
    pub(crate) reply_bytes: usize,
}

impl Patience {
    pub(crate) const LONG: Self = Self {
        silence: NEVER,
        total: NEVER,
        reply_bytes: 1 << 20,
    };

    /// Gives up soon, for faults that would keep it waiting for ever; calls
    /// that meet none have time enough on a busy machine.
    pub(crate) const SHORT: Self = Self {
        silence: Duration::from_secs(2),
        ..Self::LONG
    };

    fn options(&self) -> BackendOptions {
        BackendOptions::new().read_timeout(self.silence)
    }

    /// Three attempts, without the waiting.
    fn settings(&self) -> Settings {
        let retry = Retry::new(3).first_pause(Duration::from_millis(1));
        let settings = FakeClock::new().settings().retry(retry);
        settings
            .total_timeout(self.total)
            .reply_bytes(self.reply_bytes)
    }

    pub(crate) fn client<B: Backend, P: Provider>(&self, provider: P) -> B::Client<P> {
        B::client(provider, &self.options(), self.settings())
    }
}

pub(crate) fn sandbox() -> Running {
    Sandbox::builder()
        .clock(Arc::new(noon))
        .start_blocking()
        .unwrap()
}

/// Waits until so many calls have reached an operation: of a client that gave
/// up, the sandbox may be at work still.
#[track_caller]
pub(crate) fn reached(sandbox: &Running, operation: &str, calls: usize) {
    let start = Instant::now();
    while arrived(sandbox, operation) < calls && start.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(arrived(sandbox, operation), calls, "{operation}");
}

/// Counts the calls of an operation that reached the sandbox.
pub(crate) fn arrived(sandbox: &Running, operation: &str) -> usize {
    let exchanges = sandbox.exchanges();
    exchanges
        .iter()
        .filter(|exchange| exchange.operation == Some(operation))
        .count()
}

/// Kind, predicates and what is left of the reply, in one line.
pub(crate) fn told(error: &Error) -> String {
    let unknown = if error.is_outcome_unknown() {
        ", outcome unknown"
    } else {
        ""
    };
    let timeout = if error.is_timeout() { ", timeout" } else { "" };
    let status = error.status().map(|status| status.as_u16());
    let status = status.map_or_else(String::new, |status| format!(", HTTP {status}"));
    assert!(!error.is_not_sent(), "{error:?}");
    let kind = error.kind();
    format!(
        "{kind:?}{unknown}{timeout}{status}, {} sent",
        error.attempts()
    )
}
