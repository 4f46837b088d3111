//! Fills a sandbox's file with customers and cards, without a call for each.

use std::path::Path;

use rusqlite::Connection;

/// Adds so many customers of each provider, with a card each, to the file of a sandbox that is stopped.
pub(crate) fn fill(path: &Path, customers: u32) -> rusqlite::Result<()> {
    let mut connection = Connection::open(path)?;
    // No other program reads it, and what is lost is made anew.
    connection.pragma_update(None, "synchronous", "off")?;
    let transaction = connection.transaction()?;
    transaction.execute_batch("CREATE TEMP TABLE size (n INTEGER)")?;
    transaction.execute("INSERT INTO size VALUES (?1)", [customers])?;
    transaction.execute_batch(include_str!("fill.sql"))?;
    transaction.commit()
}
