//! Customers and their cards in the store: what is unique, and numbers.

use cards_model::Rule;
use rusqlite::{Connection, OptionalExtension, params};

use crate::world::airpay::SAMPLE_EMAIL;
use cards_sandbox_core::answer::UnmetRule;

/// The one state that registering leads to.
pub(super) const KYC_STATUS: &str = super::kyc::MINIMUM;

pub(super) const EMAIL_IS_UNIQUE: UnmetRule =
    UnmetRule::field("email", Rule::Allowed, "nobody else may have it");

pub(super) const MOBILE_NO_IS_UNIQUE: UnmetRule =
    UnmetRule::field("mobile_no", Rule::Allowed, "nobody else may have it");

/// Makes the fingerprint that two e-mail addresses are compared by, whatever
/// their case. `None` for the documents' own address: any number of customers
/// may have it.
pub(super) fn email_key(email: &str, fingerprint: impl Fn(&str) -> [u8; 32]) -> Option<[u8; 32]> {
    (email != SAMPLE_EMAIL).then(|| fingerprint(&email.to_ascii_lowercase()))
}

/// Tells whether another customer than `entity_id` has this address.
pub(super) fn is_email_taken(
    connection: &Connection,
    key: Option<&[u8; 32]>,
    entity_id: &str,
) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_customer WHERE email_key = ?1 AND entity_id <> ?2";
    connection
        .prepare_cached(sql)?
        .exists(params![key, entity_id])
}

/// Tells whether another customer than `entity_id` has this mobile number.
pub(super) fn is_mobile_no_taken(
    connection: &Connection,
    mobile_no: &str,
    entity_id: &str,
) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_customer WHERE mobile_no = ?1 AND entity_id <> ?2";
    connection
        .prepare_cached(sql)?
        .exists([mobile_no, entity_id])
}

pub(super) fn is_card_taken(connection: &Connection, key: &[u8; 32]) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_card WHERE card_key = ?1";
    connection.prepare_cached(sql)?.exists([key])
}

pub(super) fn is_kit_taken(connection: &Connection, key: &[u8; 32]) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_card WHERE kit_key = ?1";
    connection.prepare_cached(sql)?.exists([key])
}

pub(super) fn exists(connection: &Connection, entity_id: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_customer WHERE entity_id = ?1";
    connection.prepare_cached(sql)?.exists([entity_id])
}

/// Numbers of customers end before this one: far more than anybody registers,
/// no sum with them overflows, and no id has so many digits that it would be
/// masked as a card number.
pub(super) const LAST_NUMBER: i64 = 1_000_000_000_000;

/// The number of the next customer; `None` where every one is given out.
pub(super) fn next_number(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let next = last_number(connection)? + 1;
    Ok((next < LAST_NUMBER).then_some(next))
}

/// The highest number that a customer has had; no number is given out twice.
pub(super) fn last_number(connection: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'airpay_customer'";
    let last: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0))
}

/// The id that goes with a number.
pub(super) fn entity_id(number: i64) -> String {
    format!("AIRPAYCUST{number:04}")
}
