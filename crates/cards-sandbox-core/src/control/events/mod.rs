//! `/_sandbox/events`: what the providers have sent, and send.
//!
//! `GET` lists the events, the oldest first; `GET /_sandbox/events/{number}` gives one event,
//! `POST .../resend` sends it once more. `GET /_sandbox/event-steps` tells what became of them, one
//! step after the other.

mod query;
mod steps;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::on;
use cards_model::Method;
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

pub(super) use steps::STEPS;

use super::input::number_in_path;
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::intake;
use crate::engine::openapi::Described;
use crate::engine::outbox::{self, Resent, SentEvent};
use crate::engine::problem::{problem, store_trouble, unknown, wrong};
use crate::engine::store::StoreError;

pub(super) const EVENTS: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/events",
    id: "events",
    summary: "The events that the providers send, and what became of each",
    text: "The newest, the oldest of them first. `/_sandbox/event-steps` tells what became of them, step by step.",
    serve: |method| on(method, events),
    describe: |document, operation| {
        query::described(document, operation).responds(
            200,
            document.reply::<Events>("The events, the oldest first."),
        )
    },
};

pub(super) const EVENT: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/events/{number}",
    id: "event",
    summary: "One event",
    text: "The body as it is signed and sent, and its deliveries.",
    serve: |method| on(method, event),
    describe: |document, operation| {
        with_number(operation)
            .responds(200, document.reply::<SentEvent>("The event."))
            .responds(
                404,
                document.failure("No event has this number, or it is forgotten."),
            )
    },
};

pub(super) const RESEND: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/events/{number}/resend",
    id: "resend-event",
    summary: "Sends an event once more",
    text: "To the receivers that there are for it now, behind whatever waits for them.",
    serve: |method| on(method, resend),
    describe: |document, operation| {
        with_number(operation)
            .responds(200, document.reply::<SentEvent>("The event, to be sent."))
            .responds(
                404,
                document.failure("No event has this number, or it is forgotten."),
            )
            .responds(409, document.failure("There is no receiver for it."))
    },
};

fn with_number(operation: Described) -> Described {
    let schema = json!({"type": "integer", "minimum": 0, "maximum": i64::MAX});
    operation.with_parameter("path", "number", "The event's number.", &schema)
}

/// The events, as far as they were asked for.
#[derive(Serialize, JsonSchema)]
struct Events {
    events: Vec<SentEvent>,
}

async fn events(State(app): State<App>, request: Request) -> Answer {
    let asked = match query::parse(&intake::query(request.uri()), app.delivery_faults.known()) {
        Ok(asked) => asked,
        Err(error) => return wrong(&error.field, error.what),
    };
    let limit = asked.limit.unwrap_or(query::LISTED);
    let (filter, after) = (asked.filter, asked.after.unwrap_or(0));
    let read = move |connection: &Connection| {
        outbox::events(connection, &filter, after, limit).map_err(StoreError::from)
    };
    match app.store.read_all(read).await {
        Ok(events) => Answer::accepted(&Events { events }),
        Err(error) => store_trouble(&error),
    }
}

async fn event(State(app): State<App>, Path(number): Path<String>) -> Answer {
    let number = match number_in_path("number", &number) {
        Ok(number) => number,
        Err(answer) => return answer,
    };
    let read =
        move |connection: &Connection| outbox::find(connection, number).map_err(StoreError::from);
    shown(app.store.read(read).await)
}

async fn resend(State(app): State<App>, Path(number): Path<String>) -> Answer {
    let number = match number_in_path("number", &number) {
        Ok(number) => number,
        Err(answer) => return answer,
    };
    let now = app.now_millis();
    let write = move |transaction: &Transaction<'_>| {
        let receivers = outbox::resend(transaction, number, now)?;
        Ok::<_, StoreError>((receivers, outbox::find(transaction, number)?))
    };
    match app.store.write(write).await {
        Ok((Resent::NoReceiver, _)) => {
            let error = "there is no receiver for it: register one under /_sandbox/receivers";
            problem(StatusCode::CONFLICT, error.to_owned())
        }
        Ok((Resent::TooOften, _)) => {
            let error = "it was sent as often as one event may be".to_owned();
            problem(StatusCode::CONFLICT, error)
        }
        Ok((_, event)) => shown(Ok(event)),
        Err(error) => store_trouble(&error),
    }
}

fn shown(found: Result<Option<SentEvent>, StoreError>) -> Answer {
    match found {
        Ok(Some(event)) => Answer::accepted(&event),
        Ok(None) => unknown("no event has this number, or it is forgotten"),
        Err(error) => store_trouble(&error),
    }
}
