//! The reason why events wait that should be sent, for those who ask how the sandbox is.

use std::sync::{Mutex, PoisonError};

use crate::engine::store::StoreError;

/// Holds why events of this world wait that should be sent; nothing while all are.
#[derive(Default)]
pub(crate) struct OutboxTrouble(Mutex<Option<StoreError>>);

impl OutboxTrouble {
    /// Gives the error of the last look at the outbox. `None`: there was none.
    pub(crate) fn last(&self) -> Option<StoreError> {
        self.set(|last| last.clone())
    }

    /// Notes an error, and tells the log unless it goes on.
    pub(crate) fn begin(&self, error: StoreError) {
        if self.set(|last| last.is_none()) {
            tracing::error!(%error, "events cannot be sent that wait to be, or that time brings about");
        }
        self.set(|last| *last = Some(error));
    }

    /// Notes a look without an error.
    pub(crate) fn end(&self) {
        if self.set(Option::take).is_some() {
            tracing::info!("events can be sent again");
        }
    }

    fn set<T>(&self, change: impl FnOnce(&mut Option<StoreError>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
