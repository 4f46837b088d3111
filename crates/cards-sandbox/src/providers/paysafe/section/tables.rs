//! The tables of customers and cards: what is put into them, taken out, and shown.

use std::collections::BTreeSet;

use cards_model::ProviderId;
use cards_model::paysafe::CardStatus;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::Serialize;

use super::PaysafeSection;
use super::rows::{CardRow, CustomerRow, IDS, Rows, SpentIds};
use crate::providers::paysafe::card::{self, Card};
use crate::providers::paysafe::events;
use crate::providers::paysafe::shown::{self, Customer};
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::issuer::Shipment;
use cards_sandbox_core::showing::Showing;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::world::invented::{Free, next_number};
use cards_sandbox_core::world::section::{
    NO_CARD, NO_CUSTOMER, Part, Row, TypedSection, Who, delete, each,
};
use cards_sandbox_core::world_error::WorldError;

impl TypedSection for PaysafeSection {
    type Part = Rows;
    type Customer = CustomerRow;
    type Card = CardRow;
    type Shown = Customer;

    const TABLES: &'static [&'static str] =
        &["paysafe_spent_id", "paysafe_card", "paysafe_customer"];
    const LISTS: &'static [&'static str] = &["customers", "cards", "mobileWalletTokenizations"];
    const SHOWN: (&'static str, &'static str) =
        ("PaysafeWorld", "The customers in `/_sandbox/world`.");

    /// A card that has expired by the clock is saved in the status that it had.
    fn save(connection: &Connection) -> Result<impl Serialize, StoreError> {
        let mut cards = connection.prepare_cached(
            "SELECT body, status, tokenizations, status_before_lock, expiry_told, card_id
             FROM paysafe_card WHERE customer_id = ?1 ORDER BY position",
        )?;
        let mut customers = connection
            .prepare_cached("SELECT customer_id FROM paysafe_customer ORDER BY customer_id")?;
        let customers = customers.query_map([], |row| {
            let customer_id: String = row.get(0)?;
            let cards = cards.query_map([&customer_id], |row| {
                let card = card::read(row)?;
                Ok(CardRow {
                    expiry_told: row.get(4)?,
                    shipment: Shipment::of(connection, ProviderId::PAYSAFE, &card.card_id)?,
                    ..CardRow::of(card, row.get(3)?)
                })
            })?;
            Ok(CustomerRow {
                cards: cards.collect::<Result<_, _>>()?,
                customer_id: Some(customer_id),
            })
        })?;
        Ok(Rows {
            spent_ids: SpentIds::read(connection)?,
            customers: customers.collect::<Result<_, _>>()?,
        })
    }

    fn show(
        connection: &Connection,
        showing: Showing,
        who: Who<'_>,
    ) -> Result<Vec<Customer>, StoreError> {
        shown::customers(connection, showing, who)
    }

    fn remove(
        transaction: &Transaction<'_>,
        customer: &str,
        card: Option<&str>,
    ) -> Result<(), WorldError> {
        if let Some(card) = card {
            let sql = "DELETE FROM paysafe_card WHERE customer_id = ?1 AND card_id = ?2";
            return delete(transaction, sql, [customer, card], NO_CARD);
        }
        let sql = "DELETE FROM paysafe_card WHERE customer_id = ?1";
        transaction.execute(sql, [customer])?;
        let sql = "DELETE FROM paysafe_customer WHERE customer_id = ?1";
        delete(transaction, sql, [customer], NO_CUSTOMER)?;
        let spent = made_up(customer).map(|customers| SpentIds { customers });
        Ok(spent.map_or(Ok(()), |spent| spent.spend(transaction))?)
    }
}

/// The number of an id that could be made up.
fn made_up(id: &str) -> Option<i64> {
    let number = id.parse().ok().filter(|number| IDS.contains(number));
    number.filter(|number| number.to_string() == id)
}

impl SpentIds {
    /// Reads the ids of those who went. `None`: nobody went.
    fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT id FROM paysafe_spent_id WHERE name = 'paysafe_customer'";
        let mut spent = connection.prepare_cached(sql)?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Self {
                customers: row.get(0)?,
            })
        };
        spent.query_row([], read).optional()
    }

    /// Keeps the ids from being given again.
    fn spend(self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = "INSERT INTO paysafe_spent_id VALUES ('paysafe_customer', ?1)
            ON CONFLICT DO UPDATE SET id = max(id, excluded.id)";
        let mut spend = connection.prepare_cached(sql)?;
        spend.execute([self.customers]).map(drop)
    }
}

