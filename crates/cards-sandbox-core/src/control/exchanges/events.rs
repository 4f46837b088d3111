//! The journal as server-sent events.
//!
//! One who is too slow for the journal's size is told how many exchanges are gone.

use axum::response::Response;
use axum::response::sse::Event;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::query::ExchangesQuery;
use crate::control::stream::{self, Looked, Source};
use crate::engine::app::App;
use crate::engine::followers::Ending;
use crate::engine::journal::{Exchange, Filter};
use crate::engine::openapi::Document;

/// The stream, in the document. `itemSchema`, for one event of a stream, comes
/// with `OpenAPI` 3.2: here the whole text has a schema.
pub(super) fn described(document: &mut Document) -> Value {
    let exchange = document.schema::<Exchange>();
    json!({
        "schema": {
            "type": "string",
            "description": "Server-sent events, where `Accept` asks for `text/event-stream`. An \
                event `exchange` has the number as its `id` and the exchange as its `data`; an \
                event `missed` tells in its `data`, as `{\"missed\":3}`, how many exchanges the \
                journal forgot before they were read. The stream goes on until it is closed, or \
                `limit` exchanges have come.",
            "contentMediaType": "application/json",
            "contentSchema": exchange,
        },
    })
}

/// An event for each exchange from now on, or from where the reader left off.
pub(super) async fn follow(
    app: App,
    asked: ExchangesQuery,
    resumed: Option<u64>,
    ending: Option<Ending>,
) -> Response {
    let source = Exchanges {
        news: app.journal.news(),
        cursor: stream::cursor(resumed, asked.after, app.journal.last_id()),
        app: app.clone(),
        filter: asked.filter,
    };
    stream::follow(&app, source, asked.limit, ending).await
}

struct Exchanges {
    app: App,
    filter: Filter,
    news: watch::Receiver<u64>,
    /// The last exchange that was looked at.
    cursor: u64,
}

impl Source for Exchanges {
    async fn look(&mut self, most: usize) -> Looked {
        // Before the journal is read: what comes meanwhile is news again.
        self.news.borrow_and_update();
        let batch = self.app.journal.after(self.cursor, &self.filter, most);
        self.cursor = batch.cursor;
        let mut events: Vec<_> = (batch.missed > 0)
            .then(|| missed(batch.missed))
            .into_iter()
            .collect();
        let exchanges = batch.exchanges.iter();
        events.extend(exchanges.map(|one| stream::event("exchange", Some(one.id), &**one)));
        Some((events, batch.exchanges.len()))
    }

    async fn news(&mut self) -> Option<()> {
        self.news.changed().await.ok()
    }
}

/// Makes the event that says how many exchanges the journal forgot before the
/// reader took them.
fn missed(missed: u64) -> Event {
    #[derive(Serialize)]
    struct Missed {
        missed: u64,
    }
    stream::event("missed", None, &Missed { missed })
}
