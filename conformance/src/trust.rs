//! Reports what a suite of attacks tried and found, for `cargo xtask trust`.
//!
//! Each suite keeps one [`Report`] and ends it: a failure fails the test, and the
//! figures go to a file of the suite's name in the folder that `CARDS_TRUST_DIR`
//! names. Without it nothing is written.
//!
//! ```
//! let mut report = conformance::trust::Report::new("example");
//! report.tried(1);
//! report.figure("connections", 1024);
//! report.judge();
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The variable that names the folder of the reports.
pub const FOLDER: &str = "CARDS_TRUST_DIR";

/// The variable that asks for the long form of every suite.
pub const LONG: &str = "CARDS_TRUST_LONG";

/// Failures that are told one by one; more are only counted.
const TOLD: usize = 20;

/// Picks how much a suite tries: `short` in tests, `long` where `CARDS_TRUST_LONG` is set.
pub fn length<T>(short: T, long: T) -> T {
    if std::env::var_os(LONG).is_some() {
        long
    } else {
        short
    }
}

/// The figures of one suite.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The suite's name, and its file's.
    pub suite: String,
    /// Counts the cases that were tried.
    pub tried: u64,
    /// Counts those that did not hold.
    pub failed: u64,
    /// The first failures: what was tried and what came of it, without values.
    pub failures: Vec<String>,
    /// The most milliseconds by which a call outlasted its time limit, where calls were timed.
    pub worst_overrun_ms: Option<u64>,
    /// Other figures by name.
    pub figures: BTreeMap<String, String>,
}

impl Report {
    /// Begins the report of the suite `suite`.
    #[must_use]
    pub fn new(suite: &str) -> Self {
        Self {
            suite: suite.to_owned(),
            ..Self::default()
        }
    }

    /// Counts `cases` more as tried.
    pub fn tried(&mut self, cases: u64) {
        self.tried += cases;
    }

    /// Counts a failure, and says what it was. `what` must hold no secret or personal value.
    pub fn failed(&mut self, what: impl Into<String>) {
        self.failed += 1;
        if self.failures.len() < TOLD {
            self.failures.push(what.into());
        }
    }

    /// Keeps `by` if it is the longest time by which a call outlasted its limit.
    pub fn overrun(&mut self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.worst_overrun_ms = self.worst_overrun_ms.max(Some(by));
    }

    /// Keeps another figure.
    pub fn figure(&mut self, name: &str, value: impl ToString) {
        self.figures.insert(name.to_owned(), value.to_string());
    }

    /// Ends the suite: writes its figures where they are wanted.
    ///
    /// # Panics
    ///
    /// If a case failed, none was tried, or the file cannot be written.
    #[track_caller]
    pub fn end(self) {
        if let Some(folder) = std::env::var_os(FOLDER) {
            self.write(Path::new(&folder))
                .expect("the folder of the reports can be written");
        }
        self.judge();
    }

    /// Judges the suite, without writing anything.
    ///
    /// # Panics
    ///
    /// If a case failed, or none was tried.
    #[track_caller]
    pub fn judge(&self) {
        assert!(self.tried > 0, "{}: nothing was tried", self.suite);
        assert!(
            self.failed == 0,
            "{}: {} of {} cases failed:\n{}",
            self.suite,
            self.failed,
            self.tried,
            self.failures.join("\n")
        );
    }

    /// Reads the reports of `folder`, by name.
    ///
    /// # Errors
    ///
    /// If the folder or a file of it cannot be read, or is no report.
    pub fn all(folder: &Path) -> std::io::Result<Vec<Self>> {
        let mut paths = fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<PathBuf>, _>>()?;
        paths.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        });
        paths.sort();
        paths
            .iter()
            .map(|path| Ok(serde_json::from_slice(&fs::read(path)?)?))
            .collect()
    }

    /// Writes the figures to a file of the suite's name in `folder`, which is made where it
    /// is not there.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made or the file cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let text = serde_json::to_string_pretty(self)?;
        fs::write(folder.join(format!("{}.json", self.suite)), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "example: 1 of 2 cases failed:\nthe second")]
    fn a_failure_fails_the_suite() {
        let mut report = Report::new("example");
        report.tried(2);
        report.failed("the second");
        report.judge();
    }

    #[test]
    #[should_panic(expected = "nothing was tried")]
    fn a_suite_that_tries_nothing_fails() {
        Report::new("example").judge();
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = std::env::temp_dir().join(format!("cards-trust-{}", std::process::id()));
        let mut report = Report::new("example");
        report.tried(3);
        report.overrun(Duration::from_millis(2));
        report.overrun(Duration::from_millis(1));
        report.figure("connections", 1024);
        report.write(&folder).unwrap();
        let read = Report::all(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(read, [report]);
        assert_eq!(read[0].worst_overrun_ms, Some(2));
    }
}
