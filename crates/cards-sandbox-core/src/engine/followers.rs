//! Those who follow event streams: at most so many, counted apart from the connections.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

/// Tells that something is over: its sender is gone then.
#[derive(Clone)]
pub(crate) struct Ending(pub(crate) watch::Receiver<()>);

impl Ending {
    pub(crate) fn has_come(&self) -> bool {
        self.0.has_changed().is_err()
    }

    /// Waits for the end.
    pub(crate) async fn wait(&mut self) {
        // An error is the sender's end: what is waited for.
        while self.0.changed().await.is_ok() {}
    }
}

/// Keeps the places of those who follow. The worlds of one process share them.
pub(crate) struct Followers {
    places: Arc<Semaphore>,
    idle: Mutex<Idle>,
}

/// Holds the ends of all streams, the one first that has had nothing to send for the longest time.
#[derive(Default)]
struct Idle {
    turn: u64,
    ends: BTreeMap<u64, watch::Sender<()>>,
}

impl Followers {
    /// The most that may be allowed.
    pub(crate) const MOST: usize = Semaphore::MAX_PERMITS;

    /// The time that a stream gets to end once it was told to. Then its connection does.
    pub(crate) const GRACE: Duration = Duration::from_secs(1);

    pub(crate) fn new(most: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(most)),
            idle: Mutex::default(),
        }
    }

    /// Gives a place, for which another stream ends where there is none left.
    pub(crate) async fn enter(self: &Arc<Self>) -> Option<Place> {
        let permit = loop {
            if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
                break permit;
            }
            drop(self.idle().ends.pop_first());
            // Others may come first, who then wait for the end of one more.
            let waited = Arc::clone(&self.places).acquire_owned();
            if let Ok(permit) = timeout(Self::GRACE, waited).await {
                // It fails once the places are closed, which nobody does.
                break permit.ok()?;
            }
        };
        let (end, ending) = watch::channel(());
        let turn = self.idle().enter(end);
        Some(Place {
            followers: Arc::clone(self),
            turn,
            ending: Ending(ending),
            _permit: permit,
        })
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Idle {
    fn enter(&mut self, end: watch::Sender<()>) -> u64 {
        self.turn += 1;
        self.ends.insert(self.turn, end);
        self.turn
    }
}

/// The right to follow a stream, until it is dropped.
pub(crate) struct Place {
    followers: Arc<Followers>,
    turn: u64,
    ending: Ending,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Comes when another needs the place.
    pub(crate) const fn ending(&mut self) -> &mut Ending {
        &mut self.ending
    }

    /// Says that there was something to send.
    pub(crate) fn is_busy(&mut self) {
        let mut idle = self.followers.idle();
        if let Some(end) = idle.ends.remove(&self.turn) {
            self.turn = idle.enter(end);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.followers.idle().ends.remove(&self.turn);
    }
}

/// Goes with a reply that is followed: its connection is none of those that are counted, and ends
/// soon after this.
#[derive(Clone)]
pub(crate) struct Followed(pub(crate) Ending);

#[cfg(test)]
mod tests;
