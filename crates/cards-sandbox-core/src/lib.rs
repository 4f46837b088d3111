//! The engine of a sandbox: a local server with a memory for card APIs, whoever's they are.
//!
//! It brings what every API's sandbox needs and no provider's document says: a store of committed
//! changes, a clock to move, faults on order, a journal that tells why a call was refused, OpenAPI
//! documents, TLS, limits, a control API under `/_sandbox/` and a page at `/`. A provider hangs in
//! twice: as [`Provider`], which the state holds and which knows no route, and as [`Plugin`], which
//! brings operations, endpoints and views. One trait for both would be a circle.
//!
//! # A provider of one's own
//!
//! One operation that changes what is stored, with its rules, its place in the journal and the
//! OpenAPI document, and a fault that can be ordered of it:
//!
//! ```
//! use axum::extract::{Request, State};
//! use axum::{http::StatusCode, routing::on};
//! use cards_model::{Effect, Method, Operation, ProviderId, Request as _, rule};
//! use cards_sandbox_core::{
//!     About, Answer, App, Described, Document, KnownOperation, Migration, Plugin, Provider, Rejection,
//!     Served, Setup, StoreError, Tables, Unreadable, incoming, problem,
//! };
//! use serde_json::{Value, json};
//!
//! const ACME: ProviderId = ProviderId::new("acme");
//!
//! cards_model::request! {
//!     operation: Operation::new(ACME, "lock-card", Method::Put, "/acme/{id}/lock", Effect::Mutation, "Acme"),
//!     body: none,
//!     /// Asks to lock a card.
//!     pub struct LockCard {
//!         /// The card's id: 1 to 8 digits.
//!         #[validate(length(max = 8), custom(function = rule::required), custom(function = rule::digits))]
//!         "id" in "Path, id" => pub id: String,
//!     }
//!     /// Locks the card with this id.
//!     fn new(id: String);
//! }
//!
//! async fn lock_card(State(app): State<App>, request: Request) -> Answer {
//!     let sql = "UPDATE acme_card SET locked = 1 WHERE id = ?1";
//!     let lock = |id: String| app.store.write(move |tx| Ok::<_, StoreError>(tx.execute(sql, [id])?));
//!     match incoming::read(request, app.config.limits, &app.rules(ACME)).await {
//!         Ok(LockCard { id }) => match lock(id).await {
//!             Ok(0) => refused(StatusCode::NOT_FOUND),
//!             Ok(_) => Answer::accepted(&json!({"locked": true})),
//!             Err(error) => problem::store_trouble(&error),
//!         },
//!         Err(Unreadable::Unmet(violations)) => refused(StatusCode::BAD_REQUEST).violations(&violations),
//!         Err(Unreadable::Rejected(rejection)) => Acme.reject(rejection),
//!     }
//!     .of(LockCard::OPERATION)
//! }
//!
//! fn refused(status: StatusCode) -> Answer {
//!     Answer::refused(status, &json!({"error": status.as_u16()}), status.to_string())
//! }
//!
//! struct Acme;
//!
//! impl Provider for Acme {
//!     fn id(&self) -> ProviderId { ACME }
//!     fn prefixes(&self) -> &'static [&'static str] { &["/acme"] }
//!     fn reject(&self, rejection: Rejection) -> Answer { refused(rejection.status()) }
//!     fn fail(&self, status: StatusCode) -> Answer { refused(status) }
//!     fn tables(&self) -> &'static Tables { &TABLES }
//! }
//!
//! const TABLES: Tables = Tables {
//!     owner: "acme",
//!     migrations: &[Migration { version: 5, sql: "CREATE TABLE acme_card (id TEXT PRIMARY KEY, locked INT)" }],
//!     seed_alike: |tx| Ok(tx.execute_batch("INSERT INTO acme_card VALUES ('7', 0)")?),
//!     ..Tables::NONE
//! };
//!
//! const OPERATIONS: &[Served] = &[Served {
//!     known: KnownOperation {
//!         operation: LockCard::OPERATION, prefixes: &[""], fail: refused, test_values: &[],
//!     },
//!     serve: |method| on(method, lock_card),
//!     describe: |document| {
//!         let about = About { tag: "cards", summary: "Lock a card", text: "Locks it.", page: None };
//!         Described::of(LockCard::OPERATION, &about).responds(200, document.reply::<Value>("Locked."))
//!     },
//! }];
//!
//! let document = || Document::of_provider::<Value>("Acme", "One call.", &json!([{"url": "/"}]));
//! let server = Setup::default().start_blocking([Plugin::new(Acme, OPERATIONS, document)])?;
//! # use std::io::{Read as _, Write as _};
//! # let call = |card: &str| -> std::io::Result<String> {
//! #     let mut stream = std::net::TcpStream::connect(server.addr())?;
//! #     write!(stream, "PUT /acme/{card}/lock HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
//! #     let mut reply = String::new();
//! #     stream.read_to_string(&mut reply)?;
//! #     Ok(reply)
//! # };
//! assert!(call("7")?.starts_with("HTTP/1.1 200 OK"));
//! assert!(call("seven")?.starts_with("HTTP/1.1 400 Bad Request"));
//! assert_eq!(server.exchanges()[1].violations[0].field, "id");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//!
//! - No provider's name is in here, and nothing that only one of them has.
//! - What was acknowledged is on disk, where the state is in a file ([`Storage::File`]).
//! - No input is answered with a 5xx that was not ordered, none makes the server panic or hang. A
//!   full disk is: 500, until there is room; and so is more at once than [`Limits`] let into memory:
//!   503.
//! - The journal, the log, the page and every `Debug` hold no value of a request: names, sizes and
//!   verdicts only. Where it is asked for ([`Setup::keep_values`]), and nobody else reaches the
//!   server, journal and page hold values too, and never a secret.
//! - The order of the server is one list, in `layers/mod.rs`.

