//! Opening a file: nobody else has it, it is ours, and it is whole; only then
//! is anything in it changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::StoreError;
use super::beside::{beside, private};
use super::connection::{StepsLeft, keep_statements};
use super::file_lock::FileLock;
use super::schema::{self, Tables};

/// The time that a connection waits for other programs that read or change the
/// file, such as SQLite's own shell.
const PATIENCE: Duration = Duration::from_secs(5);

/// The time for which a large file is checked, so that a sandbox with a million cards starts within a second.
const CHECKED_FOR: Duration = Duration::from_millis(250);

/// The pages or steps of a check between two looks at the clock.
const LOOK: i32 = 100;

/// The looks before which the clock does not count: a file of an ordinary world is checked whole, however
/// slow the machine is.
const LOOKS: u32 = 500;

/// The bytes of the smallest database: one page of the smallest size.
const SMALLEST: u64 = 512;

/// A path without links, so that one file has one lock.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, StoreError> {
    match fs::metadata(path) {
        Ok(data) if !data.is_file() => Err(StoreError::NotAFile),
        Ok(_) => fs::canonicalize(path).map_err(|error| StoreError::io("the file", error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = path.file_name().ok_or(StoreError::NotAFile)?;
            let folder = match path.parent() {
                Some(folder) if folder != Path::new("") => folder,
                _ => Path::new("."),
            };
            let folder =
                fs::canonicalize(folder).map_err(|error| StoreError::io("the folder", error))?;
            Ok(folder.join(name))
        }
        Err(error) => Err(StoreError::io("the file", error)),
    }
}

/// The connection that writes, to a file that is there.
pub(super) fn open_writer(
    path: &Path,
    _lock: &FileLock,
    tables: &[&'static Tables],
) -> Result<Connection, StoreError> {
    open_checked(path, tables).map_err(|error| match error {
        // SQLite does not tell a file from what it has to make beside it.
        StoreError::ReadOnly(_) | StoreError::NoWal | StoreError::Sqlite(_) => {
            try_folder(path).err().unwrap_or(error)
        }
        error => error,
    })
}

/// Makes a file beside it, as SQLite does, and deletes it.
fn try_folder(path: &Path) -> Result<(), StoreError> {
    let tried = beside(path, "-try");
    private()
        .truncate(true)
        .open(&tried)
        .and_then(|_| fs::remove_file(&tried))
        .map_err(|error| StoreError::io("the folder", error))
}

fn open_checked(path: &Path, tables: &[&'static Tables]) -> Result<Connection, StoreError> {
    let length = fs::metadata(path)
        .map_err(|error| StoreError::io("the file", error))?
        .len();
    let is_journaled = fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0);
    match length {
        // SQLite would take it for new, and throw away what is beside it.
        0 if is_journaled => {
            return Err(StoreError::Corrupt("its content is gone".to_owned()));
        }
        0 => {}
        // So is a file of one byte new to SQLite.
        1..SMALLEST => return Err(StoreError::Foreign),
        SMALLEST.. => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    // First of all: the switch to WAL itself may have to wait.
    connection.busy_timeout(PATIENCE)?;
    // Until it is known that the file is ours, it is not even tidied up.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    if connection.is_readonly("main")? {
        return Err(StoreError::ReadOnly("the file"));
    }
    schema::check(&connection, tables)?;
    if !is_journaled && has_other_names(path) && is_in_wal_mode(&connection)? {
        return Err(StoreError::OtherName);
    }
    check_pages(&mut connection, LOOKS, CHECKED_FOR)?;
    check_sequences(&connection)?;
    let page: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    // SQLite takes zeros for the rest of the last page; with a journal it may
    // find that page there.
    if !is_journaled && !length.is_multiple_of(page.into()) {
        return Err(StoreError::Corrupt("its end is missing".to_owned()));
    }
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::NoWal);
    }
    // An acknowledged write is on disk.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(connection)
}

/// Tells whether it was not closed as [`close_writer`] does it. Where there is no journal beside
/// it, there is one beside another of its names, or it is a copy of a file in use.
fn is_in_wal_mode(connection: &Connection) -> Result<bool, StoreError> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    Ok(mode == "wal")
}

#[cfg(unix)]
fn has_other_names(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).is_ok_and(|data| data.nlink() > 1)
}

#[cfg(not(unix))]
const fn has_other_names(_: &Path) -> bool {
    false
}

/// A connection beside the one that writes, which it neither waits for nor
/// holds up.
pub(super) fn open_reader(
    path: &Path,
    lock: &FileLock,
) -> Result<(Connection, StepsLeft), StoreError> {
    // A file that has come in its place is another's.
    if !lock.is_at(path) {
        return Err(StoreError::Moved);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "query_only", true)?;
    let steps = keep_statements(&mut connection)?;
    Ok((connection, steps))
}

