//! What becomes of events, as server-sent events.

use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::query::EventsQuery;
use crate::control::stream::{self, Looked, Source};
use crate::engine::app::{App, Ending};
use crate::engine::openapi::Document;
use crate::engine::outbox::{self, EventFilter, Step};
use crate::engine::problem::store_trouble;
use crate::engine::store::StoreError;

/// The stream, in the document.
pub(super) fn described(document: &mut Document) -> Value {
    let step = document.schema::<Step>();
    json!({
        "schema": {
            "type": "string",
            "description": "Server-sent events, where `Accept` asks for `text/event-stream`. An \
                event `step` has its number as its `id` and the step as its `data`: that an event \
                came into being, was delivered, was not taken, or is sent once more. The stream \
                goes on until it is closed, or `limit` steps have come.",
            "contentMediaType": "application/json",
            "contentSchema": step,
        },
    })
}

/// An event for each step from now on, or from where the reader left off.
pub(super) async fn follow(
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
    let source = Steps {
        cursor: stream::cursor(resumed, asked.after, last),
        app,
        filter: asked.filter,
        commits,
    };
    stream::follow(source, asked.limit, ending)
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
            outbox::steps(connection, &filter, after, most).map_err(StoreError::from)
        };
        let steps = match self.app.store.read(read).await {
            Ok(steps) => steps,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be followed");
                return None;
            }
        };
        if let Some(last) = steps.last() {
            self.cursor = last.number.unsigned_abs();
        }
        let event = |step: &Step| stream::event("step", Some(step.number.unsigned_abs()), step);
        Some((steps.iter().map(event).collect(), steps.len()))
    }

    async fn news(&mut self) -> Option<()> {
        self.commits.changed().await.ok()
    }
}
