//! Customers and cards into the store, out of it, and back into a file.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, params};

use super::ready::{ReadyCard, ReadyCustomer, ReadySection, number_of};
use super::{Card, Customer, Section, synthetic};
use crate::airpay::customers;
use crate::airpay::register_user::{self, Registration};
use crate::store::{Fingerprints, StoreError};
use crate::world::file::{Refused, Wrong, hex};
use crate::world::invented::free;

/// The fingerprints of what is given. What is made up takes the place of none of
/// it, also where it comes first.
type Given = BTreeSet<[u8; 32]>;

fn given_by<'a>(
    customers: impl IntoIterator<Item = &'a ReadyCustomer>,
    fingerprints: &Fingerprints,
) -> Given {
    let mut given = Given::new();
    for customer in customers {
        if !customer.is_email_invented {
            given.extend(customer.email_key(fingerprints));
        }
        for card in &customer.cards {
            given.extend(card.given(fingerprints));
        }
    }
    given
}

impl ReadySection {
    /// Into empty tables.
    pub(crate) fn fill(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
    ) -> Result<(), Refused> {
        let named = self.customers.iter().filter_map(ReadyCustomer::number);
        let highest = named.chain([self.last_number]).max().unwrap_or(0);
        transaction.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES ('airpay_customer', ?1)",
            [highest],
        )?;
        let given = given_by(&self.customers, fingerprints);
        for (at, customer) in self.customers.iter().enumerate() {
            customer
                .add_beside(transaction, fingerprints, &given)
                .map_err(|refused| refused.within(&format!("customers[{at}]")))?;
        }
        Ok(())
    }
}

impl ReadyCustomer {
    fn number(&self) -> Option<i64> {
        let of_id = self.entity_id.as_deref().and_then(number_of);
        self.number.max(of_id)
    }

    /// Adds the customer with all cards. Gives the id.
    pub(crate) fn add(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
    ) -> Result<String, Refused> {
        let given = given_by([self], fingerprints);
        self.add_beside(transaction, fingerprints, &given)
    }

    /// Gives the fingerprint that two e-mail addresses are compared by.
    fn email_key(&self, fingerprints: &Fingerprints) -> Option<[u8; 32]> {
        let email = self.form.email.expose();
        let key = || customers::email_key(email, |email| fingerprints.make(email));
        self.email_fingerprint.or_else(key)
    }

    fn add_beside(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
        given: &Given,
    ) -> Result<String, Refused> {
        let mut customer = self.form.customer(
            fingerprints,
            self.password_hash.clone(),
            self.kyc_expiry_date.clone(),
        );
        customer.kyc_status.clone_from(&self.kyc_status);
        customer.country.clone_from(&self.country);
        customer.email_key = self.email_fingerprint.or(customer.email_key);
        if self.is_email_invented {
            let draw = || {
                let email = synthetic::email();
                let key = customers::email_key(&email, |text| fingerprints.make(text));
                (email, key)
            };
            let is_taken = |(_, key): &(String, Option<[u8; 32]>)| -> rusqlite::Result<bool> {
                Ok(key.is_some_and(|key| given.contains(&key))
                    || customers::is_email_taken(transaction, key.as_ref(), "")?)
            };
            let first = (customer.email, customer.email_key);
            (customer.email, customer.email_key) = free(first, draw, is_taken)?;
        }
        if customers::is_email_taken(transaction, customer.email_key.as_ref(), "")? {
            return Err(Wrong::at("email", "another customer has it").into());
        }
        let last = customers::last_number(transaction)?;
        let next = || {
            let next = customers::next_number(transaction)?;
            next.ok_or_else(|| Refused::from(Wrong::at("number", "every number is given out")))
        };
        let (number, entity_id) = match (self.number, &self.entity_id) {
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
        };
        if is_number_taken(transaction, number)? {
            return Err(Wrong::at("number", "another customer has it").into());
        }
        if customers::exists(transaction, &entity_id)? {
            return Err(Wrong::at("entity_id", "another customer has it").into());
        }
        customers::add_as(transaction, number, &entity_id, &customer)?;
        // An id of the sandbox's own form is given out once, whoever gave it.
        let highest = number_of(&entity_id).max(Some(number));
        if let Some(highest) = highest.filter(|number| *number > last) {
            let sql =
                "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'airpay_customer'";
            transaction.execute(sql, [highest])?;
        }
        for (at, card) in self.cards.iter().enumerate() {
            card.add_beside(transaction, fingerprints, &entity_id, given)
                .map_err(|refused| refused.within(&format!("cards[{at}]")))?;
        }
        for (channel, status) in &self.preferences {
            transaction
                .prepare_cached("INSERT INTO airpay_preference VALUES (?1, ?2, ?3)")?
                .execute(params![entity_id, channel, status])?;
        }
        Ok(entity_id)
    }
}

