//! Customers and cards into the store, out of it, and back into a file.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use rusqlite::{Connection, Transaction, params};

use super::ready::{ReadyCard, ReadyCustomer, ReadySection};
use super::{Card, Customer, Section};
use crate::paysafe::card;
use crate::store::StoreError;
use crate::world::file::{Refused, Wrong};
use crate::world::invented::next_number;

impl ReadySection {
    /// Into empty tables.
    pub(crate) fn fill(&self, transaction: &Transaction<'_>) -> Result<(), Refused> {
        let mut ids = Ids::beside(transaction, &self.0)?;
        for (at, customer) in self.0.iter().enumerate() {
            customer
                .add_beside(transaction, &mut ids)
                .map_err(|refused| refused.within(&format!("customers[{at}]")))?;
        }
        Ok(())
    }
}

/// The customers' ids that are made up. Longer numbers could be taken for a
/// card's.
const IDS: RangeInclusive<i64> = 10_000_000..=999_999_999_999;

/// The ids that are there, as far as they could be made up: what is made up is
/// none of them.
struct Ids {
    highest: i64,
    /// Those that are given, also of customers who come later.
    given: BTreeSet<i64>,
}

impl Ids {
    fn beside<'a>(
        transaction: &Transaction<'_>,
        customers: impl IntoIterator<Item = &'a ReadyCustomer>,
    ) -> Result<Self, Refused> {
        let highest = "SELECT coalesce(max(CAST(customer_id AS INTEGER)), 0)
             FROM paysafe_customer
             WHERE length(customer_id) <= 12 AND customer_id NOT GLOB '*[^0-9]*'";
        let number = |customer: &ReadyCustomer| customer.customer_id.as_ref()?.parse().ok();
        let given = customers.into_iter().filter_map(number);
        let given: BTreeSet<i64> = given.filter(|number| IDS.contains(number)).collect();
        let highest: i64 = transaction.query_row(highest, [], |row| row.get(0))?;
        Ok(Self {
            highest: given.last().copied().unwrap_or(0).max(highest),
            given,
        })
    }

    fn next(&mut self, transaction: &Transaction<'_>) -> Result<String, Refused> {
        let given = &self.given;
        let is_taken = |id: i64| Ok(given.contains(&id) || is_there(transaction, &id.to_string())?);
        let next = next_number("customerId", self.highest, IDS, is_taken)?;
        self.highest = self.highest.max(next);
        Ok(next.to_string())
    }
}

impl ReadyCustomer {
    /// Adds the customer with all cards. Gives the id.
    pub(crate) fn add(&self, transaction: &Transaction<'_>) -> Result<String, Refused> {
        let mut ids = Ids::beside(transaction, [self])?;
        self.add_beside(transaction, &mut ids)
    }

    fn add_beside(&self, transaction: &Transaction<'_>, ids: &mut Ids) -> Result<String, Refused> {
        let id = match &self.customer_id {
            Some(id) => id.clone(),
            None => ids.next(transaction)?,
        };
        if is_there(transaction, &id)? {
            return Err(Wrong::at("customerId", "another customer has it").into());
        }
        transaction
            .prepare_cached("INSERT INTO paysafe_customer VALUES (?1)")?
            .execute([&id])?;
        for (at, card) in self.cards.iter().enumerate() {
            card.add(transaction, &id)
                .map_err(|refused| refused.within(&format!("cards[{at}]")))?;
        }
        Ok(id)
    }
}

impl ReadyCard {
    /// Adds the card to a customer, as the last. Gives its id.
    pub(crate) fn add(
        &self,
        transaction: &Transaction<'_>,
        customer_id: &str,
    ) -> Result<String, Refused> {
        if !is_there(transaction, customer_id)? {
            return Err(Refused::NotFound("there is no customer of this id"));
        }
        let card = card::Card {
            customer_id: customer_id.to_owned(),
            ..self.card.clone()
        };
        let sql = "SELECT 1 FROM paysafe_card WHERE card_id = ?1";
        if transaction.prepare_cached(sql)?.exists([&card.card_id])? {
            return Err(Wrong::at("cardId", "another card has it").into());
        }
        let next = "SELECT coalesce(max(position) + 1, 0) FROM paysafe_card WHERE customer_id = ?1";
        let position: u32 = transaction
            .prepare_cached(next)?
            .query_row([customer_id], |row| row.get(0))?;
        card.add(transaction, position)?;
        if self.before_lock.is_some() {
            card.update(transaction, self.before_lock.as_ref())?;
        }
        Ok(card.card_id)
    }
}

fn is_there(connection: &Connection, customer_id: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM paysafe_customer WHERE customer_id = ?1";
    connection.prepare_cached(sql)?.exists([customer_id])
}

/// Takes a customer away, with all cards.
pub(crate) fn remove_customer(transaction: &Transaction<'_>, id: &str) -> Result<(), Refused> {
    transaction.execute("DELETE FROM paysafe_card WHERE customer_id = ?1", [id])?;
    match transaction.execute("DELETE FROM paysafe_customer WHERE customer_id = ?1", [id])? {
        0 => Err(Refused::NotFound("there is no customer of this id")),
        _ => Ok(()),
    }
}

/// Takes a customer's card away.
pub(crate) fn remove_card(
    transaction: &Transaction<'_>,
    customer_id: &str,
    card_id: &str,
) -> Result<(), Refused> {
    let sql = "DELETE FROM paysafe_card WHERE customer_id = ?1 AND card_id = ?2";
    match transaction.execute(sql, params![customer_id, card_id])? {
        0 => Err(Refused::NotFound("the customer has no card of this id")),
        _ => Ok(()),
    }
}

/// Everything, as a file. A card that has expired by the clock is saved in the
/// status that it had.
pub(crate) fn save(connection: &Connection) -> Result<Section, StoreError> {
    let mut cards = connection.prepare_cached(
        "SELECT body, status, tokenizations, status_before_lock FROM paysafe_card
         WHERE customer_id = ?1 ORDER BY position",
    )?;
    let mut customers = connection
        .prepare_cached("SELECT customer_id FROM paysafe_customer ORDER BY customer_id")?;
    let customers = customers.query_map([], |row| {
        let customer_id: String = row.get(0)?;
        let cards = cards.query_map([&customer_id], |row| {
            let card = card::read(row)?;
            Ok(Card {
                card_id: Some(card.card_id),
                status: Some(card.status),
                status_before_lock: row.get(3)?,
                expiry: Some(card.expiry),
                card_number: None,
                bin: Some(card.bin),
                last_four: Some(card.last_four),
                card_type: Some(card.card_type),
                program_name: Some(card.program_name),
                currency: Some(card.currency),
                mobile: Some(card.mobile),
                delivery_address: card.delivery_address,
                created_date: Some(card.created_date),
                account_id: Some(card.account_id),
                scheme: Some(card.scheme),
                activation_date: card.activation_date,
                is_pin_set: Some(card.is_pin_set),
                external_id: card.external_id,
                tokenizations: card.tokenizations,
            })
        })?;
        Ok(Customer {
            cards: cards.collect::<Result<_, _>>()?,
            customer_id: Some(customer_id),
        })
    })?;
    Ok(Section {
        customers: customers.collect::<Result<_, _>>()?,
    })
}
