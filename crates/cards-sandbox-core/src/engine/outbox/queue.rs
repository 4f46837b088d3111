//! Reads the deliveries whose turn it is, and writes down what became of them.

use rusqlite::{Connection, OptionalExtension, Row, Rows, Transaction, params};

use crate::engine::store::{StoreError, of_row};

/// A delivery whose turn it is.
// No `Debug`: the URL may hold a secret.
#[derive(Clone)]
pub(crate) struct Due {
    pub(crate) delivery: i64,
    pub(crate) event: i64,
    pub(crate) receiver: i64,
    /// The URL with its query.
    pub(crate) url: String,
    /// Says whether the receiver takes all events of the provider.
    pub(crate) takes_all: bool,
    pub(crate) provider: String,
    pub(crate) name: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) attempts: u32,
    /// The time at which it was sent first, in milliseconds since 1970.
    pub(crate) first_at: Option<i64>,
}

impl Due {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        of_row("event_delivery", "number", row, |row| {
            let (provider, name, body) = of_row("event", "event", row, |row| {
                Ok((row.get("provider")?, row.get("name")?, row.get("body")?))
            })?;
            Ok(Self {
                delivery: row.get("number")?,
                event: row.get("event")?,
                receiver: row.get("receiver")?,
                url: row.get("url")?,
                takes_all: row.get("takes_all")?,
                provider,
                name,
                subject: row.get("subject")?,
                body,
                attempts: row.get("attempts")?,
                first_at: row.get("first_at")?,
            })
        })
    }
}

const COLUMNS: &str = "delivery.*, event.provider, event.name, event.body,
    event_receiver.name IS NULL AS takes_all
    FROM event_delivery AS delivery
    JOIN event ON event.number = delivery.event
    JOIN event_receiver ON event_receiver.number = delivery.receiver";

/// A delivery whose row, or whose event's, holds what it may not.
pub(crate) struct Damaged {
    pub(crate) delivery: i64,
    /// Names the row, and what of it is damaged.
    pub(crate) what: String,
}

/// Deliveries that were looked for.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) due: Vec<Due>,
    pub(crate) damaged: Vec<Damaged>,
}

impl Found {
    /// Reads one row after the other: a damaged one does not stand in the way of the others.
    fn read(mut rows: Rows<'_>) -> Result<Self, StoreError> {
        let mut found = Self::default();
        while let Some(row) = rows.next()? {
            match Due::read(row).map_err(StoreError::from) {
                Ok(due) => found.due.push(due),
                Err(StoreError::Corrupt(what)) => found.damaged.push(Damaged {
                    delivery: row.get("number")?,
                    what,
                }),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

/// Writes numbers as SQLite's JSON functions read them.
fn json(numbers: &[i64]) -> String {
    format!("{numbers:?}")
}

/// Lists deliveries to one receiver whose turn it is, but for those that are passed over: of each
/// subject the oldest that waits.
pub(crate) fn due(
    connection: &Connection,
    receiver: i64,
    now: i64,
    passed_over: &[i64],
    most: usize,
) -> Result<Found, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE receiver = ?1 AND state = 'waiting' AND due_at <= ?2
             AND delivery.number NOT IN (SELECT value FROM json_each(?3))
         ORDER BY due_at, delivery.number LIMIT ?4"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut found = connection.prepare_cached(&sql)?;
    Found::read(found.query(params![receiver, now, json(passed_over), most])?)
}

/// Lists the deliveries that are next in line behind those that are held back, but for those that
/// are passed over. One that was never sent is due at once: only another clock puts it off.
pub(crate) fn behind(
    connection: &Connection,
    now: i64,
    held: &[i64],
    passed_over: &[i64],
    most: usize,
) -> Result<Found, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE delivery.number IN (
             SELECT (
                 SELECT min(number) FROM event_delivery
                 WHERE receiver = held.receiver AND subject = held.subject
                     AND ended_at IS NULL AND number > held.number
             ) FROM event_delivery AS held
             WHERE held.number IN (SELECT value FROM json_each(?2))
         ) AND (attempts = 0 OR due_at <= ?1)
             AND delivery.number NOT IN (SELECT value FROM json_each(?3))
         ORDER BY delivery.number LIMIT ?4"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut found = connection.prepare_cached(&sql)?;
    Found::read(found.query(params![now, json(held), json(passed_over), most])?)
}

/// Lists those of some deliveries that have gone or ended.
pub(crate) fn gone(connection: &Connection, deliveries: &[i64]) -> rusqlite::Result<Vec<i64>> {
    let sql = "SELECT value FROM json_each(?1) WHERE NOT EXISTS (
            SELECT 1 FROM event_delivery WHERE number = value AND ended_at IS NULL
        )";
    connection
        .prepare_cached(sql)?
        .query_map([json(deliveries)], |row| row.get(0))?
        .collect()
}

/// Tells whether a delivery of an event is there, and has not ended.
pub(crate) fn is_to_be_sent(
    connection: &Connection,
    delivery: i64,
    event: i64,
) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM event_delivery WHERE number = ?1 AND event = ?2 AND ended_at IS NULL";
    connection.prepare_cached(sql)?.exists([delivery, event])
}

