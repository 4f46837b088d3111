//! `/_sandbox/delivery-faults`: what goes wrong on order between the sandbox and those who receive
//! events.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::on;
use cards_model::Method;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::input;
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::outbox::{DeliveryFault, OrderedDeliveryFault};
use crate::engine::problem::{unknown, wrong};

pub(super) const LIST: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/delivery-faults",
    id: "list-delivery-faults",
    summary: "The faults on the delivery of events that were ordered",
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
    path: "/_sandbox/delivery-faults",
    id: "order-delivery-fault",
    summary: "Orders a fault on the delivery of events",
    text: "`no-answer` and `status` let the receiver have the event and take its answer for another, so that it is sent again; `wrong-signature` signs other bytes; `duplicate` sends it twice; `out-of-order` holds it back until the next of its card was taken; `delay` sends it later.",
    serve: |method| on(method, order),
    describe: |document, operation| {
        operation.body(document.json::<DeliveryFault>()).responds(
            201,
            document.reply::<OrderedDeliveryFault>("The fault, in force."),
        )
    },
};

pub(super) const CLEAR: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/delivery-faults",
    id: "remove-delivery-faults",
    summary: "Removes all faults on the delivery of events",
    text: "Events that are held back are sent.",
    serve: |method| on(method, clear),
    describe: |document, operation| {
        operation.responds(200, document.reply::<Cleared>("How many there were."))
    },
};

pub(super) const REMOVE: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/delivery-faults/{id}",
    id: "remove-delivery-fault",
    summary: "Removes one fault on the delivery of events",
    text: "Events that it holds back or delays are sent.",
    serve: |method| on(method, remove),
    describe: |document, operation| {
        let id = json!({"type": "integer", "minimum": 0, "maximum": u64::MAX});
        operation
            .with_parameter("path", "id", "The fault's number.", &id)
            .responds(
                200,
                document.reply::<OrderedDeliveryFault>("The fault as it was."),
            )
            .responds(404, document.failure("No fault has this id."))
    },
};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DeliveryFaultsList")]
struct List {
    faults: Vec<OrderedDeliveryFault>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DeliveryFaultsCleared")]
struct Cleared {
    removed: usize,
}

async fn order(State(app): State<App>, request: Request) -> Answer {
    let fault: DeliveryFault = match input::json(&app, request).await {
        Ok(fault) => fault,
        Err(answer) => return answer,
    };
    match app.delivery_faults.ordered(fault) {
        Ok(ordered) => Answer::accepted(&ordered).status(StatusCode::CREATED),
        Err(error) => wrong(&error.field, error.what),
    }
}

async fn list(State(app): State<App>) -> Answer {
    Answer::accepted(&List {
        faults: app.delivery_faults.list(),
    })
}

async fn clear(State(app): State<App>) -> Answer {
    Answer::accepted(&Cleared {
        removed: app.delivery_faults.clear(),
    })
}

async fn remove(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let id = match input::number_in_path("id", &id) {
        Ok(id) => id,
        Err(answer) => return answer,
    };
    match app.delivery_faults.remove(id) {
        Some(fault) => Answer::accepted(&fault),
        None => unknown("no fault has this id"),
    }
}
