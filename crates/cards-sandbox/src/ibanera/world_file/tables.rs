//! Customers and cards into the store, out of it, and back into a file.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::ready::{IDS, ReadyCard, ReadyChange, ReadyCustomer, ReadySection, reference};
use super::{Card, Customer, Section};
use crate::ibanera::customers;
use crate::store::StoreError;
use crate::world::file::{Refused, Wrong};
use crate::world::invented::next_number;

/// The ids that are given. What is made up takes none of them, also where it
/// comes first.
#[derive(Default)]
struct Given {
    customers: BTreeSet<i64>,
    cards: BTreeSet<i64>,
}

impl Given {
    fn by<'a>(customers: impl IntoIterator<Item = &'a ReadyCustomer>) -> Self {
        let mut given = Self::default();
        for customer in customers {
            given.customers.extend(customer.customers_id);
            given
                .cards
                .extend(customer.cards.iter().filter_map(|card| card.id));
        }
        given
    }
}

impl ReadySection {
    /// Into empty tables.
    pub(crate) fn fill(&self, transaction: &Transaction<'_>) -> Result<(), Refused> {
        let given = Given::by(&self.0);
        for (at, customer) in self.0.iter().enumerate() {
            customer
                .add_beside(transaction, &given)
                .map_err(|refused| refused.within(&format!("customers[{at}]")))?;
        }
        Ok(())
    }
}

impl ReadyCustomer {
    /// Adds the customer with all cards. Gives the id.
    pub(crate) fn add(&self, transaction: &Transaction<'_>) -> Result<i64, Refused> {
        self.add_beside(transaction, &Given::by([self]))
    }

    fn add_beside(&self, transaction: &Transaction<'_>, given: &Given) -> Result<i64, Refused> {
        let highest = "SELECT coalesce(max(customers_id), 0) FROM ibanera_customer";
        let id = match self.customers_id {
            Some(id) => id,
            None => {
                let highest: i64 = transaction.query_row(highest, [], |row| row.get(0))?;
                let highest = given.customers.last().copied().max(Some(highest));
                let is_taken = |id| Ok(given.customers.contains(&id) || is_there(transaction, id)?);
                next_number("customersId", highest.unwrap_or(0), IDS, is_taken)?
            }
        };
        if is_there(transaction, id)? {
            return Err(Wrong::at("customersId", "another customer has it").into());
        }
        let given_reference = self.customers_reference.clone();
        transaction
            .prepare_cached("INSERT INTO ibanera_customer VALUES (?1, ?2)")?
            .execute(params![
                id,
                given_reference.unwrap_or_else(|| reference(id))
            ])?;
        for (at, card) in self.cards.iter().enumerate() {
            card.add_beside(transaction, id, given)
                .map_err(|refused| refused.within(&format!("cards[{at}]")))?;
        }
        Ok(id)
    }
}

impl ReadyCard {
    /// Adds the card to a customer. Gives its id.
    pub(crate) fn add(
        &self,
        transaction: &Transaction<'_>,
        customers_id: i64,
    ) -> Result<i64, Refused> {
        self.add_beside(transaction, customers_id, &Given::default())
    }

    fn add_beside(
        &self,
        transaction: &Transaction<'_>,
        customers_id: i64,
        given: &Given,
    ) -> Result<i64, Refused> {
        if !is_there(transaction, customers_id)? {
            return Err(Refused::NotFound("there is no customer of this id"));
        }
        let highest = "SELECT coalesce(max(id), 0) FROM ibanera_card";
        let id = match self.id {
            Some(id) => id,
            None => {
                let highest: i64 = transaction.query_row(highest, [], |row| row.get(0))?;
                let highest = given.cards.last().copied().max(Some(highest));
                let is_taken =
                    |id| Ok(given.cards.contains(&id) || is_card_there(transaction, id)?);
                next_number("id", highest.unwrap_or(0), IDS, is_taken)?
            }
        };
        if is_card_there(transaction, id)? {
            return Err(Wrong::at("id", "another card has it").into());
        }
        transaction
            .prepare_cached(
                "INSERT INTO ibanera_card (
                    id, customers_id, currency, card_number, total_balance, available_balance,
                    pending_balance, suppressed
                 ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                id,
                customers_id,
                self.currency,
                self.card_number,
                self.total_balance,
                self.available_balance,
                self.pending_balance,
                self.is_suppressed,
            ])?;
        Ok(id)
    }
}

impl ReadyChange {
    /// Changes a card. Gives whose it is.
    pub(crate) fn make(&self, transaction: &Transaction<'_>, id: i64) -> Result<i64, Refused> {
        let customers_id = transaction
            .prepare_cached(
                "UPDATE ibanera_card SET
                    total_balance = coalesce(?2, total_balance),
                    available_balance = coalesce(?3, available_balance),
                    pending_balance = coalesce(?4, pending_balance),
                    suppressed = coalesce(?5, suppressed)
                 WHERE id = ?1 RETURNING customers_id",
            )?
            .query_row(
                params![
                    id,
                    self.total_balance,
                    self.available_balance,
                    self.pending_balance,
                    self.is_suppressed,
                ],
                |row| row.get(0),
            )
            .optional()?;
        customers_id.ok_or(Refused::NotFound("there is no card of this id"))
    }
}

fn is_there(connection: &Connection, customers_id: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM ibanera_customer WHERE customers_id = ?1";
    connection.prepare_cached(sql)?.exists([customers_id])
}

fn is_card_there(connection: &Connection, id: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM ibanera_card WHERE id = ?1";
    connection.prepare_cached(sql)?.exists([id])
}

/// Takes a customer away, with all cards.
pub(crate) fn remove_customer(transaction: &Transaction<'_>, id: i64) -> Result<(), Refused> {
    transaction.execute("DELETE FROM ibanera_card WHERE customers_id = ?1", [id])?;
    match transaction.execute("DELETE FROM ibanera_customer WHERE customers_id = ?1", [id])? {
        0 => Err(Refused::NotFound("there is no customer of this id")),
        _ => Ok(()),
    }
}

/// Takes a customer's card away.
pub(crate) fn remove_card(
    transaction: &Transaction<'_>,
    customers_id: i64,
    id: i64,
) -> Result<(), Refused> {
    let sql = "DELETE FROM ibanera_card WHERE customers_id = ?1 AND id = ?2";
    match transaction.execute(sql, [customers_id, id])? {
        0 => Err(Refused::NotFound("the customer has no card of this id")),
        _ => Ok(()),
    }
}

/// Everything, as a file.
pub(crate) fn save(connection: &Connection) -> Result<Section, StoreError> {
    let world = customers::world(connection, None)?;
    let customers = world.customers.into_iter().map(|customer| Customer {
        customers_id: Some(customer.customers_id),
        customers_reference: Some(customer.customers_reference),
        cards: customer.cards.into_iter().map(Card::from).collect(),
    });
    Ok(Section {
        customers: customers.collect(),
    })
}

impl From<customers::Card> for Card {
    fn from(card: customers::Card) -> Self {
        Self {
            id: Some(card.id),
            currency: Some(card.currency),
            card_number: Some(card.card_number),
            total_balance: Some(card.total_balance),
            available_balance: Some(card.available_balance),
            pending_balance: Some(card.pending_balance),
            b_suppressed: Some(card.suppressed),
        }
    }
}
