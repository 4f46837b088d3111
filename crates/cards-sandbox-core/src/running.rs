//! A sandbox that runs, and how it ends.

use std::fmt;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use axum::Extension;
use cards_model::ProviderId;
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::control;
use crate::engine::app::{App, Ending};
use crate::engine::clock::ClockHandle;
use crate::engine::deliver;
use crate::engine::error::Error;
use crate::engine::faults::Faults;
use crate::engine::issuer::{IssuerDone, IssuerError, IssuerOrder};
use crate::engine::journal::Exchange;
use crate::engine::outbox::{self, DeliveryFaults, EventFilter, SentEvent};
use crate::engine::plugin::Plugins;
use crate::engine::server;
use crate::engine::showing::Showing;
use crate::engine::store::StoreError;
use crate::engine::tls::Identity;
use crate::engine::tried::{self, ListedTestValue};
use crate::engine::world;
use crate::engine::world::file::wait;
use crate::engine::world_error::WorldError;
use crate::layers;

/// A running sandbox. It stops when this is dropped: it accepts nothing more,
/// and calls under way get a second to finish.
pub struct Running {
    address: SocketAddr,
    app: App,
    /// Taken to stop; the server stops as well when it is dropped.
    stop: Option<watch::Sender<()>>,
    /// Closed by the server when it has stopped.
    stopped: watch::Receiver<()>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Running {
    /// The address that it listens on.
    pub const fn addr(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, or `https://` with TLS, without a slash at the
    /// end.
    pub fn url(&self) -> String {
        match &self.app.config.tls {
            None => world::url(self.address),
            Some(_) => world::https_url(self.address),
        }
    }

    /// Gives the certificate that clients have to trust, as PEM: for `curl --cacert`,
    /// `SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS` and the like. `None` where the sandbox
    /// serves no TLS.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.app.config.tls.as_ref().map(Identity::root_pem)
    }

    /// Gives the same certificate as DER, which is what rustls takes.
    pub fn certificate_der(&self) -> Option<&[u8]> {
        self.app.config.tls.as_ref().map(Identity::root_der)
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
        Ok(wait(self.app.store.read(query))?)
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

    /// As [`Running::reset`], for code without a runtime.
    ///
    /// # Errors
    ///
    /// As for [`Running::reset`].
    pub fn reset_blocking(&self) -> Result<(), Error> {
        Ok(wait(self.app.reset())?)
    }

    /// Stops, and waits until it has stopped and the store is closed, for which
    /// queries that are still at work are waited for.
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        // An error is the sender's end: what is waited for.
        while self.stopped.changed().await.is_ok() {}
        off_the_async_threads(self).await;
    }

    /// As [`Running::shutdown`], for code without a runtime. Where the sandbox
    /// runs on the very thread that calls this, nothing can stop it meanwhile
    /// and this gives up after two seconds.
    pub fn shutdown_blocking(mut self) {
        drop(self.stop.take());
        let deadline = Instant::now() + server::GRACE + Duration::from_secs(1);
        while self.stopped.has_changed().is_ok() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Serves what `open` opens on the runtime that this is called from.
    pub(crate) async fn on_this_runtime(
        address: SocketAddr,
        open: impl FnOnce() -> Result<(App, Plugins), Error> + Send + 'static,
    ) -> Result<Self, Error> {
        // Opening a file must not hold up the caller's other tasks.
        let (app, plugins) = tokio::task::spawn_blocking(open)
            .await
            .map_err(|error| Error::runtime(error.into()))??;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| Error::listen(address, error))?;
        let (running, serve) = Self::prepare(app, &plugins, listener)?;
        tokio::spawn(serve);
        Ok(running)
    }

    /// Serves what `open` opens on a thread of its own.
    pub(crate) fn on_own_thread(
        address: SocketAddr,
        open: impl FnOnce() -> Result<(App, Plugins), Error> + Send + 'static,
    ) -> Result<Self, Error> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let work = move || {
            let started = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                // Hundreds of sandboxes may share a process.
                .max_blocking_threads(4)
                .build()
                .map_err(Error::runtime)
                .and_then(|runtime| {
                    let (app, plugins) = open()?;
                    let listener = runtime
                        .block_on(TcpListener::bind(address))
                        .map_err(|error| Error::listen(address, error))?;
                    let (running, serve) = Self::prepare(app, &plugins, listener)?;
                    Ok((runtime, running, serve))
                });
            match started {
                Ok((runtime, running, serve)) => {
                    if sender.send(Ok(running)).is_ok() {
                        runtime.block_on(serve);
                    }
                }
                // Without a receiver there is nobody to tell.
                Err(error) => drop(sender.send(Err(error))),
            }
        };
        let thread = thread::Builder::new()
            .name("cards-sandbox".to_owned())
            .spawn(work)
            .map_err(Error::runtime)?;
        let gone = || Error::runtime(std::io::ErrorKind::BrokenPipe.into());
        let mut running = receiver.recv().map_err(|_| gone())??;
        running.thread = Some(thread);
        Ok(running)
    }

    fn prepare(
        app: App,
        plugins: &Plugins,
        listener: TcpListener,
    ) -> Result<(Self, impl Future<Output = ()> + Send + 'static + use<>), Error> {
        let address = listener
            .local_addr()
            .map_err(|error| Error::listen("a socket without an address", error))?;
        let (stop, stopping) = watch::channel(());
        let (done, stopped) = watch::channel(());
        let running = Self {
            address,
            app: app.clone(),
            stop: Some(stop),
            stopped,
            thread: None,
        };
        tracing::info!(%address, "the sandbox listens");
        let router = layers::router(&app, plugins);
        let serve = async move {
            // A stream without an end of its own has to know of the sandbox's end.
            let ending = Extension(Ending(stopping.clone()));
            let router = router.layer(ending);
            let tls = app.config.tls.as_ref().map(Identity::acceptor);
            let sending = deliver::run(app.clone(), stopping.clone());
            let serving = server::serve(listener, router, app.config.limits, tls, stopping);
            tokio::join!(serving, sending);
            off_the_async_threads(app).await;
            drop(done);
        };
        Ok((running, serve))
    }
}

/// Drops what may be the last to hold the store, which is closed then: its
/// thread ends, and writes to the disk before that.
async fn off_the_async_threads<T: Send + 'static>(last: T) {
    // A panic has been reported by its thread.
    drop(tokio::task::spawn_blocking(move || drop(last)).await);
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server's has been reported by its thread.
            drop(thread.join());
        }
    }
}

const _: () = {
    const fn shared_between_threads<T: Send + Sync>() {}
    shared_between_threads::<Running>();
};

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
