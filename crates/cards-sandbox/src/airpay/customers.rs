//! Customers, their cards and preferences in the store.

use std::collections::BTreeMap;

use cards_model::{Personal, Rule};
use rusqlite::{Connection, OptionalExtension, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::listed;
use crate::answer::UnmetRule;
use crate::store::StoreError;
use crate::world::airpay::SAMPLE_EMAIL;

/// The one state that registering leads to.
pub(super) const KYC_STATUS: &str = "MIN_KYC";

pub(super) const EMAIL_IS_UNIQUE: UnmetRule =
    UnmetRule::field("email", Rule::Allowed, "nobody else may have it");

/// Makes the fingerprint that two e-mail addresses are compared by, whatever
/// their case. `None` for the documents' own address: any number of customers
/// may have it.
pub(super) fn email_key(email: &str, fingerprint: impl Fn(&str) -> [u8; 32]) -> Option<[u8; 32]> {
    (email != SAMPLE_EMAIL).then(|| fingerprint(&email.to_ascii_lowercase()))
}

/// Whether another customer than `entity_id` has this address.
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

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayCustomer")]
pub(crate) struct Customer {
    pub(crate) entity_id: String,
    #[schemars(schema_with = "listed::kyc_status")]
    pub(crate) kyc_status: String,
    #[schemars(extend("format" = "date"))]
    pub(crate) kyc_expiry_date: String,
    // Written redacted, by their type.
    #[schemars(with = "String")]
    pub(crate) mobile_no: Personal,
    #[schemars(with = "String")]
    pub(crate) first_name: Personal,
    #[schemars(with = "String")]
    pub(crate) last_name: Personal,
    #[schemars(with = "String")]
    pub(crate) email: Personal,
    pub(crate) cards: Vec<Card>,
    pub(crate) preferences: BTreeMap<String, String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayCard")]
pub(crate) struct Card {
    /// First six and last four digits.
    pub(crate) card_no: String,
    pub(crate) kit_no: String,
    #[schemars(schema_with = "listed::card_type")]
    pub(crate) card_type: String,
    pub(crate) card_expiry: String,
}

/// Reads all customers, or the one of this id.
pub(super) fn shown(
    connection: &Connection,
    only: Option<&str>,
) -> Result<Vec<Customer>, StoreError> {
    let mut cards = connection.prepare_cached(
        "SELECT first_six, last_four, kit_shown, card_type, card_expiry FROM airpay_card
         WHERE entity_id = ?1 ORDER BY number",
    )?;
    let mut preferences = connection
        .prepare_cached("SELECT type, status FROM airpay_preference WHERE entity_id = ?1")?;
    let mut customers = connection.prepare_cached(
        "SELECT entity_id, kyc_status, kyc_expiry_date, mobile_no, first_name, last_name, email
         FROM airpay_customer WHERE ?1 IS NULL OR entity_id = ?1 ORDER BY number",
    )?;
    let personal = |row: &rusqlite::Row<'_>, at| row.get::<_, String>(at).map(Personal::from);
    let customers = customers.query_map([only], |row| {
        let entity_id: String = row.get(0)?;
        let cards = cards.query_map([&entity_id], |row| {
            let (first_six, last_four): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(Card {
                card_no: format!("{first_six}******{last_four}"),
                kit_no: row.get(2)?,
                card_type: row.get(3)?,
                card_expiry: row.get(4)?,
            })
        })?;
        let preferences =
            preferences.query_map([&entity_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Customer {
            kyc_status: row.get(1)?,
            kyc_expiry_date: row.get(2)?,
            mobile_no: personal(row, 3)?,
            first_name: personal(row, 4)?,
            last_name: personal(row, 5)?,
            email: personal(row, 6)?,
            cards: cards.collect::<Result<_, _>>()?,
            preferences: preferences.collect::<Result<_, _>>()?,
            entity_id,
        })
    })?;
    Ok(customers.collect::<Result<_, _>>()?)
}
