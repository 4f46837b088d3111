//! The report: Markdown for people, JSON for programs.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use benches::row::{self, Row, Verdict};
use clap::ValueEnum;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use super::profile::Profile;
use super::{Error, chart};

/// The parts that are measured one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Each step of a call: checksum, form, rules, reply; and the sandbox.
    Steps,
    /// A whole call beside the bare clients.
    Call,
    /// A million beside a thousand: requests that are signed, and a sandbox's customers and cards.
    Scale,
    /// The smallest consumers, built from nothing.
    Build,
    /// Counts that do not depend on the machine: see --check.
    Counts,
}

impl Part {
    pub(super) const ALL: [Self; 5] = [
        Self::Counts,
        Self::Steps,
        Self::Call,
        Self::Scale,
        Self::Build,
    ];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Steps => "Steps",
            Self::Call => "Whole calls, CPU time",
            Self::Scale => "A million beside a thousand",
            Self::Build => "Building the smallest consumer",
            Self::Counts => "Counts of one call",
        }
    }

    /// Names the file of its rows, without the ending.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Call => "call",
            Self::Scale => "scale",
            Self::Build => "build",
            Self::Counts => "counts",
        }
    }
}

/// Holds everything that was measured last.
pub(super) struct Report {
    parts: Vec<(Part, Vec<Row>)>,
    profiles: Vec<Profile>,
}

/// The crates of a profile that are shown.
const SHOWN: usize = 12;

/// Names the file of a part's profiles.
fn file_of_profiles(part: Part) -> PathBuf {
    row::folder().join(format!("{}-profiles.json", part.file()))
}

/// Keeps the profiles of a part for the report.
pub(super) fn save_profiles(part: Part, profiles: &[Profile]) -> Result<(), Error> {
    let file = file_of_profiles(part);
    let text = serde_json::to_vec_pretty(profiles).map_err(std::io::Error::from);
    text.and_then(|text| fs::write(file, text))
        .map_err(Error::io("target/bench"))
}

impl Report {
    /// Reads what the parts left.
    pub(super) fn read() -> Result<Self, Error> {
        let part = |part: Part| {
            let rows = row::load(part.file());
            Ok((part, rows.map_err(Error::io(part.file()))?))
        };
        let parts = Part::ALL.into_iter().map(part);
        let profiles = Part::ALL.into_iter().filter_map(|part| {
            let text = fs::read(file_of_profiles(part)).ok()?;
            serde_json::from_slice::<Vec<Profile>>(&text).ok()
        });
        Ok(Self {
            parts: parts.collect::<Result<_, Error>>()?,
            profiles: profiles.flatten().collect(),
        })
    }

    /// Writes the three files. Returns the Markdown, and says where they are.
    pub(super) fn write(&self) -> Result<(String, String), Error> {
        let markdown = self.markdown();
        let json = self.json().map_err(Error::io("the report"))?;
        let folder = row::folder();
        let write = |name: &str, text: &[u8]| {
            fs::write(folder.join(name), text).map_err(Error::io(format!("target/bench/{name}")))
        };
        write("report.md", markdown.as_bytes())?;
        write("report.json", &json)?;
        let rows = self.parts.iter().flat_map(|(_, rows)| rows);
        write("report.svg", chart::draw(rows).as_bytes())?;
        let files = "target/bench: report.md, report.json, report.svg".to_owned();
        Ok((markdown, files))
    }

    /// The table of one part.
    pub(super) fn table(&self, part: Part) -> String {
        let mut parts = self.parts.iter();
        let rows = parts.find(|(other, _)| *other == part);
        rows.map_or(String::new(), |(_, rows)| table(rows))
    }

    fn markdown(&self) -> String {
        let mut text = String::from("# Benches\n");
        for (part, rows) in &self.parts {
            let title = part.title();
            let _ = match rows.is_empty() {
                true => write!(text, "\n## {title}\n\nNot measured yet.\n"),
                false => write!(text, "\n## {title}\n\n{}\n", table(rows)),
            };
        }
        for profile in self.wanted() {
            let (what, name) = (profile.measure.title(), &profile.name);
            let table = profile_table(profile);
            let _ = write!(text, "\n## {what} of {name}, by crate\n\n{table}\n");
        }
        text
    }