impl ReadyCard {
    /// Adds the card to a customer.
    pub(crate) fn add(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
        entity_id: &str,
    ) -> Result<(), Refused> {
        let given = self.given(fingerprints).collect();
        self.add_beside(transaction, fingerprints, entity_id, &given)
    }

    /// The fingerprints of the card and of the kit, as far as they are given.
    fn given(&self, fingerprints: &Fingerprints) -> impl Iterator<Item = [u8; 32]> {
        let card = (!self.is_card_no_invented).then(|| self.key(fingerprints));
        let kit = (!self.is_kit_no_invented).then(|| self.kit_key(fingerprints));
        card.into_iter().chain(kit)
    }

    fn key(&self, fingerprints: &Fingerprints) -> [u8; 32] {
        let make = || fingerprints.make(self.card_no.expose());
        self.card_fingerprint.unwrap_or_else(make)
    }

    fn kit_key(&self, fingerprints: &Fingerprints) -> [u8; 32] {
        let make = || fingerprints.make(&self.kit_no);
        self.kit_fingerprint.unwrap_or_else(make)
    }

    fn add_beside(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
        entity_id: &str,
        given: &Given,
    ) -> Result<(), Refused> {
        if !customers::exists(transaction, entity_id)? {
            return Err(Refused::NotFound("there is no customer of this id"));
        }
        let mut card = (self.card_no.clone(), self.key(fingerprints));
        if self.is_card_no_invented {
            let draw = || {
                let number = synthetic::number();
                let key = fingerprints.make(&number);
                (number.into(), key)
            };
            card = free(card, draw, |(_, key)| -> rusqlite::Result<bool> {
                Ok(given.contains(key) || customers::is_card_taken(transaction, key)?)
            })?;
        }
        let mut kit = (self.kit_no.clone(), self.kit_key(fingerprints));
        if self.is_kit_no_invented {
            let draw = || {
                let number = synthetic::kit();
                let key = fingerprints.make(&number);
                (number, key)
            };
            kit = free(kit, draw, |(_, key)| -> rusqlite::Result<bool> {
                Ok(given.contains(key) || customers::is_kit_taken(transaction, key)?)
            })?;
        }
        let card = register_user::kept_card(
            (&card.0, card.1),
            (&kit.0, kit.1),
            &self.card_type,
            &self.expiry,
        );
        if customers::is_card_taken(transaction, &card.key)? {
            return Err(Wrong::at("card_no", "the card is registered already").into());
        }
        if customers::is_kit_taken(transaction, &card.kit_key)? {
            return Err(Wrong::at("kit_no", "the kit is registered already").into());
        }
        Ok(customers::add_card(transaction, entity_id, &card)?)
    }
}

fn is_number_taken(connection: &Connection, number: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_customer WHERE number = ?1";
    connection.prepare_cached(sql)?.exists([number])
}

