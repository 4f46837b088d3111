//! The mutants that no test has to notice, with the reasons.

use serde::Deserialize;

use super::{Error, sample};

/// The list of survivors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Survivors {
    #[serde(default)]
    survivor: Vec<Survivor>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivor {
    /// The name of the mutant, without its line and column.
    mutant: String,
    reason: String,
}

impl Survivors {
    pub(super) fn read() -> Result<Self, Error> {
        Self::parse(include_str!("survivors.toml"))
    }

    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        Ok(toml::from_str(text)?)
    }

    /// Names the mutants of the list with their reasons.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.survivor.iter();
        all.map(|survivor| (&*survivor.mutant, &*survivor.reason))
    }

    /// The reason why no test has to notice a mutant.
    pub(super) fn reason(&self, mutant: &str) -> Option<&str> {
        let change = sample::change(mutant);
        let mut all = self.survivor.iter();
        let found = all.find(|survivor| survivor.mutant == change)?;
        Some(&found.reason)
    }
}
