//! Outcomes of mutants.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Error;

/// Tells the end of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Outcome {
    /// A test failed, or did not end.
    Caught,
    /// All tests passed.
    Missed,
    /// It did not compile.
    Unviable,
}

/// Tells whether a mutant of which this is known is tried in a pass: in the first one, or in one of
/// those that go on with what was missed.
pub(super) const fn is_open(known: Option<Outcome>, goes_on: bool) -> bool {
    match known {
        None => true,
        Some(Outcome::Missed) => goes_on,
        Some(Outcome::Caught | Outcome::Unviable) => false,
    }
}

/// Counts the outcomes of several mutants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) caught: usize,
    pub(super) missed: usize,
    pub(super) unviable: usize,
}

impl Tally {
    pub(super) const fn viable(self) -> usize {
        self.caught + self.missed
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            caught: self.caught + other.caught,
            missed: self.missed + other.missed,
            unviable: self.unviable + other.unviable,
        }
    }

    const fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Caught => self.caught += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::Unviable => self.unviable += 1,
        }
    }
}

/// Counts by crate.
pub(super) fn by_crate(outcomes: &BTreeMap<String, Outcome>) -> BTreeMap<String, Tally> {
    let mut tallies = BTreeMap::<String, Tally>::new();
    for (name, outcome) in outcomes {
        let path = name.strip_prefix("crates/").unwrap_or(name);
        let package = path.split('/').next().unwrap_or_default();
        tallies
            .entry(package.to_owned())
            .or_default()
            .count(*outcome);
    }
    tallies
}

/// Reads the outcomes that cargo-mutants leaves, by the names of the mutants; none where it never
/// ran.
pub(super) fn newest(path: &Path) -> Result<BTreeMap<String, Outcome>, Error> {
    read(path, parse)
}

/// Reads the outcomes of all runs, by the marks of the mutants; none where there was no run.
pub(super) fn kept(path: &Path) -> Result<BTreeMap<String, Outcome>, Error> {
    read(path, |text| serde_json::from_slice(text))
}

/// Reads the marks of the mutants that were drawn, by their names; none where there was no run.
pub(super) fn drawn(path: &Path) -> Result<BTreeMap<String, String>, Error> {
    read(path, |text| serde_json::from_slice(text))
}

/// Names the outcomes that are kept by marks.
pub(super) fn named(
    drawn: &BTreeMap<String, String>,
    kept: &BTreeMap<String, Outcome>,
) -> BTreeMap<String, Outcome> {
    let one = |(name, mark): (&String, &String)| Some((name.clone(), *kept.get(mark)?));
    drawn.iter().filter_map(one).collect()
}

/// Says how many mutants were drawn and have no outcome, as of a run that was ended early.
pub(super) fn untried(
    drawn: &BTreeMap<String, String>,
    outcomes: &BTreeMap<String, Outcome>,
) -> Option<String> {
    let missing = drawn.keys().filter(|name| !outcomes.contains_key(*name));
    match (missing.count(), drawn.len()) {
        (_, 0) => Some("none was drawn".to_owned()),
        (0, _) => None,
        (missing, all) => Some(format!("{missing} of {all} have no outcome yet")),
    }
}

/// Writes what a run leaves for the next.
pub(super) fn write(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::json!(value).to_string();
    std::fs::write(path, text).map_err(|source| Error::File {
        path: path.to_path_buf(),
        source,
    })
}

fn read<T: Default>(
    path: &Path,
    parse: impl Fn(&[u8]) -> Result<T, serde_json::Error>,
) -> Result<T, Error> {
    match std::fs::read(path) {
        Ok(text) => parse(&text).map_err(|source| Error::Outcomes {
            path: path.to_path_buf(),
            source,
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(T::default()),
        Err(source) => Err(Error::File {
            path: path.to_path_buf(),
            source,
        }),
    }
}

pub(super) fn parse(text: &[u8]) -> Result<BTreeMap<String, Outcome>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Outcomes {
        outcomes: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        scenario: Scenario,
        summary: String,
    }
    #[derive(Deserialize)]
    enum Scenario {
        Baseline,
        Mutant { name: String },
    }
    let all: Outcomes = serde_json::from_slice(text)?;
    let outcome = |one: One| {
        let Scenario::Mutant { name } = one.scenario else {
            return None;
        };
        let outcome = match one.summary.as_str() {
            "CaughtMutant" | "Timeout" => Outcome::Caught,
            "MissedMutant" => Outcome::Missed,
            "Unviable" => Outcome::Unviable,
            _ => return None,
        };
        Some((name, outcome))
    };
    Ok(all.outcomes.into_iter().filter_map(outcome).collect())
}