/// Leaves the file tidy: all that was written is in it, and nothing beside it.
pub(super) fn close_writer(connection: Connection, path: &Path, lock: &FileLock) {
    if !lock.is_at(path) {
        // SQLite would delete the journal of what has come in its place.
        drop(connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true));
        let error = StoreError::Moved;
        tracing::warn!(%error, "the store was not tidied up");
        return;
    }
    let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    // Says in the file that no journal belongs to it.
    let left = connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()));
    let closed = connection.close().map_err(|(_, error)| error);
    // All that was acknowledged is on disk anyway.
    if let Err(error) = checkpoint.and(left).and(closed) {
        tracing::warn!(%error, "the store was not tidied up");
    }
}

/// Makes the file where there is none, for its owner's eyes only: it will hold
/// names and addresses, if invented ones.
pub(super) fn make(path: &Path) -> Result<(), StoreError> {
    match private().create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::io("the folder", error)),
    }
}

/// Looks whether the file is damaged: at all of it where it holds no more than a few thousand cards,
/// and of a larger one at as much as there is time for, structure before rows. What is
/// damaged beyond that is refused by SQLite once it is read.
fn check_pages(
    connection: &mut Connection,
    at_least: u32,
    time: Duration,
) -> Result<(), StoreError> {
    let (end, mut looks) = (Instant::now() + time, 0_u32);
    let enough = move || {
        looks = looks.saturating_add(1);
        looks > at_least && Instant::now() >= end
    };
    connection.progress_handler(LOOK, Some(enough))?;
    let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    connection.progress_handler(0, None::<fn() -> bool>)?;
    match found {
        Ok(found) if found == "ok" => Ok(()),
        Ok(found) => Err(StoreError::Corrupt(found)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Looks whether each table whose rows SQLite counts has numbers left. Where it has none, SQLite
/// would say of the next row that the disk is full.
fn check_sequences(connection: &Connection) -> Result<(), StoreError> {
    const LAST: i64 = i64::MAX / 2;
    let is_counted = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'";
    if connection.query_row(is_counted, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(());
    }
    let mut names = connection.prepare(
        "SELECT name FROM sqlite_sequence JOIN sqlite_schema USING (name) WHERE type = 'table'",
    )?;
    let names = names.query_map([], |row| row.get::<_, String>(0))?;
    for name in names {
        let name = name?;
        let table = name.replace('"', "\"\"");
        let last = format!(
            "SELECT max((SELECT ifnull(max(rowid), 0) FROM \"{table}\"), seq) \
             FROM sqlite_sequence WHERE name = ?1"
        );
        let last: i64 = connection.query_row(&last, [&name], |row| row.get(0))?;
        if last > LAST {
            return Err(StoreError::Corrupt(format!(
                "no numbers are left in {name}"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_without_numbers_left_is_found() {
        let connection = Connection::open_in_memory().unwrap();
        check_sequences(&connection).unwrap();
        let tables = "CREATE TABLE card (number INTEGER PRIMARY KEY AUTOINCREMENT);
            INSERT INTO card VALUES (7);";
        connection.execute_batch(tables).unwrap();
        check_sequences(&connection).unwrap();
        for [end, back] in [
            ["UPDATE card SET number = ?1", "UPDATE card SET number = 7"],
            [
                "UPDATE sqlite_sequence SET seq = ?1",
                "UPDATE sqlite_sequence SET seq = 7",
            ],
        ] {
            for (last, is_left) in [(i64::MAX / 2, true), (i64::MAX / 2 + 1, false)] {
                connection.execute(end, [last]).unwrap();
                let checked = check_sequences(&connection);
                assert_eq!(checked.is_ok(), is_left, "{end} {last}: {checked:?}");
            }
            connection.execute(back, []).unwrap();
        }
    }

    #[test]
    fn the_check_of_a_large_file_ends_when_its_time_is_over() {
        let mut connection = Connection::open_in_memory().unwrap();
        let damaged =
            "CREATE TABLE card (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> 'wrong'));
            PRAGMA ignore_check_constraints = true;
            WITH RECURSIVE next (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM next WHERE i < 50000)
            INSERT INTO card SELECT i, iif(i = 50000, 'wrong', 'right') FROM next;
            PRAGMA ignore_check_constraints = false;";
        connection.execute_batch(damaged).unwrap();
        let mut check = |at_least, time| check_pages(&mut connection, at_least, time);
        let day = Duration::from_secs(86_400);
        // The last row is seen where there is time or a duty to go on, and else not.
        for (at_least, time, is_seen) in [
            (u32::MAX, Duration::ZERO, true),
            (0, day, true),
            (10, Duration::ZERO, false),
        ] {
            let found = check(at_least, time);
            assert_eq!(
                matches!(found, Err(StoreError::Corrupt(_))),
                is_seen,
                "{found:?}"
            );
            assert!(is_seen || found.is_ok(), "{found:?}");
        }
    }
}
