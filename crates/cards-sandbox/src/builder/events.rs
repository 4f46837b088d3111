//! Where the providers' events are sent, and how.

use std::time::Duration;

use cards_sandbox_core::Receiver;

use super::Builder;

impl Builder {
    /// Sends a provider's events to a receiver from the start, as `POST /_sandbox/receivers` does
    /// later. A sandbox does not start with a receiver of events that there are not.
    ///
    /// ```
    /// use cards_sandbox::{ProviderId, Receiver, Sandbox};
    ///
    /// let hooks = "http://127.0.0.1:9000/hooks".parse()?;
    /// let sandbox = Sandbox::builder()
    ///     .receiver(Receiver::all(ProviderId::PAYSAFE, hooks))
    ///     .start_blocking()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn receiver(mut self, receiver: Receiver) -> Self {
        self.setup.receivers.push(receiver);
        self
    }

    /// Sends events to a host that is another machine, too, by its name or address without a port.
    /// Where nothing is said, they are sent to this machine only: what anybody who reaches the
    /// control API registers is called from here.
    pub fn allow_receiver(mut self, host: impl Into<String>) -> Self {
        self.setup.receiver_hosts.push(host.into());
        self
    }

    /// Sets the pause before an event of Paysafe's is sent again that was not taken; 30 seconds by
    /// the sandbox's clock where nothing is said. Its page calls it configurable, and gives none.
    pub fn paysafe_event_pause(mut self, pause: Duration) -> Self {
        self.paysafe.event_pause = pause;
        self
    }
}