/// Lists the columns that change where a delivery's turn has come, for `SET`; the first parameter is
/// the time. A delivery that was queued is due at once: the clock may have gone back since then.
const ITS_TURN: &str = "state = 'waiting', due_at = iif(state = 'queued', min(due_at, ?1), due_at)";

/// Lets the oldest that is queued wait where none of the receiver and subject of a delivery does.
fn advance(transaction: &Transaction<'_>, delivery: i64, now: i64) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE event_delivery SET {ITS_TURN} WHERE number = (
            SELECT min(number) FROM event_delivery
            WHERE receiver = (SELECT receiver FROM event_delivery WHERE number = ?2)
                AND subject = (SELECT subject FROM event_delivery WHERE number = ?2)
                AND ended_at IS NULL
        )"
    );
    transaction
        .prepare_cached(&sql)?
        .execute([now, delivery])
        .map(drop)
}

/// Gives up a delivery whose row is damaged. A number of attempts that is none becomes one, so that
/// the event can be shown.
pub(crate) fn give_up_damaged(
    transaction: &Transaction<'_>,
    delivery: i64,
    now: i64,
) -> rusqlite::Result<()> {
    let trouble = "its row is damaged";
    let sql = "INSERT INTO event_step (event, step, at, trouble)
        SELECT event, 'given-up', ?2, ?3 FROM event_delivery
        WHERE number = ?1 AND ended_at IS NULL";
    transaction
        .prepare_cached(sql)?
        .execute(params![delivery, now, trouble])?;
    let sql = "UPDATE event_delivery SET state = 'given-up', ended_at = ?2, trouble = ?3,
            attempts = max(0, min(attempts, 4294967295))
        WHERE number = ?1 AND ended_at IS NULL";
    transaction
        .prepare_cached(sql)?
        .execute(params![delivery, now, trouble])?;
    advance(transaction, delivery, now)
}

/// Gives up all that waits of the events up to one. Gives how many deliveries these are.
pub(super) fn give_up(
    transaction: &Transaction<'_>,
    last: i64,
    now: i64,
) -> rusqlite::Result<usize> {
    let trouble = "too many events wait";
    let sql = "INSERT INTO event_step (event, step, at, url, trouble)
        SELECT event, 'given-up', ?2, url, ?3 FROM event_delivery
        WHERE event <= ?1 AND ended_at IS NULL";
    transaction
        .prepare_cached(sql)?
        .execute(params![last, now, trouble])?;
    let sql = "UPDATE event_delivery SET state = 'given-up', ended_at = ?2, trouble = ?3
        WHERE event <= ?1 AND ended_at IS NULL";
    let given_up = transaction
        .prepare_cached(sql)?
        .execute(params![last, now, trouble])?;
    if given_up > 0 {
        let sql = format!(
            "UPDATE event_delivery SET {ITS_TURN} WHERE number IN (
                SELECT min(number) FROM event_delivery WHERE ended_at IS NULL
                GROUP BY receiver, subject
            )"
        );
        transaction.execute(&sql, [now])?;
    }
    Ok(given_up)
}