impl Part for Rows {
    fn fill(&self, transaction: &Transaction<'_>) -> Result<(), WorldError> {
        self.spent_ids
            .map_or(Ok(()), |spent| spent.spend(transaction))?;
        let mut ids = Ids::beside(transaction, &self.customers)?;
        each("customers", &self.customers, |customer| {
            customer.add_beside(transaction, &mut ids).map(drop)
        })
    }

    fn sizes(&self) -> Vec<usize> {
        self.customers.iter().map(|one| one.cards.len()).collect()
    }
}

/// The ids that are there or were, as far as they could be made up: what is made up is none of them.
struct Ids {
    highest: i64,
    /// The given ids, also of customers who come later.
    given: BTreeSet<i64>,
    free: Free,
}

impl Ids {
    fn beside<'a>(
        transaction: &Transaction<'_>,
        customers: impl IntoIterator<Item = &'a CustomerRow>,
    ) -> Result<Self, WorldError> {
        let highest = "SELECT coalesce(max(CAST(customer_id AS INTEGER)), 0)
             FROM paysafe_customer
             WHERE length(customer_id) <= 12 AND customer_id NOT GLOB '*[^0-9]*'";
        let number = |customer: &CustomerRow| made_up(customer.customer_id.as_deref()?);
        let given: BTreeSet<i64> = customers.into_iter().filter_map(number).collect();
        let highest: i64 = transaction.query_row(highest, [], |row| row.get(0))?;
        let spent = SpentIds::read(transaction)?.map(|spent| spent.customers);
        let others = given.last().copied().max(spent);
        Ok(Self {
            highest: others.map_or(highest, |other| highest.max(other)),
            given,
            free: Free::default(),
        })
    }

    fn next(&mut self, transaction: &Transaction<'_>) -> Result<String, WorldError> {
        let given = &self.given;
        let is_taken = |id: i64| Ok(given.contains(&id) || is_there(transaction, &id.to_string())?);
        let next = next_number("customerId", self.highest, IDS, &self.free, is_taken)?;
        self.highest = self.highest.max(next);
        Ok(next.to_string())
    }
}

impl Row for CustomerRow {
    fn add(&self, transaction: &Transaction<'_>, _: Option<&str>) -> Result<String, WorldError> {
        let mut ids = Ids::beside(transaction, [self])?;
        self.add_beside(transaction, &mut ids)
    }
}

impl CustomerRow {
    fn add_beside(
        &self,
        transaction: &Transaction<'_>,
        ids: &mut Ids,
    ) -> Result<String, WorldError> {
        let id = match &self.customer_id {
            Some(id) => id.clone(),
            None => ids.next(transaction)?,
        };
        if is_there(transaction, &id)? {
            return Err(FieldError::at("customerId", "another customer has it").into());
        }
        transaction
            .prepare_cached("INSERT INTO paysafe_customer VALUES (?1)")?
            .execute([&id])?;
        each("cards", &self.cards, |card| card.add_to(transaction, &id))?;
        Ok(id)
    }
}

impl Row for CardRow {
    fn add(
        &self,
        transaction: &Transaction<'_>,
        owner: Option<&str>,
    ) -> Result<String, WorldError> {
        let owner = owner.unwrap_or_default();
        if !is_there(transaction, owner)? {
            return Err(WorldError::NotFound(NO_CUSTOMER));
        }
        self.add_to(transaction, owner)?;
        Ok(owner.to_owned())
    }
}

impl CardRow {
    /// Adds the card to a customer, as the last.
    fn add_to(&self, transaction: &Transaction<'_>, customer_id: &str) -> Result<(), WorldError> {
        let sql = "SELECT 1 FROM paysafe_card WHERE card_id = ?1";
        if transaction.prepare_cached(sql)?.exists([&self.card_id])? {
            return Err(FieldError::at("cardId", "another card has it").into());
        }
        let next = "SELECT coalesce(max(position) + 1, 0) FROM paysafe_card WHERE customer_id = ?1";
        let position: u32 = transaction
            .prepare_cached(next)?
            .query_row([customer_id], |row| row.get(0))?;
        let card: Card = self.read_as(customer_id)?;
        card.add(transaction, position)?;
        if let Some(before) = &self.status_before_lock {
            let before = CardStatus::from(before.as_str());
            card.update(transaction, &card.status, Some(&before))?;
        }
        if self.expiry_told {
            events::note_expiry(transaction, card.card_id.as_bytes())?;
        }
        if let Some(shipment) = self.shipment {
            shipment.keep(transaction, ProviderId::PAYSAFE, &card.card_id)?;
        }
        Ok(())
    }
}

fn is_there(connection: &Connection, customer_id: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM paysafe_customer WHERE customer_id = ?1";
    connection.prepare_cached(sql)?.exists(params![customer_id])
}
