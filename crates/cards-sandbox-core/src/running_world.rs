//! One world of a running sandbox: what a test looks at and orders.

use std::fmt;
use std::net::SocketAddr;

use cards_model::ProviderId;
use rusqlite::Connection;

use crate::control;
use crate::engine::app::App;
use crate::engine::clock::ClockHandle;
use crate::engine::error::Error;
use crate::engine::faults::Faults;
use crate::engine::issuer::{IssuerDone, IssuerError, IssuerOrder};
use crate::engine::journal::Exchange;
use crate::engine::outbox::{self, DeliveryFaults, EventFilter, SentEvent};
use crate::engine::showing::Showing;
use crate::engine::store::StoreError;
use crate::engine::tried::{self, ListedTestValue};
use crate::engine::world;
use crate::engine::world::file::wait;
use crate::engine::world_error::WorldError;

/// A world of a running sandbox: its customers and cards, its clock, its faults, its journal and its
/// events. It is served for as long as the sandbox runs and nobody removes it; a clone is a
/// reference.
#[derive(Clone)]
pub struct RunningWorld {
    app: App,
    url: String,
}

impl RunningWorld {
    pub(crate) fn new(app: App, address: SocketAddr) -> Self {
        let url = match &app.config.tls {
            None => world::url(address),
            Some(_) => world::https_url(address),
        };
        let url = format!("{url}{}", app.prefix());
        Self { app, url }
    }

    pub(crate) const fn app(&self) -> &App {
        &self.app
    }

