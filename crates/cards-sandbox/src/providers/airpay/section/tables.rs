//! The table of customers, and with it those of their cards and preferences: what is put into
//! them and taken out.

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction as Write, params};
use serde::Serialize;

use super::AirpaySection;
use super::cards::CardRow;
use super::insert::insert;
use super::rows::{CustomerRow, Rows};
use super::rules::number_of;
use super::shown::{Customer, show_customers};
use super::transactions::Transaction;
use super::{Given, synthetic};
use crate::providers::airpay::{customers, ledger};
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::showing::Showing;
use cards_sandbox_core::store::{Fingerprints, StoreError};
use cards_sandbox_core::world::invented::free;
use cards_sandbox_core::world::section::{NO_CUSTOMER, Part, Row, TypedSection, Who, delete, each};
use cards_sandbox_core::world_error::WorldError;

impl TypedSection for AirpaySection {
    type Part = Rows;
    type Customer = CustomerRow;
    type Card = CardRow;
    type Shown = Customer;

    /// The last is SQLite's own, from which numbers count on.
    const TABLES: &'static [&'static str] = &[
        "airpay_transaction",
        "airpay_preference",
        "airpay_card",
        "airpay_customer",
    ];
    const SEQUENCES: &'static [&'static str] =
        &["airpay_customer", "airpay_card", "airpay_transaction"];
    const LISTS: &'static [&'static str] = &["customers", "cards", "transactions"];
    const FINGERPRINTS: &'static [&'static str] =
        &["airpay_one_time_password", "airpay_password_reset"];
    const NAMES_CARDS_BY: Option<&'static str> = Some("at Airpay the number of its kit");
    const SHOWN: (&'static str, &'static str) =
        ("AirpayWorld", "The customers in `/_sandbox/world`.");

    fn save(connection: &Connection) -> Result<impl Serialize, StoreError> {
        let mut preferences = connection
            .prepare_cached("SELECT type, status FROM airpay_preference WHERE entity_id = ?1")?;
        let mut customers =
            connection.prepare_cached("SELECT * FROM airpay_customer ORDER BY number")?;
        let customers = customers.query_map([], |row| {
            let customer = CustomerRow::read(row)?;
            let entity_id = customer.entity_id.as_deref().unwrap_or_default();
            let preferences =
                preferences.query_map([entity_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(CustomerRow {
                preferences: preferences.collect::<Result<_, _>>()?,
                cards: CardRow::all(connection, entity_id, CardRow::saved)?,
                transactions: Transaction::all(connection, entity_id)?,
                ..customer
            })
        })?;
        Ok(Rows {
            customers: customers.collect::<Result<_, _>>()?,
            last_number: Some(customers::last_number(connection)?),
            last_transaction: ledger::last_number(connection)?,
        })
    }

    fn show(
        connection: &Connection,
        showing: Showing,
        who: Who<'_>,
    ) -> Result<Vec<Customer>, StoreError> {
        show_customers(connection, showing, who)
    }

    /// Takes a card away by the number of its kit; a customer with preferences, transactions
    /// and tokens too.
    fn remove(
        transaction: &Write<'_>,
        customer: &str,
        card: Option<&str>,
    ) -> Result<(), WorldError> {
        if let Some(kit_no) = card {
            let key = Fingerprints::of(transaction)?.make(kit_no);
            let sql = "DELETE FROM airpay_card WHERE entity_id = ?1 AND kit_key = ?2";
            let none = "the customer has no card of this kit";
            return delete(transaction, sql, params![customer, key], none);
        }
        ledger::keep_numbers_of(transaction, customer)?;
        for sql in [
            "DELETE FROM airpay_card WHERE entity_id = ?1",
            "DELETE FROM airpay_transaction WHERE entity_id = ?1",
            "DELETE FROM airpay_preference WHERE entity_id = ?1",
            "DELETE FROM token WHERE provider = 'airpay' AND subject = ?1",
        ] {
            transaction.execute(sql, [customer])?;
        }
        let sql = "DELETE FROM airpay_customer WHERE entity_id = ?1";
        delete(transaction, sql, [customer], NO_CUSTOMER)
    }
}

fn given_by<'a>(
    customers: impl IntoIterator<Item = &'a CustomerRow>,
    fingerprints: &Fingerprints,
) -> Result<Given, FieldError> {
    let mut given = Given::new();
    for customer in customers {
        if !customer.is_email_invented {
            given.extend(customer.email_key(fingerprints)?);
        }
        for card in &customer.cards {
            given.extend(card.given(fingerprints)?);
        }
    }
    Ok(given)
}

impl Part for Rows {
    fn fill(&self, transaction: &Write<'_>) -> Result<(), WorldError> {
        let named = self.customers.iter().filter_map(CustomerRow::own_number);
        let highest = named.chain(self.last_number).max().unwrap_or(0);
        transaction.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES ('airpay_customer', ?1)",
            [highest],
        )?;
        let fingerprints = Fingerprints::of(transaction)?;
        let given = given_by(&self.customers, &fingerprints)?;
        each("customers", &self.customers, |customer| {
            let added = customer.add_beside(transaction, &fingerprints, &given);
            added.map(drop)
        })?;
        keep_numbers(transaction, &self.customers, self.last_transaction)
    }

    fn sizes(&self) -> Vec<usize> {
        self.customers.iter().map(|one| one.cards.len()).collect()
    }
}

impl Row for CustomerRow {
    fn add(&self, transaction: &Write<'_>, _: Option<&str>) -> Result<String, WorldError> {
        let fingerprints = Fingerprints::of(transaction)?;
        let given = given_by([self], &fingerprints)?;
        let entity_id = self.add_beside(transaction, &fingerprints, &given)?;
        keep_numbers(transaction, [self], None)?;
        Ok(entity_id)
    }
}

