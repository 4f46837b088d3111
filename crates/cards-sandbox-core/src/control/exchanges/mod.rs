//! `/_sandbox/exchanges`: the journal.
//!
//! `GET` lists it, the oldest exchange first, or follows it as server-sent
//! events where `Accept` asks for `text/event-stream`; `DELETE` empties it.
//! `GET /_sandbox/exchanges/{id}` gives one exchange.

mod events;
mod query;

use cards_model::Method;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::json;

use self::query::ExchangesQuery;
use super::input::number_in_path;
use super::stream;
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::followers::Ending;
use crate::engine::intake;
use crate::engine::journal::Exchange;
use crate::engine::problem::{problem, wrong};

pub(super) const EXCHANGES: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/exchanges",
    id: "exchanges",
    summary: "The journal: what was asked, and why it was answered so",
    text: "The oldest first, or followed as server-sent events where `Accept` asks for `text/event-stream`.",
    serve: |method| on(method, exchanges),
    describe: |document, operation| {
        let mut reply = document.reply::<Exchanges>("The exchanges, the oldest first.");
        reply["content"]["text/event-stream"] = events::described(document);
        query::described(document, operation)
            .with_parameter(
                "header",
                "Last-Event-ID",
                "Of an event stream: the last exchange that was received, a whole number. \
                 Without it, the stream starts with the next exchange, or after `after`.",
                &json!({"type": "string"}),
            )
            .responds(200, reply)
    },
};

pub(super) const FORGET: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/exchanges",
    id: "forget-exchanges",
    summary: "Empties the journal, whose numbers go on",
    text: "Customers, cards and faults stay.",
    serve: |method| on(method, forget),
    describe: |document, operation| {
        operation.responds(200, document.reply::<Forgotten>("How many there were."))
    },
};

pub(super) const EXCHANGE: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/exchanges/{id}",
    id: "exchange",
    summary: "One exchange",
    text: "Names of what the request had, the documented rules that it breaks, and the verdict.",
    serve: |method| on(method, exchange),
    describe: |document, operation| {
        let id = json!({"type": "integer", "minimum": 0, "maximum": u64::MAX});
        operation
            .with_parameter("path", "id", "Its number, as in `x-sandbox-exchange`.", &id)
            .responds(200, document.reply::<Exchange>("The exchange."))
            .responds(
                404,
                document.failure("There is none yet, or it is forgotten."),
            )
    },
};

/// The exchanges in the journal, as far as they were asked for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Exchanges {
    #[serde(serialize_with = "plain")]
    #[schemars(with = "Vec<Exchange>")]
    exchanges: Vec<Arc<Exchange>>,
    /// Number of the last exchange, whether it is among these or not: with `after` set to it, only
    /// later ones come.
    last_id: u64,
    /// Number of exchanges after `after` that the journal forgot before they could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    missed: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExchangesForgotten")]
struct Forgotten {
    /// Number of exchanges that the journal held.
    forgotten: usize,
}

async fn exchanges(
    State(app): State<App>,
    ending: Option<Extension<Ending>>,
    request: Request,
) -> Response {
    let asked = match query::parse(
        &intake::query(request.uri()),
        &app.providers,
        &app.operations,
    ) {
        Ok(asked) => asked,
        Err(error) => return wrong(&error.field, error.what).into_response(),
    };
    if stream::is_wanted(request.headers()) {
        return match stream::resumed(request.headers(), "an exchange's id") {
            Ok(resumed) => {
                events::follow(app, asked, resumed, ending.map(|Extension(end)| end)).await
            }
            Err(error) => wrong(&error.field, error.what).into_response(),
        };
    }
    let ExchangesQuery {
        filter,
        after,
        limit,
    } = asked;
    let limit = limit.unwrap_or(usize::MAX);
    let batch = app.journal.after(after.unwrap_or(0), &filter, limit);
    Answer::accepted(&Exchanges {
        exchanges: batch.exchanges,
        last_id: batch.last_id,
        missed: after.and(Some(batch.missed)).filter(|missed| *missed > 0),
    })
    .into_response()
}

async fn exchange(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let id = match number_in_path("id", &id) {
        Ok(id) => id,
        Err(answer) => return answer,
    };
    match app.journal.exchange(id) {
        Some(exchange) => Answer::accepted(&*exchange),
        None => problem(StatusCode::NOT_FOUND, app.journal.why_absent(id)),
    }
}

async fn forget(State(app): State<App>) -> Answer {
    Answer::accepted(&Forgotten {
        forgotten: app.journal.clear(),
    })
}

fn plain<S: Serializer>(exchanges: &[Arc<Exchange>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(exchanges.iter().map(|exchange| &**exchange))
}
