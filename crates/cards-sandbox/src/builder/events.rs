//! Settles where the providers' events are sent, and how.

use std::time::Duration;

use cards_sandbox_core::Receiver;
use cards_sign::HashEncoding;

use super::Builder;
use crate::providers::ibanera::IbaneraCardApproval;

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
    /// Where nothing is said, they are sent to `localhost` and loopback addresses only, and no other
    /// name is looked up: what anybody who reaches the control API registers is called from here.
    pub fn allow_receiver(mut self, host: impl Into<String>) -> Self {
        self.setup.receiver_hosts.push(host.into());
        self
    }

    /// Sets the pause before an event of Paysafe's is sent again that was not taken; 30 seconds by
    /// the sandbox's clock where nothing is said, and never less than one. Its page calls it
    /// configurable, and gives none.
    pub fn paysafe_event_pause(mut self, pause: Duration) -> Self {
        self.paysafe.event_pause = pause.max(Duration::from_secs(1));
        self
    }

    /// Sets whether a card that is asked for at Ibanera is made at once, which it is where nothing is
    /// said.
    ///
    /// ```
    /// use cards_sandbox::{IbaneraCardApproval, Sandbox};
    ///
    /// let sandbox = Sandbox::builder()
    ///     .ibanera_card_approval(IbaneraCardApproval::Manual)
    ///     .start_blocking()?;
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn ibanera_card_approval(mut self, approval: IbaneraCardApproval) -> Self {
        self.ibanera.card_approval = approval;
        self
    }

    /// Sets how the hash of Ibanera's events is written, of which its page says nothing; in base64
    /// where nothing is said.
    pub fn ibanera_event_hash(mut self, encoding: HashEncoding) -> Self {
        self.ibanera.event_hash = encoding;
        self
    }

    /// Begins the type of Ibanera's events with a space, as the page's sample does.
    pub fn ibanera_padded_event_type(mut self) -> Self {
        self.ibanera.padded_event_type = true;
        self
    }
}
