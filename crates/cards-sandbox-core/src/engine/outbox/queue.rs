//! Reads the deliveries whose turn it is, and writes down what became of them.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// A delivery whose turn it is.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) delivery: i64,
    pub(crate) event: i64,
    pub(crate) receiver: i64,
    /// The URL with its query.
    pub(crate) url: String,
    /// Whether the receiver takes all events of the provider.
    pub(crate) takes_all: bool,
    pub(crate) provider: String,
    pub(crate) name: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) attempts: u32,
    /// When it was sent the first time, in milliseconds since 1970.
    pub(crate) first_at: Option<i64>,
}

impl Due {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            delivery: row.get("number")?,
            event: row.get("event")?,
            receiver: row.get("receiver")?,
            url: row.get("url")?,
            takes_all: row.get("takes_all")?,
            provider: row.get("provider")?,
            name: row.get("name")?,
            subject: row.get("subject")?,
            body: row.get("body")?,
            attempts: row.get("attempts")?,
            first_at: row.get("first_at")?,
        })
    }
}

/// Lists deliveries to one receiver whose turn it is: of each subject the oldest that waits, but
/// for those that are held back.
pub(crate) fn due(
    connection: &Connection,
    receiver: i64,
    now: i64,
    held: &BTreeSet<i64>,
    most: usize,
) -> rusqlite::Result<Vec<Due>> {
    // Bounded by the number of faults.
    let held: Vec<_> = held.iter().map(i64::to_string).collect();
    let held = format!("[{}]", held.join(","));
    let sql = "SELECT delivery.*, event.provider, event.name, event.body,
            event_receiver.name IS NULL AS takes_all
        FROM event_delivery AS delivery
        JOIN event ON event.number = delivery.event
        JOIN event_receiver ON event_receiver.number = delivery.receiver
        WHERE delivery.number IN (
            SELECT min(number) FROM event_delivery
            WHERE receiver = ?1 AND state = 'waiting'
                AND number NOT IN (SELECT value FROM json_each(?3))
            GROUP BY subject
        ) AND due_at <= ?2
        ORDER BY delivery.number LIMIT ?4";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    connection
        .prepare_cached(sql)?
        .query_map(params![receiver, now, held, most], Due::read)?
        .collect()
}

/// The time at which the next delivery that is put off is to be sent.
pub(crate) fn next_due(connection: &Connection, now: i64) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT min(due_at) FROM event_delivery WHERE state = 'waiting' AND due_at > ?1";
    connection
        .prepare_cached(sql)?
        .query_row([now], |row| row.get(0))
}

/// One attempt at a delivery, and what is to become of it.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) due: Due,
    /// When it ended, in milliseconds since 1970.
    pub(crate) at: i64,
    /// The status of the answer, where one came.
    pub(crate) status: Option<u16>,
    /// Why it was not taken; `None` where it was.
    pub(crate) trouble: Option<String>,
    /// When it is sent again. `None`: never, it was taken or is given up.
    pub(crate) next_at: Option<i64>,
}

/// Writes down what became of an attempt, unless the delivery has gone meanwhile.
pub(crate) fn record(transaction: &Transaction<'_>, attempt: &Attempt) -> rusqlite::Result<()> {
    let (state, step) = match (&attempt.trouble, attempt.next_at) {
        (None, _) => ("delivered", "delivered"),
        (Some(_), Some(_)) => ("waiting", "failed"),
        (Some(_), None) => ("given-up", "given-up"),
    };
    let due = &attempt.due;
    let ended_at = (state != "waiting").then_some(attempt.at);
    let sql = "UPDATE event_delivery SET
            state = ?2, attempts = ?3, first_at = coalesce(first_at, ?4),
            due_at = coalesce(?5, due_at), status = ?6, trouble = ?7, ended_at = ?8
        WHERE number = ?1 AND event = ?9 AND state = 'waiting' RETURNING 1";
    let given = params![
        due.delivery,
        state,
        due.attempts + 1,
        attempt.at,
        attempt.next_at,
        attempt.status,
        attempt.trouble,
        ended_at,
        due.event,
    ];
    let is_there: Option<i64> = transaction
        .prepare_cached(sql)?
        .query_row(given, |row| row.get(0))
        .optional()?;
    if is_there.is_none() {
        return Ok(());
    }
    let sql = "INSERT INTO event_step (event, step, at, url, status, trouble, next_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    transaction.prepare_cached(sql)?.execute(params![
        due.event,
        step,
        attempt.at,
        due.url,
        attempt.status,
        attempt.trouble,
        attempt.next_at,
    ])?;
    Ok(())
}
