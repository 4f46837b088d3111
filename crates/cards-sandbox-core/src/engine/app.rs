//! Holds what all handlers share, and the table of all routes.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use cards_model::{Date, ProviderId, Rules, Waivers};
use tokio::sync::{Semaphore, watch};

use crate::engine::clock::MovableClock;
use crate::engine::error::Error;
use crate::engine::faults::{Fault, Faults};
use crate::engine::followers::Followers;
use crate::engine::intake::{self, HeaderValue};
use crate::engine::journal::Journal;
use crate::engine::large_replies::LargeReplies;
use crate::engine::operations::Operations;
use crate::engine::outbox::{self, DeliveryFaults, OutboxTrouble, Receiver};
use crate::engine::provider::Providers;
use crate::engine::rate_limit::{RateLimit, RateLimits};
use crate::engine::settings::{self, Clock, Limits, LostLogLines};
use crate::engine::showing::Showing;
use crate::engine::store::{Store, StoreError};
use crate::engine::tls;
use crate::engine::view::View;
use crate::engine::world::file::{self, WorldFile};
use crate::engine::world_error::WorldError;
use crate::engine::world_name::WorldName;

/// The shared state; a clone is a reference.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// The things that the handlers of one sandbox share.
pub struct Shared {
    /// The providers that are hung in, each with its settings.
    pub providers: Providers,
    /// The settings of the server.
    pub config: Arc<Config>,
    /// The state.
    pub store: Store,
    /// The last exchanges.
    pub journal: Journal,
    /// The faults that are ordered.
    pub faults: Faults,
    /// The faults on the delivery of events that are ordered.
    pub delivery_faults: DeliveryFaults,
    /// The calls that are counted where a provider takes only so many in a time.
    pub(crate) rate_limits: RateLimits,
    /// The operations of all providers.
    pub operations: Operations,
    /// The clock, which the control API moves.
    pub clock: Arc<MovableClock>,
    /// Changes whenever the control API brings customers or cards, of which time may have brought
    /// something about already.
    pub(crate) arrivals: watch::Sender<()>,
    /// The reason why events wait that should be sent.
    pub(crate) outbox_trouble: OutboxTrouble,
    /// Its one permit is the right to have a whole world in memory: the worlds of one process share
    /// it.
    pub loading: Arc<Semaphore>,
    /// A permit for each byte of the bodies in memory, which the worlds of one process share.
    pub(crate) bodies: Arc<Semaphore>,
    /// The bytes of large replies, of all worlds.
    pub(crate) large_replies: Arc<LargeReplies>,
    /// Those who follow event streams: the worlds of one process share the places.
    pub(crate) followers: Arc<Followers>,
    /// The name of this world; `None` for the first.
    pub(crate) world: Option<WorldName>,
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
    /// The most exchanges, and bytes, that a journal holds.
    pub(crate) journal: (usize, usize),
    /// The faults that are in force from the start.
    pub(crate) faults: Vec<Fault>,
    /// Says whether test values bring their refusals.
    pub(crate) test_values: bool,
    /// Says whether the journal keeps the values of calls.
    pub(crate) keep_values: bool,
    /// The single rules that are not applied.
    pub(crate) waivers: Waivers,
    /// The receivers of events to start with.
    pub(crate) receivers: Vec<Receiver>,
    /// The hosts beyond this machine that events may be sent to.
    pub(crate) receiver_hosts: Vec<String>,
    /// The calls that a provider takes in a time.
    pub(crate) rate_limits: Vec<(ProviderId, RateLimit)>,
}

impl App {
    /// Makes everything as it was at the start, or, where the store fails, leaves it as it is;
    /// exchanges go on being counted. It goes on where the caller goes away.
    pub(crate) async fn reset(&self) -> Result<(), WorldError> {
        let app = self.clone();
        let reset = tokio::spawn(async move { app.bring_back().await }).await;
        reset.unwrap_or_else(|_| Err(StoreError::Gone.into()))
    }

    /// Opens the first world, kept at this place.
    pub(crate) fn new(
        providers: Providers,
        config: Config,
        place: &settings::Storage,
        world: Option<WorldFile>,
        operations: Operations,
    ) -> Result<Self, Error> {
        let now = MovableClock::new(config.clock.clone()).now_millis();
        let today = Date::from_unix_seconds(now.div_euclid(1000));
        let given_world = match world {
            None => None,
            Some(world) => {
                let checked = file::check(world, &providers, today, now, &config.waivers);
                Some(Arc::new(
                    checked.map_err(|error| Error::at_start(place, error))?,
                ))
            }
        };
        let start = Start {
            bodies: Arc::new(Semaphore::new(config.limits.bodies)),
            large_replies: Arc::new(LargeReplies::new(config.limits.replies)),
            followers: Arc::new(Followers::new(config.limits.followers)),
            providers,
            config: Arc::new(config),
            operations,
            given_world,
            loading: Arc::new(Semaphore::new(1)),
        };
        start.open(place, None)
    }

