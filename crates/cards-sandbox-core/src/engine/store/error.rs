//! Defines the errors of the store.

use std::io;
use std::sync::Arc;

use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_CONSTRAINT_DATATYPE, SQLITE_IOERR_SHMSIZE};

use super::damage::damage;
use crate::engine::quota::Limit;

/// The database does not do what it should. The messages say what to do, and
/// never repeat a value; the path is told by who opens it. A clone is for the
/// next of many who wait for one commit.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Its folder does not exist.
    #[error("its folder is not there; make it, or take another path")]
    NoFolder,
    /// The path is a folder's or a device's.
    #[error("this is a folder or a device; name a file")]
    NotAFile,
    /// Another sandbox has it open.
    #[error("another sandbox has it open; stop that one, or take another file")]
    InUse,
    /// It has another name, under which it was not closed.
    #[error(
        "it was not closed under another name that it has, and its journal is beside that one; \
         start a sandbox with that name, or delete it"
    )]
    OtherName,
    /// It was moved or deleted while it was open.
    #[error("it was moved or deleted while it was open; stop the sandbox and start it anew")]
    Moved,
    /// The named file or folder cannot be written to.
    #[error("{0} cannot be written to; allow it, or take another path")]
    ReadOnly(&'static str),
    /// It is another program's file.
    #[error("this is no sandbox's file, and was left as it is; take another path")]
    Foreign,
    /// A newer sandbox wrote it.
    #[error(
        "it was written by a newer sandbox (schema {found}; this one knows {known}), and was left as \
         it is; take that sandbox, or another file"
    )]
    Newer {
        /// The schema of the file.
        found: usize,
        /// The newest that this sandbox knows.
        known: usize,
    },
    /// It is damaged; SQLite's own words.
    #[error(
        "it is damaged, and was left as it is; put a copy in its place, or move it away to start \
         anew ({0})"
    )]
    Corrupt(String),
    /// There is no room on the disk.
    #[error("the disk is full; make room")]
    Full,
    /// Another program keeps it locked.
    #[error("another program keeps it locked; end that one")]
    Busy,
    /// The system refuses to read or write.
    #[error("{what}: {source}")]
    Io {
        /// Names the file or the folder.
        what: &'static str,
        /// The system's own error.
        source: Arc<io::Error>,
    },
    /// Any other error of SQLite's.
    #[error("{0}")]
    Sqlite(Arc<rusqlite::Error>),
    /// Its journal cannot be put into WAL mode.
    #[error("its journal cannot be put into WAL mode")]
    NoWal,
    /// Another's change failed so that SQLite took back what stood beside it.
    #[error("a change was taken back along with one that failed; the disk may be full")]
    TakenBack,
    /// There would be more than a world may hold; who asked is told.
    #[error("{0}")]
    OverQuota(Limit),
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    Hash,
    /// A job panicked, and changed nothing.
    #[error("a job panicked")]
    Panicked,
    /// The store is closed.
    #[error("the store's thread is gone")]
    Gone,
}

impl StoreError {
    /// Gives the sentence that the journal tells; the log has the rest.
    pub fn verdict(&self) -> &'static str {
        match self {
            Self::Full => "the store failed: the disk is full",
            Self::TakenBack => {
                "the store failed: a change was taken back along with one that failed; the disk \
                 may be full"
            }
            Self::ReadOnly(_) => "the store failed: its file cannot be written to",
            Self::Corrupt(_) => "the store failed: its file is damaged",
            Self::Busy => "the store failed: another program keeps its file locked",
            Self::OverQuota(_) => "there would be more than a world may hold",
            Self::Moved => "the store failed: its file was moved or deleted",
            _ => "the store failed",
        }
    }

    /// An error with a file or a folder, `what` being which.
    pub(super) fn io(what: &'static str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder,
            io::ErrorKind::IsADirectory => Self::NotAFile,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly(what)
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io {
                what,
                source: Arc::new(source),
            },
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if let Some(what) = damage(&error) {
            return Self::Corrupt(what);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            // The shared memory beside the file could not grow.
            _ if error.sqlite_extended_error_code() == Some(SQLITE_IOERR_SHMSIZE) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt(error.to_string()),
            // Only a stored number at the end of its range makes the next one no integer.
            _ if error.sqlite_extended_error_code() == Some(SQLITE_CONSTRAINT_DATATYPE) => {
                Self::Corrupt(error.to_string())
            }
            Some(ErrorCode::NotADatabase) => Self::Foreign,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly("the file"),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn sqlite(code: i32) -> StoreError {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into()
    }

    #[test]
    fn each_kind_has_words_of_its_own_for_the_journal() {
        let all = [
            (StoreError::Full, "disk is full"),
            (StoreError::TakenBack, "taken back"),
            (StoreError::ReadOnly("the file"), "cannot be written to"),
            (StoreError::Corrupt(String::new()), "damaged"),
            (StoreError::Busy, "locked"),
            (StoreError::Moved, "moved or deleted"),
        ];
        for (error, words) in all {
            let said = error.verdict();
            assert!(
                said.starts_with("the store failed: ") && said.contains(words),
                "{said}"
            );
        }
        assert_eq!(StoreError::Gone.verdict(), "the store failed");
    }

    #[test]
    fn sqlites_codes_become_kinds() {
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_SHMSIZE] {
            assert!(matches!(sqlite(code), StoreError::Full), "{code}");
        }
        for code in [
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_CORRUPT_INDEX,
            ffi::SQLITE_CONSTRAINT_DATATYPE,
        ] {
            assert!(matches!(sqlite(code), StoreError::Corrupt(_)), "{code}");
        }
        assert!(matches!(sqlite(ffi::SQLITE_NOTADB), StoreError::Foreign));
        for code in [ffi::SQLITE_READONLY, ffi::SQLITE_READONLY_DIRECTORY] {
            assert!(matches!(sqlite(code), StoreError::ReadOnly(_)), "{code}");
        }
        for code in [
            ffi::SQLITE_BUSY,
            ffi::SQLITE_BUSY_RECOVERY,
            ffi::SQLITE_LOCKED,
        ] {
            assert!(matches!(sqlite(code), StoreError::Busy), "{code}");
        }
        for code in [ffi::SQLITE_IOERR_READ, ffi::SQLITE_CONSTRAINT_UNIQUE] {
            assert!(matches!(sqlite(code), StoreError::Sqlite(_)), "{code}");
        }
    }

    #[test]
    fn the_systems_errors_become_kinds() {
        use io::ErrorKind;
        let of = |kind: ErrorKind| StoreError::io("the folder", kind.into()).to_string();
        for (kind, message) in [
            (
                ErrorKind::NotFound,
                "its folder is not there; make it, or take another path",
            ),
            (
                ErrorKind::NotADirectory,
                "its folder is not there; make it, or take another path",
            ),
            (
                ErrorKind::PermissionDenied,
                "the folder cannot be written to; allow it, or take another path",
            ),
            (
                ErrorKind::ReadOnlyFilesystem,
                "the folder cannot be written to; allow it, or take another path",
            ),
            (ErrorKind::StorageFull, "the disk is full; make room"),
            (ErrorKind::Interrupted, "the folder: operation interrupted"),
        ] {
            assert_eq!(of(kind), message);
        }
    }
}
