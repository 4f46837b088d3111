//! The mutants that no test has to notice, with the reasons.

use serde::Deserialize;

use super::sample::Mutant;
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
    /// The places that have a mutant of this name, for each of which the reason is true.
    #[serde(default = "one")]
    places: usize,
    reason: String,
}

const fn one() -> usize {
    1
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

    /// Says which entries stand for another number of places than there are: a reason that is true of
    /// one place excuses no other.
    pub(super) fn strays(&self, all: &[Mutant]) -> Vec<String> {
        let stray = |survivor: &Survivor| {
            let is_it = |mutant: &&Mutant| sample::change(&mutant.name) == survivor.mutant;
            let there = all.iter().filter(is_it).count();
            let Survivor { mutant, places, .. } = survivor;
            (there != *places).then(|| format!("{mutant}: {there} of this name, and not {places}"))
        };
        self.survivor.iter().filter_map(stray).collect()
    }

    /// The reason why no test has to notice a mutant.
    pub(super) fn reason(&self, mutant: &str) -> Option<&str> {
        let change = sample::change(mutant);
        let mut all = self.survivor.iter();
        let found = all.find(|survivor| survivor.mutant == change)?;
        Some(&found.reason)
    }
}
