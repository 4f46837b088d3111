//! The tables, and how a file comes to have them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cards_model::Date;
use rusqlite::backup::Backup;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::connection::lock;
use super::{Fingerprints, StoreError, quota};
use crate::engine::card_number;
use crate::engine::decimal;
use crate::engine::quota::Quota;

/// Leads from an older schema to a newer one. A migration that has been released is never
/// changed, only followed.
#[derive(Debug)]
pub struct Migration {
    /// The schema that it leads to, counted from 1 over all tables of a store, whoever they
    /// belong to: a file's `user_version` is the highest that it has had. Whoever adds tables to
    /// files that are there already gives them a higher one than any that those have.
    pub version: usize,
    /// Its statements.
    pub sql: &'static str,
}

/// Makes and fills some tables of a store: those of one provider.
///
/// Triggers of these tables count what a world's limits are about: they keep the row of `held`
/// (`customers`, `cards`, `bytes`).
pub struct Tables {
    /// The name of whose they are.
    pub owner: &'static str,
    /// The steps that make them, by version.
    pub migrations: &'static [Migration],
    /// Fills them with what is the same in every new store; it is made once in a process.
    pub seed_alike: fn(&Transaction<'_>) -> Result<(), StoreError>,
    /// Adds what depends on the store's key or on the day.
    pub seed: fn(&Transaction<'_>, &Fingerprints, Date) -> Result<(), StoreError>,
}

impl Tables {
    /// The tables of a provider that has none.
    pub const NONE: Self = Self {
        owner: "",
        migrations: &[],
        seed_alike: |_| Ok(()),
        seed: |_, _, _| Ok(()),
    };
}

/// The store's own tables, which come before all others.
const OWN: &[Migration] = &[
    Migration {
        version: 1,
        sql: include_str!("migrations/01_tables.sql"),
    },
    Migration {
        version: 2,
        sql: include_str!("migrations/02_used_codes.sql"),
    },
    Migration {
        version: 4,
        sql: include_str!("migrations/04_quota.sql"),
    },
    Migration {
        version: 12,
        sql: include_str!("migrations/12_outbox.sql"),
    },
    Migration {
        version: 13,
        sql: include_str!("migrations/13_counts.sql"),
    },
    Migration {
        version: 17,
        sql: include_str!("migrations/17_most.sql"),
    },
    Migration {
        version: 19,
        sql: include_str!("migrations/19_saved_shipments.sql"),
    },
];

/// Lists all migrations of a store with these tables, in the order in which they are made.
pub fn migrations(tables: &[&'static Tables]) -> Vec<&'static Migration> {
    let others = tables.iter().flat_map(|tables| tables.migrations);
    let mut all: Vec<_> = OWN.iter().chain(others).collect();
    // Stable: of one version, the store's own come first.
    all.sort_by_key(|migration| migration.version);
    all
}

/// The schema that a sandbox with these tables reads and writes.
fn version(tables: &[&'static Tables]) -> usize {
    let versions = migrations(tables)
        .into_iter()
        .map(|migration| migration.version);
    versions.max().unwrap_or_default()
}

/// Marks the file as a sandbox's (`application_id`): "CARD".
const APPLICATION: i64 = 0x4341_5244;

/// Refuses a file that is not ours, or not ours any more, before anything in
/// it is changed.
pub(super) fn check(connection: &Connection, tables: &[&'static Tables]) -> Result<(), StoreError> {
    let known = version(tables);
    let version = pragma(connection, "user_version")?;
    let application = pragma(connection, "application_id")?;
    let count: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = version == 0 && count == 0;
    match usize::try_from(version) {
        _ if application != APPLICATION && !is_new => Err(StoreError::Foreign),
        Ok(found) if found > known => Err(StoreError::Newer { found, known }),
        Ok(0) if !is_new => Err(StoreError::Foreign),
        Ok(_) => Ok(()),
        Err(_) => Err(StoreError::Foreign),
    }
}

/// A new database in memory.
pub(super) fn in_memory<E: From<StoreError>>(
    tables: &[&'static Tables],
    today: Date,
    fill: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
) -> Result<Connection, E> {
    let mut connection = from_template(tables)?;
    let transaction = connection.transaction().map_err(StoreError::from)?;
    new_key(&transaction)?;
    seed(&transaction, tables, today)?;
    fill(&transaction)?;
    quota::check(&transaction, Quota::MOST)?;
    settle(transaction)?;
    refer(&connection)?;
    Ok(connection)
}

fn from_template(tables: &[&'static Tables]) -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    Backup::new(&lock(&*template(tables)?), &mut connection)?.step(-1)?;
    Ok(connection)
}

fn settle(transaction: Transaction<'_>) -> Result<(), StoreError> {
    Ok(transaction.commit()?)
}

/// Has SQLite see to it, from here on, that rows refer to rows.
fn refer(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update(None, "foreign_keys", true)?)
}

/// The tables and all of the world that is the same in every new store. A copy
/// of its pages takes a tenth of the time that making them takes, and hundreds
/// of sandboxes may start in one process.
fn template(tables: &[&'static Tables]) -> Result<Arc<Mutex<Connection>>, StoreError> {
    static TEMPLATES: Mutex<BTreeMap<Vec<&str>, Arc<Mutex<Connection>>>> =
        Mutex::new(BTreeMap::new());
    let owners: Vec<_> = tables.iter().map(|tables| tables.owner).collect();
    if let Some(template) = lock(&TEMPLATES).get(&owners) {
        return Ok(Arc::clone(template));
    }
    let mut template = Connection::open_in_memory()?;
    let transaction = template.transaction()?;
    migrate(&transaction, tables, 0)?;
    seed_alike(&transaction, tables)?;
    transaction.commit()?;
    let template = Arc::new(Mutex::new(template));
    let mut templates = lock(&TEMPLATES);
    Ok(Arc::clone(templates.entry(owners).or_insert(template)))
}

/// Runs the migrations that the database has not had, all or none, and makes
/// the world in a new one, for which `fill` has the last word.
pub(super) fn bring_up_to_date<E: From<StoreError>>(
    connection: &mut Connection,
    tables: &[&'static Tables],
    today: Date,
    fill: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let transaction = begin(connection)?;
    let is_new = migrate_or_make(&transaction, tables, today)?;
    if is_new {
        fill(&transaction)?;
        quota::check(&transaction, Quota::MOST)?;
    }
    settle(transaction)?;
    Ok(refer(connection)?)
}

fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    // A migration may have to make a table anew that others refer to. That has
    // to be said outside the transaction; within it, all references are checked.
    connection.pragma_update(None, "foreign_keys", false)?;
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// Gives whether the database was new.
fn migrate_or_make(
    transaction: &Transaction<'_>,
    tables: &[&'static Tables],
    today: Date,
) -> Result<bool, StoreError> {
    let had = usize::try_from(pragma(transaction, "user_version")?).unwrap_or_default();
    migrate(transaction, tables, had)?;
    if had == 0 {
        new_key(transaction)?;
        seed_alike(transaction, tables)?;
        seed(transaction, tables, today)?;
    } else {
        check_key(transaction)?;
    }
    Ok(had == 0)
}

fn migrate(
    transaction: &Transaction<'_>,
    tables: &[&'static Tables],
    had: usize,
) -> Result<(), StoreError> {
    let version = version(tables);
    if had == version {
        return Ok(());
    }
    add_functions(transaction)?;
    let missing = migrations(tables).into_iter();
    for migration in missing.filter(|migration| migration.version > had) {
        transaction.execute_batch(migration.sql).map_err(misfit)?;
    }
    if transaction
        .prepare("PRAGMA foreign_key_check")?
        .exists([])?
    {
        return Err(StoreError::Corrupt("rows refer to none".to_owned()));
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", version as i64)?;
    Ok(())
}

/// The error of a migration. Where a statement does not fit, the tables are not those of the schema that
/// the file says it has; the statement says nothing to anybody.
fn misfit(error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => {
            StoreError::Corrupt(format!("its tables are not those of its schema: {msg}"))
        }
        error => error.into(),
    }
}

/// Adds the functions that the migrations call and SQLite does not have.
///
/// # Errors
///
/// SQLite takes no function.
pub fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    type Function = fn(&str) -> String;
    let masked = ("masked", card_number::masked as Function);
    let starred = ("starred", card_number::starred as Function);
    for (name, function) in [masked, starred] {
        connection.create_scalar_function(name, 1, flags, move |context| {
            let text: Option<String> = context.get(0)?;
            Ok(text.map(|text| function(&text)))
        })?;
    }
    connection.create_scalar_function("is_uuid", 1, flags, |context| {
        let text: Option<String> = context.get(0)?;
        Ok(text.map(|text| card_number::is_uuid(&text)))
    })?;
    connection.create_scalar_function("minus", 2, flags, |context| {
        let (decimal, other): (String, String) = (context.get(0)?, context.get(1)?);
        // An amount of any other form stays as it is: a file must open.
        Ok(decimal::difference(&decimal, &other).unwrap_or(decimal))
    })
}

/// Leaves nothing but the settings, the receivers of events, and the count of what is there, which
/// follows.
/// Tables that refer to others were made after them, and go first.
pub(super) fn empty(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let tables: Vec<String> = transaction
        .prepare(
            "SELECT name FROM sqlite_schema
             WHERE type = 'table' AND name NOT IN (
                 'setting', 'held', 'event_receiver', 'sqlite_stat1', 'sqlite_stat4'
             )
             ORDER BY rowid DESC",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for table in tables {
        // Among them SQLite's own, from which numbers count on; those of events go on.
        let kept = match &*table {
            "sqlite_sequence" => " WHERE name NOT GLOB 'event*'",
            _ => "",
        };
        transaction.execute(&format!("DELETE FROM \"{table}\"{kept}"), [])?;
    }
    Ok(())
}

/// Fills empty tables with what is the same in every new store.
pub(super) fn seed_alike(
    transaction: &Transaction<'_>,
    tables: &[&'static Tables],
) -> Result<(), StoreError> {
    tables
        .iter()
        .try_for_each(|tables| (tables.seed_alike)(transaction))
}

/// Adds what depends on the store's key or on the day.
pub(super) fn seed(
    transaction: &Transaction<'_>,
    tables: &[&'static Tables],
    today: Date,
) -> Result<(), StoreError> {
    let fingerprints = Fingerprints::of(transaction)?;
    tables
        .iter()
        .try_for_each(|tables| (tables.seed)(transaction, &fingerprints, today))
}

/// 244 of these bits are random.
fn draw_key() -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    key[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    key
}

fn new_key(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let key = draw_key();
    transaction.execute(
        "INSERT INTO setting (name, value) VALUES ('fingerprint_key', ?1)",
        [&key[..]],
    )?;
    Ok(())
}

/// Refuses a file without the key of its fingerprints, which is none of ours.
fn check_key(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "SELECT value FROM setting WHERE name = 'fingerprint_key'";
    let key: Option<[u8; 32]> = transaction
        .query_row(sql, [], |row| row.get(0))
        .optional()?;
    key.map(drop).ok_or(StoreError::Foreign)
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

#[cfg(test)]
mod tests;
