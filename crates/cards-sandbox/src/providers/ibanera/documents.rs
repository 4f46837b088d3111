//! The documents of customers that are on file: which, and nothing that is in them.

use cards_model::ibanera::DocumentType;
use rusqlite::{Connection, Transaction, params};

use cards_sandbox_core::field_error::FieldError;

/// Puts a customer's document on file; one of its type takes the place of the one before. One of
/// a type that no page lists, which only a waived rule lets through, is not kept.
pub(super) fn put(
    transaction: &Transaction<'_>,
    customers_id: i64,
    document: &DocumentType,
) -> rusqlite::Result<()> {
    if !document.is_known() {
        return Ok(());
    }
    let sql = "INSERT INTO ibanera_document (customers_id, type) VALUES (?1, ?2)
         ON CONFLICT (customers_id, type) DO NOTHING";
    let row = params![customers_id, document.as_str()];
    transaction.prepare_cached(sql)?.execute(row).map(drop)
}

/// The types of a customer's documents on file, in the order of their names.
pub(super) fn of(connection: &Connection, customers_id: i64) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT type FROM ibanera_document WHERE customers_id = ?1 ORDER BY type";
    let mut statement = connection.prepare_cached(sql)?;
    let types = statement.query_map([customers_id], |row| row.get(0))?;
    types.collect()
}

/// Checks the types that a file or the control API has for a customer.
pub(super) fn check(documents: &[String]) -> Result<(), FieldError> {
    let is_listed = |text: &String| DocumentType::from(text.as_str()).is_known();
    match documents.iter().all(is_listed) {
        true => Ok(()),
        false => Err(FieldError::at("documents", DocumentType::ALLOWED)),
    }
}
