//! Waiting, no longer than the fault that asks for it is in force.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// Kept with a fault for as long as it is in force: all who wait go on when it
/// is dropped.
#[derive(Debug, Default)]
pub(crate) struct Force(watch::Sender<()>);

impl Force {
    pub(crate) fn watch(&self) -> InForce {
        InForce(self.0.subscribe())
    }
}

/// Says whether a fault is in force.
#[derive(Clone, Debug)]
pub(crate) struct InForce(watch::Receiver<()>);

impl InForce {
    /// Makes a pause of this length, which ends early with the fault.
    pub(crate) fn pause(&self, length: Duration) -> Pause {
        let in_force = self.clone();
        Pause { length, in_force }
    }
}

/// A wait that ends with its fault.
#[derive(Clone, Debug)]
pub(crate) struct Pause {
    length: Duration,
    in_force: InForce,
}

impl Pause {
    pub(crate) async fn wait(&self) {
        let mut in_force = self.in_force.0.clone();
        // `changed` returns once the sender is gone; a value is never sent.
        drop(timeout(self.length, in_force.changed()).await);
    }

    #[cfg(test)]
    pub(crate) const fn length(&self) -> Duration {
        self.length
    }
}

#[cfg(test)]
mod tests;
