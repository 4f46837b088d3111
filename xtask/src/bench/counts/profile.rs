//! The instructions of a call by crate, which say why a goal is missed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::callgrind::{Counts, crate_of};

/// Holds the instructions of one call, by crate.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::bench) struct Profile {
    /// The call, as the bench names it.
    pub(in crate::bench) name: String,
    /// The client that stands beside ours.
    pub(in crate::bench) beside: String,
    /// A crate, ours and the other client's; what ours has more of comes first.
    pub(in crate::bench) lines: Vec<(String, f64, f64)>,
}

impl Profile {
    /// Takes the difference of two runs of each client.
    pub(super) fn of(
        name: String,
        beside: &str,
        [ours, other]: [&[Counts; 2]; 2],
        calls: u64,
    ) -> Self {
        let (ours, other) = (by_crate(ours, calls), by_crate(other, calls));
        let mut names: Vec<&String> = ours.keys().chain(other.keys()).collect();
        names.sort();
        names.dedup();
        let of = |counts: &BTreeMap<String, f64>, name: &String| {
            counts.get(name).copied().unwrap_or_default()
        };
        let mut lines: Vec<_> = names
            .into_iter()
            .map(|name| (name.clone(), of(&ours, name), of(&other, name)))
            .collect();
        lines.sort_by(|a, b| (b.1 - b.2).total_cmp(&(a.1 - a.2)));
        Self {
            name,
            beside: beside.to_owned(),
            lines,
        }
    }
}

fn by_crate([fewer, more]: &[Counts; 2], calls: u64) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    let mut add = |counts_of: &Counts, sign: f64| {
        for (function, count) in &counts_of.instructions {
            let known: &mut f64 = counts.entry(crate_of(function).to_owned()).or_default();
            *known += sign * *count as f64 / calls as f64;
        }
    };
    add(more, 1.0);
    add(fewer, -1.0);
    // Less than one instruction in a call is the start's or the scheduler's.
    counts.retain(|_, count| count.abs() >= 1.0);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(counts: &[(&str, u64)]) -> Counts {
        let counts = counts
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count));
        Counts {
            instructions: counts.collect(),
            allocations: 0,
        }
    }

    #[test]
    fn what_ours_has_more_of_comes_first() {
        let bare = [
            counts(&[("hyper::a", 100), ("main", 7)]),
            counts(&[("hyper::a", 200), ("main", 7)]),
        ];
        let ours = [
            counts(&[("hyper::a", 100), ("cards_sign::b", 5), ("main", 9)]),
            counts(&[
                ("hyper::a", 180),
                ("<cards_sign::C as D>::d", 30),
                ("cards_sign::b", 15),
                ("main", 9),
            ]),
        ];
        let table = Profile::of("call".to_owned(), "bare", [&ours, &bare], 10);
        let lines = [
            ("cards_sign".to_owned(), 4.0, 0.0),
            ("hyper".to_owned(), 8.0, 10.0),
        ];
        assert_eq!(table.lines, lines);
    }
}
