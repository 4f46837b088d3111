//! The tables of customers and cards: what is put into them, taken out, and shown.

use cards_model::ProviderId;
use rusqlite::{Connection, Transaction, params};
use serde::Serialize;

use super::IbaneraSection;
use super::rows::{CardRow, Change, CustomerRow, Rows, SpentIds, reference};
use super::transactions::{TransactionRow, Transactions};
use crate::providers::ibanera::customers::{self, Card, Customer};
use crate::providers::ibanera::documents;
use crate::providers::ibanera::ledger;
use crate::providers::ibanera::numbered::{CARD, CUSTOMER, Given, REQUEST, TRANSACTION, id_of};
use crate::providers::ibanera::requested::RequestedRow;
use crate::providers::ibanera::review::ReviewRow;
use cards_sandbox_core::issuer::Shipment;
use cards_sandbox_core::showing::Showing;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::world::section::{
    NO_CARD, NO_CUSTOMER, Part, Row, TypedSection, Who, delete, each,
};
use cards_sandbox_core::world_error::WorldError;

impl TypedSection for IbaneraSection {
    type Part = Rows;
    type Customer = CustomerRow;
    type Card = CardRow;
    type Shown = Customer;

    const TABLES: &'static [&'static str] = &[
        "ibanera_spent_id",
        "ibanera_transaction",
        "ibanera_review",
        "ibanera_document",
        "ibanera_requested_card",
        "ibanera_card",
        "ibanera_customer",
    ];
    const SEQUENCES: &'static [&'static str] = &["ibanera_requested_card"];
    const LISTS: &'static [&'static str] = &[
        "customers",
        "cards",
        "transactions",
        "documents",
        "requestedCards",
    ];
    const SHOWN: (&'static str, &'static str) = (
        "IbaneraWorld",
        "The customers in `/_sandbox/world`; nothing in them is personal.",
    );

    /// A file has what is shown, as nothing of it is hidden, the reviews, which documents are on
    /// file, the cards that were asked for, each card's transactions and where its plastic is, and the
    /// ids that are not given again.
    fn save(connection: &Connection) -> Result<impl Serialize, StoreError> {
        let customers = customers::after(connection, None, u64::MAX)?;
        let save = |card: Card| {
            let id = card.id;
            Ok(SavedCard {
                card,
                shipment: Shipment::of(connection, ProviderId::IBANERA, &id.to_string())?,
                transactions: Transactions::read(connection, id)?,
            })
        };
        let saved = customers.into_iter().map(|customer| {
            let cards = customer.cards.into_iter().map(save);
            Ok(SavedCustomer {
                customers_id: customer.customers_id,
                customers_reference: customer.customers_reference,
                cards: cards.collect::<rusqlite::Result<_>>()?,
                review: ReviewRow::read(connection, customer.customers_id)?,
                documents: documents::of(connection, customer.customers_id)?,
                requested_cards: RequestedRow::all(connection, customer.customers_id)?,
            })
        });
        Ok(Saved {
            spent_ids: SpentIds::read(connection)?,
            customers: saved.collect::<rusqlite::Result<_>>()?,
        })
    }

    fn show(
        connection: &Connection,
        _: Showing,
        who: Who<'_>,
    ) -> Result<Vec<Customer>, StoreError> {
        let (after, most) = match who {
            Who::All => (None, u64::MAX),
            Who::Some { after, most } => (after, most.into()),
            Who::One(id) => {
                let found = id_of(id).map(|id| customers::find(connection, id));
                return Ok(found.transpose()?.flatten().into_iter().collect());
            }
        };
        let after = after.and_then(id_of);
        customers::after(connection, after, most)
    }

    fn is_id(id: &str) -> bool {
        id_of(id).is_some()
    }

    fn remove(
        transaction: &Transaction<'_>,
        customer: &str,
        card: Option<&str>,
    ) -> Result<(), WorldError> {
        let customer = number(customer, NO_CUSTOMER)?;
        let card = card.map(|card| number(card, NO_CARD)).transpose()?;
        spend_ids(transaction, customer, card)?;
        if let Some(card) = card {
            let sql = "DELETE FROM ibanera_card WHERE customers_id = ?1 AND id = ?2";
            return delete(transaction, sql, [customer, card], NO_CARD);
        }
        let sql = "SELECT max(id) FROM ibanera_requested_card WHERE customers_id = ?1";
        let highest: Option<i64> = transaction.query_row(sql, [customer], |row| row.get(0))?;
        highest.map_or(Ok(()), |highest| REQUEST.spend(transaction, highest))?;
        for table in ["ibanera_review", "ibanera_document", "ibanera_card"] {
            let sql = format!("DELETE FROM {table} WHERE customers_id = ?1");
            transaction.execute(&sql, [customer])?;
        }
        let sql = "DELETE FROM ibanera_customer WHERE customers_id = ?1";
        delete(transaction, sql, [customer], NO_CUSTOMER)?;
        Ok(CUSTOMER.spend(transaction, customer)?)
    }
}

