//! The way of a card's plastic: shipped, then delivered.

use cards_model::ProviderId;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::IssuerError;

/// The place of a card's plastic, once it is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shipment {
    /// It was shipped.
    Shipped,
    /// It has arrived.
    Delivered,
}

impl Shipment {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
        }
    }

    /// Reads where the plastic of a card is. `None`: it was never shipped.
    pub fn of(
        connection: &Connection,
        provider: ProviderId,
        card: &str,
    ) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT state FROM shipment WHERE provider = ?1 AND card = ?2";
        let mut state = connection.prepare_cached(sql)?;
        let provider = provider.as_str();
        state
            .query_row([provider, card], |row| row.get(0))
            .optional()
    }

    /// Keeps where the plastic of a card is, whatever was kept of it.
    pub fn keep(
        self,
        transaction: &Transaction<'_>,
        provider: ProviderId,
        card: &str,
    ) -> rusqlite::Result<()> {
        let sql = "INSERT INTO shipment VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET state = excluded.state";
        let row = params![provider.as_str(), card, self.as_str()];
        transaction.prepare_cached(sql)?.execute(row).map(drop)
    }
}

impl FromSql for Shipment {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let known = [Self::Shipped, Self::Delivered];
        let state = value.as_str()?;
        let found = known.into_iter().find(|known| known.as_str() == state);
        found.ok_or(FromSqlError::InvalidType)
    }
}

/// Ships the plastic of a card, once.
pub fn ship(
    transaction: &Transaction<'_>,
    provider: ProviderId,
    card: &str,
) -> Result<(), IssuerError> {
    match Shipment::of(transaction, provider, card)? {
        None => Ok(Shipment::Shipped.keep(transaction, provider, card)?),
        Some(_) => Err(IssuerError::conflict("the card has been shipped")),
    }
}

/// Delivers the plastic of a card that was shipped, once.
pub fn deliver(
    transaction: &Transaction<'_>,
    provider: ProviderId,
    card: &str,
) -> Result<(), IssuerError> {
    match Shipment::of(transaction, provider, card)? {
        None => Err(IssuerError::conflict("the card has not been shipped")),
        Some(Shipment::Delivered) => Err(IssuerError::conflict("the card has been delivered")),
        Some(Shipment::Shipped) => Ok(Shipment::Delivered.keep(transaction, provider, card)?),
    }
}
