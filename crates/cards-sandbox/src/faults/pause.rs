//! Waiting, no longer than the fault that asks for it is in force.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// Kept with a fault for as long as it is in force: all who wait go on when it
/// is dropped.
#[derive(Debug, Default)]
pub(super) struct Force(watch::Sender<()>);

impl Force {
    pub(super) fn watch(&self) -> InForce {
        InForce(self.0.subscribe())
    }
}

/// Whether a fault is in force.
#[derive(Clone, Debug)]
pub(super) struct InForce(watch::Receiver<()>);

impl InForce {
    /// Makes a pause of this length, which ends early with the fault.
    pub(super) fn pause(&self, length: Duration) -> Pause {
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
    pub(super) const fn length(&self) -> Duration {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const LENGTH: Duration = Duration::from_secs(300);

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_as_long_as_it_is_or_as_its_fault() {
        let force = Force::default();
        let pause = force.watch().pause(LENGTH);
        let start = Instant::now();
        pause.wait().await;
        assert_eq!(start.elapsed(), LENGTH);

        let start = Instant::now();
        let part = Duration::from_secs(7);
        tokio::join!(pause.wait(), async {
            tokio::time::sleep(part).await;
            drop(force);
        });
        assert_eq!(start.elapsed(), part);
        pause.wait().await;
        assert_eq!(start.elapsed(), part);
    }
}
