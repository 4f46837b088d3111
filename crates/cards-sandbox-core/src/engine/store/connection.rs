//! Sets up a connection, and locks one that several threads share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// The number of prepared statements that a connection keeps; all handlers
/// together have fewer.
const STATEMENTS: usize = 128;

/// Makes a connection quick at the same statements again and again.
pub(super) fn keep_statements(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else a statement with a bound LIMIT is planned anew at each call: a
    // quarter of what a list costs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Locks a mutex, also after a panic: a job that panicked has left the data whole,
/// as jobs run in transactions.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
