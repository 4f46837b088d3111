//! Reading: beside the writer where there is a file, in turns with it where
//! there is none.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, TryLockError, mpsc};

use rusqlite::Connection;

use super::caught::caught;
use super::connection::{StepsLeft, lock};
use super::file_lock::FileLock;
use super::{StoreError, file};

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
    Shared(Arc<Mutex<Connection>>, StepsLeft),
    File {
        path: PathBuf,
        idle: Mutex<Vec<(Connection, StepsLeft)>>,
        /// Keeps the file ours as long as anybody reads.
        lock: Arc<FileLock>,
    },
}

impl Readers {
    pub(super) fn shared(
        connection: Arc<Mutex<Connection>>,
        steps: StepsLeft,
        reading: mpsc::Sender<()>,
    ) -> Self {
        Self {
            place: Place::Shared(connection, steps),
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

    /// Reads as [`Readers::read`] does. `None`: it would have to wait for others, or takes more than
    /// a few steps.
    pub(super) fn try_read<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        match &self.place {
            Place::Shared(connection, steps) => match connection.try_lock() {
                Ok(connection) => in_few_steps(&connection, steps, job),
                Err(TryLockError::Poisoned(poisoned)) => {
                    in_few_steps(&poisoned.into_inner(), steps, job)
                }
                Err(TryLockError::WouldBlock) => None,
            },
            Place::File { path, idle, lock } => {
                let run = |connection: &Connection, steps: &StepsLeft| {
                    Ok(in_few_steps(connection, steps, job))
                };
                with_idle(path, idle, lock, run).unwrap_or_else(|error: E| Some(Err(error)))
            }
        }
    }

    /// Runs queries on one state of the database, whatever is written
    /// meanwhile.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.place {
            Place::Shared(connection, _) => snapshot(&lock(connection), job),
            Place::File { path, idle, lock } => {
                with_idle(path, idle, lock, |connection, _| snapshot(connection, job))
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

/// Runs a job with a connection to a file, which is kept for the next.
fn with_idle<T, E: From<StoreError>>(
    path: &Path,
    idle: &Mutex<Vec<(Connection, StepsLeft)>>,
    file_lock: &FileLock,
    job: impl FnOnce(&Connection, &StepsLeft) -> Result<T, E>,
) -> Result<T, E> {
    let waiting = lock(idle).pop();
    let reader = match waiting {
        Some(reader) => reader,
        None => file::open_reader(path, file_lock)?,
    };
    let done = job(&reader.0, &reader.1);
    let mut idle = lock(idle);
    if idle.len() < IDLE && reader.0.is_autocommit() {
        idle.push(reader);
    }
    done
}

/// Runs a job as [`snapshot`] does. `None`: it would take more than a few steps.
fn in_few_steps<T, E: From<StoreError>>(
    connection: &Connection,
    steps: &StepsLeft,
    job: impl FnOnce(&Connection) -> Result<T, E>,
) -> Option<Result<T, E>> {
    let mut were_few = true;
    let done = snapshot(connection, |connection| {
        steps.allow_few();
        // Caught here already, as the end of the snapshot may take any number of steps after a panic too.
        let done = caught(|| job(connection));
        were_few = !steps.allow_any();
        done
    });
    were_few.then_some(done)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acme::open;
    use crate::engine::settings::Storage;

    /// Reads so many times, each within the one before.
    fn nested(readers: &Readers, depth: usize) {
        let job = |_: &Connection| {
            if depth > 1 {
                nested(readers, depth - 1);
            }
            Ok::<_, StoreError>(())
        };
        readers.read(job).unwrap();
    }

    #[tokio::test]
    async fn connections_wait_for_the_next_reader_up_to_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&Storage::File(folder.path().join("a.db"))).unwrap();
        let idle = || match &store.readers.place {
            Place::File { idle, .. } => lock(idle).len(),
            Place::Shared(..) => panic!("a file"),
        };
        for (depth, kept) in [(1, 1), (1, 1), (3, 3), (2, 3), (IDLE + 2, IDLE), (1, IDLE)] {
            nested(&store.readers, depth);
            assert_eq!(idle(), kept, "{depth}");
        }
        store.readers.close_idle();
        assert_eq!(idle(), 0);
    }
}
