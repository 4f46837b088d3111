//! Reading: beside the writer where there is a file, in turns with it where
//! there is none.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, TryLockError, mpsc};

use rusqlite::Connection;

use super::connection::lock;
use super::file_lock::FileLock;
use super::{StoreError, caught, file};

/// The number of connections that are kept at most for the next reader. There are
/// never more at work than threads that read.
const IDLE: usize = 8;

pub(super) struct Readers {
    place: Place,
    /// Closed when nobody reads any more.
    _reading: mpsc::Sender<()>,
}

enum Place {
    /// Memory has one connection.
    Shared(Arc<Mutex<Connection>>),
    File {
        path: PathBuf,
        idle: Mutex<Vec<Connection>>,
        /// Keeps the file ours as long as anybody reads.
        lock: Arc<FileLock>,
    },
}

impl Readers {
    pub(super) fn shared(connection: Arc<Mutex<Connection>>, reading: mpsc::Sender<()>) -> Self {
        Self {
            place: Place::Shared(connection),
            _reading: reading,
        }
    }

    pub(super) fn of_file(
        path: PathBuf,
        file_lock: Arc<FileLock>,
        reading: mpsc::Sender<()>,
    ) -> Self {
        let place = Place::File {
            path,
            idle: Mutex::default(),
            lock: file_lock,
        };
        Self {
            place,
            _reading: reading,
        }
    }

    /// Reads as [`Readers::read`] does, or gives the job back where it would have to wait for
    /// others.
    pub(super) fn try_read<T, E: From<StoreError>, F>(&self, job: F) -> Result<Result<T, E>, F>
    where
        F: FnOnce(&Connection) -> Result<T, E>,
    {
        let Place::Shared(connection) = &self.place else {
            return Ok(self.read(job));
        };
        match connection.try_lock() {
            Ok(connection) => Ok(snapshot(&connection, job)),
            Err(TryLockError::Poisoned(poisoned)) => Ok(snapshot(&poisoned.into_inner(), job)),
            Err(TryLockError::WouldBlock) => Err(job),
        }
    }

    /// Runs queries on one state of the database, whatever is written
    /// meanwhile.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.place {
            Place::Shared(connection) => snapshot(&lock(connection), job),
            Place::File {
                path,
                idle,
                lock: file_lock,
            } => {
                let waiting = lock(idle).pop();
                let connection = match waiting {
                    Some(connection) => connection,
                    None => file::open_reader(path, file_lock)?,
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
        if let Place::File { idle, .. } = &self.place {
            drop(std::mem::take(&mut *lock(idle)));
        }
    }
}

/// Runs a job on one state of the database, and rolls back whatever it changed.
fn snapshot<T, E: From<StoreError>>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let run = |sql| -> Result<(), StoreError> {
        connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    };
    run("BEGIN")?;
    let done = caught(|| job(connection));
    let ended = run("ROLLBACK");
    let done = done?;
    ended?;
    Ok(done)
}
