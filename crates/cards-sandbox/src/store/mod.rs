//! The state: one SQLite database, in memory or in a file.
//!
//! Everything goes through [`Store::read`] and [`Store::write`], which today
//! share one connection behind a lock, off the async threads. Nothing outside
//! this module knows that.

mod schema;
pub(crate) mod tokens;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cards_model::Date;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use sha2::Sha256;

/// A handle to the state.
pub(crate) struct Store {
    connection: Arc<Mutex<Connection>>,
    fingerprint_key: [u8; 32],
}

/// The database does not do what it should. It never repeats a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("{path}: {source}")]
    Create {
        path: String,
        source: std::io::Error,
    },
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the file is a database of something else")]
    Foreign,
    #[error(
        "the file was written by a newer sandbox (schema {found}; this one knows {})",
        schema::VERSION
    )]
    Newer { found: usize },
    #[error("the file's journal cannot be put into WAL mode")]
    NoWal,
    #[error("a password could not be hashed")]
    Hash,
    #[error("the store's thread is gone")]
    Gone,
}

impl Store {
    /// Opens the state, and makes the world of [`crate::world`] in a new one.
    pub(crate) fn open(place: &crate::Store, today: Date) -> Result<Self, StoreError> {
        let mut connection = match place {
            crate::Store::Memory => Connection::open_in_memory()?,
            crate::Store::File(path) => open_file(path)?,
        };
        // Else a statement with a bound LIMIT is planned anew at each call: a
        // quarter of what a list costs.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let fingerprint_key = schema::bring_up_to_date(&mut connection, today)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            fingerprint_key,
        })
    }

    /// Runs queries.
    pub(crate) async fn read<T, E>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run(move |connection| job(connection)).await
    }

    /// Runs changes, all of them or, where `job` fails, none.
    pub(crate) async fn write<T, E>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run(move |connection| {
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(StoreError::from)?;
            // Dropped on an error, it rolls back.
            let done = job(&transaction)?;
            transaction.commit().map_err(StoreError::from)?;
            Ok(done)
        })
        .await
    }

    /// What stands for a secret number in the database: the same number gives
    /// the same fingerprint, in this store only.
    pub(crate) fn fingerprint(&self, number: &str) -> [u8; 32] {
        fingerprint(&self.fingerprint_key, number)
    }

    async fn run<T, E>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            // A job that panicked has rolled back: the connection is sound.
            job(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .unwrap_or(Err(StoreError::Gone.into()))
    }
}

fn fingerprint(key: &[u8; 32], number: &str) -> [u8; 32] {
    // HMAC fills a key up to a block with zeros; done here, nothing can fail.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(number.as_bytes());
    mac.finalize().into_bytes().into()
}

fn open_file(path: &std::path::Path) -> Result<Connection, StoreError> {
    make_private(path)?;
    let connection = Connection::open(path)?;
    // First of all: the switch to WAL itself may have to wait.
    connection.busy_timeout(Duration::from_secs(5))?;
    schema::check(&connection)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::NoWal);
    }
    // An acknowledged write is on disk.
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// Makes the file where there is none, for its owner's eyes only: it will hold
/// names and addresses, if invented ones.
fn make_private(path: &std::path::Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(source) => Err(StoreError::Create {
            path: path.display().to_string(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 1, with the key at its full length of 20 bytes and
    /// zeros, which HMAC adds anyway.
    #[test]
    fn a_fingerprint_is_hmac_sha_256() {
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let hex: String = fingerprint(&key, "Hi There")
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(
            hex,
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn each_store_has_a_key_of_its_own() {
        let today = Date::new(2026, 11, 21).unwrap();
        let open = || Store::open(&crate::Store::Memory, today).unwrap();
        let (one, other) = (open(), open());
        assert_eq!(one.fingerprint("1"), one.fingerprint("1"));
        assert_ne!(one.fingerprint("1"), other.fingerprint("1"));
    }

    #[tokio::test]
    async fn a_bound_limit_is_not_planned_anew() {
        let store = Store::open(&crate::Store::Memory, Date::new(2026, 11, 21).unwrap()).unwrap();
        let planned: Result<i32, StoreError> = store
            .read(|connection| {
                let sql = "SELECT customers_id FROM ibanera_customer LIMIT ?1";
                let mut statement = connection.prepare(sql)?;
                for limit in 1..4_u32 {
                    let rows = statement.query_map([limit], |_| Ok(()))?;
                    assert_eq!(rows.count(), limit as usize);
                }
                Ok(statement.get_status(rusqlite::StatementStatus::RePrepare))
            })
            .await;
        assert_eq!(planned.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_change_that_fails_leaves_nothing() {
        let store = Store::open(&crate::Store::Memory, Date::new(2026, 11, 21).unwrap()).unwrap();
        let count = "SELECT count(*) FROM paysafe_customer";
        let failed: Result<(), StoreError> = store
            .write(|transaction| {
                transaction.execute("INSERT INTO paysafe_customer VALUES ('1')", [])?;
                Err(StoreError::Foreign)
            })
            .await;
        assert!(failed.is_err());
        let customers: Result<i64, StoreError> = store
            .read(move |c| Ok(c.query_row(count, [], |row| row.get(0))?))
            .await;
        assert_eq!(customers.unwrap(), 2);
    }
}
