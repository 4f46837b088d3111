//! Stores with the tables of the three providers.

use std::path::Path;
use std::sync::mpsc;

use cards_model::{Date, Rules, Samples};
use rusqlite::{Connection, Transaction};

use super::{DRAWS, START};
use crate::providers::tables;
use cards_sandbox_core::json_input::read_value;
use cards_sandbox_core::store::{Store, StoreError, add_functions, migrations};
use cards_sandbox_core::world::file::wait;
use cards_sandbox_core::world::section::{Check, Context, Part, TypedSection};
use cards_sandbox_core::world_error::WorldError;

/// Opens a store, and makes the world of [`crate::world`] in a new one.
pub(crate) fn open(place: &crate::Store, today: Date) -> Result<Store, StoreError> {
    Store::open_with(place, &tables(), today, |_| Ok(()))
}

/// Makes a file as a sandbox of an older schema left it, with these rows.
pub(crate) fn older_file(path: &Path, version: usize, rows: &str) {
    let connection = Connection::open(path).unwrap();
    add_functions(&connection).unwrap();
    let migrations = migrations(&tables());
    for migration in migrations.iter().filter(|one| one.version <= version) {
        connection.execute_batch(migration.sql).unwrap();
    }
    connection.execute_batch(rows).unwrap();
    let key = "INSERT INTO setting VALUES ('fingerprint_key', ?1)";
    connection.execute(key, [&[7; 32][..]]).unwrap();
    // "CARD"
    let pragmas = [
        ("application_id", 0x4341_5244),
        ("user_version", version as i64),
    ];
    for (name, value) in pragmas {
        connection.pragma_update(None, name, value).unwrap();
    }
}

/// Tells why something is refused.
pub(crate) fn said(error: WorldError) -> String {
    format!("{error:?}")
}

/// Does something in a new store with nobody in it, without a quota.
pub(crate) fn in_a_store<T: Send + 'static>(
    job: impl FnOnce(&Transaction<'_>) -> Result<T, WorldError> + Send + 'static,
) -> Result<T, String> {
    let store = open(&crate::Store::Memory, Date::from_unix_seconds(START)).unwrap();
    let (sender, done) = mpsc::channel();
    // Taken back, so that no quota applies.
    let taken_back = store.replace(move |transaction| {
        sender.send(job(transaction)).unwrap();
        Err::<(), _>(StoreError::Gone)
    });
    assert!(wait(taken_back).is_err());
    done.recv().unwrap().map_err(said)
}

/// Gives what checks of a new world have to know.
pub(crate) fn context(today: Date) -> Context {
    Context {
        rules: Rules::on(today).samples(Samples::Accept),
        now: today.unix_days() * 86_400_000,
        has_key: false,
    }
}

/// Adds customers who have [`DRAWS`] cards together, and holds that what is saved of them
/// keeps the rules.
pub(crate) fn holds_made_up<T: TypedSection>(mut part: T::Part) {
    let new = context("2026-11-21".parse().unwrap());
    part.check(&new).map_err(said).unwrap();
    let saved = in_a_store(move |transaction| {
        part.fill(transaction)?;
        Ok(serde_json::to_value(T::save(transaction)?).unwrap())
    });
    let saved = saved.unwrap();
    let mut cards = 0;
    // A file holds fewer.
    for some in saved["customers"].as_array().unwrap().chunks(5000) {
        let text = serde_json::json!({ "customers": some }).to_string();
        let (mut part, _) = read_value::<T::Part>(text.as_bytes(), 0).unwrap();
        cards += part.sizes().iter().sum::<usize>();
        let context = Context {
            has_key: true,
            ..new.clone()
        };
        part.check(&context).map_err(said).unwrap();
    }
    assert_eq!(cards, DRAWS);
}

/// Reads every row of every table, but for the hashes of passwords: a row a text.
pub(crate) fn everything(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut tables = connection.prepare(
        "SELECT 'SELECT ''' || name || '''' || (
             SELECT group_concat(', quote(' || name || ')', '')
             FROM pragma_table_info(sqlite_schema.name)
             WHERE name <> 'password_hash'
         ) || ' FROM ' || name || ' ORDER BY 1, 2' FROM sqlite_schema
         WHERE type = 'table' ORDER BY name",
    )?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?;
    let mut all = Vec::new();
    for sql in tables {
        let mut statement = connection.prepare(&sql?)?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns).map(|at| row.get::<_, String>(at)).collect()
        })?;
        for row in rows {
            let row: Vec<String> = row?;
            // A count of no rows is none.
            let is_none = row.first().is_some_and(|table| table == "row_count")
                && row.last().is_some_and(|rows| rows == "0");
            if !is_none {
                all.push(row.join("|"));
            }
        }
    }
    Ok(all)
}
