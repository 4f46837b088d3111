//! Replies that are kept in files: nobody must send a change again to see what
//! the server answered the first time.

use std::fmt;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cards_transport::model::{Date, Operation};

use crate::{own_file, state};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The age at which a file goes. `cards help exit-codes` says so, and the rest of this rule.
const OLD: Duration = Duration::from_secs(30 * DAY.as_secs());

/// The most files that are kept: of more, those go that are older than a [`WEEK`], the oldest first.
const MOST: usize = 10_000;

/// The time for which none goes, however many there are: each may be all that is known of a change.
const WEEK: Duration = Duration::from_secs(7 * DAY.as_secs());

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
                forget_old(folder, &path, SystemTime::now());
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
}

/// Removes this user's replies that are old, but never the new one, whatever the clock says.
fn forget_old(folder: &Path, new: &Path, now: SystemTime) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let own = entries.flatten().filter_map(|entry| written(&entry));
    let mut files: Vec<_> = own.filter(|(_, path)| path != new).collect();
    files.sort();
    let too_many = (files.len() + 1).saturating_sub(MOST);
    for (number, (written, path)) in files.iter().enumerate() {
        // One of the future is as young as can be.
        let age = now.duration_since(*written).unwrap_or_default();
        if age > OLD || number < too_many && age > WEEK {
            drop(fs::remove_file(path));
        }
    }
}

/// Gives the time at which a reply of this user's was written; `None` of any other file.
fn written(entry: &DirEntry) -> Option<(SystemTime, PathBuf)> {
    let name = entry.file_name();
    name.to_str().filter(|name| name.starts_with(PREFIX))?;
    // Of a link, that of the link itself.
    let meta = entry.metadata().ok()?;
    let is_own = meta.is_file() && !own_file::is_foreign(&meta);
    let written = meta.modified().ok().filter(|_| is_own)?;
    Some((written, entry.path()))
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
    use std::collections::BTreeSet;
    use std::fs::File;

    use proptest::prelude::*;

    use super::*;

    /// Writes a reply of this age.
    fn reply(path: &Path, now: SystemTime, age: Duration) {
        let file = File::create(path).unwrap();
        file.set_modified(now - age).unwrap();
    }

    /// The names of the files in a folder.
    fn names(folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A reply goes by its age, and not by its name or by how many there are.
        #[test]
        fn replies_go_by_their_age_alone(
            ages in proptest::collection::vec(0_u64..60 * 24, 0..70),
            years in proptest::collection::vec(1990..2090, 70),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let now = SystemTime::now();
            let new = folder.path().join(format!("{PREFIX}1970-01-01T000000.000000000Z-a-b-0"));
            // The clock was set back since.
            reply(&new, now, 90 * DAY);
            let mut kept = BTreeSet::from([new.file_name().unwrap().to_str().unwrap().to_owned()]);
            for (number, (hours, year)) in ages.iter().zip(years).enumerate() {
                let name = format!("{PREFIX}{year}-01-01T000000.000000000Z-a-b-{number}");
                reply(&folder.path().join(&name), now, Duration::from_secs(hours * 3600));
                if *hours <= 30 * 24 {
                    kept.insert(name);
                }
            }
            forget_old(folder.path(), &new, now);
            prop_assert_eq!(names(folder.path()), kept);
        }
    }

    #[test]
    fn of_too_many_those_of_the_last_week_stay() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        let name = |number: usize| format!("{PREFIX}{number:05}");
        let at = |number| folder.path().join(name(number));
        // The oldest have the greatest numbers.
        for number in 0..20 {
            let age = 8 * DAY + Duration::from_secs(number);
            reply(&at(number as usize), now, age);
        }
        for number in 20..MOST + 10 {
            reply(&at(number), now, Duration::ZERO);
        }
        forget_old(folder.path(), &at(MOST + 9), now);
        let left = names(folder.path());
        assert_eq!(left.len(), MOST);
        for number in 0..MOST + 10 {
            assert_eq!(left.contains(&name(number)), !(10..20).contains(&number));
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_anothers_or_no_reply_is_left() {
        use std::os::unix::fs::{chown, symlink};
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        let at = |name: &str| folder.path().join(format!("{PREFIX}{name}"));
        let (old, foreign, link) = (at("old"), at("foreign"), at("link"));
        let elsewhere = folder.path().join("a-note-of-ones-own");
        for path in [&old, &foreign, &elsewhere] {
            reply(path, now, 90 * DAY);
        }
        symlink(&elsewhere, &link).unwrap();
        fs::create_dir(at("folder")).unwrap();
        // Only some may give a file away.
        let is_given = chown(&foreign, Some(65534), None).is_ok();
        forget_old(folder.path(), &at("new"), now + 90 * DAY);
        assert!(!old.exists() && elsewhere.exists() && at("folder").exists());
        assert!(link.symlink_metadata().is_ok());
        assert_eq!(foreign.exists(), is_given);
    }

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
