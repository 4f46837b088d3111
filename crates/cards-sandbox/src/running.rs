//! A sandbox that runs, its worlds, and where its providers' calls are.

use std::net::SocketAddr;
use std::ops::Deref;

use cards_sandbox_core::Error;

use crate::running_world::RunningWorld;

/// A running sandbox. It stops when this is dropped: it accepts nothing more, and calls under way
/// get a second to finish.
///
/// It derefs to its first world, whose methods it has so.
///
/// ```
/// let sandbox = cards_sandbox::Sandbox::start_blocking()?;
/// assert!(sandbox.exchange(1).is_none(), "nobody has called");
/// # Ok::<(), cards_sandbox::Error>(())
/// ```
#[derive(Debug)]
pub struct Running {
    server: cards_sandbox_core::Running,
    first: RunningWorld,
}

impl Running {
    pub(crate) fn new(server: cards_sandbox_core::Running) -> Self {
        let first = RunningWorld(server.first().clone());
        Self { server, first }
    }

    /// The address that it listens on.
    pub const fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Gives the certificate that clients have to trust, as PEM: for `curl --cacert`,
    /// `SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS` and the like. `None` where the sandbox
    /// serves no TLS.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.server.certificate_pem()
    }

    /// Gives the same certificate as DER, which is what rustls takes.
    pub fn certificate_der(&self) -> Option<&[u8]> {
        self.server.certificate_der()
    }

    /// Gives a world beside the first one, with customers, clock, faults, journal and receivers of its
    /// own, so that tests that run at one time share a server and nothing else. Calls reach it below
    /// `/_worlds/{name}`, and make it as well where nobody has used it yet. It is in memory, whatever
    /// the [`store`](crate::Builder::store), and starts as the first one is after a reset.
    ///
    /// # Errors
    ///
    /// The name is none, there are as many worlds as there may be, the sandbox is stopping
    /// ([`Error::is_settings`]), or the world cannot be opened. See
    /// [`Limits::worlds`](crate::Limits::worlds).
    ///
    /// ```
    /// let sandbox = cards_sandbox::Sandbox::start_blocking()?;
    /// let world = sandbox.beside("checkout-tests")?;
    /// let url = format!("{}/_worlds/checkout-tests/digitalwallets/v1", sandbox.url());
    /// assert_eq!(world.paysafe_url(), url);
    /// assert!(world.exchanges().is_empty());
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn beside(&self, name: &str) -> Result<RunningWorld, Error> {
        self.server.beside(name).map(RunningWorld)
    }

    /// Stops, and waits until it has stopped and the store is closed, for which queries that are
    /// still at work are waited for. A [`RunningWorld`] of the first world that is still held keeps the
    /// store open.
    pub async fn shutdown(self) {
        // It holds the store.
        drop(self.first);
        self.server.shutdown().await;
    }

    /// Ends as [`Running::shutdown`] does, for code without a runtime. Where the sandbox runs on
    /// the very thread that calls this, nothing can stop it meanwhile and this gives up after two
    /// seconds.
    pub fn shutdown_blocking(self) {
        drop(self.first);
        self.server.shutdown_blocking();
    }
}

impl Deref for Running {
    type Target = RunningWorld;

    fn deref(&self) -> &RunningWorld {
        &self.first
    }
}
