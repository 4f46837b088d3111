//! The money of Airpay's customers: a row for each transaction, in whole paise. A
//! balance is the sum of the rows, and is written down nowhere else.

use cards_model::{Date, Decimal, UtcOffset};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::customers::LAST_NUMBER;
use super::kyc;
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

/// The columns of a sum, which [`joined`] reads: millions and the rest apart, as SQLite's sum of many
/// amounts fails beyond 64 bits, also where others bring it back.
pub(super) const SUM: &str = "coalesce(sum(paise / 1000000), 0), coalesce(sum(paise % 1000000), 0)";

/// Reads the columns of [`SUM`].
pub(super) fn joined(row: &Row<'_>) -> rusqlite::Result<i64> {
    let (millions, rest): (i64, i64) = (row.get(0)?, row.get(1)?);
    Ok(clamped(i128::from(millions) * 1_000_000 + i128::from(rest)))
}

/// Gives the number that is nearest to a sum.
pub(super) fn clamped(sum: i128) -> i64 {
    let end = if sum < 0 { i64::MIN } else { i64::MAX };
    i64::try_from(sum).unwrap_or(end)
}

/// Reads a customer's balance: what an authorisation holds back is gone.
pub(super) fn balance(connection: &Connection, entity_id: &str) -> rusqlite::Result<i64> {
    let sql = format!("SELECT {SUM} FROM airpay_transaction WHERE entity_id = ?1");
    let mut sum = connection.prepare_cached(&sql)?;
    sum.query_row([entity_id], joined)
}

/// Tells whether a customer's balance has no more digits than an amount once this comes onto it.
pub(super) fn has_room(
    connection: &Connection,
    entity_id: &str,
    paise: i64,
) -> rusqlite::Result<bool> {
    let room = MOST.saturating_sub(balance(connection, entity_id)?);
    Ok(paise <= room.max(0))
}

