//! A sandbox that runs, and how it ends.

use std::fmt;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::{Arc, Weak, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::engine::app::App;
use crate::engine::deliver;
use crate::engine::dispatch::Dispatch;
use crate::engine::error::Error;
use crate::engine::followers::Ending;
use crate::engine::plugin::Plugins;
use crate::engine::server;
use crate::engine::tls::Identity;
use crate::engine::world_name::{NoWorld, WorldName};
use crate::engine::worlds::{KnownWorlds, Worlds};
use crate::layers;
use crate::running_world::RunningWorld;

/// A running sandbox. It stops when this is dropped: it accepts nothing more,
/// and calls under way get a second to finish.
///
/// It derefs to its first world, whose methods it has so.
pub struct Running {
    address: SocketAddr,
    first: RunningWorld,
    worlds: Arc<Worlds>,
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

    /// Gives the certificate that clients have to trust, as PEM: for `curl --cacert`,
    /// `SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS` and the like. `None` where the sandbox
    /// serves no TLS.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.first.app().config.tls.as_ref().map(Identity::root_pem)
    }

    /// Gives the same certificate as DER, which is what rustls takes.
    pub fn certificate_der(&self) -> Option<&[u8]> {
        self.first.app().config.tls.as_ref().map(Identity::root_der)
    }

    /// Gives the first world.
    pub const fn first(&self) -> &RunningWorld {
        &self.first
    }

    /// Gives a world beside the first one, with customers, clock, faults, journal and receivers of its
    /// own, which calls reach below `/_worlds/{name}`. It is made where nobody has used it yet, as the
    /// first one is after a reset, and is in memory whatever the [`store`](crate::Setup::store). A
    /// runtime may be here or not.
    ///
    /// # Errors
    ///
    /// The name is none, there are as many worlds as there may be, the sandbox is stopping
    /// ([`Error::is_settings`]), or the world cannot be opened. See
    /// [`Limits::worlds`](crate::Limits::worlds).
    ///
    /// ```
    /// let server = cards_sandbox_core::Setup::default().start_blocking([])?;
    /// let world = server.beside("checkout-tests")?;
    /// assert_eq!(world.url(), format!("{}/_worlds/checkout-tests", server.url()));
    /// assert!(server.beside("not a name").is_err());
    /// # Ok::<(), cards_sandbox_core::Error>(())
    /// ```
    pub fn beside(&self, name: &str) -> Result<RunningWorld, Error> {
        let no_world = |no: NoWorld| match no.error.map(Arc::try_unwrap) {
            Some(Ok(error)) => error,
            _ => Error::settings(no.why),
        };
        let name = WorldName::read(name).ok_or_else(NoWorld::named_wrongly);
        let name = name.map_err(no_world)?;
        let (app, _) = self.worlds.open(&name).map_err(no_world)?;
        Ok(RunningWorld::new(app, self.address))
    }

    /// Stops, and waits until it has stopped and the store is closed, for which
    /// queries that are still at work are waited for. A [`RunningWorld`] of the first world that is
    /// still held keeps the store open.
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        // An error is the sender's end: what is waited for.
        while self.stopped.changed().await.is_ok() {}
        off_the_async_threads(self).await;
    }

    /// Ends as [`Running::shutdown`] does, for code without a runtime. Where the sandbox runs on
    /// the very thread that calls this, nothing can stop it meanwhile and this gives up after two
    /// seconds.
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
        let (running, serve) = Self::prepare(app, &plugins, listener, Handle::current())?;
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
                    let handle = runtime.handle().clone();
                    let (running, serve) = Self::prepare(app, &plugins, listener, handle)?;
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
        runtime: Handle,
    ) -> Result<(Self, impl Future<Output = ()> + Send + 'static + use<>), Error> {
        let address = listener
            .local_addr()
            .map_err(|error| Error::listen("a socket without an address", error))?;
        let (stop, stopping) = watch::channel(());
        let (done, stopped) = watch::channel(());
        let worlds = worlds(&app, plugins, runtime);
        let running = Self {
            address,
            first: RunningWorld::new(app.clone(), address),
            worlds: Arc::clone(&worlds),
            stop: Some(stop),
            stopped,
            thread: None,
        };
        tracing::info!(%address, "the sandbox listens");
        let first = routes(
            &app,
            plugins,
            KnownWorlds(Arc::downgrade(&worlds)),
            stopping.clone(),
        );
        let serve = async move {
            let tls = app.config.tls.as_ref().map(Identity::acceptor);
            // A task of its own: what it has to read holds up no call.
            let sending = tokio::spawn(deliver::run(app.clone(), stopping.clone()));
            let mut stop = stopping.clone();
            // An error is the sender's end: what is waited for.
            let ending = async {
                while stop.changed().await.is_ok() {}
                worlds.end()
            };
            let service = Dispatch {
                first,
                worlds: Arc::clone(&worlds),
                allowed_hosts: app.config.allowed_hosts.clone().into(),
            };
            let serving = server::serve(listener, service, app.config.limits, tls, stopping);
            // A panic of the deliveries' has been reported by their task.
            let ((), _, ended) = tokio::join!(serving, sending, ending);
            ended.close().await;
            off_the_async_threads(app).await;
            drop(done);
        };
        Ok((running, serve))
    }
}

/// The worlds beside the first, which are opened as it was.
fn worlds(first: &App, plugins: &Plugins, runtime: Handle) -> Arc<Worlds> {
    let (first, plugins) = (first.clone(), plugins.clone());
    Arc::new_cyclic(|worlds| {
        let worlds = KnownWorlds(Weak::clone(worlds));
        let most = first.config.limits.worlds;
        Worlds::new(most, runtime, move |name, stopping| {
            let app = first.beside(name)?;
            let router = routes(&app, &plugins, worlds.clone(), stopping);
            Ok((app, router))
        })
    })
}

/// All routes of a world, with what its handlers have to know of the server.
fn routes(
    app: &App,
    plugins: &Plugins,
    worlds: KnownWorlds,
    stopping: watch::Receiver<()>,
) -> Router {
    // A stream without an end of its own has to know of the world's end.
    let ending = Extension(Ending(stopping));
    layers::router(app, plugins)
        .layer(ending)
        .layer(Extension(worlds))
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

impl Deref for Running {
    type Target = RunningWorld;

    fn deref(&self) -> &RunningWorld {
        &self.first
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
