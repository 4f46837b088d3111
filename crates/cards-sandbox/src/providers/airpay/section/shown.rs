//! A customer as the control API and the page show one.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::cards::{Card, CardRow};
use super::rows::CustomerRow;
use super::seeded::SEEDED;
use super::transactions::Transaction;
use crate::providers::airpay::listed;
use cards_sandbox_core::showing::{Fact, Showing};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::world::section::Who;

/// A customer of a sandbox's Airpay, as [`RunningWorld::airpay_customers`](crate::RunningWorld::airpay_customers)
/// gives one. `Debug` hides what is personal, and JSON too, but for people whom the sandbox made up
/// and where values are kept.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(
    rename = "AirpayCustomer",
    description = "A customer. What is personal is hidden, but for those who are there from the start, unless values are kept."
)]
#[non_exhaustive]
pub struct Customer {
    /// The id.
    pub entity_id: String,
    /// The level of the KYC: `MIN_KYC`, `PARTIAL_KYC` or `FULL_KYC`.
    #[schemars(schema_with = "listed::kyc_level")]
    pub kyc_status: String,
    /// The day on which the KYC ends: `2027-11-20`.
    #[schemars(extend("format" = "date"))]
    pub kyc_expiry_date: String,
    /// The mobile number.
    pub mobile_no: Fact,
    /// The title: `Ms`.
    pub title: Fact,
    /// The first name.
    pub first_name: Fact,
    /// The last name.
    pub last_name: Fact,
    /// The gender: `F`.
    pub gender: Fact,
    /// The day of birth: `1990-01-31`.
    pub dob: Fact,
    /// The e-mail address.
    pub email: Fact,
    /// The street address.
    pub address: Fact,
    /// The city.
    pub city: Fact,
    /// The state.
    pub state: Fact,
    /// The country, once an update has told it; left out of the JSON until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Fact")]
    pub country: Option<Fact>,
    /// The postal code.
    pub pincode: Fact,
    /// The kind of the document of identity: `PASSPORT`.
    pub doc_type: Fact,
    /// The number of that document.
    pub doc_number: Fact,
    /// The day on which that document expires; empty where it does not.
    pub doc_expiry: Fact,
    /// The country that issued it.
    pub doc_country_issue: Fact,
    /// The cards, the oldest first.
    pub cards: Vec<Card>,
    /// The balance in rupees, the sum of the transactions; not there before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<String>,
    /// The transactions, the oldest first; left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<Transaction>,
    /// Says whether each channel that was switched is `ALLOWED`: by `ATM` and the like.
    pub preferences: BTreeMap<String, String>,
}

const ONE: &str = "SELECT * FROM airpay_customer WHERE entity_id = ?1 LIMIT ?2";

/// Reads the customers after the one of an id; all, where there is none of this id.
const AFTER: &str = "SELECT * FROM airpay_customer WHERE number > coalesce(
        (SELECT number FROM airpay_customer WHERE entity_id = ?1), -1
    ) ORDER BY number LIMIT ?2";

/// Reads customers, in the order in which they came.
pub(crate) fn show_customers(
    connection: &Connection,
    showing: Showing,
    who: Who<'_>,
) -> Result<Vec<Customer>, StoreError> {
    let mut preferences = connection
        .prepare_cached("SELECT type, status FROM airpay_preference WHERE entity_id = ?1")?;
    let (sql, id, most): (_, _, i64) = match who {
        Who::One(id) => (ONE, Some(id), 1),
        Who::All => (AFTER, None, -1),
        Who::Some { after, most } => (AFTER, after, most.into()),
    };
    let mut customers = connection.prepare_cached(sql)?;
    let customers = customers.query_map(params![id, most], |row| {
        let mut row = CustomerRow::read_shown(row)?;
        let entity_id = row.entity_id.clone().unwrap_or_default();
        row.transactions = Transaction::all(connection, &entity_id)?;
        let cards = CardRow::all(connection, &entity_id, CardRow::shown)?;
        let preferences =
            preferences.query_map([&entity_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let preferences = preferences.collect::<Result<_, _>>()?;
        let cards = cards.into_iter().map(Card::from).collect();
        Ok(customer(row, entity_id, cards, preferences, showing))
    })?;
    Ok(customers.collect::<Result<_, _>>()?)
}

/// Makes the customer of a row. What the sandbox made up is shown; where a call has changed it, it
/// is a person's.
fn customer(
    row: CustomerRow,
    entity_id: String,
    cards: Vec<Card>,
    preferences: BTreeMap<String, String>,
    showing: Showing,
) -> Customer {
    let seeded = SEEDED.iter().find(|one| one.entity_id == entity_id);
    let seeded = seeded
        .map(|one| one.person(showing.today))
        .unwrap_or_default();
    let fact = |given: Option<String>, made_up: &Option<String>| {
        let is_shown = showing.everybody || (given.is_some() && given == *made_up);
        Fact::new(given.unwrap_or_default(), is_shown)
    };
    Customer {
        kyc_status: row.kyc_status.unwrap_or_default(),
        kyc_expiry_date: row.kyc_expiry_date.unwrap_or_default(),
        mobile_no: fact(row.mobile_no, &seeded.mobile_no),
        title: fact(row.title, &seeded.title),
        first_name: fact(row.first_name, &seeded.first_name),
        last_name: fact(row.last_name, &seeded.last_name),
        gender: fact(row.gender, &seeded.gender),
        dob: fact(row.dob, &seeded.dob),
        email: fact(row.email, &seeded.email),
        address: fact(row.address, &seeded.address),
        city: fact(row.city, &seeded.city),
        state: fact(row.state, &seeded.state),
        pincode: fact(row.pincode, &seeded.pincode),
        doc_type: fact(row.doc_type, &seeded.doc_type),
        doc_number: fact(row.doc_number, &seeded.doc_number),
        doc_expiry: fact(row.doc_expiry, &seeded.doc_expiry),
        doc_country_issue: fact(row.doc_country_issue, &seeded.doc_country_issue),
        country: row
            .country
            .map(|country| fact(Some(country), &seeded.country)),
        cards,
        balance: Transaction::sum(&row.transactions),
        transactions: row.transactions,
        preferences,
        entity_id,
    }
}