/// Tells whether a customer's refunds are of more than the payments that they name. `total()` adds
/// numbers with a point, which never overflow: up to 2^53 the sum is exact, and a sum beyond that is of
/// more than any payment.
pub(super) fn gives_back_too_much(
    connection: &Connection,
    entity_id: &str,
) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_transaction AS refund
               WHERE entity_id = ?1 AND kind = 'refund' GROUP BY refund_of
               HAVING total(paise) > coalesce((
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
    let sql = format!(
        "SELECT {SUM} FROM airpay_transaction
         WHERE entity_id = ?1 AND at BETWEEN ?2 AND ?3 AND kind = 'load'"
    );
    let times = (times.start(), times.end());
    let mut sum = connection.prepare_cached(&sql)?;
    sum.query_row(params![entity_id, times.0, times.1], joined)
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

/// Adds a transaction. Gives its id, which nobody has had; once all were given out, one that nobody
/// has.
pub(super) fn add(connection: &Connection, entry: NewEntry<'_>) -> rusqlite::Result<String> {
    let mut number = last_number(connection)?.unwrap_or(0) + 1;
    if number >= LAST_NUMBER {
        number = 1;
    }
    let is_taken = "SELECT 1 FROM airpay_transaction WHERE transaction_id = ?1
        UNION ALL SELECT 1 FROM airpay_transaction WHERE number = ?2";
    let mut is_taken = connection.prepare_cached(is_taken)?;
    while is_taken.exists(params![transaction_id(number), number])? {
        number += 1;
    }
    let id = transaction_id(number);
    // The next goes on after it.
    let sql = "INSERT INTO airpay_transaction
                   (number, transaction_id, entity_id, kind, paise, refund_of, at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut insert = connection.prepare_cached(sql)?;
    insert.execute(params![
        number,
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

/// The number that an id of the sandbox's own form stands for.
pub(super) fn number_of(id: &str) -> Option<i64> {
    let number: i64 = id.strip_prefix("AIRPAYTXN")?.parse().ok()?;
    let is_own = (0..LAST_NUMBER / 10).contains(&number) && transaction_id(number) == id;
    is_own.then_some(number)
}

/// The highest number that a transaction has had. `None`: there was none.
pub(super) fn last_number(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'airpay_transaction' AND seq > 0";
    let mut last = connection.prepare_cached(sql)?;
    last.query_row([], |row| row.get(0)).optional()
}

/// Keeps a number and those before it from being given to a transaction that comes.
pub(super) fn keep_number(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    let last = last_number(connection)?;
    if number <= last.unwrap_or(0) {
        return Ok(());
    }
    let sql = match last {
        Some(_) => "UPDATE sqlite_sequence SET seq = ?1 WHERE name = 'airpay_transaction'",
        None => "INSERT INTO sqlite_sequence (name, seq) VALUES ('airpay_transaction', ?1)",
    };
    connection.prepare_cached(sql)?.execute([number]).map(drop)
}

/// Keeps the numbers of a customer's transactions, which are about to go, from being given again.
pub(super) fn keep_numbers_of(connection: &Connection, entity_id: &str) -> rusqlite::Result<()> {
    let sql = "SELECT transaction_id FROM airpay_transaction WHERE entity_id = ?1";
    let mut ids = connection.prepare_cached(sql)?;
    let mut ids = ids.query([entity_id])?;
    let mut highest = None;
    while let Some(row) = ids.next()? {
        // One that is damaged is no id of the sandbox's own.
        let id = row.get_ref(0)?.as_str().ok();
        highest = highest.max(id.and_then(number_of));
    }
    highest.map_or(Ok(()), |number| keep_number(connection, number))
}

/// The most that a customer of this standing may load in a calendar month, in paise. Any
/// standing but a full one counts as the minimum.
pub(super) fn monthly_limit(kyc_status: &str) -> i64 {
    match kyc::is_full(kyc_status) {
        true => MONTHLY_AT_FULL,
        false => MONTHLY_AT_MINIMUM,
    }
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
    use crate::Sandbox;
    use crate::testing::Harness;
    use cards_sandbox_core::store::StoreError;

    const CUSTOMER: &str = crate::world::airpay::CUSTOMER;

    /// A row for each of so many amounts that 64 bits hold no sum of those of either sign. SQLite
    /// reads those that leave first.
    fn fill(write: &rusqlite::Transaction<'_>) -> Result<(), StoreError> {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 93000)
            INSERT INTO airpay_transaction (transaction_id, entity_id, kind, paise, at)
            SELECT 'in-' || i, ?1, 'load', ?2, 7 FROM n
            UNION ALL SELECT 'out-' || i, ?1, 'cleared', -?2, 7 FROM n";
        write.execute(sql, params![CUSTOMER, MOST])?;
        Ok(())
    }

    #[tokio::test]
    async fn many_high_amounts_have_a_sum() {
        let sandbox = Harness::with(Sandbox::builder().unlimited_loads());
        sandbox.app.store.write(fill).await.unwrap();
        let of = [("entity_id", CUSTOMER), ("amount", "5")];
        let told = sandbox.airpay("topup", &of).await;
        assert!(told.body.contains("success"), "{}", told.body);
        let told = sandbox.airpay("card-balance", &of[..1]).await;
        assert!(told.body.contains(r#""balance":"5.0""#), "{}", told.body);
        let sums = |connection: &Connection| -> Result<_, StoreError> {
            let is_too_much = gives_back_too_much(connection, CUSTOMER)?;
            Ok((loaded(connection, CUSTOMER, 0..=9)?, is_too_much))
        };
        assert_eq!(
            sandbox.app.store.read(sums).await.unwrap(),
            (i64::MAX, false)
        );

        let give_back = |write: &rusqlite::Transaction<'_>| -> Result<(), StoreError> {
            let sql = "UPDATE airpay_transaction SET kind = 'refund', refund_of = 'out-1'
                WHERE transaction_id GLOB 'in-*'";
            write.execute(sql, [])?;
            Ok(())
        };
        sandbox.app.store.write(give_back).await.unwrap();
        assert_eq!(sandbox.app.store.read(sums).await.unwrap(), (0, true));
        let refund = r#"{"action":"refund","transaction":"out-1"}"#;
        let told = sandbox
            .control("POST", "/_sandbox/issuer/airpay", refund)
            .await;
        assert_eq!(told.status, 409, "{}", told.body);
    }

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
