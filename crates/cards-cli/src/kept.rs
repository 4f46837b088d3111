//! Replies that are kept in files: nobody must send a change again to see what
//! the server answered the first time.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use cards_transport::model::{Date, Operation};

use crate::{own_file, state};

/// The most files that are kept; the oldest go first.
const MOST: usize = 50;

const PREFIX: &str = "cards-reply-";

/// A reply in a file, or the reason why it is in none.
#[derive(Debug)]
pub(crate) struct Kept {
    bytes: usize,
    file: io::Result<PathBuf>,
}

impl Kept {
    /// Writes the body to a file that this user alone can read, in the folder
    /// for such state or else in that for what is temporary.
    pub(crate) fn keep(body: &[u8], operation: &Operation) -> Self {
        let own = folder().and_then(|folder| in_folder(&folder, body, operation).ok());
        let file = match own {
            Some(path) => Ok(path),
            None => in_folder(&std::env::temp_dir(), body, operation),
        };
        let bytes = body.len();
        Self { bytes, file }
    }

    /// The file.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.file.as_deref().ok()
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes;
        match &self.file {
            Ok(path) => write!(
                f,
                "{bytes} bytes, kept for you alone in {} (it may hold personal data)",
                path.display()
            ),
            Err(error) => write!(
                f,
                "{bytes} bytes, which could not be kept in a file: {error}"
            ),
        }
    }
}

/// Finds `replies` in the folder for what is kept.
fn folder() -> Option<PathBuf> {
    let folder = state::folder()?.join("replies");
    state::make(&folder).ok()?;
    Some(folder)
}

fn in_folder(folder: &Path, body: &[u8], operation: &Operation) -> io::Result<PathBuf> {
    let stamp = stamp(SystemTime::now());
    let (provider, name) = (operation.provider, operation.name);
    let mut last = None;
    for number in 0..100 {
        let path = folder.join(format!("{PREFIX}{stamp}-{provider}-{name}-{number}"));
        match own_file::write(&path, body) {
            Ok(()) => {
                forget_oldest(folder);
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
}

/// Removes what is more than is kept. Names sort by time.
fn forget_oldest(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut names: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.file_name())
        .filter(|name| name.to_str().is_some_and(|name| name.starts_with(PREFIX)))
        .collect();
    names.sort();
    let oldest = names.len().saturating_sub(MOST);
    for name in &names[..oldest] {
        drop(fs::remove_file(folder.join(name)));
    }
}

/// Writes a time as `2026-11-21T162033.123456789Z`
fn stamp(now: SystemTime) -> String {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs();
    let date = Date::from_unix_seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!(
        "{date}T{hours:02}{minutes:02}{:02}.{:09}Z",
        seconds % 60,
        since.subsec_nanos()
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn names_sort_by_time() {
        let at = |nanos| stamp(UNIX_EPOCH + Duration::from_nanos(nanos));
        assert_eq!(at(0), "1970-01-01T000000.000000000Z");
        assert_eq!(
            at(1_795_278_033_000_000_042),
            "2026-11-21T162033.000000042Z"
        );
        assert!(at(999) < at(1000));
    }
}
