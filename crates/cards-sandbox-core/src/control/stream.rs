//! Server-sent events of something that grows, for whoever follows it.
//!
//! A stream queues nothing for a reader: it remembers how far it has looked, and looks on when the
//! reader takes more.

use std::collections::VecDeque;
use std::convert::Infallible;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;

use super::input::number;
use crate::engine::app::App;
use crate::engine::field_error::FieldError;
use crate::engine::followers::{Ending, Followed, Place};
use crate::engine::problem::problem;

/// The number of items that are looked at together.
const BATCH: usize = 32;

/// Something that grows.
pub(super) trait Source: Send + 'static {
    /// Gives so many of the next items at most, as events, and beside them any others; how many of
    /// them count as items. What comes after this began is news.
    fn look(&mut self, most: usize) -> impl Future<Output = Looked> + Send;

    /// Waits until there is more to look at. `None`: there will be no more.
    fn news(&mut self) -> impl Future<Output = Option<()>> + Send;
}

/// The next events, and how many items are among them. `None`: the stream has to end.
pub(super) type Looked = Option<(Vec<Event>, usize)>;

/// Tells whether one of the media types in `Accept` is that of an event stream.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|range| {
            let media_type = range.split(';').next().unwrap_or_default().trim();
            media_type.eq_ignore_ascii_case("text/event-stream")
        })
}

/// Reads where a reader left off from the header `Last-Event-ID`, which browsers
/// send when they connect again.
pub(super) fn resumed(headers: &HeaderMap, what: &str) -> Result<Option<u64>, FieldError> {
    let Some(id) = headers.get("last-event-id") else {
        return Ok(None);
    };
    match id.to_str().ok().and_then(number) {
        Some(id) => Ok(Some(id)),
        None => {
            let wrong = format!("has to be {what}");
            Err(FieldError::at("Last-Event-ID", wrong))
        }
    }
}

/// The last item that a reader has, of a source that has come to `last`.
pub(super) fn cursor(resumed: Option<u64>, after: Option<u64>, last: u64) -> u64 {
    match resumed.or(after) {
        // A number that this sandbox has not reached is another one's.
        Some(id) if resumed.is_some() && id > last => 0,
        Some(id) => id,
        None => last,
    }
}

/// Makes an event for each item, up to a number of them, as long as nobody else needs the place.
pub(super) async fn follow(
    app: &App,
    source: impl Source,
    limit: Option<usize>,
    ending: Option<Ending>,
) -> Response {
    let Some(mut place) = app.followers.enter().await else {
        let error = "the sandbox is stopping".to_owned();
        return problem(StatusCode::SERVICE_UNAVAILABLE, error).into_response();
    };
    let followed = Followed(place.ending().clone());
    let follower = Follower {
        source,
        left: limit.unwrap_or(usize::MAX),
        ready: VecDeque::new(),
        ending,
        place,
    };
    let events = stream::unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response();
    // The connection is counted no more, and cannot be used for calls again.
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response.extensions_mut().insert(followed);
    response
}

/// Makes the event of an item.
pub(super) fn event(name: &str, id: Option<u64>, data: &impl Serialize) -> Event {
    // Our own types have text keys: nothing fails.
    let data = serde_json::to_string(data).unwrap_or_default();
    let event = Event::default().event(name).data(data);
    match id {
        Some(id) => event.id(id.to_string()),
        None => event,
    }
}

struct Follower<S> {
    source: S,
    /// The number of items that may still be sent.
    left: usize,
    ready: VecDeque<Event>,
    /// The world's end.
    ending: Option<Ending>,
    place: Place,
}

impl<S: Source> Follower<S> {
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
            let (events, items) = self.source.look(BATCH.min(self.left)).await?;
            self.left = self.left.saturating_sub(items);
            self.ready.extend(events);
            if self.ready.is_empty() {
                self.wait().await?;
            } else {
                self.place.is_busy();
            }
        }
    }

    async fn wait(&mut self) -> Option<()> {
        let ended = async {
            match &mut self.ending {
                Some(ending) => ending.wait().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            news = self.source.news() => news,
            () = ended => None,
            () = self.place.ending().wait() => None,
        }
    }

    fn has_ended(&mut self) -> bool {
        let ending = self.ending.as_ref();
        ending.is_some_and(Ending::has_come) || self.place.ending().has_come()
    }
}
