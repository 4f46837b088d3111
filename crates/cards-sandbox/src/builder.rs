//! Sets up a sandbox.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use cards_model::ProviderId;

use crate::airpay::{Airpay, ChecksumOrder};
use crate::app::{App, Config};
use crate::error::Error;
use crate::faults::{Fault, Faults};
use crate::ibanera::{Ibanera, OneTimePasswords};
use crate::journal::Journal;
use crate::paysafe::Paysafe;
use crate::plugin::Plugins;
use crate::running::Running;
use crate::settings::{Clock, Limits, LostLogLines, Store};
use crate::tls::Tls;
use crate::world::World;
use crate::{guard, providers};

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
    airpay: Airpay,
    failure_status: u16,
    paysafe: Paysafe,
    ibanera: Ibanera,
    clock: Clock,
    world: Option<World>,
    journal: usize,
    journal_bytes: usize,
    limits: Limits,
    expose: bool,
    allowed_hosts: Vec<String>,
    tls: Option<Tls>,
    faults: Vec<Fault>,
    lost_log_lines: Option<LostLogLines>,
    /// A provider that was spoken of and is not among the three.
    unknown_provider: Option<ProviderId>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            store: Store::Memory,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            airpay: Airpay::default(),
            failure_status: StatusCode::OK.as_u16(),
            paysafe: Paysafe::default(),
            ibanera: Ibanera::default(),
            clock: Arc::new(SystemTime::now),
            world: None,
            journal: 256,
            journal_bytes: 4 * 1024 * 1024,
            limits: Limits::default(),
            expose: false,
            allowed_hosts: Vec::new(),
            tls: None,
            faults: Vec::new(),
            lost_log_lines: None,
            unknown_provider: None,
        }
    }
}

impl Builder {
    /// Sets where the state is kept; in memory where nothing is said.
    pub fn store(self, store: Store) -> Self {
        Self { store, ..self }
    }

    /// The address to listen on; a free port of 127.0.0.1 where nothing is
    /// said. One that other machines can reach needs [`Builder::expose`] too.
    pub fn listen(self, listen: impl Into<SocketAddr>) -> Self {
        Self {
            listen: listen.into(),
            ..self
        }
    }

    /// The order in which Airpay's checksum is taken over the values.
    pub fn checksum_order(mut self, checksum_order: ChecksumOrder) -> Self {
        self.airpay.checksum_order = checksum_order;
        self
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

    /// Sets how long a provider's tokens are good for. Where nothing is said: 30
    /// minutes at Airpay, 10 hours at Paysafe, 1 hour at Ibanera, as their
    /// pages have it. The standing tokens never expire. A sandbox does not start with
    /// the lifetime of a provider that it has not.
    pub fn token_lifetime(mut self, provider: ProviderId, lifetime: Duration) -> Self {
        match provider {
            ProviderId::AIRPAY => self.airpay.token_lifetime = lifetime,
            ProviderId::PAYSAFE => self.paysafe.token_lifetime = lifetime,
            ProviderId::IBANERA => self.ibanera.token_lifetime = lifetime,
            other => self.unknown_provider = Some(other),
        }
        self
    }

    /// Whether one of Ibanera's codes serves more than one call.
    pub fn one_time_passwords(mut self, one_time_passwords: OneTimePasswords) -> Self {
        self.ibanera.one_time_passwords = one_time_passwords;
        self
    }

    /// The customers and cards to start with, in the place of those of
    /// [`crate::world`]. A store that has a world already keeps it; a reset
    /// brings this one.
    pub fn world(self, world: World) -> Self {
        Self {
            world: Some(world),
            ..self
        }
    }

    /// Sets how many exchanges the journal holds before it forgets the oldest; 256.
    pub fn journal(self, exchanges: usize) -> Self {
        Self {
            journal: exchanges,
            ..self
        }
    }

    /// Sets how many bytes of memory the journal may take, about, before it forgets
    /// the oldest exchanges; 4 MiB.
    pub fn journal_bytes(self, bytes: usize) -> Self {
        Self {
            journal_bytes: bytes,
            ..self
        }
    }

    /// A name, beside `localhost`, under which the page at `/` and the control
    /// API answer, without a port: `sandbox.test`. Under other names they
    /// refuse, as a web site could have given itself such a name to read the
    /// sandbox through its visitors' browsers (DNS rebinding). Addresses are
    /// always taken, and the providers' paths under any name. A generated
    /// certificate is good for the name too.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.allowed_hosts.push(name.into());
        self
    }

