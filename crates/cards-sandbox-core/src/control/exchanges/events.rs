//! The journal as server-sent events.
//!
//! The stream queues nothing for a reader: it remembers the last exchange that
//! it looked at and reads on in the journal when the reader takes more. One who
//! is too slow for the journal's size is told how many exchanges are gone.

use std::collections::VecDeque;
use std::convert::Infallible;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::query::{ExchangesQuery, number};
use crate::engine::app::{App, Ending};
use crate::engine::field_error::FieldError;
use crate::engine::journal::{Exchange, Filter};
use crate::engine::openapi::Document;

/// The number of exchanges that are read from the journal at a time.
const BATCH: usize = 32;

/// Reads where a reader left off from the header `Last-Event-ID`, which browsers
/// send when they connect again.
pub(super) fn resumed(headers: &HeaderMap) -> Result<Option<u64>, FieldError> {
    let Some(id) = headers.get("last-event-id") else {
        return Ok(None);
    };
    match id.to_str().ok().and_then(number) {
        Some(id) => Ok(Some(id)),
        None => Err(FieldError::at(
            "Last-Event-ID",
            "has to be an exchange's id",
        )),
    }
}

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
pub(super) fn follow(
    app: App,
    asked: ExchangesQuery,
    resumed: Option<u64>,
    ending: Option<Ending>,
) -> Response {
    let last = app.journal.last_id();
    let cursor = match resumed.or(asked.after) {
        // A number that this sandbox has not reached is another one's.
        Some(id) if resumed.is_some() && id > last => 0,
        Some(id) => id,
        None => last,
    };
    let follower = Follower {
        news: app.journal.news(),
        app,
        filter: asked.filter,
        cursor,
        left: asked.limit.unwrap_or(usize::MAX),
        ready: VecDeque::new(),
        ending,
    };
    let events = stream::unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

struct Follower {
    app: App,
    filter: Filter,
    news: watch::Receiver<u64>,
    /// The last exchange that was looked at.
    cursor: u64,
    /// The number of events that may still be sent.
    left: usize,
    ready: VecDeque<Event>,
    ending: Option<Ending>,
}

impl Follower {
    /// Gives the next event. `None`: the stream is at its end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.has_ended() {
                return None;
            }
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.left == 0 {
                return None;
            }
            // Before the journal is read: what comes meanwhile is news again.
            self.news.borrow_and_update();
            self.read();
            if self.ready.is_empty() {
                self.wait().await?;
            }
        }
    }

    fn read(&mut self) {
        let batch = self
            .app
            .journal
            .after(self.cursor, &self.filter, BATCH.min(self.left));
        self.cursor = batch.cursor;
        self.left -= batch.exchanges.len();
        if batch.missed > 0 {
            self.ready.push_back(missed(batch.missed));
        }
        let events = batch.exchanges.iter().map(|exchange| {
            Event::default()
                .event("exchange")
                .id(exchange.id.to_string())
                .data(text(&**exchange))
        });
        self.ready.extend(events);
    }

    async fn wait(&mut self) -> Option<()> {
        let ended = async {
            match &mut self.ending {
                // An error is the sender's end: what is waited for.
                Some(Ending(ending)) => while ending.changed().await.is_ok() {},
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            news = self.news.changed() => news.ok(),
            () = ended => None,
        }
    }

    fn has_ended(&self) -> bool {
        let ending = self.ending.as_ref();
        ending.is_some_and(|Ending(ending)| ending.has_changed().is_err())
    }
}

/// Makes the event that says how many exchanges the journal forgot before the
/// reader took them.
fn missed(missed: u64) -> Event {
    #[derive(Serialize)]
    struct Missed {
        missed: u64,
    }
    Event::default()
        .event("missed")
        .data(text(&Missed { missed }))
}

fn text(value: &impl Serialize) -> String {
    // Our own types have text keys: nothing fails.
    serde_json::to_string(value).unwrap_or_default()
}
