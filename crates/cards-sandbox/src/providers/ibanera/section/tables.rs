//! The tables of customers and cards: what is put into them, taken out, and shown.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use super::IbaneraSection;
use super::rows::{CardRow, Change, CustomerRow, IDS, Rows, reference};
use crate::providers::ibanera::customers::{self, Customer};
use crate::providers::ibanera::review::ReviewRow;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::showing::Showing;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::world::invented::next_number;
use cards_sandbox_core::world::section::{
    Customers, NO_CARD, NO_CUSTOMER, Part, Row, TypedSection, delete, each,
};
use cards_sandbox_core::world_error::WorldError;

impl TypedSection for IbaneraSection {
    type Part = Rows;
    type Customer = CustomerRow;
    type Card = CardRow;
    type Shown = Customer;

    const TABLES: &'static [&'static str] = &["ibanera_review", "ibanera_card", "ibanera_customer"];
    const SHOWN: (&'static str, &'static str) = (
        "IbaneraWorld",
        "The customers in `/_sandbox/world`; nothing in them is personal.",
    );

    /// A file has what is shown, as nothing of it is hidden, and the reviews.
    fn save(connection: &Connection) -> Result<impl Serialize, StoreError> {
        let customers = customers::page(connection, u64::MAX, 0)?;
        let saved = customers.into_iter().map(|customer| {
            let review = ReviewRow::read(connection, customer.customers_id)?;
            Ok(SavedCustomer { customer, review })
        });
        let customers = saved.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Customers { customers })
    }

    fn show(
        connection: &Connection,
        _: Showing,
        only: Option<&str>,
    ) -> Result<Vec<Customer>, StoreError> {
        match only.map(str::parse) {
            None => customers::page(connection, u64::MAX, 0),
            Some(Ok(id)) => Ok(customers::find(connection, id)?.into_iter().collect()),
            Some(Err(_)) => Ok(Vec::new()),
        }
    }

    fn is_id(id: &str) -> bool {
        id.parse::<i64>().is_ok()
    }

    fn remove(
        transaction: &Transaction<'_>,
        customer: &str,
        card: Option<&str>,
    ) -> Result<(), WorldError> {
        let customer = number(customer, NO_CUSTOMER)?;
        if let Some(card) = card {
            let sql = "DELETE FROM ibanera_card WHERE customers_id = ?1 AND id = ?2";
            return delete(
                transaction,
                sql,
                [customer, number(card, NO_CARD)?],
                NO_CARD,
            );
        }
        for table in ["ibanera_review", "ibanera_card"] {
            let sql = format!("DELETE FROM {table} WHERE customers_id = ?1");
            transaction.execute(&sql, [customer])?;
        }
        let sql = "DELETE FROM ibanera_customer WHERE customers_id = ?1";
        delete(transaction, sql, [customer], NO_CUSTOMER)
    }
}

/// A customer as in a file.
#[derive(Serialize)]
struct SavedCustomer {
    #[serde(flatten)]
    customer: Customer,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewRow>,
}

fn number(id: &str, none: &'static str) -> Result<i64, WorldError> {
    id.parse().map_err(|_| WorldError::NotFound(none))
}

/// The ids that are given. What is made up takes none of them, also where it
/// comes first.
#[derive(Default)]
struct GivenIds {
    customers: BTreeSet<i64>,
    cards: BTreeSet<i64>,
}

impl GivenIds {
    fn by<'a>(customers: impl IntoIterator<Item = &'a CustomerRow>) -> Self {
        let mut given = Self::default();
        for customer in customers {
            let cards = customer.cards.iter().filter_map(|card| card.id);
            given.customers.extend(customer.customers_id);
            given.cards.extend(cards);
        }
        given
    }
}

impl Part for Rows {
    fn fill(&self, transaction: &Transaction<'_>) -> Result<(), WorldError> {
        let given = GivenIds::by(&self.customers);
        each("customers", &self.customers, |customer| {
            customer.add_beside(transaction, &given).map(drop)
        })
    }

    fn sizes(&self) -> Vec<usize> {
        self.customers.iter().map(|one| one.cards.len()).collect()
    }
}

impl Row for CustomerRow {
    fn add(&self, transaction: &Transaction<'_>, _: Option<&str>) -> Result<String, WorldError> {
        let id = self.add_beside(transaction, &GivenIds::by([self]))?;
        Ok(id.to_string())
    }
}

