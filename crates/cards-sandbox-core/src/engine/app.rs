//! Holds what all handlers share, and the table of all routes.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use cards_model::{Date, ProviderId, Rules, Waivers};
use tokio::sync::Semaphore;

use crate::engine::clock::MovableClock;
use crate::engine::error::Error;
use crate::engine::faults::Faults;
use crate::engine::intake::{self, HeaderValue};
use crate::engine::journal::Journal;
use crate::engine::operations::Operations;
use crate::engine::outbox::{self, DeliveryFaults, Receiver};
use crate::engine::provider::Providers;
use crate::engine::settings::{self, Clock, Limits, LostLogLines};
use crate::engine::showing::Showing;
use crate::engine::store::{Store, StoreError};
use crate::engine::tls;
use crate::engine::view::View;
use crate::engine::world::file::{self, WorldFile};
use crate::engine::world_error::WorldError;

/// The shared state; a clone is a reference.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// The things that the handlers of one sandbox share.
pub struct Shared {
    /// The providers that are hung in, each with its settings.
    pub providers: Providers,
    /// The settings of the server.
    pub config: Config,
    /// The state.
    pub store: Store,
    /// The last exchanges.
    pub journal: Journal,
    /// The faults that are ordered.
    pub faults: Faults,
    /// The faults on the delivery of events that are ordered.
    pub delivery_faults: DeliveryFaults,
    /// The operations of all providers.
    pub operations: Operations,
    /// The clock, which the control API moves.
    pub clock: MovableClock,
    /// Its one permit is the right to have a whole world in memory.
    pub worlds: Arc<Semaphore>,
    /// The world to start with and to come back to, where one was given.
    pub(crate) given_world: Option<Arc<WorldFile>>,
    started: Instant,
}

/// The settings that handlers need.
pub struct Config {
    pub(crate) clock: Clock,
    /// The limits of a request.
    pub limits: Limits,
    pub(crate) tls: Option<tls::Identity>,
    pub(crate) allowed_hosts: Vec<String>,
    /// The views that providers add to the page.
    pub(crate) views: Vec<View>,
    /// Tells how many lines of the log are lost; `None` where nobody counts them.
    pub(crate) lost_log_lines: Option<LostLogLines>,
    /// Whether test values bring their refusals.
    pub(crate) test_values: bool,
    /// Whether the journal keeps the values of calls.
    pub(crate) keep_values: bool,
    /// The single rules that are not applied.
    pub(crate) waivers: Waivers,
    /// The receivers of events to start with.
    pub(crate) receivers: Vec<Receiver>,
    /// The hosts beyond this machine that events may be sent to.
    pub(crate) receiver_hosts: Vec<String>,
}

impl App {
    pub(crate) fn new(
        providers: Providers,
        config: Config,
        place: &settings::Storage,
        world: Option<WorldFile>,
        operations: Operations,
        faults: Faults,
        journal: Journal,
    ) -> Result<Self, Error> {
        let clock = MovableClock::new(config.clock.clone());
        let now = clock.now_millis();
        let today = Date::from_unix_seconds(now.div_euclid(1000));
        let tables = providers.tables();
        let given_world = match world {
            None => None,
            Some(world) => {
                let checked = file::check(world, &providers, today, now, &config.waivers);
                Some(Arc::new(
                    checked.map_err(|error| Error::at_start(place, error))?,
                ))
            }
        };
        let fill = |transaction: &rusqlite::Transaction<'_>| match &given_world {
            Some(given) => given.replace(transaction, &providers),
            None => Ok(()),
        };
        let store = Store::open_with(place, &tables, today, fill)
            .map_err(|error| Error::at_start(place, error))?;
        register(&store, &config.receivers).map_err(|error| Error::at_start(place, error))?;
        let delivery_faults = DeliveryFaults::new(providers.senders());
        Ok(Self(Arc::new(Shared {
            providers,
            store,
            journal,
            faults,
            delivery_faults,
            operations,
            clock,
            worlds: Arc::new(Semaphore::new(1)),
            given_world,
            config,
            started: Instant::now(),
        })))
    }
}

/// Registers the receivers of the start.
fn register(store: &Store, receivers: &[Receiver]) -> Result<(), WorldError> {
    let has_others = |connection: &rusqlite::Connection| {
        outbox::has_any_of_a_start(connection).map_err(StoreError::from)
    };
    if receivers.is_empty() && !file::wait(store.read(has_others))? {
        return Ok(());
    }
    let receivers = receivers.to_vec();
    let register = move |transaction: &rusqlite::Transaction<'_>| {
        outbox::keep_at_start(transaction, &receivers)
    };
    file::wait(store.write(register))
}

/// Told to handlers that may take for ever: its sender is gone when the sandbox
/// stops.
#[derive(Clone)]
pub(crate) struct Ending(pub(crate) tokio::sync::watch::Receiver<()>);

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Shared {
    /// Seconds since 1970 by the sandbox's clock.
    pub fn now(&self) -> i64 {
        self.now_millis().div_euclid(1000)
    }

    /// Milliseconds since 1970 by the sandbox's clock.
    pub fn now_millis(&self) -> i64 {
        self.clock.now_millis()
    }

    /// Gives the URL at which the caller reached the sandbox: that need not be the address that it
    /// listens on, as from outside a container. `None` without a proper `Host`.
    pub fn origin(&self, headers: &HeaderMap) -> Option<String> {
        let HeaderValue::Text(host) = intake::header(headers, header::HOST.as_str()) else {
            return None;
        };
        let authority: Authority = host.parse().ok()?;
        let scheme = self.config.tls.as_ref().map_or("http", |_| "https");
        (!host.contains('@')).then(|| format!("{scheme}://{authority}"))
    }

    /// Today by the sandbox's clock, in UTC.
    pub fn today(&self) -> Date {
        Date::from_unix_seconds(self.now())
    }

    /// Shows customers as of today, and everybody in full where values are kept.
    pub fn showing(&self) -> Showing {
        Showing {
            everybody: self.config.keep_values,
            ..Showing::on(self.today())
        }
    }

    /// A provider's rules as of its day, but for those that are waived.
    pub fn rules(&self, provider: ProviderId) -> Rules {
        self.providers
            .rules(provider, self.now())
            .waivers(self.config.waivers.clone())
    }

    /// Everything as it was at the start, or, where the store fails, as it is;
    /// exchanges go on being counted.
    pub(crate) async fn reset(&self) -> Result<(), WorldError> {
        self.bring_back_world().await?;
        self.clock.reset();
        self.faults.reset();
        self.delivery_faults.clear();
        self.journal.clear();
        Ok(())
    }

    async fn bring_back_world(&self) -> Result<(), WorldError> {
        // The day of the clock that a reset comes back to.
        let today = Date::from_unix_seconds(self.clock.base_millis().div_euclid(1000));
        let (given, providers) = (self.given_world.clone(), self.providers.clone());
        let receivers = self.config.receivers.clone();
        let bring_back = move |transaction: &rusqlite::Transaction<'_>| {
            outbox::restart(transaction, &receivers)?;
            file::start(transaction, &providers, given.as_deref(), today)
        };
        self.store.replace(bring_back).await
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }
}
