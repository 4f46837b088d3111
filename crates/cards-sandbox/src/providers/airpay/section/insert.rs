//! A row that is put into a table by the names of its columns.

use rusqlite::types::Value;
use rusqlite::{Transaction, params_from_iter};

/// Adds a row of these columns.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    table: &str,
    row: impl Iterator<Item = (&'static str, Value)>,
) -> rusqlite::Result<()> {
    let (columns, values): (Vec<_>, Vec<_>) = row.unzip();
    let places = vec!["?"; columns.len()].join(", ");
    let columns = columns.join(", ");
    let sql = format!("INSERT INTO {table} ({columns}) VALUES ({places})");
    transaction
        .prepare_cached(&sql)?
        .execute(params_from_iter(values))?;
    Ok(())
}