    /// Opens a world beside this one, as it is at the start and in memory.
    pub(crate) fn beside(&self, name: WorldName) -> Result<Self, Error> {
        let start = Start {
            providers: self.providers.clone(),
            config: Arc::clone(&self.config),
            operations: self.operations.clone(),
            given_world: self.given_world.clone(),
            loading: Arc::clone(&self.loading),
            bodies: Arc::clone(&self.bodies),
            large_replies: Arc::clone(&self.large_replies),
            followers: Arc::clone(&self.followers),
        };
        start.open(&settings::Storage::Memory, Some(name))
    }
}

/// The things that every world of a sandbox starts with.
struct Start {
    providers: Providers,
    config: Arc<Config>,
    operations: Operations,
    given_world: Option<Arc<WorldFile>>,
    loading: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    large_replies: Arc<LargeReplies>,
    followers: Arc<Followers>,
}

impl Start {
    fn open(self, place: &settings::Storage, world: Option<WorldName>) -> Result<App, Error> {
        let Self {
            providers,
            config,
            operations,
            given_world,
            loading,
            bodies,
            large_replies,
            followers,
        } = self;
        let faults = Faults::starting_with(config.faults.clone(), operations.clone())
            .map_err(|error| Error::settings(format!("a fault makes no sense: {error}")))?;
        let clock = MovableClock::new(config.clock.clone());
        let today = Date::from_unix_seconds(clock.now_millis().div_euclid(1000));
        let fill = |transaction: &rusqlite::Transaction<'_>| match &given_world {
            Some(given) => given.replace(transaction, &providers),
            None => Ok(()),
        };
        let store = Store::open_with(place, &providers.tables(), today, fill)
            .map_err(|error| Error::at_start(place, error))?;
        register(&store, &config.receivers).map_err(|error| Error::at_start(place, error))?;
        let (exchanges, bytes) = config.journal;
        Ok(App(Arc::new(Shared {
            journal: Journal::new(exchanges, bytes),
            faults,
            delivery_faults: DeliveryFaults::new(providers.senders()),
            rate_limits: RateLimits::new(&config.rate_limits),
            clock: Arc::new(clock),
            arrivals: watch::Sender::default(),
            outbox_trouble: OutboxTrouble::default(),
            loading,
            bodies,
            large_replies,
            followers,
            world,
            started: Instant::now(),
            providers,
            config,
            store,
            operations,
            given_world,
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

    /// Gives what stands before the paths of this world; an empty text for the first.
    pub(crate) fn prefix(&self) -> String {
        self.world
            .as_ref()
            .map_or_else(String::new, WorldName::prefix)
    }

    /// Gives the URL at which the caller reached this world of the sandbox: that need not be the address that it
    /// listens on, as from outside a container. `None` without a proper `Host`.
    pub fn origin(&self, headers: &HeaderMap) -> Option<String> {
        let HeaderValue::Text(host) = intake::header(headers, header::HOST.as_str()) else {
            return None;
        };
        let authority: Authority = host.parse().ok()?;
        let scheme = self.config.tls.as_ref().map_or("http", |_| "https");
        (!host.contains('@')).then(|| format!("{scheme}://{authority}{}", self.prefix()))
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

    /// Makes everything as it was at the start.
    async fn bring_back(&self) -> Result<(), WorldError> {
        self.bring_back_world().await?;
        self.faults.reset();
        self.delivery_faults.clear();
        self.rate_limits.reset();
        self.journal.clear();
        Ok(())
    }

    /// Brings back the world and the clock, in one job: what is written before it goes with the old
    /// world, and what is written after it goes by the clock of the new one.
    async fn bring_back_world(&self) -> Result<(), WorldError> {
        // The day of the clock that a reset comes back to.
        let today = Date::from_unix_seconds(self.clock.base_millis().div_euclid(1000));
        let (given, providers) = (self.given_world.clone(), self.providers.clone());
        let receivers = self.config.receivers.clone();
        let (clock, hands) = (Arc::clone(&self.clock), Arc::new(OnceLock::new()));
        let before = Arc::clone(&hands);
        let bring_back = move |transaction: &rusqlite::Transaction<'_>| {
            outbox::restart(transaction, &receivers)?;
            file::start(transaction, &providers, given.as_deref(), today)?;
            before.get_or_init(|| clock.put_back());
            Ok(())
        };
        let brought_back = self.store.replace(bring_back).await;
        // The world may not have come to the disk.
        if brought_back.is_err()
            && let Some(before) = hands.get()
        {
            self.clock.set_hands(*before);
        }
        brought_back
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }
}
