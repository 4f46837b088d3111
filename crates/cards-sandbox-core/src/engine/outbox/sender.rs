//! A provider that sends events, as far as the outbox has to know it.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use cards_model::Date;
use rusqlite::Transaction;

/// Tells what a provider sends, how it signs it, and how it goes on where a receiver does not take it.
pub trait EventSender: Send + Sync {
    /// Lists its events, in the order in which they are listed to people.
    fn kinds(&self) -> &'static [EventKind];

    /// Makes the headers that sign a body, beside `Content-Type`, which is `application/json`.
    fn sign(&self, body: &[u8]) -> Vec<(HeaderName, HeaderValue)>;

    /// Tells whether a receiver has taken an event with this answer.
    fn is_taken(&self, status: StatusCode) -> bool {
        status.is_success()
    }

    /// Says how long to wait before an event is sent again that was sent so many times, at least
    /// once, and the first time so long ago. `None`: it is given up.
    fn pause(&self, attempts: u32, since_first: Duration) -> Option<Duration>;

    /// Puts the events into the outbox of what has come about by time alone, such as the end of a
    /// card, a batch at a time. Gives how many there were; it is called until there are none, on each
    /// day that the sandbox's clock comes to, and again once customers or cards have come.
    fn catch_up(
        &self,
        transaction: &Transaction<'_>,
        now: i64,
        today: Date,
    ) -> rusqlite::Result<usize> {
        let _ = (transaction, now, today);
        Ok(0)
    }
}

/// One kind of a provider's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventKind {
    /// Its name, in lower case with hyphens.
    pub name: &'static str,
    /// The documented path below the address that takes all events, with a slash in front; empty
    /// where all go to the same address.
    pub path: &'static str,
    /// A sentence that says what it tells.
    pub about: &'static str,
}
