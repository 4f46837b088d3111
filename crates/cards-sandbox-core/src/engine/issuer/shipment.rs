//! The way of a card's plastic: shipped, then delivered.

use cards_model::ProviderId;
use rusqlite::{OptionalExtension, Transaction, params};

use super::IssuerError;

/// Ships the plastic of a card, once.
pub fn ship(
    transaction: &Transaction<'_>,
    provider: ProviderId,
    card: &str,
) -> Result<(), IssuerError> {
    let sql = "INSERT OR IGNORE INTO shipment VALUES (?1, ?2, 'shipped')";
    let provider = provider.as_str();
    match transaction.prepare_cached(sql)?.execute([provider, card])? {
        0 => Err(IssuerError::conflict("the card has been shipped")),
        _ => Ok(()),
    }
}

/// Delivers the plastic of a card that was shipped, once.
pub fn deliver(
    transaction: &Transaction<'_>,
    provider: ProviderId,
    card: &str,
) -> Result<(), IssuerError> {
    let sql = "SELECT state FROM shipment WHERE provider = ?1 AND card = ?2";
    let provider = provider.as_str();
    let state: Option<String> = transaction
        .prepare_cached(sql)?
        .query_row([provider, card], |row| row.get(0))
        .optional()?;
    match state.as_deref() {
        None => return Err(IssuerError::conflict("the card has not been shipped")),
        Some("delivered") => return Err(IssuerError::conflict("the card has been delivered")),
        Some(_) => {}
    }
    let sql = "UPDATE shipment SET state = 'delivered' WHERE provider = ?1 AND card = ?2";
    transaction
        .prepare_cached(sql)?
        .execute(params![provider, card])?;
    Ok(())
}
