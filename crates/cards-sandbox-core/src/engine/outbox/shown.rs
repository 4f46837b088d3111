//! Events and their deliveries, as the control API and the page show them.

use rusqlite::{Connection, OptionalExtension, Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::ReceiverUrl;
use crate::engine::clock;
use crate::engine::listed;
use crate::engine::store::of_row;

/// An event, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SentEvent {
    /// Its number, counted from 1.
    pub number: i64,
    /// The provider that sends it.
    #[schemars(schema_with = "listed::provider_name")]
    pub provider: String,
    /// The name of what it tells.
    #[serde(rename = "event")]
    pub name: String,
    /// The card, or whatever else its events are in order of.
    pub subject: String,
    /// The provider's own id of it.
    pub id: String,
    /// Time at which it happened, by the sandbox's clock, as ISO 8601 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub made_at: String,
    /// The body, exactly as it is signed and sent.
    pub body: String,
    /// Its deliveries, in order; none where there was no receiver for it.
    pub deliveries: Vec<Delivery>,
}

/// A delivery of an event to one receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// Its number, counted from 1: they are sent in this order for each receiver and subject.
    pub number: i64,
    /// The number of the receiver, which may be gone.
    pub receiver: i64,
    /// Address that it is sent to, without a query.
    pub url: String,
    /// State that it has come to.
    pub state: DeliveryState,
    /// Number of times that it was sent.
    pub attempts: u32,
    /// The status of the last answer; null where none came.
    pub status: Option<u16>,
    /// Reason why the last attempt failed; null where it did not.
    pub trouble: Option<String>,
    /// Time at which it is sent next; null where it waits no more.
    pub next_at: Option<String>,
    /// Time at which it was delivered or given up; null while it waits.
    pub ended_at: Option<String>,
}

/// The states that a delivery comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DeliveryState {
    /// It is still to be sent, perhaps once more.
    Waiting,
    /// The receiver has taken it.
    Delivered,
    /// It is not sent any more.
    GivenUp,
}

impl DeliveryState {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given-up",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "delivered" => Self::Delivered,
            "given-up" => Self::GivenUp,
            _ => Self::Waiting,
        }
    }
}

/// Something that happened to an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "EventStep")]
pub(crate) struct Step {
    /// Its number, counted from 1.
    pub(crate) number: i64,
    /// The kind of what happened.
    pub(crate) step: StepKind,
    /// When, by the sandbox's clock.
    #[schemars(extend("format" = "date-time"))]
    pub(crate) at: String,
    /// The event's number.
    pub(crate) event_number: i64,
    #[schemars(schema_with = "listed::provider_name")]
    pub(crate) provider: String,
    /// The name of what it tells.
    pub(crate) event: String,
    pub(crate) subject: String,
    /// The provider's own id of the event.
    pub(crate) id: String,
    /// Address that it was sent to, without a query; null where it was not sent.
    pub(crate) url: Option<String>,
    /// The status of the answer; null where none came.
    pub(crate) status: Option<u16>,
    /// Reason why it was not taken; null where it was.
    pub(crate) trouble: Option<String>,
    /// Time at which it is sent again; null where it is not.
    pub(crate) next_at: Option<String>,
}

/// The kinds of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StepKind {
    /// The event came into being.
    Made,
    /// A receiver has taken it.
    Delivered,
    /// An attempt failed, and another will be made.
    Failed,
    /// It is not sent to a receiver any more.
    GivenUp,
    /// Somebody asked for it to be sent once more.
    Resent,
}

impl StepKind {
    fn of(word: &str) -> Self {
        match word {
            "delivered" => Self::Delivered,
            "failed" => Self::Failed,
            "given-up" => Self::GivenUp,
            "resent" => Self::Resent,
            _ => Self::Made,
        }
    }
}

/// Picks events out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventFilter {
    pub(crate) provider: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) subject: Option<String>,
}

const FITS: &str = "coalesce(?1, event.provider) = event.provider
    AND coalesce(?2, event.name) = event.name
    AND coalesce(?3, event.subject) = event.subject";

