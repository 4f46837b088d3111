//! `/_sandbox/faults`: what goes wrong on order.
//!
//! `POST` orders one and answers with 201, `GET` lists all, `DELETE` removes
//! all; `GET` and `DELETE` of `/_sandbox/faults/{id}` show and remove one. What a
//! fault holds back goes out when it is removed.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::on;
use cards_model::Method;
use schemars::JsonSchema;
use serde::Serialize;

use super::input;
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::faults::{self, Fault, OrderedFault};
use crate::engine::openapi::Described;
use crate::engine::problem::{problem, unknown, wrong};

pub(super) const LIST: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/faults",
    id: "list-faults",
    summary: "The faults that were ordered",
    text: "In the order in which they were ordered.",
    serve: |method| on(method, list),
    describe: |document, operation| {
        operation.responds(
            200,
            document.reply::<List>("All, by id, spent ones included."),
        )
    },
};

pub(super) const ORDER: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/faults",
    id: "order-fault",
    summary: "Orders a fault of the providers' calls",
    text: "It is met by the next calls in its scope, as often as the order says.",
    serve: |method| on(method, order),
    describe: |document, operation| {
        let order = faults::order(&document.operations);
        let order = document.json_of("FaultOrder", order);
        operation
            .body(order)
            .responds(201, document.reply::<OrderedFault>("The fault, in force."))
            .responds(409, document.failure("There are 100 faults already."))
    },
};

pub(super) const CLEAR: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/faults",
    id: "remove-faults",
    summary: "Removes all faults",
    text: LET_GO,
    serve: |method| on(method, clear),
    describe: |document, operation| {
        operation.responds(200, document.reply::<Cleared>("How many there were."))
    },
};

pub(super) const SHOW: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/faults/{id}",
    id: "show-fault",
    summary: "One fault",
    text: "As it was ordered, and what became of it.",
    serve: |method| on(method, show),
    describe: |document, operation| {
        with_id(operation)
            .responds(200, document.reply::<OrderedFault>("The fault."))
            .responds(404, document.failure("No fault has this id."))
    },
};

pub(super) const REMOVE: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/faults/{id}",
    id: "remove-fault",
    summary: "Removes one fault",
    text: LET_GO,
    serve: |method| on(method, remove),
    describe: |document, operation| {
        with_id(operation)
            .responds(200, document.reply::<OrderedFault>("The fault as it was."))
            .responds(404, document.failure("No fault has this id."))
    },
};

/// The sentences that say what becomes of calls that wait.
const LET_GO: &str = "Replies that a delay holds back go out at once, those that drip without \
    further pauses; a connection that is open for bytes that never come is ended.";

fn with_id(operation: Described) -> Described {
    let schema = serde_json::json!({"type": "integer", "minimum": 0, "maximum": u64::MAX});
    operation.with_parameter("path", "id", "The fault's number.", &schema)
}

async fn order(State(app): State<App>, request: Request) -> Answer {
    let fault: Fault = match input::json(&app, request).await {
        Ok(fault) => fault,
        Err(answer) => return answer,
    };
    match app.faults.ordered(fault) {
        Ok(ordered) => Answer::accepted(&ordered).status(StatusCode::CREATED),
        Err(error) => match error.field() {
            Some(field) => wrong(field, error.what()),
            None => problem(StatusCode::CONFLICT, error.to_string()),
        },
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FaultsList")]
struct List {
    faults: Vec<OrderedFault>,
}

async fn list(State(app): State<App>) -> Answer {
    Answer::accepted(&List {
        faults: app.faults.list(),
    })
}

async fn show(State(app): State<App>, Path(id): Path<String>) -> Answer {
    one(&id, |id| app.faults.get(id))
}

async fn remove(State(app): State<App>, Path(id): Path<String>) -> Answer {
    one(&id, |id| app.faults.remove(id))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FaultsCleared")]
struct Cleared {
    removed: usize,
}

async fn clear(State(app): State<App>) -> Answer {
    Answer::accepted(&Cleared {
        removed: app.faults.clear(),
    })
}

fn one(id: &str, find: impl FnOnce(u64) -> Option<OrderedFault>) -> Answer {
    let id = match input::number_in_path("id", id) {
        Ok(id) => id,
        Err(answer) => return answer,
    };
    match find(id) {
        Some(fault) => Answer::accepted(&fault),
        None => unknown("no fault has this id"),
    }
}
