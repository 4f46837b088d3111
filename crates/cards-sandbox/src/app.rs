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
use crate::world::file::{self, World, WorldFile};
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
        world: Option<World>,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::store::StoreError;
    use crate::testing::{Harness, Log, registration, request};

    /// Paths, headers and bodies that come near the right ones, so that what
    /// is generated reaches every layer.
    fn target() -> impl Strategy<Value = String> {
        let path = prop_oneof![
            Just("/airpay/ms/cards/api/register-user"),
            Just("/airpay/ms/cards/api/update-customer"),
            Just("/airpay/ms/cards/api/customer-preference"),
            Just("/airpay/ms/cards/api/user-login"),
            Just("/customers/12345678/prepaid/cards"),
            Just("/customers/%2e%2e/prepaid/cards"),
            Just("/digitalwallets/v1/customers/87654321/prepaid/cards"),
            Just("/digitalwallets/v1/auth/brands/sandbox/token"),
            Just("/api/v1/customer/cards/byuser"),
            Just("/api/v1/customer/cards/byuser/list"),
            Just("/api/v1/public/auth/login"),
            Just("/_sandbox/world"),
            Just("/_sandbox/world/paysafe/customers"),
            Just("/_sandbox/world/airpay/customers/AIRPAYCUST0001/cards"),
            Just("/_sandbox/world/ibanera/customers/11057/cards/1001"),
            Just("/_sandbox/ibanera/cards/1002"),
            Just("/_sandbox/clock"),
            Just("/_sandbox/clock/advance"),
            Just("/_sandbox/credentials"),
            Just("/_sandbox/airpay/one-time-passwords"),
            Just("/_sandbox/paysafe/cards/12345678-0000-4000-8000-000000000001/status"),
            Just("/_sandbox/reset"),
            Just("/"),
        ];
        (path, "(\\?((limit|offset|status|cardType|include|customersId|pageNumber|pageSize)=[%0-9A-Za-z,.+-]{0,12}&?){0,4})?")
            .prop_map(|(path, query)| format!("{path}{query}"))
    }

    fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
        let name = prop_oneof![
            Just("content-type"),
            Just("authorization"),
            Just("otp"),
            Just("token"),
            Just("affiliate"),
            Just("processor-key"),
            Just("checksum"),
        ];
        let value = prop_oneof![
            Just("application/x-www-form-urlencoded".to_owned()),
            Just("application/json".to_owned()),
            Just("Bearer sandbox-paysafe-token".to_owned()),
            Just("Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0".to_owned()),
            Just("YOUR_API_KEY".to_owned()),
            Just("text".to_owned()),
            Just("sandbox-token".to_owned()),
            "[ -~]{0,40}",
        ];
        proptest::collection::vec((name, value), 0..6)
    }

    fn body() -> impl Strategy<Value = String> {
        prop_oneof![
            "((entity_id|mobile_no|card_no|otp|grant_type|type)=[%0-9A-Za-z+@.]{0,20}&?){0,6}",
            "\\{(\"(username|password|otp)\": ?(\"[a-z0-9]{0,6}\"|[0-9]{1,3}|null),?){0,3}\\}?",
            "\\{(\"(status|seconds|now|frozen|card_no|cardId|expiry|totalBalance|customers)\": ?(\"[A-Z0-9:-]{0,16}\"|-?[0-9]{1,20}|true|null|\\[\\]|\\{\\}),?){0,2}\\}?",
            "\\PC{0,60}",
        ]
    }

    /// The log gets one line for one call, whichever provider's.
    #[tokio::test]
    async fn a_store_that_fails_is_told_once_to_the_log() {
        let sandbox = Harness::new();
        let job = |transaction: &rusqlite::Transaction<'_>| {
            transaction.execute_batch(
                "DROP TABLE airpay_preference; DROP TABLE airpay_card;
                 DROP TABLE paysafe_card; DROP TABLE ibanera_card;",
            )?;
            Ok::<_, StoreError>(())
        };
        sandbox.app.store.write(job).await.unwrap();
        let (log, _guard) = Log::capture();
        let bearer = ("authorization", "Bearer sandbox-paysafe-token");
        let printed = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
        for reply in [
            sandbox.airpay("register-user", &registration(&[])).await,
            sandbox
                .get("/customers/12345678/prepaid/cards", &[bearer])
                .await,
            sandbox
                .get("/api/v1/customer/cards/byuser/list", &printed)
                .await,
            sandbox.get("/_sandbox/world", &[]).await,
            sandbox.get("/_sandbox/page/customers", &[]).await,
        ] {
            assert_eq!(reply.status, 500, "{}", reply.body);
        }
        let said = log.take();
        assert_eq!(said.matches("ERROR").count(), 5, "{said}");
        assert_eq!(said.matches("no such table").count(), 5, "{said}");
    }

    proptest! {
        #[test]
        fn no_request_is_answered_with_a_5xx(
            method in "GET|POST|PUT|HEAD|DELETE|OPTIONS|[A-Z]{1,8}",
            target in target(),
            headers in headers(),
            body in body(),
        ) {
            thread_local! {
                static SANDBOX: (tokio::runtime::Runtime, Harness) = (
                    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
                    Harness::new(),
                );
            }
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
            let request = request(&method, &target, &headers, &body);
            let is_head = method == "HEAD";
            let reply = SANDBOX.with(|(runtime, sandbox)| runtime.block_on(sandbox.send(request)));
            prop_assert!(reply.status.as_u16() < 500, "{}", reply.status);
            let is_page = reply.headers["content-type"] == "text/html; charset=utf-8";
            let is_json = || serde_json::from_str::<serde_json::Value>(&reply.body).is_ok();
            prop_assert!(is_head || is_page || is_json(), "{}", reply.body);
        }
    }
}