/// Lists the newest events after one, the oldest of them first.
pub(crate) fn events(
    connection: &Connection,
    filter: &EventFilter,
    after: i64,
    most: usize,
) -> rusqlite::Result<Vec<SentEvent>> {
    let sql =
        format!("SELECT * FROM event WHERE {FITS} AND number > ?4 ORDER BY number DESC LIMIT ?5");
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let given = params![filter.provider, filter.name, filter.subject, after, most];
    let mut found: Vec<_> = connection
        .prepare_cached(&sql)?
        .query_map(given, read_event)?
        .collect::<Result<_, _>>()?;
    found.reverse();
    for event in &mut found {
        event.deliveries = deliveries(connection, event.number)?;
    }
    Ok(found)
}

/// Finds the event with this number.
pub(crate) fn find(connection: &Connection, number: i64) -> rusqlite::Result<Option<SentEvent>> {
    let found = connection
        .prepare_cached("SELECT * FROM event WHERE number = ?1")?
        .query_row([number], read_event)
        .optional()?;
    let Some(event) = found else {
        return Ok(None);
    };
    let deliveries = deliveries(connection, number)?;
    Ok(Some(SentEvent {
        deliveries,
        ..event
    }))
}

fn deliveries(connection: &Connection, event: i64) -> rusqlite::Result<Vec<Delivery>> {
    connection
        .prepare_cached("SELECT * FROM event_delivery WHERE event = ?1 ORDER BY number")?
        .query_map([event], read_delivery)?
        .collect()
}

/// Reads a time of a column.
fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<String>> {
    let millis: Option<i64> = row.get(column)?;
    Ok(millis.map(clock::iso))
}

fn read_event(row: &Row<'_>) -> rusqlite::Result<SentEvent> {
    of_row("event", "number", row, |row| {
        Ok(SentEvent {
            number: row.get("number")?,
            provider: row.get("provider")?,
            name: row.get("name")?,
            subject: row.get("subject")?,
            id: row.get("id")?,
            made_at: time(row, "made_at")?.unwrap_or_default(),
            body: row.get("body")?,
            deliveries: Vec::new(),
        })
    })
}

fn read_delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    of_row("event_delivery", "number", row, |row| {
        let state = DeliveryState::of(&row.get::<_, String>("state")?);
        let due_at = time(row, "due_at")?;
        Ok(Delivery {
            number: row.get("number")?,
            receiver: row.get("receiver")?,
            url: ReceiverUrl::shown(&row.get::<_, String>("url")?).to_owned(),
            state,
            attempts: row.get("attempts")?,
            status: row.get("status")?,
            trouble: row.get("trouble")?,
            next_at: due_at.filter(|_| state == DeliveryState::Waiting),
            ended_at: time(row, "ended_at")?,
        })
    })
}

/// Lists what happened after a step, the oldest first.
pub(crate) fn steps(
    connection: &Connection,
    filter: &EventFilter,
    after: i64,
    most: usize,
) -> rusqlite::Result<Vec<Step>> {
    let sql = format!(
        "SELECT step.*, event.provider, event.name, event.subject, event.id
         FROM event_step AS step JOIN event ON event.number = step.event
         WHERE {FITS} AND step.number > ?4 ORDER BY step.number LIMIT ?5"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let given = params![filter.provider, filter.name, filter.subject, after, most];
    connection
        .prepare_cached(&sql)?
        .query_map(given, read_step)?
        .collect()
}

/// The number of the last step.
pub(crate) fn last_step(connection: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT coalesce(max(number), 0) FROM event_step";
    connection
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))
}

fn read_step(row: &Row<'_>) -> rusqlite::Result<Step> {
    of_row("event_step", "number", row, |row| {
        let url: Option<String> = row.get("url")?;
        let (provider, event, subject, id) = of_row("event", "event", row, |row| {
            Ok((
                row.get("provider")?,
                row.get("name")?,
                row.get("subject")?,
                row.get("id")?,
            ))
        })?;
        Ok(Step {
            number: row.get("number")?,
            step: StepKind::of(&row.get::<_, String>("step")?),
            at: time(row, "at")?.unwrap_or_default(),
            event_number: row.get("event")?,
            provider,
            event,
            subject,
            id,
            url: url.map(|url| ReceiverUrl::shown(&url).to_owned()),
            status: row.get("status")?,
            trouble: row.get("trouble")?,
            next_at: time(row, "next_at")?,
        })
    })
}
