//! What all handlers share, and the table of all routes.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use axum::Router;
use axum::http::StatusCode;
use cards_model::{Date, Provider, Rules, Samples};

use crate::airpay::ChecksumOrder;
use crate::builder::{Clock, Lifetimes, Limits};
use crate::journal::Journal;
use crate::store::{Store, StoreError};
use crate::{airpay, answer, control, ibanera, journal, paysafe};

/// The shared state; a clone is a reference.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) journal: Journal,
    started: Instant,
}

pub(crate) struct Config {
    pub(crate) checksum_order: ChecksumOrder,
    pub(crate) failure_status: StatusCode,
    pub(crate) clock: Clock,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) limits: Limits,
}

impl App {
    pub(crate) fn new(
        config: Config,
        store: &crate::Store,
        journal: usize,
    ) -> Result<Self, StoreError> {
        let now = unix_millis(&config.clock) / 1000;
        Ok(Self(Arc::new(Shared {
            store: Store::open(store, Date::from_unix_seconds(now))?,
            journal: Journal::new(journal),
            config,
            started: Instant::now(),
        })))
    }

    /// Every route, and what happens where there is none.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .merge(airpay::routes())
            .merge(paysafe::routes())
            .merge(ibanera::routes())
            .merge(control::routes())
            .fallback(answer::unknown_path)
            .method_not_allowed_fallback(answer::wrong_method)
            .layer(axum::middleware::from_fn_with_state(
                self.clone(),
                journal::record,
            ))
            .with_state(self.clone())
    }
}

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
        unix_millis(&self.config.clock)
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

    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// How many seconds a provider's tokens are good for.
    pub(crate) fn token_lifetime(&self, provider: Provider) -> u64 {
        match provider {
            Provider::Airpay => self.config.lifetimes.airpay.as_secs(),
            Provider::Paysafe => self.config.lifetimes.paysafe.as_secs(),
            _ => self.config.lifetimes.ibanera.as_secs(),
        }
    }
}

fn unix_millis(clock: &Clock) -> i64 {
    let now = clock();
    let millis = |elapsed: Duration| i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}