impl CustomerRow {
    fn add_beside(
        &self,
        transaction: &Transaction<'_>,
        given: &GivenIds,
    ) -> Result<i64, WorldError> {
        let id = CUSTOMER.id(transaction, self.customers_id, &given.customers)?;
        let given_reference = self.customers_reference.clone();
        let reference = given_reference.unwrap_or_else(|| reference(id));
        transaction
            .prepare_cached("INSERT INTO ibanera_customer VALUES (?1, ?2)")?
            .execute(params![id, reference])?;
        if let Some(review) = &self.review {
            review.insert(transaction, id)?;
        }
        each("cards", &self.cards, |card| {
            card.add_beside(transaction, id, given)
        })?;
        Ok(id)
    }
}

impl Row for CardRow {
    fn add(
        &self,
        transaction: &Transaction<'_>,
        owner: Option<&str>,
    ) -> Result<String, WorldError> {
        let customers_id = number(owner.unwrap_or_default(), NO_CUSTOMER)?;
        if !CUSTOMER.has(transaction, customers_id)? {
            return Err(WorldError::NotFound(NO_CUSTOMER));
        }
        self.add_beside(transaction, customers_id, &GivenIds::default())?;
        Ok(customers_id.to_string())
    }
}

impl CardRow {
    fn add_beside(
        &self,
        transaction: &Transaction<'_>,
        customers_id: i64,
        given: &GivenIds,
    ) -> Result<(), WorldError> {
        let id = CARD.id(transaction, self.id, &given.cards)?;
        Ok(self.insert(transaction, id, customers_id)?)
    }

    /// Adds a row, which has a card number.
    pub(crate) fn insert(
        &self,
        transaction: &Transaction<'_>,
        id: i64,
        customers_id: i64,
    ) -> rusqlite::Result<()> {
        transaction
            .prepare_cached(
                "INSERT INTO ibanera_card (
                    id, customers_id, currency, card_number, total_balance, available_balance,
                    pending_balance, suppressed
                 ) VALUES (
                    ?1, ?2, coalesce(?3, 'usd'), ?4, coalesce(?5, '0'), coalesce(?6, '0'),
                    coalesce(?7, '0'), coalesce(?8, 0)
                 )",
            )?
            .execute(params![
                id,
                customers_id,
                self.currency,
                self.card_number,
                self.total_balance,
                self.available_balance,
                self.pending_balance,
                self.b_suppressed,
            ])?;
        Ok(())
    }
}

impl CardRow {
    /// A card in a currency, of which the rest is made up.
    pub(crate) fn made(currency: &str, is_suppressed: bool) -> Self {
        Self {
            currency: Some(currency.to_owned()),
            b_suppressed: Some(is_suppressed),
            ..Self::default()
        }
    }

    /// Adds a new card to a customer. Gives its id.
    pub(crate) fn create(
        mut self,
        transaction: &Transaction<'_>,
        customers_id: i64,
    ) -> Result<i64, WorldError> {
        let id = CARD.id(transaction, None, &BTreeSet::new())?;
        self.id = Some(id);
        self.add(transaction, Some(&customers_id.to_string()))?;
        Ok(id)
    }
}

impl Change {
    /// Changes a card. Gives whose it is.
    pub(crate) fn make(&self, transaction: &Transaction<'_>, id: i64) -> Result<i64, WorldError> {
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
                    self.b_suppressed,
                ],
                |row| row.get(0),
            )
            .optional()?;
        customers_id.ok_or(WorldError::NotFound("there is no card of this id"))
    }
}

/// A table whose rows have numbers as ids.
struct Numbered {
    name: &'static str,
    /// The id, in a file.
    field: &'static str,
    taken: &'static str,
}

const CUSTOMER: Numbered = Numbered {
    name: "ibanera_customer",
    field: "customersId",
    taken: "another customer has it",
};
const CARD: Numbered = Numbered {
    name: "ibanera_card",
    field: "id",
    taken: "another card has it",
};

impl Numbered {
    fn has(&self, connection: &Connection, id: i64) -> rusqlite::Result<bool> {
        // Both have their id as SQLite's own.
        let sql = format!("SELECT 1 FROM {} WHERE rowid = ?1", self.name);
        connection.prepare_cached(&sql)?.exists([id])
    }

    /// Gives the id of a new row, which is its own where it has one.
    fn id(
        &self,
        connection: &Connection,
        own: Option<i64>,
        given: &BTreeSet<i64>,
    ) -> Result<i64, WorldError> {
        if let Some(id) = own {
            return match self.has(connection, id)? {
                true => Err(FieldError::at(self.field, self.taken).into()),
                false => Ok(id),
            };
        }
        let sql = format!("SELECT coalesce(max(rowid), 0) FROM {}", self.name);
        let highest: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        let highest = given.last().copied().max(Some(highest));
        let is_taken = |id| Ok(given.contains(&id) || self.has(connection, id)?);
        next_number(self.field, highest.unwrap_or(0), IDS, is_taken)
    }
}
