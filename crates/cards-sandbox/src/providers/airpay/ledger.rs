//! The money of Airpay's customers: a row for each transaction, in whole paise. A
//! balance is the sum of the rows, and is written down nowhere else.

use cards_model::{Date, Decimal, UtcOffset};
use rusqlite::{Connection, OptionalExtension, params};

use super::transaction_kind::TransactionKind;

/// A rupee has a hundred paise.
pub(super) const DECIMALS: u32 = 2;

/// The highest balance: as many digits as an amount may have, so that no sum overflows.
pub(super) const MOST: i64 = 99_999_999_999_999;

/// The most that is loaded in a calendar month at the minimum KYC: 10,000 rupees.
const MONTHLY_AT_MINIMUM: i64 = 10_000 * 100;

/// The most that is loaded in a calendar month at full KYC: 1,00,000 rupees.
const MONTHLY_AT_FULL: i64 = 100_000 * 100;

/// Writes an amount in rupees with both decimals.
pub(super) fn rupees(paise: i64) -> Decimal {
    Decimal::new(paise, DECIMALS)
}

/// Reads a customer's balance: what an authorisation holds back is gone.
pub(super) fn balance(connection: &Connection, entity_id: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT coalesce(sum(paise), 0) FROM airpay_transaction WHERE entity_id = ?1";
    let mut sum = connection.prepare_cached(sql)?;
    sum.query_row([entity_id], |row| row.get(0))
}

/// Tells whether a customer's refunds are of more than the payments that they name.
pub(super) fn gives_back_too_much(
    connection: &Connection,
    entity_id: &str,
) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_transaction AS refund
               WHERE entity_id = ?1 AND kind = 'refund' GROUP BY refund_of
               HAVING sum(paise) > coalesce((
                   SELECT -paise FROM airpay_transaction AS payment
                   WHERE transaction_id = refund.refund_of AND kind = 'cleared'
                       AND payment.entity_id = ?1
               ), -1)";
    connection.prepare_cached(sql)?.exists([entity_id])
}

/// Sums up what was loaded at times within a range.
pub(super) fn loaded(
    connection: &Connection,
    entity_id: &str,
    times: std::ops::RangeInclusive<i64>,
) -> rusqlite::Result<i64> {
    let sql = "SELECT coalesce(sum(paise), 0) FROM airpay_transaction
               WHERE entity_id = ?1 AND at BETWEEN ?2 AND ?3 AND kind = 'load'";
    let times = (times.start(), times.end());
    let mut sum = connection.prepare_cached(sql)?;
    sum.query_row(params![entity_id, times.0, times.1], |row| row.get(0))
}

/// A transaction to add.
#[derive(Clone, Copy)]
pub(super) struct NewEntry<'a> {
    pub(super) entity_id: &'a str,
    pub(super) kind: TransactionKind,
    /// Negative where it leaves.
    pub(super) paise: i64,
    /// The payment that it gives back.
    pub(super) refund_of: Option<&'a str>,
    /// Seconds since 1970.
    pub(super) at: i64,
}

/// Adds a transaction. Gives its id, which nobody has had.
pub(super) fn add(connection: &Connection, entry: NewEntry<'_>) -> rusqlite::Result<String> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'airpay_transaction'";
    let mut last = connection.prepare_cached(sql)?;
    let last: Option<i64> = last.query_row([], |row| row.get(0)).optional()?;
    let mut number = last.unwrap_or(0) + 1;
    let is_taken = "SELECT 1 FROM airpay_transaction WHERE transaction_id = ?1";
    let mut is_taken = connection.prepare_cached(is_taken)?;
    // A world file may have given it to another.
    while is_taken.exists([transaction_id(number)])? {
        number += 1;
    }
    let id = transaction_id(number);
    let sql = "INSERT INTO airpay_transaction
                   (transaction_id, entity_id, kind, paise, refund_of, at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut insert = connection.prepare_cached(sql)?;
    insert.execute(params![
        id,
        entry.entity_id,
        entry.kind.as_str(),
        entry.paise,
        entry.refund_of,
        entry.at,
    ])?;
    Ok(id)
}

fn transaction_id(number: i64) -> String {
    format!("AIRPAYTXN{number:04}")
}

/// The most that a customer of this standing may load in a calendar month, in paise. Any
/// standing but a full one counts as the minimum.
pub(super) fn monthly_limit(kyc_status: &str) -> i64 {
    match is_full(kyc_status) {
        true => MONTHLY_AT_FULL,
        false => MONTHLY_AT_MINIMUM,
    }
}

/// Tells whether a customer is known in full: `FULL_KYC`, in the form of the one status that a
/// document names.
pub(super) fn is_full(kyc_status: &str) -> bool {
    matches!(kyc_status, "FULL" | "FULL_KYC")
}

/// The times of the calendar month of a moment, in a zone.
pub(super) fn month(now: i64, zone: UtcOffset) -> std::ops::RangeInclusive<i64> {
    let today = zone.date(now);
    let first = Date::new(today.year(), today.month(), 1).unwrap_or(today);
    let next = match today.month() {
        12 => Date::new(today.year().saturating_add(1), 1, 1),
        month => Date::new(today.year(), month + 1, 1),
    };
    let start = |day: Date| day.unix_days() * 86_400 - zone.seconds();
    // After the last year that there is no month follows.
    start(first)..=next.map_or(i64::MAX, |day| start(day) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_and_ends_at_midnight_in_its_zone() {
        let india = UtcOffset::INDIA;
        // 2026-11-21T00:00:00Z
        let november = month(1_795_219_200, india);
        // 2026-10-31T18:30:00Z to 2026-11-30T18:29:59Z.
        assert_eq!(november, 1_793_471_400..=1_796_063_399);
        assert_eq!(india.date(*november.start()).to_string(), "2026-11-01");
        assert_eq!(india.date(november.start() - 1).to_string(), "2026-10-31");
        assert_eq!(india.date(*november.end()).to_string(), "2026-11-30");
        assert_eq!(india.date(november.end() + 1).to_string(), "2026-12-01");
        let december = month(november.end() + 1, india);
        assert_eq!(*december.start(), november.end() + 1);
        assert_eq!(india.date(december.end() + 1).to_string(), "2027-01-01");
        let last = Date::new(9999, 12, 31).unwrap().unix_days() * 86_400;
        assert_eq!(*month(last, UtcOffset::UTC).end(), i64::MAX);
    }

    #[test]
    fn only_a_full_kyc_has_the_higher_limit() {
        for (status, rupees) in [
            ("MIN_KYC", 10_000),
            ("MIN", 10_000),
            ("PARTIAL", 10_000),
            ("", 10_000),
            ("FULL_KYC", 100_000),
            ("FULL", 100_000),
        ] {
            assert_eq!(monthly_limit(status), rupees * 100, "{status}");
        }
    }
}