    /// Sets what a client may ask of the server.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Lets the sandbox listen on an address that other machines can reach,
    /// which is refused otherwise: its credentials are published, so whoever
    /// reaches it can read and change everything in it.
    pub fn expose(self) -> Self {
        Self {
            expose: true,
            ..self
        }
    }

    /// Serves `https` and no plain HTTP; [`Running::certificate_pem`] is what
    /// clients have to trust.
    pub fn tls(self, tls: Tls) -> Self {
        Self {
            tls: Some(tls),
            ..self
        }
    }

    /// Something that goes wrong from the start. More can be ordered of the
    /// running sandbox: see [`Running::faults`].
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Sets what tells how many lines of the log could not be written so far, for
    /// `/_sandbox/health`: who writes the log knows. A sandbox only makes events
    /// of `tracing`. A subscriber for them must not panic when it cannot write,
    /// or calls go unanswered; with `tracing-subscriber`, set
    /// `log_internal_errors(false)`.
    pub fn lost_log_lines(self, lost: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self {
            lost_log_lines: Some(Arc::new(lost)),
            ..self
        }
    }

    /// Starts the sandbox on the tokio runtime that this is called from, which
    /// has to have time and IO enabled.
    pub async fn start(self) -> Result<Running, Error> {
        Running::on_this_runtime(self.listen, || self.app()).await
    }

    /// Starts the sandbox on a thread of its own, from code with or without a
    /// runtime. It is accepting connections when this returns.
    pub fn start_blocking(self) -> Result<Running, Error> {
        Running::on_own_thread(self.listen, || self.app())
    }

    /// Opens the store and puts together what the handlers share.
    pub(crate) fn app(self) -> Result<(App, Plugins), Error> {
        let mut airpay = self.airpay;
        airpay.failure_status = StatusCode::from_u16(self.failure_status)
            .ok()
            .filter(|status| (200..500).contains(&status.as_u16()))
            .ok_or_else(|| Error::settings("the failure status has to be from 200 to 499"))?;
        if let Some(provider) = self.unknown_provider {
            return Err(Error::settings(format!("no provider is named {provider}")));
        }
        if self.limits.connections == 0 {
            return Err(Error::settings("at least one connection has to be allowed"));
        }
        if !self.allowed_hosts.iter().all(|name| guard::is_name(name)) {
            return Err(Error::settings(
                "an allowed host has to be a name such as sandbox.test, without a port",
            ));
        }
        if !self.expose && !self.listen.ip().to_canonical().is_loopback() {
            return Err(Error::settings(
                "other machines can reach this address, and the sandbox's credentials are \
                 published: Builder::expose says that this is meant",
            ));
        }
        let tls = match self.tls {
            Some(tls) => Some(tls.identity(self.listen.ip(), &self.allowed_hosts)?),
            None => None,
        };
        let plugins = providers::plugins(airpay, self.paysafe, self.ibanera);
        let config = Config {
            clock: self.clock,
            limits: self.limits,
            tls,
            allowed_hosts: self.allowed_hosts,
            views: plugins.views(),
            lost_log_lines: self.lost_log_lines,
        };
        let journal = Journal::new(self.journal, self.journal_bytes);
        let operations = plugins.operations();
        let faults = Faults::starting_with(self.faults, operations.clone())
            .map_err(|error| Error::settings(format!("a fault makes no sense: {error}")))?;
        let app = App::new(
            plugins.providers(),
            config,
            &self.store,
            self.world.map(|World(file)| file),
            operations,
            faults,
            journal,
        )?;
        Ok((app, plugins))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("store", &self.store)
            .field("listen", &self.listen)
            .field("airpay", &self.airpay)
            .field("failure_status", &self.failure_status)
            .field("paysafe", &self.paysafe)
            .field("ibanera", &self.ibanera)
            .field("journal", &self.journal)
            .field("journal_bytes", &self.journal_bytes)
            .field("limits", &self.limits)
            .field("expose", &self.expose)
            .field("allowed_hosts", &self.allowed_hosts)
            .field("tls", &self.tls)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
