//! The ledger of the cards: every amount that came onto one or left it.
//!
//! For every card, to the last digit:
//!
//! - its total balance is the sum of all its amounts,
//! - its pending balance is the sum of those that are pending,
//! - its available balance is the sum of those that are not, less what is held back: by a payment
//!   that is pending, or as a world file or the control API has set it.
//!
//! The balances are kept beside the amounts, so that a list need not add up, and change in the
//! same transaction of the store.

use rusqlite::{Connection, OptionalExtension, Row, Transaction as Write, named_params, params};

use super::numbered::{Given, TRANSACTION};
use super::section::Amount;
use cards_sandbox_core::decimal;
use cards_sandbox_core::store::{StoreError, of_row};
use cards_sandbox_core::world_error::WorldError;

/// The description of the amount that a card begins with.
pub(super) const OPENING: &str = "Opening balance";
/// The description of such an amount that is pending.
pub(super) const OPENING_PENDING: &str = "Pending at the opening";
/// The description of what the control API changes.
const ADJUSTMENT: &str = "Adjustment";
/// The descriptions of amounts that are no payments.
pub(super) const OWN: [&str; 3] = [OPENING, OPENING_PENDING, ADJUSTMENT];
/// The time of both in a new world: 2026-01-01T00:00:00Z, in milliseconds since 1970.
pub(super) const OPENED: i64 = 1_767_225_600_000;

/// The digits of a balance at most, which any client can read.
pub(super) const DIGITS: usize = 28;

/// One amount of a card.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The number of the entry; `None` for the next.
    pub(super) id: Option<i64>,
    pub(super) amount: Amount,
    pub(super) description: String,
    /// Milliseconds since 1970.
    pub(super) date_time: i64,
    pub(super) is_pending: bool,
    /// The transaction that it refunds.
    pub(super) refund_of: Option<i64>,
}

impl Entry {
    pub(super) fn new(amount: Amount, description: &str, date_time: i64) -> Self {
        Self {
            id: None,
            amount,
            description: description.to_owned(),
            date_time,
            is_pending: false,
            refund_of: None,
        }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        of_row("ibanera_transaction", "id", row, |row| {
            Ok(Self {
                id: Some(row.get("id")?),
                amount: row.get("amount")?,
                description: row.get("description")?,
                date_time: row.get("date_time")?,
                is_pending: row.get("pending")?,
                refund_of: row.get("refund_of")?,
            })
        })
    }

    /// Writes it down; the card's balances are the caller's.
    pub(super) fn book(&self, write: &Write<'_>, cards_id: i64, id: i64) -> rusqlite::Result<()> {
        let sql = "INSERT INTO ibanera_transaction
             (id, cards_id, amount, description, date_time, pending, refund_of)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        write.prepare_cached(sql)?.execute(params![
            id,
            cards_id,
            self.amount,
            self.description,
            self.date_time,
            self.is_pending,
            self.refund_of,
        ])?;
        Ok(())
    }
}

/// The amounts that make up two balances, without those that are nothing. `None`: one of the balances
/// is no plain decimal.
pub(super) fn opening(total: &str, pending: &str, date_time: i64) -> Option<Vec<Entry>> {
    let settled = Amount::of(&decimal::difference(total, pending)?)?;
    let held_up = Entry {
        is_pending: true,
        ..Entry::new(Amount::of(pending)?, OPENING_PENDING, date_time)
    };
    let entries = [Entry::new(settled, OPENING, date_time), held_up];
    let is_any = |entry: &Entry| !decimal::is_zero(entry.amount.as_str());
    Some(entries.into_iter().filter(is_any).collect())
}

/// The id of the next transaction.
fn next(connection: &Connection) -> Result<i64, WorldError> {
    TRANSACTION.id(connection, None, &Given::default())
}

/// Adds up amounts: all of them, and those that are pending. `None`: one is no plain decimal.
pub(super) fn sums<'a>(
    entries: impl IntoIterator<Item = (&'a str, bool)> + Clone,
) -> Option<(String, String)> {
    let all = entries.clone().into_iter().map(|(amount, _)| amount);
    let pending = entries.into_iter().filter(|(_, is_pending)| *is_pending);
    let pending = decimal::sum(pending.map(|(amount, _)| amount))?;
    Some((decimal::sum(all)?, pending))
}

/// The balances of a card.
pub(super) struct Balances {
    pub(super) total: String,
    pub(super) available: String,
    pub(super) pending: String,
}

