//! The right to use a file, which one store at a time has, whatever name it was
//! given and in whichever process.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::StoreError;
use super::beside::beside;
use super::connection::lock;

/// Guards a file that one store holds at a time. It ends with the process, however that ends.
///
/// SQLite's own locks would let two processes share the file, but each would
/// go on from what it remembers. On Linux the database's file itself is locked
/// beside them (`flock`), so that neither another name of it nor a lock that is
/// deleted leads past; elsewhere such a lock would stand in SQLite's way, and a
/// file beside it, `NAME.lock`, is locked.
///
/// A process that closes any descriptor of a file loses the locks that SQLite
/// has on it, so that this one is closed last, and a file that is open in this
/// process is not opened again to find that out.
#[derive(Debug)]
pub(super) struct FileLock {
    file: Option<File>,
    identity: Identity,
}

/// The files that stores of this process have.
static OPEN: Mutex<BTreeSet<Identity>> = Mutex::new(BTreeSet::new());

/// Tells one file from another, whatever names each has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    /// The device, and the file's number there.
    #[cfg(unix)]
    Inode(u64, u64),
    /// As good as there is elsewhere: a path without links.
    #[cfg(not(unix))]
    Path(PathBuf),
}

impl FileLock {
    /// Takes the lock of a file that is there, by a path without links.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        // Nobody here takes or leaves one meanwhile.
        let mut open = lock(&OPEN);
        let identity = identity(path)?;
        if open.contains(&identity) {
            return Err(StoreError::InUse);
        }
        let file = File::open(locked(path)?).map_err(|error| StoreError::io("the file", error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse),
            Err(TryLockError::Error(error)) => return Err(StoreError::io("its lock", error)),
        }
        open.insert(identity.clone());
        let taken = Self {
            file: Some(file),
            identity,
        };
        drop(open);
        // It may have been replaced a moment ago.
        if taken.is_at(path) {
            Ok(taken)
        } else {
            Err(StoreError::Moved)
        }
    }

    /// Tells whether the file is still there under its name.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        identity(path).is_ok_and(|identity| identity == self.identity)
    }
}

/// The place of an open file and of the journal beside it, which hold what was written together.
pub(super) struct Place {
    path: PathBuf,
    lock: Arc<FileLock>,
    /// The journal, which is there as long as the file is open.
    journal: Option<(PathBuf, Identity)>,
}

impl Place {
    /// Notes where a file is that is open.
    pub(super) fn of(path: PathBuf, lock: Arc<FileLock>) -> Self {
        let journal = beside(&path, "-wal");
        let journal = identity(&journal).ok().map(|identity| (journal, identity));
        Self {
            path,
            lock,
            journal,
        }
    }

    /// Looks whether both are where they were. What is written to a file that was moved or deleted
    /// is lost.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let is_there = |(path, is): &(PathBuf, Identity)| identity(path).is_ok_and(|at| at == *is);
        match self.lock.is_at(&self.path) && self.journal.as_ref().is_none_or(is_there) {
            true => Ok(()),
            false => Err(StoreError::Moved),
        }
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        let mut open = lock(&OPEN);
        // Closed before another store of this process may open it.
        drop(self.file.take());
        open.remove(&self.identity);
    }
}

/// Identifies a file without opening it.
#[cfg(unix)]
fn identity(path: &Path) -> Result<Identity, StoreError> {
    use std::os::unix::fs::MetadataExt;
    let data = std::fs::metadata(path).map_err(|error| StoreError::io("the file", error))?;
    Ok(Identity::Inode(data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Result<Identity, StoreError> {
    Ok(Identity::Path(path.to_owned()))
}

/// The file that is locked.
#[cfg(target_os = "linux")]
fn locked(path: &Path) -> Result<&Path, StoreError> {
    Ok(path)
}

/// The file that is locked. It is never deleted: who deletes it may delete what
/// another has just locked.
#[cfg(not(target_os = "linux"))]
fn locked(path: &Path) -> Result<PathBuf, StoreError> {
    let beside = beside(path, ".lock");
    super::beside::private()
        .truncate(false)
        .open(&beside)
        .map_err(|error| StoreError::io("the folder", error))?;
    Ok(beside)
}