/// Keeps the ids of what goes with a customer, or with one card of it, from being given out again.
fn spend_ids(
    transaction: &Transaction<'_>,
    customer: i64,
    card: Option<i64>,
) -> rusqlite::Result<()> {
    let sql = "SELECT max(card.id), max(entry.id) FROM ibanera_card AS card
        LEFT JOIN ibanera_transaction AS entry ON entry.cards_id = card.id
        WHERE customers_id = ?1 AND coalesce(card.id = ?2, true)";
    let read = |row: &rusqlite::Row<'_>| Ok([row.get(0)?, row.get(1)?]);
    let highest: [Option<i64>; 2] = transaction.query_row(sql, params![customer, card], read)?;
    for (numbered, highest) in [CARD, TRANSACTION].into_iter().zip(highest) {
        highest.map_or(Ok(()), |highest| numbered.spend(transaction, highest))?;
    }
    Ok(())
}

/// All customers as in a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Saved {
    #[serde(skip_serializing_if = "Option::is_none")]
    spent_ids: Option<SpentIds>,
    customers: Vec<SavedCustomer>,
}

/// A customer as in a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SavedCustomer {
    customers_id: i64,
    customers_reference: String,
    cards: Vec<SavedCard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requested_cards: Vec<RequestedRow>,
}

/// A card as in a file.
#[derive(Serialize)]
struct SavedCard {
    #[serde(flatten)]
    card: Card,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipment: Option<Shipment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<Transactions>,
}

fn number(id: &str, none: &'static str) -> Result<i64, WorldError> {
    id_of(id).ok_or(WorldError::NotFound(none))
}

/// The ids that are given. What is made up takes none of them, also where it
/// comes first.
#[derive(Default)]
struct GivenIds {
    customers: Given,
    cards: Given,
    transactions: Given,
    requests: Given,
}

impl GivenIds {
    fn by<'a>(customers: impl IntoIterator<Item = &'a CustomerRow>) -> Self {
        let mut given = Self::default();
        for customer in customers {
            given.customers.extend(customer.customers_id);
            customer.cards.iter().for_each(|card| given.add(card));
            let requests = customer.requested_cards.iter();
            given.requests.extend(requests.filter_map(|asked| asked.id));
        }
        given
    }

    fn add(&mut self, card: &CardRow) {
        self.cards.extend(card.id);
        let transactions = card.transactions.iter().flat_map(|Transactions(all)| all);
        self.transactions
            .extend(transactions.filter_map(TransactionRow::id));
    }
}

impl Part for Rows {
    fn fill(&self, transaction: &Transaction<'_>) -> Result<(), WorldError> {
        self.spent_ids
            .map_or(Ok(()), |spent| spent.spend(transaction))?;
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
        for document in &self.documents {
            documents::put(transaction, id, &document.as_str().into())?;
        }
        each("cards", &self.cards, |card| {
            card.add_beside(transaction, id, given)
        })?;
        each("requestedCards", &self.requested_cards, |asked| {
            asked.add(transaction, id, &given.requests).map(drop)
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
        let mut given = GivenIds::default();
        given.add(self);
        self.add_beside(transaction, customers_id, &given)?;
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
        self.insert(transaction, id, customers_id)?;
        if let Some(shipment) = self.shipment {
            shipment.keep(transaction, ProviderId::IBANERA, &id.to_string())?;
        }
        let rows = self.transactions.iter().flat_map(|Transactions(all)| all);
        each("transactions", rows, |row| {
            let number = TRANSACTION.id(transaction, row.id(), &given.transactions)?;
            Ok(row.entry().book(transaction, id, number)?)
        })
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
        let id = CARD.id(transaction, None, &Given::default())?;
        self.id = Some(id);
        self.add(transaction, Some(&customers_id.to_string()))?;
        Ok(id)
    }
}

impl Change {
    /// Changes a card, and books what its balances gain or lose. Gives whose it is.
    pub(crate) fn make(
        &self,
        transaction: &Transaction<'_>,
        id: i64,
        now: i64,
    ) -> Result<i64, WorldError> {
        let none = || WorldError::NotFound("there is no card of this id");
        let before = ledger::balances(transaction, id)?.ok_or_else(none)?;
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
            )?;
        let after = ledger::balances(transaction, id)?.ok_or_else(none)?;
        ledger::adjust(transaction, id, &before, &after, now)?;
        Ok(customers_id)
    }
}
