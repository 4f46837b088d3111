//! A customer as the control API and the page show one.

use std::collections::BTreeMap;

use cards_model::Personal;
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::Serialize;

use super::cards::{Card, CardRow};
use crate::providers::airpay::listed;
use cards_sandbox_core::store::StoreError;

/// A customer of a sandbox's Airpay, as [`Running::airpay_customers`](crate::Running::airpay_customers)
/// gives one. `Debug` and JSON hide what is personal.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(
    rename = "AirpayCustomer",
    description = "A customer, without what is personal."
)]
#[non_exhaustive]
pub struct Customer {
    /// The id.
    pub entity_id: String,
    /// The state of the KYC: `MIN_KYC`.
    #[schemars(schema_with = "listed::kyc_status")]
    pub kyc_status: String,
    /// The day on which the KYC ends: `2027-11-20`.
    #[schemars(extend("format" = "date"))]
    pub kyc_expiry_date: String,
    /// The mobile number.
    // Written redacted, by their type.
    #[schemars(with = "String")]
    pub mobile_no: Personal,
    /// The first name.
    #[schemars(with = "String")]
    pub first_name: Personal,
    /// The last name.
    #[schemars(with = "String")]
    pub last_name: Personal,
    /// The e-mail address.
    #[schemars(with = "String")]
    pub email: Personal,
    /// The cards, the oldest first.
    pub cards: Vec<Card>,
    /// Whether each channel that was switched is `ALLOWED`: by `ATM` and the like.
    pub preferences: BTreeMap<String, String>,
}

/// Reads all customers, or the one of this id.
pub(crate) fn show_customers(
    connection: &Connection,
    only: Option<&str>,
) -> Result<Vec<Customer>, StoreError> {
    let mut preferences = connection
        .prepare_cached("SELECT type, status FROM airpay_preference WHERE entity_id = ?1")?;
    let mut customers = connection.prepare_cached(
        "SELECT entity_id, kyc_status, kyc_expiry_date, mobile_no, first_name, last_name, email
         FROM airpay_customer WHERE ?1 IS NULL OR entity_id = ?1 ORDER BY number",
    )?;
    let personal = |row: &rusqlite::Row<'_>, at| row.get::<_, String>(at).map(Personal::from);
    let customers = customers.query_map([only], |row| {
        let entity_id: String = row.get(0)?;
        let cards = CardRow::all(connection, &entity_id, CardRow::shown)?;
        let preferences =
            preferences.query_map([&entity_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Customer {
            kyc_status: row.get(1)?,
            kyc_expiry_date: row.get(2)?,
            mobile_no: personal(row, 3)?,
            first_name: personal(row, 4)?,
            last_name: personal(row, 5)?,
            email: personal(row, 6)?,
            cards: cards.into_iter().map(Card::from).collect(),
            preferences: preferences.collect::<Result<_, _>>()?,
            entity_id,
        })
    })?;
    Ok(customers.collect::<Result<_, _>>()?)
}