    /// The profiles of what misses a goal: they say why.
    fn wanted(&self) -> impl Iterator<Item = &Profile> {
        let rows = self.parts.iter().flat_map(|(_, rows)| rows);
        let missed: Vec<&str> = rows
            .filter(|row| row.misses_its_goal())
            .map(|row| row.step.as_str())
            .collect();
        let explains = move |profile: &&Profile| {
            let explained = profile.explains.as_str();
            missed.iter().any(|step| step.contains(explained))
        };
        self.profiles.iter().filter(explains)
    }

    fn json(&self) -> std::io::Result<Vec<u8>> {
        #[derive(Serialize)]
        struct Line<'a> {
            #[serde(flatten)]
            row: &'a Row,
            verdict: Verdict,
        }
        #[derive(Serialize)]
        struct Lines<'a> {
            part: &'static str,
            rows: Vec<Line<'a>>,
        }
        let parts = self.parts.iter().map(|(part, rows)| Lines {
            part: part.file(),
            rows: rows
                .iter()
                .map(|row| Line {
                    row,
                    verdict: row.verdict(),
                })
                .collect(),
        });
        let parts: Vec<_> = parts.collect();
        let text = serde_json::json!({ "parts": parts, "profiles": self.profiles });
        Ok(serde_json::to_vec_pretty(&text)?)
    }
}

/// A table of rows, in Markdown.
fn table(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header([
        "step", "ours", "", "beside", "", "ratio", "spread", "goal", "",
    ]);
    for column in [2, 4, 5, 6, 7] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for row in rows {
        let took = |took: Option<f64>| took.map_or("-".to_owned(), |took| amount(took, &row.unit));
        let two = |ratio: f64| format!("{ratio:.2}");
        table.add_row([
            row.step.clone(),
            row.ours.clone(),
            took(row.ours_took),
            row.beside.clone(),
            took(row.beside_took),
            row.ratio.map_or("-".to_owned(), two),
            row.spread
                .map_or(String::new(), |[low, high]| format!("{low:.2}-{high:.2}")),
            row.goal
                .map_or(String::new(), |goal| format!("<= {goal:.2}")),
            row.verdict().as_str().to_owned(),
        ]);
    }
    table.to_string()
}

fn profile_table(profile: &Profile) -> String {
    let (lines, digits) = (&profile.lines[..], profile.measure.digits());
    let mut table = Table::new();
    let header = ["crate", "ours", &profile.beside, "more"];
    table.load_style(ASCII_MARKDOWN).set_header(header);
    for column in 1..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut add = |name: &str, ours: f64, bare: f64| {
        table.add_row([
            name.to_owned(),
            format!("{ours:.digits$}"),
            format!("{bare:.digits$}"),
            format!("{:+.digits$}", ours - bare),
        ]);
    };
    let sum = |lines: &[(String, f64, f64)]| {
        lines.iter().fold((0.0, 0.0), |(ours, bare), line| {
            (ours + line.1, bare + line.2)
        })
    };
    let (shown, others) = lines.split_at(lines.len().min(SHOWN));
    for (name, ours, bare) in shown {
        add(name, *ours, *bare);
    }
    if !others.is_empty() {
        let (ours, bare) = sum(others);
        add("others", ours, bare);
    }
    let (ours, bare) = sum(lines);
    add("in all", ours, bare);
    table.to_string()
}

