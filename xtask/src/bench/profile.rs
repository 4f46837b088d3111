//! Profiles: the amounts of a call, a step or a build by crate, which say why a goal is missed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Tells what a profile measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Measure {
    /// The instructions of one call or step.
    Instructions,
    /// The seconds of CPU time of compilers and build scripts.
    Seconds,
}

impl Measure {
    /// Says what is counted, as a title begins.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Instructions => "Instructions",
            Self::Seconds => "Seconds",
        }
    }

    /// Gives the digits that are shown behind the point.
    pub(super) const fn digits(self) -> usize {
        match self {
            Self::Instructions => 0,
            Self::Seconds => 1,
        }
    }
}

/// Holds the amounts of something of ours, beside those of the other's, by crate.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Profile {
    pub(super) measure: Measure,
    /// The call, the step or the build, as a title names it.
    pub(super) name: String,
    /// A part of the names of the rows whose missed goal it explains.
    pub(super) explains: String,
    /// The client, step or build that stands beside ours.
    pub(super) beside: String,
    /// A crate, its amounts of ours and of the other's; what ours has more of comes first.
    pub(super) lines: Vec<(String, f64, f64)>,
}

impl Profile {
    /// Compares the amounts of ours with the other's.
    pub(super) fn new(
        measure: Measure,
        name: String,
        explains: String,
        beside: &str,
        [ours, other]: &[BTreeMap<String, f64>; 2],
    ) -> Self {
        let mut names: Vec<&String> = ours.keys().chain(other.keys()).collect();
        names.sort();
        names.dedup();
        let of = |amounts: &BTreeMap<String, f64>, name: &String| {
            amounts.get(name).copied().unwrap_or_default()
        };
        let mut lines: Vec<_> = names
            .into_iter()
            .map(|name| (name.clone(), of(ours, name), of(other, name)))
            .collect();
        lines.sort_by(|a, b| (b.1 - b.2).total_cmp(&(a.1 - a.2)));
        Self {
            measure,
            name,
            explains,
            beside: beside.to_owned(),
            lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ours_has_more_of_comes_first() {
        let amounts = |amounts: &[(&str, f64)]| {
            let amounts = amounts
                .iter()
                .map(|(name, amount)| ((*name).to_owned(), *amount));
            amounts.collect::<BTreeMap<_, _>>()
        };
        let both = [
            amounts(&[("both", 8.0), ("ours", 4.0)]),
            amounts(&[("both", 10.0), ("theirs", 1.0)]),
        ];
        let name = || "call".to_owned();
        let profile = Profile::new(Measure::Instructions, name(), name(), "bare", &both);
        let lines = [
            ("ours".to_owned(), 4.0, 0.0),
            ("theirs".to_owned(), 0.0, 1.0),
            ("both".to_owned(), 8.0, 10.0),
        ];
        assert_eq!(profile.lines, lines);
    }
}
