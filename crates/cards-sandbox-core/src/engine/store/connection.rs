//! Sets up a connection, and locks one that several threads share.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use rusqlite::{Connection, StatementStatus};

/// The number of prepared statements that a connection keeps; all handlers
/// together have fewer.
const STATEMENTS: usize = 128;

/// The target of what is told of statements.
macro_rules! statements {
    () => {
        "cards_sandbox_core::statements"
    };
}

/// Makes a connection quick at the same statements again and again.
pub(super) fn keep_statements(connection: &mut Connection) -> rusqlite::Result<()> {
    tell_of_work(connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else a statement with a bound LIMIT is planned anew at each call: a
    // quarter of what a list costs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Logs each statement with the steps that SQLite took for it, where somebody listens from the start
/// on. The text of one holds no values: they are bound to it.
fn tell_of_work(connection: &mut Connection) -> rusqlite::Result<()> {
    if !tracing::enabled!(target: statements!(), tracing::Level::TRACE) {
        return Ok(());
    }
    // A statement that is kept counts on.
    let mut before = BTreeMap::new();
    let tell = move |event: TraceEvent<'_>| {
        if let TraceEvent::Profile(statement, _) = event {
            let sql = statement.sql();
            let steps = statement.get_status(StatementStatus::VmStep);
            let last = before.insert(sql.to_string(), steps);
            let since = last.filter(|last| *last <= steps).unwrap_or(0);
            tracing::trace!(target: statements!(), steps = steps - since, %sql, "a statement");
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_PROFILE, Some(tell))
}

/// Locks a mutex, also after a panic: a job that panicked has left the data whole,
/// as jobs run in transactions.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
