//! Sets up a connection, and locks one that several threads share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// The steps of SQLite's machine that queries may take on an async thread, which nobody else has
/// meanwhile: those of some hundred rows, and less than a millisecond.
const FEW_STEPS: i64 = 20_000;

/// The steps after which they are counted.
const COUNTED: i32 = 1_000;

/// Counts the steps that the queries of a connection may still take; a clone is a reference.
#[derive(Clone, Debug)]
pub(super) struct StepsLeft(Arc<AtomicI64>);

impl StepsLeft {
    const ANY: i64 = i64::MAX;

    /// Begins to count the steps of a connection, without a limit.
    fn of(connection: &mut Connection) -> rusqlite::Result<Self> {
        let left = Arc::new(AtomicI64::new(Self::ANY));
        let counted = Arc::clone(&left);
        let is_too_much = move || match counted.load(Ordering::Relaxed) {
            Self::ANY => false,
            left => {
                let left = left - i64::from(COUNTED);
                counted.store(left, Ordering::Relaxed);
                left < 0
            }
        };
        connection.progress_handler(COUNTED, Some(is_too_much))?;
        Ok(Self(left))
    }

    /// Allows few steps from now on: beyond them every query fails.
    pub(super) fn allow_few(&self) {
        self.0.store(FEW_STEPS, Ordering::Relaxed);
    }

    /// Allows any number of steps again. Tells whether there were more than few.
    pub(super) fn allow_any(&self) -> bool {
        self.0.swap(Self::ANY, Ordering::Relaxed) < 0
    }
}

/// Makes a connection quick at the same statements again and again, and counts its steps.
pub(super) fn keep_statements(connection: &mut Connection) -> rusqlite::Result<StepsLeft> {
    tell_of_work(connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else a statement with a bound LIMIT is planned anew at each call: a
    // quarter of what a list costs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    StepsLeft::of(connection)
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
