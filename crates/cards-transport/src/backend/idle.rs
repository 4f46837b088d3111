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
    /// The last use, in microseconds from the start; [`NONE`] before the first one, and after one
    /// that failed.
    last: AtomicU64,
}

const NONE: u64 = u64::MAX;

impl Idle {
    pub(super) fn new() -> Self {
        Self(Arc::new(Use {
            start: Instant::now(),
            last: AtomicU64::new(NONE),
        }))
    }

    /// Lets the connections have their turn, unless they just had it: so that
    /// calls in a row cost nothing more.
    pub(super) async fn look(&self) {
        let last = self.0.last.load(Ordering::Relaxed);
        let now = self.0.start.elapsed();
        let pause = now.saturating_sub(Duration::from_micros(last));
        if last == NONE || pause > IN_A_ROW {
            // The runtime asks which sockets have something to read. A
            // connection that has reads it before it takes a request, and gives
            // the request back.
            tokio::task::yield_now().await;
        }
    }

    /// Notes that a call has ended, during which the connections had their turn. After one that
    /// failed they have it again, as its server may be about to end its connection.
    pub(super) fn used(&self, went_well: bool) {
        let now = u64::try_from(self.0.start.elapsed().as_micros()).unwrap_or(NONE);
        let last = if went_well { now } else { NONE };
        self.0.last.store(last, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn it_looks_before_all_calls_but_those_right_after_one_that_went_well() {
        let looks = |idle: &Idle| {
            let mut context = Context::from_waker(Waker::noop());
            pin!(idle.look()).poll(&mut context).is_pending()
        };
        let idle = Idle::new();
        assert!(looks(&idle));
        let begun = Instant::now();
        idle.used(true);
        let looked = looks(&idle);
        // The machine may have paused.
        assert!(!looked || begun.elapsed() > IN_A_ROW);
        idle.used(false);
        assert!(looks(&idle));
        idle.used(true);
        std::thread::sleep(2 * IN_A_ROW);
        assert!(looks(&idle));
    }
}
