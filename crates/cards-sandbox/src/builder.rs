//! How a sandbox is set up.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use cards_model::Provider;

use crate::airpay::ChecksumOrder;
use crate::app::{App, Config};
use crate::error::Error;
use crate::running::Running;

/// The way in: [`Sandbox::start`], [`Sandbox::start_blocking`], or
/// [`Sandbox::builder`] for anything but the defaults.
#[derive(Debug)]
#[non_exhaustive]
pub struct Sandbox {}

impl Sandbox {
    /// A sandbox in memory, on a free port of 127.0.0.1, served by a thread of
    /// its own.
    pub fn start_blocking() -> Result<Running, Error> {
        Self::builder().start_blocking()
    }

    /// The same, served by the tokio runtime that this is called from.
    pub async fn start() -> Result<Running, Error> {
        Self::builder().start().await
    }

    /// Everything that can be set.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

/// Where a sandbox keeps its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Store {
    /// In memory, gone with the sandbox.
    #[default]
    Memory,
    /// In an SQLite file, which is made where there is none. One sandbox at a
    /// time has it, by a lock on the file `NAME.lock` beside it.
    File(PathBuf),
}

/// What the time is.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// What a client may ask of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a request's body; 64 KiB. More is answered with 413.
    pub body: usize,
    /// How long a connection may wait for a request, or take over its headers;
    /// 30 seconds. Then it is closed.
    pub header_time: Duration,
    /// How long a client may take over a body; 10 seconds. Then 408.
    pub body_time: Duration,
    /// Connections at one time; 1024. More wait to be accepted.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 64 * 1024,
            header_time: Duration::from_secs(30),
            body_time: Duration::from_secs(10),
            connections: 1024,
        }
    }
}

/// Sets up a [`Sandbox`].
///
/// ```
/// use cards_sandbox::{ChecksumOrder, Sandbox, Store};
///
/// let sandbox = Sandbox::builder()
///     .store(Store::Memory)
///     .checksum_order(ChecksumOrder::Table)
///     .start_blocking()?;
/// # Ok::<(), cards_sandbox::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Builder {
    store: Store,
    listen: SocketAddr,
    checksum_order: ChecksumOrder,
    failure_status: u16,
    clock: Clock,
    lifetimes: Lifetimes,
    journal: usize,
    limits: Limits,
}

/// How long a token is good for, by provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    pub(crate) airpay: Duration,
    pub(crate) paysafe: Duration,
    pub(crate) ibanera: Duration,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            store: Store::Memory,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            checksum_order: ChecksumOrder::Received,
            failure_status: 200,
            clock: Arc::new(SystemTime::now),
            lifetimes: Lifetimes {
                airpay: Duration::from_secs(30 * 60),
                paysafe: Duration::from_secs(36_000),
                ibanera: Duration::from_secs(3_600),
            },
            journal: 256,
            limits: Limits::default(),
        }
    }
}

impl Builder {
    /// Where the state is kept; in memory where nothing is said.
    pub fn store(self, store: Store) -> Self {
        Self { store, ..self }
    }

    /// The address to listen on; a free port of 127.0.0.1 where nothing is
    /// said. The sandbox knows no user but its own and no TLS: keep it on the
    /// loopback interface.
    pub fn listen(self, listen: impl Into<SocketAddr>) -> Self {
        Self {
            listen: listen.into(),
            ..self
        }
    }

    /// The order in which Airpay's checksum is taken over the values.
    pub fn checksum_order(self, checksum_order: ChecksumOrder) -> Self {
        Self {
            checksum_order,
            ..self
        }
    }

    /// The HTTP status under an Airpay refusal, 200 to 499. The documents
    /// state only the one in the body; 200 where nothing is said.
    pub fn failure_status(self, failure_status: u16) -> Self {
        Self {
            failure_status,
            ..self
        }
    }

    /// The clock that expiries, tokens and one-time passwords follow, so that
    /// a test can move time.
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// How long a provider's tokens are good for. Where nothing is said: 30
    /// minutes at Airpay, 10 hours at Paysafe, 1 hour at Ibanera, as their
    /// pages have it. The standing tokens never expire.
    pub fn token_lifetime(mut self, provider: Provider, lifetime: Duration) -> Self {
        match provider {
            Provider::Airpay => self.lifetimes.airpay = lifetime,
            Provider::Paysafe => self.lifetimes.paysafe = lifetime,
            Provider::Ibanera => self.lifetimes.ibanera = lifetime,
            _ => {}
        }
        self
    }

    /// How many exchanges the journal holds before it forgets the oldest; 256.
    pub fn journal(self, exchanges: usize) -> Self {
        Self {
            journal: exchanges,
            ..self
        }
    }

    /// What a client may ask of the server.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Starts the sandbox on the tokio runtime that this is called from, which
    /// has to have time and IO enabled.
    pub async fn start(self) -> Result<Running, Error> {
        Running::on_this_runtime(self).await
    }

    /// Starts the sandbox on a thread of its own, from code with or without a
    /// runtime. It is accepting connections when this returns.
    pub fn start_blocking(self) -> Result<Running, Error> {
        Running::on_own_thread(self)
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.listen
    }

    /// Opens the store and puts together what the handlers share.
    pub(crate) fn app(self) -> Result<App, Error> {
        let failure_status = StatusCode::from_u16(self.failure_status)
            .ok()
            .filter(|status| (200..500).contains(&status.as_u16()))
            .ok_or(Error::settings(
                "the failure status has to be from 200 to 499",
            ))?;
        if self.limits.connections == 0 {
            return Err(Error::settings("at least one connection has to be allowed"));
        }
        let config = Config {
            checksum_order: self.checksum_order,
            failure_status,
            clock: self.clock,
            lifetimes: self.lifetimes,
            limits: self.limits,
        };
        App::new(config, &self.store, self.journal)
            .map_err(|source| Error::store(self.store, source))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("store", &self.store)
            .field("listen", &self.listen)
            .field("checksum_order", &self.checksum_order)
            .field("failure_status", &self.failure_status)
            .field("lifetimes", &self.lifetimes)
            .field("journal", &self.journal)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
