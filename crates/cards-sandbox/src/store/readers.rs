//! Reading: beside the writer where there is a file, in turns with it where
//! there is none.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;

use super::{StoreError, file, lock};

/// How many connections wait for the next reader. There are never more at work
/// than threads that read.
const IDLE: usize = 8;

pub(super) enum Readers {
    /// Memory has one connection.
    Shared(Arc<Mutex<Connection>>),
    File {
        path: PathBuf,
        idle: Mutex<Vec<Connection>>,
        /// As long as anybody reads, the file is ours.
        _lock: Arc<file::Lock>,
    },
}

impl Readers {
    pub(super) fn of_file(path: PathBuf, lock: Arc<file::Lock>) -> Self {
        Self::File {
            path,
            idle: Mutex::default(),
            _lock: lock,
        }
    }

    /// Runs queries on one state of the database, whatever is written
    /// meanwhile.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        match self {
            Self::Shared(connection) => snapshot(&lock(connection), job),
            Self::File { path, idle, .. } => {
                let waiting = lock(idle).pop();
                let connection = match waiting {
                    Some(connection) => connection,
                    None => file::open_reader(path)?,
                };
                let done = snapshot(&connection, job);
                let mut idle = lock(idle);
                if idle.len() < IDLE && connection.is_autocommit() {
                    idle.push(connection);
                }
                done
            }
        }
    }

    /// Closes those that nobody uses.
    pub(super) fn close_idle(&self) {
        if let Self::File { idle, .. } = self {
            drop(std::mem::take(&mut *lock(idle)));
        }
    }
}

/// Nothing that a job might change stays.
fn snapshot<T, E: From<StoreError>>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let run = |sql| -> Result<(), StoreError> {
        connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    };
    run("BEGIN")?;
    let done = catch_unwind(AssertUnwindSafe(|| job(connection)));
    let ended = run("ROLLBACK");
    let done = done.unwrap_or_else(|_| Err(StoreError::Panicked.into()))?;
    ended?;
    Ok(done)
}
