//! Reads the deliveries whose turn it is, and writes down what became of them.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::engine::store::of_row;

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
    /// The time at which it is to be sent, in milliseconds since 1970.
    pub(crate) due_at: i64,
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
                due_at: row.get("due_at")?,
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

/// Lists deliveries to one receiver whose turn it is: of each subject the oldest that waits.
pub(crate) fn due(
    connection: &Connection,
    receiver: i64,
    now: i64,
    most: usize,
) -> rusqlite::Result<Vec<Due>> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE receiver = ?1 AND state = 'waiting' AND due_at <= ?2
         ORDER BY due_at, delivery.number LIMIT ?3"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    connection
        .prepare_cached(&sql)?
        .query_map(params![receiver, now, most], Due::read)?
        .collect()
}

/// Finds the delivery that is next in line behind one, whether its time has come or not. `None`:
/// there is none yet.
pub(crate) fn behind(
    connection: &Connection,
    receiver: i64,
    subject: &str,
    delivery: i64,
) -> rusqlite::Result<Option<Due>> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE receiver = ?1 AND delivery.subject = ?2 AND ended_at IS NULL
             AND delivery.number > ?3
         ORDER BY delivery.number LIMIT 1"
    );
    connection
        .prepare_cached(&sql)?
        .query_row(params![receiver, subject, delivery], Due::read)
        .optional()
}

/// Lists the columns that change where a delivery's turn has come, for `SET`; the first parameter is
/// the time. A delivery that was queued is due at once: the clock may have gone back since then.
const ITS_TURN: &str = "state = 'waiting', due_at = iif(state = 'queued', min(due_at, ?1), due_at)";

/// Lets the oldest that is queued wait where none of its receiver and subject does.
fn advance(
    transaction: &Transaction<'_>,
    receiver: i64,
    subject: &str,
    now: i64,
) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE event_delivery SET {ITS_TURN} WHERE number = (
            SELECT min(number) FROM event_delivery
            WHERE receiver = ?2 AND subject = ?3 AND ended_at IS NULL
        )"
    );
    transaction
        .prepare_cached(&sql)?
        .execute(params![now, receiver, subject])
        .map(drop)
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
        advance(transaction, due.receiver, &due.subject, attempt.at)?;
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
