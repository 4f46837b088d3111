//! The outbox: events that providers send when something changes, whatever changes it.
//!
//! An event is written down in the transaction that causes it ([`put`]), so that one is there
//! exactly if the other is, and is sent after the commit by the module `deliver`: at
//! least once, in order for each receiver and subject. A state file takes what waits along.

mod delivery_fault;
mod queue;
mod receiver;
mod sender;
mod shown;
mod trouble;

use std::fmt;

use cards_model::ProviderId;
use rusqlite::{Transaction, params};

pub(crate) use delivery_fault::{DeliveryDecision, check_scope};
pub use delivery_fault::{DeliveryFault, DeliveryFaultKind, DeliveryFaults, OrderedDeliveryFault};
pub(crate) use queue::{
    Attempt, Damaged, Due, Found, behind, due, give_up_damaged, gone, hurry, is_early, is_put_off,
    is_to_be_sent, next_due, record, set_back, set_one_back,
};
pub use receiver::{Receiver, ReceiverUrl, RegisteredReceiver};
pub(crate) use receiver::{
    add, has_any_of_a_start, keep_at_start, list, receivers, remove, restart,
};
pub use sender::{EventKind, EventSender};
pub use shown::{Delivery, DeliveryState, SentEvent};
pub(crate) use shown::{EventFilter, Step, events, find, last_step, steps};
pub(crate) use trouble::OutboxTrouble;

/// The most events that are remembered once nothing of them waits any more.
const MOST_SENT: i64 = 10_000;

/// The most events that are remembered at all. While a receiver takes none for so long, the oldest
/// are given up.
const MOST: i64 = 100_000;

/// The number of events after which the outbox is tidied up.
const TIDY_EVERY: i64 = 128;

/// An event as its provider writes it. `Debug` does not show its body, which may hold anything.
#[derive(Clone)]
pub struct NewEvent<'a> {
    /// The provider that sends it.
    pub provider: ProviderId,
    /// Its name among those of [`EventSender::kinds`].
    pub name: &'static str,
    /// The card, or whatever else its events are in order of.
    pub subject: &'a str,
    /// The provider's own id of it, by which receivers know it again.
    pub id: &'a str,
    /// The body, exactly as it is signed and sent.
    pub body: &'a str,
    /// The time at which it happened, in milliseconds since 1970 by the sandbox's clock.
    pub at: i64,
}

impl fmt::Debug for NewEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent")
            .field("provider", &self.provider)
            .field("name", &self.name)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// Puts an event into the outbox, with a delivery to each receiver that there is for it. Gives its
/// number.
pub fn put(transaction: &Transaction<'_>, event: &NewEvent<'_>) -> rusqlite::Result<i64> {
    let provider = event.provider.as_str();
    transaction
        .prepare_cached(
            "INSERT INTO event (provider, name, subject, id, body, made_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            provider,
            event.name,
            event.subject,
            event.id,
            event.body,
            event.at
        ])?;
    let number = transaction.last_insert_rowid();
    send(transaction, number, event.at)?;
    step(transaction, number, "made", event.at)?;
    if number % TIDY_EVERY == 0 {
        tidy(transaction, number, event.at)?;
    }
    Ok(number)
}

/// Gives the number that the next event will have.
pub fn next_number(transaction: &Transaction<'_>) -> rusqlite::Result<i64> {
    let sql = "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'event'";
    transaction
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))
}

/// The most deliveries of one event.
const MOST_DELIVERIES: i64 = 200;

/// The outcome of the wish to send an event once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resent {
    /// It is sent.
    Yes,
    /// There is no such event.
    NoEvent,
    /// There is no receiver for it.
    NoReceiver,
    /// It was sent as often as one may be.
    TooOften,
}

/// Sends an event once more, to the receivers that there are for it now.
pub(crate) fn resend(
    transaction: &Transaction<'_>,
    number: i64,
    now: i64,
) -> rusqlite::Result<Resent> {
    let is_there = "SELECT 1 FROM event WHERE number = ?1";
    if !transaction.prepare_cached(is_there)?.exists([number])? {
        return Ok(Resent::NoEvent);
    }
    let count = "SELECT count(*) FROM event_delivery WHERE event = ?1";
    let count: i64 = transaction.query_row(count, [number], |row| row.get(0))?;
    if count >= MOST_DELIVERIES {
        return Ok(Resent::TooOften);
    }
    if send(transaction, number, now)? == 0 {
        return Ok(Resent::NoReceiver);
    }
    step(transaction, number, "resent", now)?;
    Ok(Resent::Yes)
}

/// Queues an event for each receiver that there is for it.
fn send(transaction: &Transaction<'_>, event: i64, now: i64) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "INSERT INTO event_delivery
                 (event, receiver, url, subject, state, attempts, due_at)
             SELECT event.number, event_receiver.number, url, subject,
                 iif(EXISTS (
                     SELECT 1 FROM event_delivery AS other
                     WHERE other.receiver = event_receiver.number
                         AND other.subject = event.subject AND other.ended_at IS NULL
                 ), 'queued', 'waiting'), 0, ?2
             FROM event, event_receiver
             WHERE event.number = ?1
                 AND event_receiver.provider = event.provider
                 AND coalesce(event_receiver.name, event.name) = event.name
             ORDER BY event_receiver.number",
        )?
        .execute(params![event, now])
}

fn step(transaction: &Transaction<'_>, event: i64, step: &str, now: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT INTO event_step (event, step, at) VALUES (?1, ?2, ?3)")?
        .execute(params![event, step, now])
        .map(drop)
}

/// Forgets the oldest events, once nothing of them waits any more. Beyond the limit they are given up
/// first, and forgotten the next time.
fn tidy(transaction: &Transaction<'_>, last: i64, now: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM event WHERE number <= ?1 AND NOT EXISTS (
            SELECT 1 FROM event_delivery WHERE event = event.number AND ended_at IS NULL
        )";
    transaction
        .prepare_cached(sql)?
        .execute([last - MOST_SENT])?;
    let given_up = queue::give_up(transaction, last - MOST, now)?;
    if given_up > 0 {
        tracing::warn!(
            deliveries = given_up,
            "too many events wait: the oldest are given up"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests;