/// Keeps the numbers of transactions that came from being given again, and that of the last one that
/// there was. Rows that come get numbers of their own meanwhile, so that it is done once.
fn keep_numbers<'a>(
    transaction: &Write<'_>,
    customers: impl IntoIterator<Item = &'a CustomerRow>,
    last: Option<i64>,
) -> Result<(), WorldError> {
    let transactions = customers.into_iter().flat_map(|one| &one.transactions);
    let numbers = transactions.filter_map(|one| ledger::number_of(&one.transaction_id));
    let highest = numbers.chain(last).max();
    Ok(highest.map_or(Ok(()), |number| ledger::keep_number(transaction, number))?)
}

impl CustomerRow {
    fn own_number(&self) -> Option<i64> {
        let of_id = self.entity_id.as_deref().and_then(number_of);
        self.number.max(of_id)
    }

    /// Gives what two e-mail addresses are compared by.
    fn email_key(&self, fingerprints: &Fingerprints) -> Result<Option<[u8; 32]>, FieldError> {
        let email = self.email.as_deref().unwrap_or_default();
        let key = || customers::email_key(email, |email| fingerprints.make(email));
        Ok(self.saved_email_key()?.or_else(key))
    }

    fn add_beside(
        &self,
        transaction: &Write<'_>,
        fingerprints: &Fingerprints,
        given: &Given,
    ) -> Result<String, WorldError> {
        let own = self.email.clone().unwrap_or_default();
        let mut email = (own, self.email_key(fingerprints)?);
        if self.is_email_invented {
            let draw = || {
                let email = synthetic::email();
                let key = customers::email_key(&email, |text| fingerprints.make(text));
                (email, key)
            };
            email = free(email, draw, |(_, key)| -> rusqlite::Result<bool> {
                Ok(key.is_some_and(|key| given.contains(&key))
                    || customers::is_email_taken(transaction, key.as_ref(), "")?)
            })?;
        }
        if customers::is_email_taken(transaction, email.1.as_ref(), "")? {
            return Err(FieldError::at("email", "another customer has it").into());
        }
        let last = customers::last_number(transaction)?;
        let (number, entity_id) = self.identity(transaction)?;
        if is_number_taken(transaction, number)? {
            return Err(FieldError::at("number", "another customer has it").into());
        }
        if customers::exists(transaction, &entity_id)? {
            return Err(FieldError::at("entity_id", "another customer has it").into());
        }
        self.insert(transaction, number, &entity_id, &email)?;
        // An id of the sandbox's own form is given out once, whoever gave it.
        let highest = number_of(&entity_id).max(Some(number));
        if let Some(highest) = highest.filter(|number| *number > last) {
            let sql =
                "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'airpay_customer'";
            transaction.execute(sql, [highest])?;
        }
        each("cards", &self.cards, |card| {
            card.add_beside(transaction, fingerprints, &entity_id, given)
        })?;
        each("transactions", &self.transactions, |one| {
            one.add(transaction, &entity_id)
        })?;
        if ledger::gives_back_too_much(transaction, &entity_id)? {
            let what = "a refund is of a payment of the customer's that is cleared, and of no more";
            return Err(FieldError::at("transactions", what).into());
        }
        Transaction::check_sum(&self.transactions)?;
        for (channel, status) in &self.preferences {
            transaction
                .prepare_cached("INSERT INTO airpay_preference VALUES (?1, ?2, ?3)")?
                .execute(params![entity_id, channel, status])?;
        }
        Ok(entity_id)
    }

    /// Gives number and id, of which either, both or none is given.
    fn identity(&self, transaction: &Write<'_>) -> Result<(i64, String), WorldError> {
        let next = || {
            let next = customers::next_number(transaction)?;
            let none = || FieldError::at("number", "every number is given out");
            Ok::<_, WorldError>(next.ok_or_else(none)?)
        };
        Ok(match (self.number, &self.entity_id) {
            (Some(number), Some(id)) => (number, id.clone()),
            (Some(number), None) => {
                let own = customers::entity_id(number);
                match customers::exists(transaction, &own)? {
                    false => (number, own),
                    // Somebody with another number was given it.
                    true => (number, customers::entity_id(next()?)),
                }
            }
            (None, Some(id)) => {
                let own = match number_of(id) {
                    Some(number) if !is_number_taken(transaction, number)? => number,
                    _ => next()?,
                };
                (own, id.clone())
            }
            (None, None) => {
                let number = next()?;
                (number, customers::entity_id(number))
            }
        })
    }

    /// Adds a row, which has all but number, id and e-mail address.
    pub(crate) fn insert(
        &self,
        transaction: &Write<'_>,
        number: i64,
        entity_id: &str,
        (email, email_key): &(String, Option<[u8; 32]>),
    ) -> rusqlite::Result<()> {
        let own: [(&str, Value); 7] = [
            ("number", number.into()),
            ("entity_id", entity_id.to_owned().into()),
            ("email_key", email_key.map(Vec::from).into()),
            ("country", self.country.clone().into()),
            ("password_hash", self.password_hash.clone().into()),
            ("kyc_status", self.kyc_status.clone().into()),
            ("kyc_expiry_date", self.kyc_expiry_date.clone().into()),
        ];
        let texts = self.kept(email).map(|(column, text)| (column, text.into()));
        insert(transaction, "airpay_customer", own.into_iter().chain(texts))
    }
}

fn is_number_taken(connection: &Connection, number: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_customer WHERE number = ?1";
    connection.prepare_cached(sql)?.exists([number])
}