/// The balances of the card with this id. `None`: there is none.
pub(super) fn balances(
    connection: &Connection,
    cards_id: i64,
) -> rusqlite::Result<Option<Balances>> {
    let sql = "SELECT total_balance, available_balance, pending_balance
         FROM ibanera_card WHERE id = ?1";
    let read = |row: &Row<'_>| {
        Ok(Balances {
            total: row.get(0)?,
            available: row.get(1)?,
            pending: row.get(2)?,
        })
    };
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([cards_id], read).optional()
}

/// Books what makes one pair of balances of another one.
pub(super) fn adjust(
    write: &Write<'_>,
    cards_id: i64,
    before: &Balances,
    after: &Balances,
    now: i64,
) -> Result<(), WorldError> {
    let total = decimal::difference(&after.total, &before.total);
    let pending = decimal::difference(&after.pending, &before.pending);
    let moved = total.zip(pending);
    let moved = moved.and_then(|(total, pending)| opening(&total, &pending, now));
    let damaged = || StoreError::Corrupt("a card's balance is no plain decimal".to_owned());
    for mut entry in moved.ok_or_else(damaged)? {
        entry.description = ADJUSTMENT.to_owned();
        entry.book(write, cards_id, next(write)?)?;
    }
    Ok(())
}

/// The end of a payment to a card.
pub(super) enum Paid {
    /// The amount is on the card, and can be spent.
    In,
    /// There is no such card.
    NoCard,
    /// A balance would have more digits than any client reads.
    TooMuch,
}

/// Pays an amount onto a card.
pub(super) fn pay_in(write: &Write<'_>, cards_id: i64, entry: &Entry) -> Result<Paid, WorldError> {
    let Some(before) = balances(write, cards_id)? else {
        return Ok(Paid::NoCard);
    };
    let plus = |balance: &str| {
        let sum = decimal::sum([balance, entry.amount.as_str()])?;
        (decimal::digits(&sum) <= DIGITS).then_some(sum)
    };
    let (Some(total), Some(available)) = (plus(&before.total), plus(&before.available)) else {
        return Ok(Paid::TooMuch);
    };
    let sql = "UPDATE ibanera_card SET total_balance = ?2, available_balance = ?3 WHERE id = ?1";
    write
        .prepare_cached(sql)?
        .execute(params![cards_id, total, available])?;
    entry.book(write, cards_id, next(write)?)?;
    Ok(Paid::In)
}

/// All amounts of a card, in the order in which they came.
pub(super) fn of_card(connection: &Connection, cards_id: i64) -> rusqlite::Result<Vec<Entry>> {
    let sql = "SELECT * FROM ibanera_transaction WHERE cards_id = ?1 ORDER BY date_time, id";
    let mut statement = connection.prepare_cached(sql)?;
    let entries = statement.query_map([cards_id], Entry::read)?;
    entries.collect()
}

/// The part of a card's ledger that is asked for, both ends included.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) cards_id: i64,
    /// Milliseconds since 1970.
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Span {
    /// All of a card's ledger.
    pub(super) const fn all(cards_id: i64) -> Self {
        Self {
            cards_id,
            from: i64::MIN,
            to: i64::MAX,
        }
    }

    /// Counts the amounts.
    pub(super) fn count(self, connection: &Connection) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM ibanera_transaction
             WHERE cards_id = ?1 AND date_time BETWEEN ?2 AND ?3";
        let bounds = [self.cards_id, self.from, self.to];
        let count: i64 = connection
            .prepare_cached(sql)?
            .query_row(bounds, |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Lists at most `limit` amounts from the one at `offset` on, the newest first, with the card's
    /// currency.
    pub(super) fn page(
        self,
        connection: &Connection,
        limit: u64,
        offset: u64,
    ) -> Result<Vec<(Entry, String)>, StoreError> {
        let clamp = |number| i64::try_from(number).unwrap_or(i64::MAX);
        let sql = "SELECT entry.*, currency FROM ibanera_transaction AS entry
             JOIN ibanera_card AS card ON card.id = cards_id
             WHERE cards_id = :card AND date_time BETWEEN :from AND :to
             ORDER BY date_time DESC, entry.id DESC LIMIT :limit OFFSET :offset";
        let mut statement = connection.prepare_cached(sql)?;
        let parameters = named_params! {
            ":card": self.cards_id, ":from": self.from, ":to": self.to,
            ":limit": clamp(limit), ":offset": clamp(offset),
        };
        let read = |row: &Row<'_>| Ok((Entry::read(row)?, row.get("currency")?));
        Ok(statement
            .query_map(parameters, read)?
            .collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests;
