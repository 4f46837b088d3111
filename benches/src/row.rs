//! A line of the report: two measurements of one run, and the goal of their ratio.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{COMPARISONS, Comparison};

/// Holds what was measured of a step beside its floor or peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The step that is measured.
    pub step: String,
    /// Names our measurement.
    pub ours: String,
    /// Names what stands beside it.
    pub beside: String,
    /// The unit of both measurements, such as `ns`.
    pub unit: String,
    /// Our measurement; `None`: it was not made.
    pub ours_took: Option<f64>,
    /// The measurement beside it; `None`: it was not made.
    pub beside_took: Option<f64>,
    /// The first over the second, as the median of the rounds in which both were
    /// measured; `None`: there was none.
    pub ratio: Option<f64>,
    /// The range of the rounds' ratios, of the middle half of them where there are
    /// many; `None` for counts, which have none.
    pub spread: Option<[f64; 2]>,
    /// The ratio to stay at or below; `None` where the ratio only informs.
    pub goal: Option<f64>,
}

/// Tells what became of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The ratio is at or below the goal.
    Met,
    /// The ratio is above the goal, and its spread too.
    Missed,
    /// The ratio is above the goal, within its spread.
    Unclear,
    /// There is no goal.
    Informs,
    /// One of both was not measured.
    NotMeasured,
}

impl Verdict {
    /// Says it in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Unclear => "missed, within the spread",
            Self::Informs => "",
            Self::NotMeasured => "not measured",
        }
    }
}

impl Row {
    /// Tells whether the ratio is above the goal, within its spread or not.
    pub fn misses_its_goal(&self) -> bool {
        matches!(self.verdict(), Verdict::Missed | Verdict::Unclear)
    }

    /// Compares the ratio with the goal.
    pub fn verdict(&self) -> Verdict {
        let lowest = self.spread.map(|[low, _]| low);
        match (self.goal, self.ratio) {
            (_, None) => Verdict::NotMeasured,
            (None, _) => Verdict::Informs,
            (Some(goal), Some(ratio)) if ratio <= goal => Verdict::Met,
            (Some(goal), _) if lowest.is_some_and(|low| low <= goal) => Verdict::Unclear,
            _ => Verdict::Missed,
        }
    }
}

/// Finds the workspace's target folder, where benches leave their results. Its path is absolute:
/// programs that are given it work in other folders.
pub fn target() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
        PathBuf::from,
    );
    std::path::absolute(&folder).unwrap_or(folder)
}

/// The folder of the report, and of the rows that benches leave for it.
pub fn folder() -> PathBuf {
    target().join("bench")
}

/// Leaves the rows of a bench for the report.
///
/// # Errors
///
/// The folder or the file cannot be written.
pub fn save(bench: &str, rows: &[Row]) -> io::Result<()> {
    std::fs::create_dir_all(folder())?;
    let text = serde_json::to_vec_pretty(rows)?;
    std::fs::write(folder().join(format!("{bench}.json")), text)
}

/// Reads the rows that a bench left; none where it was never run.
///
/// # Errors
///
/// The file is there and is no list of rows.
pub fn load(bench: &str) -> io::Result<Vec<Row>> {
    match std::fs::read(folder().join(format!("{bench}.json"))) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Holds what criterion measured in one round, by the name of each bench: medians
/// in nanoseconds.
#[derive(Clone, Debug, Default)]
pub struct Round(BTreeMap<&'static str, f64>);

impl Round {
    /// Reads the newest results of every bench of [`COMPARISONS`].
    pub fn read() -> Self {
        let results = target().join("criterion");
        let benches = COMPARISONS.iter().flat_map(|one| [one.ours, one.beside]);
        let measured = benches.filter_map(|bench| Some((bench, median_of(&results, bench)?)));
        Self(measured.collect())
    }
}

fn median_of(results: &Path, bench: &str) -> Option<f64> {
    let text = std::fs::read(results.join(bench).join("new/estimates.json")).ok()?;
    let estimates: serde_json::Value = serde_json::from_slice(&text).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

/// Compares the rounds, a row for each of [`COMPARISONS`].
pub fn compare(rounds: &[Round]) -> Vec<Row> {
    let row = |comparison: &Comparison| {
        let of = |bench: &str| {
            let found = rounds
                .iter()
                .filter_map(|round| round.0.get(bench).copied());
            Range::of(found)
        };
        let ratios = rounds.iter().filter_map(|Round(round)| {
            Some(round.get(comparison.ours)? / round.get(comparison.beside)?)
        });
        let ratios = Range::of(ratios);
        Row {
            step: comparison.step.to_owned(),
            ours: comparison.ours.to_owned(),
            beside: comparison.beside.to_owned(),
            unit: "ns".to_owned(),
            ours_took: of(comparison.ours).map(|range| range.median),
            beside_took: of(comparison.beside).map(|range| range.median),
            ratio: ratios.map(|range| range.median),
            spread: ratios.map(|range| [range.low, range.high]),
            goal: comparison.goal,
        }
    };
    COMPARISONS.iter().map(row).collect()
}

/// The middle and the ends of some measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The lowest.
    pub low: f64,
    /// The value that half of them are below.
    pub median: f64,
    /// The highest.
    pub high: f64,
}

impl Range {
    /// Measures the range of the values; `None`: there are no measurements.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = match values.len() % 2 {
            0 => f64::midpoint(*values.get(middle.checked_sub(1)?)?, *values.get(middle)?),
            _ => values[middle],
        };
        Some(Self {
            low: *values.first()?,
            median,
            high: *values.last()?,
        })
    }
}
