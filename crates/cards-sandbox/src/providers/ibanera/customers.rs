//! Customers and cards, as both list calls and `/_sandbox/world` show them:
//! the document's keys in the document's order.

use rusqlite::{Connection, OptionalExtension, Statement};
use schemars::JsonSchema;
use serde::Serialize;

use super::section::Amount;
use cards_sandbox_core::listed;
use cards_sandbox_core::store::{Counted, RowPlace, StoreError, of_row};

/// One customer with all cards, as [`RunningWorld::ibanera_customers`](crate::RunningWorld::ibanera_customers)
/// gives one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(
    rename = "IbaneraCustomer",
    description = "One customer with all cards."
)]
#[non_exhaustive]
pub struct Customer {
    /// The id.
    pub customers_id: i64,
    /// The reference given when the customer was made.
    pub customers_reference: String,
    /// The cards, by id.
    pub cards: Vec<Card>,
}

/// One card with its balances, in units of its currency.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraCard")]
#[non_exhaustive]
pub struct Card {
    /// The id.
    pub id: i64,
    /// Currency, in small letters in the document's example: `usd`.
    pub currency: String,
    /// Six digits, stars, four digits; that is how it is stored.
    pub card_number: String,
    /// The total balance.
    // Numbers as their own text, so that no float rounds them.
    #[schemars(schema_with = "listed::decimal")]
    pub total_balance: Amount,
    /// The balance that can be spent.
    #[schemars(schema_with = "listed::decimal")]
    pub available_balance: Amount,
    /// The balance that is pending.
    #[schemars(schema_with = "listed::decimal")]
    pub pending_balance: Amount,
    /// Says whether use of the card is disabled.
    #[serde(rename = "bSuppressed")]
    pub suppressed: bool,
}

/// Finds a customer.
pub(crate) fn find(
    connection: &Connection,
    customers_id: i64,
) -> Result<Option<Customer>, StoreError> {
    let sql = "SELECT customers_reference FROM ibanera_customer WHERE customers_id = ?1";
    let reference = connection
        .prepare_cached(sql)?
        .query_row([customers_id], |row| row.get(0))
        .optional()?;
    let mut cards = cards_of(connection)?;
    Ok(match reference {
        None => None,
        Some(customers_reference) => Some(Customer {
            customers_id,
            customers_reference,
            cards: read_cards(&mut cards, customers_id)?,
        }),
    })
}

/// A card with its owner.
pub(super) struct Owned {
    pub(super) customers_id: i64,
    pub(super) customers_reference: String,
    pub(super) card: Card,
}

/// Finds a card with its owner.
pub(super) fn owned(connection: &Connection, card: i64) -> Result<Option<Owned>, StoreError> {
    let sql = "SELECT customers_id FROM ibanera_card WHERE id = ?1";
    let owner = connection
        .prepare_cached(sql)?
        .query_row([card], |row| row.get(0))
        .optional()?;
    let owner = owner.map(|owner| find(connection, owner)).transpose()?;
    Ok(owner.flatten().and_then(|owner| {
        let mut cards = owner.cards.into_iter();
        Some(Owned {
            customers_id: owner.customers_id,
            customers_reference: owner.customers_reference,
            card: cards.find(|one| one.id == card)?,
        })
    }))
}

/// The customers by their number.
pub(super) const COUNTED: Counted = Counted::new("ibanera_customer");

/// Lists at most `limit` customers from the one at `offset` on, by id.
pub(super) fn page(
    connection: &Connection,
    limit: u64,
    offset: u64,
) -> Result<Vec<Customer>, StoreError> {
    match COUNTED.place(connection, offset)? {
        Some(RowPlace { from, before }) => read(connection, from, limit, before),
        None => Ok(Vec::new()),
    }
}

/// At most `limit` customers after the one of an id, or from the first on.
pub(super) fn after(
    connection: &Connection,
    id: Option<i64>,
    limit: u64,
) -> Result<Vec<Customer>, StoreError> {
    read(
        connection,
        id.map_or(i64::MIN, |id| id.saturating_add(1)),
        limit,
        0,
    )
}

/// At most `limit` customers from an id on, without the first few.
fn read(
    connection: &Connection,
    from: i64,
    limit: u64,
    without: i64,
) -> Result<Vec<Customer>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut cards = cards_of(connection)?;
    let mut statement = connection.prepare_cached(
        "SELECT customers_id, customers_reference FROM ibanera_customer
         WHERE customers_id >= ?1 ORDER BY customers_id LIMIT ?2 OFFSET ?3",
    )?;
    let customers = statement.query_map([from, limit, without], |row| {
        of_row("ibanera_customer", "customers_id", row, |row| {
            let customers_id = row.get(0)?;
            Ok(Customer {
                customers_id,
                customers_reference: row.get(1)?,
                cards: read_cards(&mut cards, customers_id)?,
            })
        })
    })?;
    Ok(customers.collect::<Result<_, _>>()?)
}

fn cards_of(connection: &Connection) -> rusqlite::Result<rusqlite::CachedStatement<'_>> {
    connection.prepare_cached(
        "SELECT id, currency, card_number, total_balance, available_balance, pending_balance,
             suppressed
         FROM ibanera_card WHERE customers_id = ?1 ORDER BY id",
    )
}

fn read_cards(statement: &mut Statement<'_>, customers_id: i64) -> rusqlite::Result<Vec<Card>> {
    let cards = statement.query_map([customers_id], |row| {
        of_row("ibanera_card", "id", row, |row| {
            Ok(Card {
                id: row.get(0)?,
                currency: row.get(1)?,
                card_number: row.get(2)?,
                total_balance: row.get(3)?,
                available_balance: row.get(4)?,
                pending_balance: row.get(5)?,
                suppressed: row.get(6)?,
            })
        })
    })?;
    cards.collect()
}