    /// Gives the URL that stands before its paths, without a slash at the end:
    /// `http://127.0.0.1:PORT`, or `https://` with TLS, and of a world beside the first
    /// `/_worlds/{name}` behind it.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Gives the environment variables with which programs that follow the providers' names call
    /// this server.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        self.app.providers.env(&self.url())
    }

    /// The last exchanges, the oldest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.app.journal.exchanges()
    }

    /// The exchange with this number, which the answer's header
    /// `x-sandbox-exchange` gave. It is in the journal when the answer leaves.
    /// `None` where the journal has forgotten it.
    ///
    /// ```
    /// let sandbox = cards_sandbox_core::Setup::default().start_blocking([])?;
    /// assert!(sandbox.exchange(1).is_none(), "nobody has called");
    /// # Ok::<(), cards_sandbox_core::Error>(())
    /// ```
    pub fn exchange(&self, id: u64) -> Option<Exchange> {
        self.app
            .journal
            .exchange(id)
            .map(|exchange| Exchange::clone(&exchange))
    }

    /// Gives the exchanges of one operation, the oldest first, whichever provider has it.
    ///
    /// # Errors
    ///
    /// No operation has this name: a list that is empty for a slip of the pen would pass a test.
    /// See [`Error::is_settings`].
    ///
    /// ```
    /// let server = cards_sandbox_core::Setup::default().start_blocking([])?;
    /// assert!(server.calls("nothing-of-the-kind").is_err());
    /// # Ok::<(), cards_sandbox_core::Error>(())
    /// ```
    pub fn calls(&self, operation: &str) -> Result<Vec<Exchange>, Error> {
        if self.app.operations.named(None, operation).is_none() {
            let names = self.app.operations.names(None).join(", ");
            let why = format!("no operation is named {operation:?}; there are {names}");
            return Err(Error::settings(why));
        }
        let mut exchanges = self.exchanges();
        exchanges.retain(|exchange| exchange.operation == Some(operation));
        Ok(exchanges)
    }

    /// Lists the test values of all operations, each with the refusal that it brings; none where
    /// the server is set to have none.
    ///
    /// ```
    /// let server = cards_sandbox_core::Setup::default().start_blocking([])?;
    /// assert!(server.test_values().is_empty(), "it has no operation");
    /// # Ok::<(), cards_sandbox_core::Error>(())
    /// ```
    pub fn test_values(&self) -> Vec<ListedTestValue> {
        tried::list(&self.app, None)
    }

    /// Reads the store by a query of a provider's, which is told how customers are shown: as of the
    /// sandbox's day, and everybody in full where values are kept. A runtime may be here or not.
    ///
    /// # Errors
    ///
    /// The store cannot be read. See [`Error::is_store`].
    pub fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection, Showing) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Error> {
        let showing = self.app.showing();
        let query =
            move |connection: &Connection| query(connection, showing).map_err(WorldError::from);
        Ok(wait(self.app.store.read_all(query))?)
    }

    /// Empties the journal. The numbers of exchanges go on.
    pub fn forget_exchanges(&self) {
        self.app.journal.clear();
    }

    /// Gives the faults, through which to add, list and remove what goes wrong on order.
    pub fn faults(&self) -> &Faults {
        &self.app.faults
    }

    /// Does what the issuer of a provider's cards does, as `POST /_sandbox/issuer/{provider}` does. A
    /// runtime may be here or not.
    ///
    /// # Errors
    ///
    /// The order is incomplete, there is no such thing, or its state forbids it: nothing has changed.
    /// See [`IssuerError`].
    ///
    /// ```
    /// use cards_model::ProviderId;
    /// use cards_sandbox_core::issuer::{IssuerAction, IssuerError, IssuerOrder};
    ///
    /// let server = cards_sandbox_core::Setup::default().start_blocking([])?;
    /// let order = IssuerOrder::new(IssuerAction::Expire).card("1");
    /// let done = server.act_as_issuer(ProviderId::new("acme"), order);
    /// assert!(matches!(done, Err(IssuerError::NotFound(_))));
    /// # Ok::<(), cards_sandbox_core::Error>(())
    /// ```
    pub fn act_as_issuer(
        &self,
        provider: ProviderId,
        order: IssuerOrder,
    ) -> Result<IssuerDone, IssuerError> {
        let found = self.app.providers.find(provider.as_str()).cloned();
        let none = || IssuerError::NotFound("there is no provider of this name");
        let provider = found.ok_or_else(none)?;
        let (done, _) = wait(control::issuer::carry_out(&self.app, provider, order))?;
        Ok(done)
    }

    /// Gives the faults on the delivery of events, through which to add, list and remove what goes
    /// wrong on order between the sandbox and a receiver.
    pub fn delivery_faults(&self) -> &DeliveryFaults {
        &self.app.delivery_faults
    }

    /// Lists the events that the providers have sent or are about to send, the oldest first, each
    /// with its deliveries.
    ///
    /// # Errors
    ///
    /// The store cannot be read. See [`Error::is_store`].
    ///
    /// ```
    /// let sandbox = cards_sandbox_core::Setup::default().start_blocking([])?;
    /// assert!(sandbox.events()?.is_empty(), "nothing has changed");
    /// # Ok::<(), cards_sandbox_core::Error>(())
    /// ```
    pub fn events(&self) -> Result<Vec<SentEvent>, Error> {
        self.read(|connection, _| {
            let all = EventFilter::default();
            Ok(outbox::events(connection, &all, 0, usize::MAX)?)
        })
    }

    /// The clock by which tokens, one-time passwords and cards end.
    pub fn clock(&self) -> ClockHandle<'_> {
        ClockHandle(&self.app.clock)
    }

    /// Brings everything back to the start, as `POST /_sandbox/reset` does.
    ///
    /// # Errors
    ///
    /// The store cannot be written to. See [`Error::is_store`].
    pub async fn reset(&self) -> Result<(), Error> {
        Ok(self.app.reset().await?)
    }

    /// Resets as [`RunningWorld::reset`] does, for code without a runtime.
    ///
    /// # Errors
    ///
    /// As for [`RunningWorld::reset`].
    pub fn reset_blocking(&self) -> Result<(), Error> {
        Ok(wait(self.app.reset())?)
    }
}

impl fmt::Debug for RunningWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningWorld")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
