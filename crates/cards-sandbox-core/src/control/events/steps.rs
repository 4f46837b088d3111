//! `GET /_sandbox/event-steps`: what became of events, one step after the other.

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use cards_model::Method;
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::query::{self, EventsQuery};
use crate::control::stream::{self, Looked, Source};
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::followers::Ending;
use crate::engine::intake;
use crate::engine::openapi::Document;
use crate::engine::outbox::{self, EventFilter, Step};
use crate::engine::problem::{store_trouble, wrong};
use crate::engine::store::StoreError;

pub(crate) const STEPS: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/event-steps",
    id: "event-steps",
    summary: "What became of the providers' events, step by step",
    text: "That an event came into being, was delivered, was not taken, or is sent once more: the oldest first, or followed as server-sent events where `Accept` asks for `text/event-stream`.",
    serve: |method| on(method, steps),
    describe: |document, operation| {
        let mut reply = document.reply::<Page>("The steps, the oldest first.");
        reply["content"]["text/event-stream"] = described(document);
        query::described(document, operation)
            .with_parameter(
                "header",
                "Last-Event-ID",
                "Of an event stream: the last step that was received, a whole number. Without \
                 it, the stream starts with the next step, or after `after`.",
                &json!({"type": "string"}),
            )
            .responds(200, reply)
    },
};

/// The stream, in the document.
fn described(document: &mut Document) -> Value {
    let step = document.schema::<Step>();
    json!({
        "schema": {
            "type": "string",
            "description": "Server-sent events, where `Accept` asks for `text/event-stream`. An \
                event `step` has its number as its `id` and the step as its `data`. The stream \
                goes on until it is closed, or `limit` steps have come.",
            "contentMediaType": "application/json",
            "contentSchema": step,
        },
    })
}

/// The steps, as far as they were asked for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "EventSteps")]
struct Page {
    steps: Vec<Step>,
    /// The number of the last step, whether it is among these or not.
    last_step: i64,
}

async fn steps(
    State(app): State<App>,
    ending: Option<Extension<Ending>>,
    request: Request,
) -> Response {
    let asked = match query::parse(&intake::query(request.uri()), app.delivery_faults.known()) {
        Ok(asked) => asked,
        Err(error) => return wrong(&error.field, error.what).into_response(),
    };
    if stream::is_wanted(request.headers()) {
        return match stream::resumed(request.headers(), "a step's number") {
            Ok(resumed) => follow(app, asked, resumed, ending.map(|Extension(end)| end)).await,
            Err(error) => wrong(&error.field, error.what).into_response(),
        };
    }
    let limit = asked.limit.unwrap_or(query::LISTED);
    let (filter, after) = (asked.filter, asked.after.unwrap_or(0));
    let read = move |connection: &Connection| -> Result<_, StoreError> {
        Ok(Page {
            steps: outbox::steps(connection, &filter, after, limit)?,
            last_step: outbox::last_step(connection)?,
        })
    };
    match app.store.read_all(read).await {
        Ok(page) => Answer::accepted(&page).into_response(),
        Err(error) => store_trouble(&error).into_response(),
    }
}

/// An event for each step from now on, or from where the reader left off.
async fn follow(
    app: App,
    asked: EventsQuery,
    resumed: Option<u64>,
    ending: Option<Ending>,
) -> Response {
    let commits = app.store.commits();
    let read = |connection: &Connection| outbox::last_step(connection).map_err(StoreError::from);
    let last = match app.store.read(read).await {
        Ok(last) => last.unsigned_abs(),
        Err(error) => return store_trouble(&error).into_response(),
    };
    let after = asked.after.map(i64::unsigned_abs);
    let source = Steps {
        cursor: stream::cursor(resumed, after, last),
        app: app.clone(),
        filter: asked.filter,
        commits,
    };
    stream::follow(&app, source, asked.limit, ending).await
}

struct Steps {
    app: App,
    filter: EventFilter,
    commits: watch::Receiver<()>,
    /// The last step that was looked at.
    cursor: u64,
}

impl Source for Steps {
    async fn look(&mut self, most: usize) -> Looked {
        // Before the steps are read: what comes meanwhile is news again.
        self.commits.borrow_and_update();
        let (filter, after) = (self.filter.clone(), self.cursor);
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let read = move |connection: &Connection| {
            let steps = outbox::steps(connection, &filter, after, most)?;
            Ok::<_, StoreError>((steps, outbox::last_step(connection)?))
        };
        let (steps, last) = match self.app.store.read(read).await {
            Ok(found) => found,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be followed");
                return None;
            }
        };
        // All that was looked at, whether it is of those that are wanted or not.
        let seen = steps.last().map(|step| step.number);
        let seen = seen.filter(|_| steps.len() == most).unwrap_or(last);
        self.cursor = self.cursor.max(seen.unsigned_abs());
        let event = |step: &Step| stream::event("step", Some(step.number.unsigned_abs()), step);
        Some((steps.iter().map(event).collect(), steps.len()))
    }

    async fn news(&mut self) -> Option<()> {
        self.commits.changed().await.ok()
    }
}