/// Takes a customer away, with cards, preferences and tokens.
pub(crate) fn remove_customer(
    transaction: &Transaction<'_>,
    entity_id: &str,
) -> Result<(), Refused> {
    for table in ["airpay_card", "airpay_preference"] {
        let sql = format!("DELETE FROM {table} WHERE entity_id = ?1");
        transaction.execute(&sql, [entity_id])?;
    }
    let sql = "DELETE FROM token WHERE provider = 'airpay' AND subject = ?1";
    transaction.execute(sql, [entity_id])?;
    let sql = "DELETE FROM airpay_customer WHERE entity_id = ?1";
    match transaction.execute(sql, [entity_id])? {
        0 => Err(Refused::NotFound("there is no customer of this id")),
        _ => Ok(()),
    }
}

/// Takes a card away, by the number of its kit.
pub(crate) fn remove_card(
    transaction: &Transaction<'_>,
    entity_id: &str,
    kit_no: &str,
) -> Result<(), Refused> {
    let key = Fingerprints::of(transaction)?.make(kit_no);
    let sql = "DELETE FROM airpay_card WHERE entity_id = ?1 AND kit_key = ?2";
    match transaction.execute(sql, params![entity_id, key])? {
        0 => Err(Refused::NotFound("the customer has no card of this kit")),
        _ => Ok(()),
    }
}

/// Everything, as a file.
pub(crate) fn save(connection: &Connection) -> Result<Section, StoreError> {
    let mut cards = connection.prepare_cached(
        "SELECT first_six, last_four, card_key, kit_shown, kit_key, card_type, card_expiry
         FROM airpay_card WHERE entity_id = ?1 ORDER BY number",
    )?;
    let mut preferences = connection
        .prepare_cached("SELECT type, status FROM airpay_preference WHERE entity_id = ?1")?;
    let mut customers = connection.prepare_cached(
        "SELECT entity_id, number, mobile_no, first_name, last_name, title, gender, dob, email,
             email_key, address, city, state, country, pincode, doc_type, doc_number, doc_expiry,
             doc_country_issue, password_hash, kyc_status, kyc_expiry_date
         FROM airpay_customer ORDER BY number",
    )?;
    let customers = customers.query_map([], |row| {
        let entity_id: String = row.get(0)?;
        let cards = cards.query_map([&entity_id], |row| {
            let (first_six, last_four): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(Card {
                card_no: Some(format!("{first_six}******{last_four}")),
                card_fingerprint: Some(hex(&row.get(2)?)),
                kit_no: row.get(3)?,
                kit_fingerprint: Some(hex(&row.get(4)?)),
                card_type: row.get(5)?,
                card_expiry: row.get(6)?,
            })
        })?;
        let preferences =
            preferences.query_map([&entity_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let email_key: Option<[u8; 32]> = row.get(9)?;
        Ok(Customer {
            number: row.get(1)?,
            mobile_no: row.get(2)?,
            first_name: row.get(3)?,
            last_name: row.get(4)?,
            title: row.get(5)?,
            gender: row.get(6)?,
            dob: row.get(7)?,
            email: row.get(8)?,
            email_fingerprint: email_key.as_ref().map(hex),
            address: row.get(10)?,
            city: row.get(11)?,
            state: row.get(12)?,
            country: row.get(13)?,
            pincode: row.get(14)?,
            doc_type: row.get(15)?,
            doc_number: row.get(16)?,
            doc_expiry: row.get(17)?,
            doc_country_issue: row.get(18)?,
            password: None,
            password_hash: row.get(19)?,
            kyc_status: row.get(20)?,
            kyc_expiry_date: row.get(21)?,
            preferences: preferences.collect::<Result<_, _>>()?,
            cards: cards.collect::<Result<_, _>>()?,
            entity_id: Some(entity_id),
        })
    })?;
    Ok(Section {
        customers: customers.collect::<Result<_, _>>()?,
        last_number: Some(customers::last_number(connection)?),
    })
}