/// Sets back all that is put off by as long as the clock has gone back, which would keep it waiting
/// for as long again. `None`: how long is not known, as after a start, and all is sent now.
pub(crate) fn set_back(
    transaction: &Transaction<'_>,
    now: i64,
    back: Option<i64>,
) -> rusqlite::Result<()> {
    let sql = "UPDATE event_delivery SET due_at = max(?1, due_at - coalesce(?2, due_at))
               WHERE ended_at IS NULL AND due_at > ?1";
    transaction.execute(sql, (now, back)).map(drop)
}

/// Sets back a delivery by as long as the clock was ahead that put it off with this attempt, unless
/// anything else has changed its time.
pub(crate) fn set_one_back(
    transaction: &Transaction<'_>,
    attempt: &Attempt,
    now: i64,
    back: i64,
) -> rusqlite::Result<()> {
    let sql = "UPDATE event_delivery SET due_at = max(?2, due_at - ?3)
               WHERE number = ?1 AND ended_at IS NULL AND due_at = ?4";
    let given = (attempt.due.delivery, now, back, attempt.next_at);
    transaction.prepare_cached(sql)?.execute(given).map(drop)
}

/// Tells whether anything that is still to be sent is put off.
pub(crate) fn is_put_off(connection: &Connection, now: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM event_delivery WHERE ended_at IS NULL AND due_at > ?1";
    connection.prepare_cached(sql)?.exists([now])
}

/// Tells whether anything that was never sent is put off: only a clock that was ahead does that, and has
/// gone back.
pub(crate) fn is_early(connection: &Connection, now: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM event_delivery
        WHERE state = 'waiting' AND due_at > ?1 AND attempts = 0";
    connection.prepare_cached(sql)?.exists([now])
}

/// Lets what was never sent be sent now.
pub(crate) fn hurry(transaction: &Transaction<'_>, now: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE event_delivery SET due_at = ?1
        WHERE state = 'waiting' AND due_at > ?1 AND attempts = 0";
    transaction.prepare_cached(sql)?.execute([now]).map(drop)
}

/// The time at which the next delivery that is put off is to be sent.
pub(crate) fn next_due(connection: &Connection, now: i64) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT min(due_at) FROM event_delivery WHERE state = 'waiting' AND due_at > ?1";
    connection
        .prepare_cached(sql)?
        .query_row([now], |row| row.get(0))
}

/// The most steps of one event that are remembered: the newest.
const MOST_STEPS: i64 = 100;

/// One attempt at a delivery, and what is to become of it.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) due: Due,
    /// The time at which it ended, in milliseconds since 1970.
    pub(crate) at: i64,
    /// The status of the answer, where one came.
    pub(crate) status: Option<u16>,
    /// The reason why it was not taken; `None` where it was.
    pub(crate) trouble: Option<String>,
    /// The time at which it is sent again. `None`: never, it was taken or is given up.
    pub(crate) next_at: Option<i64>,
}

impl Attempt {
    /// Sets the attempt back where the clock has gone back since it ended.
    pub(crate) fn set_back(&mut self, now: i64) {
        let ahead = self.at.saturating_sub(now).max(0);
        self.at -= ahead;
        self.next_at = self.next_at.map(|next| next.saturating_sub(ahead));
    }
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
        WHERE number = ?1 AND event = ?9 AND ended_at IS NULL RETURNING 1";
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
    if ended_at.is_some() {
        advance(transaction, due.delivery, attempt.at)?;
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
    let sql = "DELETE FROM event_step WHERE event = ?1 AND number <= (
            SELECT number FROM event_step WHERE event = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2
        )";
    transaction
        .prepare_cached(sql)?
        .execute([due.event, MOST_STEPS])
        .map(drop)
}
