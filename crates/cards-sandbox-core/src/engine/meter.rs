//! The bytes of all bodies that are in memory at one time, so that they do not fill it together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Extensions;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The bytes that each body may have beside those that are counted: the usual ones pass, however
/// many large ones are on their way.
pub(crate) const SMALL: usize = 64 * 1024;

/// Counts a body among those that are in memory, until the last clone is dropped. It rides in the
/// request's extensions to whoever reads the body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Option<Arc<Counted>>);

#[derive(Debug)]
struct Counted {
    budget: Arc<Semaphore>,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    permit: Option<OwnedSemaphorePermit>,
    /// Says whether there was no room for more.
    is_full: bool,
}

/// There are too many bytes of other bodies in memory.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Meter {
    /// The most bytes that a budget may have.
    pub(crate) const MOST: usize = Semaphore::MAX_PERMITS;

    /// Counts one body in a budget that all share.
    pub(crate) fn new(budget: Arc<Semaphore>) -> Self {
        let held = Mutex::default();
        Self(Some(Arc::new(Counted { budget, held })))
    }

    /// Gives the meter of a request; one that counts nothing where it has none.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }

    /// Counts a body that has come to so many bytes.
    pub(crate) fn count(&self, bytes: usize) -> Result<(), Full> {
        let Some(counted) = &self.0 else {
            return Ok(());
        };
        let mut held = counted.held();
        let has = held
            .permit
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let more = bytes.saturating_sub(SMALL).saturating_sub(has);
        // A part of a body is as large as what was read at once.
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let Ok(more) = Arc::clone(&counted.budget).try_acquire_many_owned(more) else {
            held.is_full = true;
            return Err(Full);
        };
        match &mut held.permit {
            Some(permit) => permit.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }

    /// Forgets what was counted of a body that is not kept.
    pub(crate) fn let_go(&self) {
        if let Some(counted) = &self.0 {
            drop(counted.held().permit.take());
        }
    }

    /// Says that the body has to wait for others.
    pub(crate) fn turn_away(&self) {
        if let Some(counted) = &self.0 {
            counted.held().is_full = true;
        }
    }

    /// Tells whether the body was turned away for the sake of others.
    pub(crate) fn is_full(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|counted| counted.held().is_full)
    }
}

impl Counted {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_large_is_counted_and_it_comes_back() {
        let budget = Arc::new(Semaphore::new(100_000));
        let left = || budget.available_permits();
        let one = Meter::new(Arc::clone(&budget));
        for bytes in [0, 1, SMALL] {
            one.count(bytes).unwrap();
            assert_eq!(left(), 100_000);
        }
        one.count(SMALL + 1).unwrap();
        one.count(SMALL + 60_000).unwrap();
        assert_eq!(left(), 40_000);
        let other = Meter::new(Arc::clone(&budget));
        other.count(SMALL).unwrap();
        assert_eq!(other.count(SMALL + 40_001), Err(Full));
        assert!(other.is_full() && !one.is_full());
        other.count(SMALL + 40_000).unwrap();
        assert_eq!(left(), 0);
        one.let_go();
        assert_eq!(left(), 60_000);
        let held = other.clone();
        drop(other);
        assert_eq!(left(), 60_000);
        drop(held);
        assert_eq!(left(), 100_000);
    }

    #[test]
    fn a_request_without_a_budget_is_not_counted() {
        let meter = Meter::of(&Extensions::new());
        meter.count(usize::MAX).unwrap();
        meter.turn_away();
        assert!(!meter.is_full());
    }
}
