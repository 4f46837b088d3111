//! The state: one SQLite database, in memory or in a file.
//!
//! Changes go to one thread, which commits them in groups ([`Store::write`]);
//! queries run beside it ([`Store::read`], [`Store::read_all`]). Who was told
//! that a change is done finds it in every later query. Nothing outside this
//! module knows how.

mod beside;
mod caught;
mod connection;
mod counted;
mod damage;
mod drawn;
mod error;
mod file;
mod file_lock;
mod fingerprint;
pub(crate) mod quota;
mod readers;
mod schema;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod used_codes;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use cards_model::Date;
use rusqlite::{Connection, Transaction};
use tokio::sync::watch;

use crate::engine::quota::Quota;
use crate::engine::settings::Storage;

use connection::keep_statements;
pub use counted::{Counted, RowPlace};
pub use damage::{damage, of_row};
pub use drawn::drawn;
pub use error::StoreError;
use file_lock::{FileLock, Place};
pub use fingerprint::Fingerprints;
#[cfg(test)]
use fingerprint::fingerprint;
use readers::Readers;
pub use schema::{Migration, Tables, add_functions, migrations};
use writer::Writer;

/// A handle to the state. Dropped, it waits until all that was sent is written.
pub struct Store {
    // In the order in which they have to end.
    readers: Arc<Readers>,
    _all_read: AllRead,
    writer: Writer,
    /// The place of its file; `None` in memory.
    place: Option<Arc<Place>>,
    most: Quota,
}

/// Dropped, it waits until nobody reads any more: the writer can tidy up only
/// as the last connection, and the file is free for others only then.
struct AllRead(Mutex<mpsc::Receiver<()>>);

impl Drop for AllRead {
    fn drop(&mut self) {
        // An error is the readers' end: what is waited for.
        let reading = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        while reading.recv().is_ok() {}
    }
}

impl Store {
    /// Opens the state, and makes the world that the tables bring in a new one, where `fill`
    /// may put another into its place. It is called for a new state only, in the transaction that makes it: a
    /// start that is cut off leaves nothing, and the next one begins anew.
    pub fn open_with<E: From<StoreError>>(
        place: &Storage,
        tables: &[&'static Tables],
        today: Date,
        fill: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        match place {
            Storage::Memory => Self::in_memory(tables, today, fill),
            Storage::File(path) => Self::in_file(path, tables, today, fill),
        }
    }

    fn in_memory<E: From<StoreError>>(
        tables: &[&'static Tables],
        today: Date,
        fill: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut connection = schema::in_memory(tables, today, fill)?;
        let steps = keep_statements(&mut connection).map_err(StoreError::from)?;
        let connection = Arc::new(Mutex::new(connection));
        let (reading, all_read) = mpsc::channel();
        let readers = Readers::shared(Arc::clone(&connection), steps, reading);
        Ok(Self {
            readers: Arc::new(readers),
            _all_read: AllRead(Mutex::new(all_read)),
            writer: Writer::start(connection, None, drop)?,
            place: None,
            most: Quota::MOST,
        })
    }

    fn in_file<E: From<StoreError>>(
        path: &Path,
        tables: &[&'static Tables],
        today: Date,
        fill: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let path = file::resolve(path)?;
        file::make(&path)?;
        let lock = Arc::new(FileLock::take(&path)?);
        let mut connection = file::open_writer(&path, &lock, tables)?;
        schema::bring_up_to_date(&mut connection, tables, today, fill)?;
        keep_statements(&mut connection).map_err(StoreError::from)?;
        let place = Arc::new(Place::of(path.clone(), Arc::clone(&lock)));
        let (reading, all_read) = mpsc::channel();
        let readers = Readers::of_file(path.clone(), Arc::clone(&lock), reading);
        let end = move |connection: Arc<Mutex<Connection>>| {
            if let Some(connection) = Arc::into_inner(connection) {
                let connection = connection.into_inner();
                let connection = connection.unwrap_or_else(PoisonError::into_inner);
                file::close_writer(connection, &path, &lock);
            }
            drop(lock);
        };
        Ok(Self {
            readers: Arc::new(readers),
            _all_read: AllRead(Mutex::new(all_read)),
            writer: Writer::start(
                Arc::new(Mutex::new(connection)),
                Some(Arc::clone(&place)),
                end,
            )?,
            place: Some(place),
            most: Quota::MOST,
        })
    }

    /// Runs queries that usually take a few steps along an index, all on one state.
    /// They run where they are called: going to another thread and coming back
    /// would take longer. Where they take more steps after all, they begin anew on another, and so
    /// they do where memory's one connection is taken, maybe for all that the writer has to do.
    pub async fn read<T, E>(
        &self,
        job: impl Fn(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match self.readers.try_read(&job) {
            Some(done) => done,
            None => self.read_all(job).await,
        }
    }

    /// Runs queries that may go through all there is, off the async threads.
    pub async fn read_all<T, E>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let readers = Arc::clone(&self.readers);
        tokio::task::spawn_blocking(move || readers.read(job))
            .await
            .unwrap_or_else(|_| Err(StoreError::Gone.into()))
    }

    /// Runs changes, all of them or, where `job` fails, none; so too where more is
    /// added than a world may hold. In a file they are on disk when this is done.
    pub async fn write<T, E>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let most = self.most;
        let job = move |transaction: &Transaction<'_>| {
            let before = quota::held(transaction).map_err(StoreError::from)?;
            let done = job(transaction)?;
            quota::check(transaction, most.or_more(before))?;
            Ok(done)
        };
        self.writer.write(job).await
    }

    /// Empties every table and fills them anew, or does nothing at all.
    pub async fn replace<T, E>(
        &self,
        fill: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.write(move |transaction| {
            schema::empty(transaction)?;
            fill(transaction)
        })
        .await
    }

    /// Takes the quota off the store.
    #[cfg(test)]
    pub(crate) const fn unlimited(mut self) -> Self {
        self.most = Quota::UNLIMITED;
        self
    }

    /// Gives a receiver that changes with each commit, so that whoever looks after it misses none.
    pub(crate) fn commits(&self) -> watch::Receiver<()> {
        self.writer.commits()
    }

    /// Looks whether its file is still where it was opened; in memory it always is.
    pub(crate) fn is_in_place(&self) -> Result<(), StoreError> {
        self.place.as_ref().map_or(Ok(()), |place| place.check())
    }

    /// Counts the jobs that wait for the writer.
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// Gives the fingerprint that stands for a number in this store.
    #[cfg(test)]
    pub(crate) fn fingerprint(&self, number: &str) -> [u8; 32] {
        let make = |connection: &Connection| -> Result<_, StoreError> {
            Ok(Fingerprints::of(connection)?.make(number))
        };
        self.readers.read(make).unwrap()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Not by whoever reads last, but before anything is waited for.
        self.readers.close_idle();
    }
}

/// Fills empty tables as in a new store.
pub(crate) fn seed(
    transaction: &Transaction<'_>,
    tables: &[&'static Tables],
    today: Date,
) -> Result<(), StoreError> {
    schema::seed_alike(transaction, tables)?;
    schema::seed(transaction, tables, today)
}
