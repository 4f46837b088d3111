//! A provider that is made up, and another: what tests of the engine hang in.

use axum::http::StatusCode;
use cards_model::{Date, Effect, Method, Operation, ProviderId};

use crate::engine::answer::{Answer, Rejection};
use crate::engine::openapi::Document;
use crate::engine::operations::{KnownOperation, Operations};
use crate::engine::outbox::EventSender;
use crate::engine::plugin::Plugin;
use crate::engine::provider::Provider;
use crate::engine::settings;
use crate::engine::store::{Migration, Store, StoreError, Tables};

pub(crate) const ACME: ProviderId = ProviderId::new("acme");
pub(crate) const OTHER: ProviderId = ProviderId::new("other");

pub(crate) static OPEN: Operation = Operation::new(
    ACME,
    "open-card",
    Method::Post,
    "/open",
    Effect::Mutation,
    "Acme Open Card",
);
pub(crate) static CLOSE: Operation = Operation::new(
    ACME,
    "close-card",
    Method::Post,
    "/close",
    Effect::Mutation,
    "Acme Close Card",
);
pub(crate) static LIST: Operation = Operation::new(
    OTHER,
    "list-cards",
    Method::Get,
    "/cards",
    Effect::Read,
    "Other List Cards",
);

/// Lists the operations of both.
pub(crate) fn operations() -> Operations {
    const fn known(operation: &'static Operation) -> KnownOperation {
        KnownOperation {
            operation,
            prefixes: &[""],
            fail,
            test_values: &[],
        }
    }
    static KNOWN: [KnownOperation; 3] = [known(&OPEN), known(&CLOSE), known(&LIST)];
    let [open, close, list] = &KNOWN;
    Operations::new([(ACME, vec![open, close]), (OTHER, vec![list])])
}

fn fail(status: StatusCode) -> Answer {
    Answer::accepted_json(Vec::new()).status(status)
}

/// A provider that serves nothing, and sends events as its sender does.
pub(crate) struct Sends<S> {
    pub(crate) id: ProviderId,
    pub(crate) sender: S,
}

impl<S: EventSender + 'static> Provider for Sends<S> {
    fn id(&self) -> ProviderId {
        self.id
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &[]
    }

    fn reject(&self, rejection: Rejection) -> Answer {
        fail(rejection.status())
    }

    fn fail(&self, status: StatusCode) -> Answer {
        fail(status)
    }

    fn events(&self) -> Option<&dyn EventSender> {
        Some(&self.sender)
    }
}

impl<S: EventSender + 'static> Sends<S> {
    pub(crate) fn plugin(self) -> Plugin {
        Plugin::new(self, &[], || {
            Document::of_provider::<serde_json::Value>("Acme", "", &serde_json::json!([]))
        })
    }
}

/// A customer with three cards, all of them counted.
pub(crate) const TABLES: &Tables = &Tables {
    owner: "acme",
    migrations: &[Migration {
        version: 4,
        sql: "
            CREATE TABLE customer (customer_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
            CREATE TABLE card (
                customer_id TEXT NOT NULL REFERENCES customer ON DELETE CASCADE,
                position INTEGER NOT NULL,
                status TEXT NOT NULL,
                PRIMARY KEY (customer_id, position)
            ) STRICT, WITHOUT ROWID;
            CREATE TRIGGER customer_comes AFTER INSERT ON customer BEGIN
                UPDATE held SET customers = customers + 1,
                    bytes = bytes + octet_length(new.customer_id);
            END;
            CREATE TRIGGER customer_goes AFTER DELETE ON customer BEGIN
                UPDATE held SET customers = customers - 1,
                    bytes = bytes - octet_length(old.customer_id);
            END;
            CREATE TRIGGER card_comes AFTER INSERT ON card BEGIN
                UPDATE held SET cards = cards + 1;
            END;
            CREATE TRIGGER card_goes AFTER DELETE ON card BEGIN
                UPDATE held SET cards = cards - 1;
            END;",
    }],
    seed_alike: |transaction| {
        let rows = "INSERT INTO customer VALUES ('12345678');
            INSERT INTO card VALUES
                ('12345678', 0, 'ACTIVE'), ('12345678', 1, 'ACTIVE'), ('12345678', 2, 'LOCKED')";
        Ok(transaction.execute_batch(rows)?)
    },
    seed: |_, _, _| Ok(()),
};

/// Opens a store with these tables.
pub(crate) fn open(place: &settings::Storage) -> Result<Store, StoreError> {
    Store::open_with(place, &[TABLES], today(), |_| Ok(()))
}

pub(crate) fn today() -> Date {
    Date::from_unix_seconds(1_795_248_000)
}

/// The number of draws of each thing that the engine makes up at random.
pub(crate) const DRAWS: usize = 100_000;