#[cfg(test)]
mod acme;
pub mod control;
mod engine;
mod layers;
pub mod page;
mod running;
mod running_world;
mod setup;

// Their types are in the signatures here.
pub use {axum, maud, rusqlite, schemars};

pub use engine::{
    answer, app, bearer, card_number, clock, decimal, detail, endpoint, error, faults, field_error,
    html, incoming, intake, issuer, journal, json_input, limits, listed, openapi, operations,
    outbox, plugin, problem, provider, quota, served, showing, store, test_values, tried, view,
    world, world_error, written,
};

pub use engine::answer::{Answer, Rejection};
pub use engine::app::App;
pub use engine::clock::ClockHandle;
pub use engine::error::Error;
pub use engine::faults::{Fault, FaultError, FaultKind, Faults, FiredFault, OrderedFault};
pub use engine::incoming::Unreadable;
pub use engine::issuer::{Issuer, IssuerAction, IssuerDone, IssuerError, IssuerOrder};
pub use engine::journal::{
    Difference, Exchange, KeptValue, KeptValues, Nearest, Part, Received, Remark, Values,
};
pub use engine::openapi::{About, Described, Document};
pub use engine::operations::KnownOperation;
pub use engine::outbox::{
    Delivery, DeliveryFault, DeliveryFaultKind, DeliveryFaults, DeliveryState, EventKind,
    EventSender, NewEvent, OrderedDeliveryFault, Receiver, ReceiverUrl, RegisteredReceiver,
    SentEvent,
};
pub use engine::plugin::{Plugin, Plugins};
pub use engine::provider::Provider;
pub use engine::rate_limit::RateLimit;
pub use engine::served::Served;
pub use engine::settings::{Clock, Limits, Storage};
pub use engine::store::{Migration, StoreError, Tables};
pub use engine::test_values::{Matches, TestValue};
pub use engine::tls::Tls;
pub use engine::tried::ListedTestValue;
pub use engine::world_name::url_beside;
pub use layers::router;
pub use running::Running;
pub use running_world::RunningWorld;
pub use setup::{Setup, plugins};
