//! A customer as the control API and the page show one.

use std::collections::BTreeMap;

use cards_model::Personal;
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::Serialize;

use super::cards::{Card, CardRow};
use crate::providers::airpay::listed;
use cards_sandbox_core::store::StoreError;

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
