//! `/_sandbox/receivers`: where the providers' events are sent.
//!
//! `POST` registers one, or finds it registered, `GET` lists all, `DELETE` of one takes it away.

use axum::extract::{Path, Request, State};
use axum::routing::on;
use cards_model::Method;
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::input;
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::field_error::FieldError;
use crate::engine::listed;
use crate::engine::outbox::{self, Receiver, ReceiverUrl, RegisteredReceiver};
use crate::engine::problem::{refused, store_trouble, unknown, wrong};
use crate::engine::store::StoreError;
use crate::engine::world_error::WorldError;

pub(super) const LIST: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/receivers",
    id: "list-receivers",
    summary: "Where the providers' events are sent",
    text: "By number, each with how many events wait for it.",
    serve: |method| on(method, list),
    describe: |document, operation| {
        operation.responds(200, document.reply::<List>("All receivers."))
    },
};

pub(super) const REGISTER: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/receivers",
    id: "register-receiver",
    summary: "Registers where a provider's events are sent",
    text: "With `event`, the events of this name are sent to the URL as it is. Without it all are, each to its documented path below the URL. One that is registered already is given back as it is. Events from before are not sent to it, unless they are resent.",
    serve: |method| on(method, register),
    describe: |document, operation| {
        operation
            .body(document.json::<Wanted>())
            .responds(200, document.reply::<RegisteredReceiver>("The receiver."))
    },
};

pub(super) const REMOVE: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/receivers/{number}",
    id: "remove-receiver",
    summary: "Takes a receiver away",
    text: "With the events that wait for it.",
    serve: |method| on(method, remove),
    describe: |document, operation| {
        let number = json!({"type": "integer", "minimum": 0, "maximum": i64::MAX});
        operation
            .with_parameter("path", "number", "The receiver's number.", &number)
            .responds(
                200,
                document.reply::<RegisteredReceiver>("The receiver as it was."),
            )
            .responds(404, document.failure("No receiver has this number."))
    },
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an object that says which receiver")]
#[schemars(rename = "ReceiverWanted")]
struct Wanted {
    /// The provider whose events are sent there.
    #[schemars(schema_with = "listed::provider_name")]
    provider: String,
    /// The name of the one event that is sent there; all are, where it is not given.
    event: Option<String>,
    /// Address that they are sent to: `http` or `https`, and `localhost` or a loopback address, unless
    /// the sandbox was started with the host as an allowed one.
    #[schemars(length(max = 500), regex(pattern = "^https?://"))]
    url: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReceiversList")]
struct List {
    receivers: Vec<RegisteredReceiver>,
}

async fn register(State(app): State<App>, request: Request) -> Answer {
    let wanted: Wanted = match input::json(&app, request).await {
        Ok(wanted) => wanted,
        Err(answer) => return answer,
    };
    let receiver = match wanted.check(&app) {
        Ok(receiver) => receiver,
        Err(error) => return wrong(&error.field, error.what),
    };
    let write = move |transaction: &Transaction<'_>| {
        let number = outbox::add(transaction, &receiver)?;
        let all = outbox::list(transaction)?;
        let found = all.into_iter().find(|receiver| receiver.number == number);
        found.ok_or(WorldError::NotFound(NONE))
    };
    match app.store.write(write).await {
        Ok(receiver) => Answer::accepted(&receiver),
        Err(error) => refused(error),
    }
}

const NONE: &str = "no receiver has this number";

impl Wanted {
    fn check(self, app: &App) -> Result<Receiver, FieldError> {
        let known = app.delivery_faults.known();
        outbox::check_scope(known, Some(&self.provider), self.event.as_deref())?;
        let provider = app.providers.named(&self.provider);
        let provider = provider.map_err(|why| FieldError::at("provider", why))?;
        let url: ReceiverUrl = self
            .url
            .parse()
            .map_err(|what| FieldError::at("url", what))?;
        let receiver = Receiver::all(provider, url);
        Ok(Receiver {
            event: self.event,
            ..receiver
        })
    }
}

async fn list(State(app): State<App>) -> Answer {
    let read = |connection: &Connection| outbox::list(connection).map_err(StoreError::from);
    match app.store.read_all(read).await {
        Ok(receivers) => Answer::accepted(&List { receivers }),
        Err(error) => store_trouble(&error),
    }
}

async fn remove(State(app): State<App>, Path(number): Path<String>) -> Answer {
    let number = match input::number_in_path("number", &number) {
        Ok(number) => number,
        Err(answer) => return answer,
    };
    let write = move |transaction: &Transaction<'_>| {
        outbox::remove(transaction, number).map_err(StoreError::from)
    };
    match app.store.write(write).await {
        Ok(Some(receiver)) => Answer::accepted(&receiver),
        Ok(None) => unknown(NONE),
        Err(error) => store_trouble(&error),
    }
}
