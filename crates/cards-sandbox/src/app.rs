//! Holds what all handlers share, and the table of all routes.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cards_model::{Date, Rules, Samples};
use tokio::sync::Semaphore;

use crate::clock::MovableClock;
use crate::error::Error;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::operations::Operations;
use crate::provider::Providers;
use crate::settings::{self, Clock, Limits, LostLogLines};
use crate::store::Store;
use crate::tls;
use crate::view::View;
use crate::world::file::{self, WorldFile};
use crate::world_error::WorldError;

/// The shared state; a clone is a reference.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) providers: Providers,
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
    pub(crate) operations: Operations,
    pub(crate) clock: MovableClock,
    /// Its one permit is the right to have a whole world in memory.
    pub(crate) worlds: Arc<Semaphore>,
    /// The world to start with and to come back to, where one was given.
    pub(crate) given_world: Option<Arc<WorldFile>>,
    started: Instant,
}

pub(crate) struct Config {
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) tls: Option<tls::Identity>,
    pub(crate) allowed_hosts: Vec<String>,
    /// The views that providers add to the page.
    pub(crate) views: Vec<View>,
    /// Tells how many lines of the log are lost; `None` where nobody counts them.
    pub(crate) lost_log_lines: Option<LostLogLines>,
}

impl App {
    pub(crate) fn new(
        providers: Providers,
        config: Config,
        place: &settings::Store,
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
                let checked = file::check(world, &providers, today, now);
                Some(Arc::new(
                    checked.map_err(|error| Error::at_start(place, error))?,
                ))
            }
        };
        let fill = |transaction: &rusqlite::Transaction<'_>| match &given_world {
            Some(given) => given.replace(transaction, &providers),
            None => Ok(()),
        };
        let store = Store::open_with(place, &tables, today, fill);
        Ok(Self(Arc::new(Shared {
            providers,
            store: store.map_err(|error| Error::at_start(place, error))?,
            journal,
            faults,
            operations,
            clock,
            worlds: Arc::new(Semaphore::new(1)),
            given_world,
            config,
            started: Instant::now(),
        })))
    }
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
    pub(crate) fn now(&self) -> i64 {
        self.now_millis().div_euclid(1000)
    }

    pub(crate) fn now_millis(&self) -> i64 {
        self.clock.now_millis()
    }

    /// Today by the sandbox's clock, in UTC.
    pub(crate) fn today(&self) -> Date {
        Date::from_unix_seconds(self.now())
    }

    /// The documents' rules as of today, which the documents' own sample
    /// values may break.
    pub(crate) fn rules(&self) -> Rules {
        Rules::on(self.today()).samples(Samples::Accept)
    }

    /// Everything as it was at the start, or, where the store fails, as it is;
    /// exchanges go on being counted.
    pub(crate) async fn reset(&self) -> Result<(), WorldError> {
        self.bring_back_world().await?;
        self.clock.reset();
        self.faults.reset();
        self.journal.clear();
        Ok(())
    }

    async fn bring_back_world(&self) -> Result<(), WorldError> {
        // The day of the clock that a reset comes back to.
        let today = Date::from_unix_seconds(self.clock.base_millis().div_euclid(1000));
        let (given, providers) = (self.given_world.clone(), self.providers.clone());
        let bring_back = move |transaction: &rusqlite::Transaction<'_>| {
            file::start(transaction, &providers, given.as_deref(), today)
        };
        self.store.replace(bring_back).await
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }
}