/// An amount with its unit, in a unit of its size.
fn amount(amount: f64, unit: &str) -> String {
    match unit {
        "ns" if amount >= 1e6 => format!("{:.1} ms", amount / 1e6),
        "ns" if amount >= 1e4 => format!("{:.1} us", amount / 1e3),
        "ns" | "us" | "s" | "MB" => format!("{amount:.1} {unit}"),
        _ if amount.fract().abs() < 0.005 => format!("{amount:.0}"),
        _ => format!("{amount:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::profile::Measure;

    fn row(step: &str, ratio: Option<f64>, spread: Option<[f64; 2]>, goal: Option<f64>) -> Row {
        Row {
            step: step.to_owned(),
            ours: "a".to_owned(),
            beside: "b".to_owned(),
            unit: "ns".to_owned(),
            ours_took: ratio.map(|ratio| ratio * 20_000.0),
            beside_took: ratio.map(|_| 20_000.0),
            ratio,
            spread,
            goal,
        }
    }

    #[test]
    fn a_goal_is_met_missed_or_unclear() {
        let verdict = |ratio, spread, goal| row("", ratio, spread, goal).verdict();
        assert_eq!(verdict(Some(0.5), None, Some(0.5)), Verdict::Met);
        assert_eq!(verdict(Some(0.51), None, Some(0.5)), Verdict::Missed);
        let spread = Some([0.5, 0.6]);
        assert_eq!(verdict(Some(0.51), spread, Some(0.5)), Verdict::Unclear);
        assert_eq!(verdict(Some(0.51), spread, Some(0.49)), Verdict::Missed);
        assert_eq!(verdict(Some(0.51), spread, None), Verdict::Informs);
        assert_eq!(verdict(None, None, Some(0.5)), Verdict::NotMeasured);
    }

    #[test]
    fn the_report_says_what_is_missed_and_why() {
        let profile = |measure, name: &str, explains: &str| Profile {
            measure,
            name: name.to_owned(),
            explains: explains.to_owned(),
            beside: "bare".to_owned(),
            lines: vec![
                ("cards_sign".to_owned(), 900.0, 0.0),
                ("hyper".to_owned(), 1000.0, 1100.0),
            ],
        };
        let report = Report {
            parts: vec![
                (
                    Part::Steps,
                    vec![row("checksum", Some(1.5), Some([1.4, 1.6]), Some(1.52))],
                ),
                (
                    Part::Call,
                    vec![row(
                        "call register-user/reqwest/16",
                        Some(1.1),
                        None,
                        Some(1.03),
                    )],
                ),
                (
                    Part::Build,
                    vec![row("build time of a", Some(2.0), None, Some(1.4))],
                ),
                (Part::Scale, vec![]),
            ],
            profiles: vec![
                profile(
                    Measure::Instructions,
                    "register-user/reqwest/1",
                    "register-user/reqwest",
                ),
                profile(
                    Measure::Instructions,
                    "list-cards/ureq/1",
                    "list-cards/ureq",
                ),
                profile(Measure::Seconds, "building a", "build time of a"),
            ],
        };
        insta::assert_snapshot!(report.markdown(), @r"
        # Benches

        ## Steps

        | step     | ours |         | beside |         | ratio |    spread |    goal |     |
        |----------|------|---------|--------|---------|-------|-----------|---------|-----|
        | checksum | a    | 30.0 us | b      | 20.0 us |  1.50 | 1.40-1.60 | <= 1.52 | met |

        ## Whole calls, CPU time

        | step                          | ours |         | beside |         | ratio | spread |    goal |        |
        |-------------------------------|------|---------|--------|---------|-------|--------|---------|--------|
        | call register-user/reqwest/16 | a    | 22.0 us | b      | 20.0 us |  1.10 |        | <= 1.03 | missed |

        ## Building the smallest consumer

        | step            | ours |         | beside |         | ratio | spread |    goal |        |
        |-----------------|------|---------|--------|---------|-------|--------|---------|--------|
        | build time of a | a    | 40.0 us | b      | 20.0 us |  2.00 |        | <= 1.40 | missed |

        ## A million beside a thousand

        Not measured yet.

        ## Instructions of register-user/reqwest/1, by crate

        | crate      | ours | bare | more |
        |------------|------|------|------|
        | cards_sign |  900 |    0 | +900 |
        | hyper      | 1000 | 1100 | -100 |
        | in all     | 1900 | 1100 | +800 |

        ## Seconds of building a, by crate

        | crate      |   ours |   bare |   more |
        |------------|--------|--------|--------|
        | cards_sign |  900.0 |    0.0 | +900.0 |
        | hyper      | 1000.0 | 1100.0 | -100.0 |
        | in all     | 1900.0 | 1100.0 | +800.0 |
        ");
        let json: serde_json::Value = serde_json::from_slice(&report.json().unwrap()).unwrap();
        assert_eq!(json["parts"][0]["rows"][0]["verdict"], "met");
        assert_eq!(json["parts"][1]["rows"][0]["verdict"], "missed");
    }

    #[test]
    fn amounts_are_in_a_unit_of_their_size() {
        assert_eq!(amount(12.34, "ns"), "12.3 ns");
        assert_eq!(amount(12_340.0, "ns"), "12.3 us");
        assert_eq!(amount(13_000_000.0, "ns"), "13.0 ms");
        assert_eq!(amount(56.0, "s"), "56.0 s");
        assert_eq!(amount(22.0, "allocations"), "22");
        assert_eq!(amount(22.5, "allocations"), "22.50");
    }
}
