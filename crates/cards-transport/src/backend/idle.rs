//! A look at reqwest's idle connections before one of them is used.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The longest pause after which the next call still counts as in a row. A
/// program that makes one call after another may lose the processor for this
/// long, and is not to pay for a look in every call.
const IN_A_ROW: Duration = Duration::from_millis(5);

/// Remembers when a transport was last in use.
///
/// hyper gives up an idle connection that ends, or that brings bytes which
/// nobody asked for: but a runtime that is driven only while a call runs sees
/// neither before the next call has its connection. That call would go to a
/// dead server, or take those bytes for its reply.
#[derive(Clone, Debug)]
pub(super) struct Idle(Arc<Use>);

#[derive(Debug)]
struct Use {
    start: Instant,
    /// The last use, in microseconds from the start.
    last: AtomicU64,
}

impl Idle {
    pub(super) fn new() -> Self {
        Self(Arc::new(Use {
            start: Instant::now(),
            last: AtomicU64::new(0),
        }))
    }

    /// Lets the connections have their turn, unless they just had it: so that
    /// calls in a row cost nothing more.
    pub(super) async fn look(&self) {
        let last = Duration::from_micros(self.0.last.load(Ordering::Relaxed));
        if self.0.start.elapsed().saturating_sub(last) > IN_A_ROW {
            // The runtime asks which sockets have something to read. A
            // connection that has reads it before it takes a request, and gives
            // the request back.
            tokio::task::yield_now().await;
        }
    }

    /// Notes that a call has ended, during which the connections had their turn.
    pub(super) fn used(&self) {
        let now = u64::try_from(self.0.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.0.last.store(now, Ordering::Relaxed);
    }
}
