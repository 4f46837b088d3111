//! `cargo xtask trust`: the suites that attack the workspace, and what they found.
//!
//! A suite is a test program that ends a [`Report`]: it is found by the report's name in
//! its sources, so that a new one joins by itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anstream::{eprintln, println};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use conformance::trust::{FOLDER, LONG, Report};

use crate::{cargo, workspace};

/// The options of `cargo xtask trust`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Tries as much as `cargo test` does, which takes minutes instead of an hour.
    #[arg(long)]
    short: bool,
    /// Runs nothing, and shows what the last run reported.
    ///
    /// A run of `cargo test` reports too, into the folder that CARDS_TRUST_DIR names:
    /// with target/trust there, nothing has to be run twice.
    #[arg(long, conflicts_with_all = ["short", "suite"])]
    last: bool,
    /// Runs these suites only.
    #[arg(long, value_name = "NAME")]
    suite: Vec<String>,
}

/// The reason why the suites could not be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("no suite is called `{0}`; there are {1}")]
    Unknown(String, String),
    #[error("cargo: {0}")]
    Cargo(std::io::Error),
}

/// Runs the suites, shows what they reported, and tells whether all of it holds.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = workspace();
    let folder = root.join("target/trust");
    let suites = chosen(suites(&root)?, &options.suite)?;
    let mut passed = true;
    if !options.last {
        for name in suites.keys() {
            forget(&folder.join(format!("{name}.json")))?;
        }
        passed = runs(&root, &folder, &suites, options.short)?;
    }
    let (reports, others): (Vec<_>, Vec<_>) = reports(&folder)?
        .into_iter()
        .partition(|report| suites.contains_key(&report.suite));
    println!("{}", table(&reports));
    if options.suite.is_empty() && !others.is_empty() {
        println!(
            "\nOf earlier runs, and of other chores, not judged:\n{}",
            table(&others)
        );
    }
    for failure in reports.iter().flat_map(failures) {
        eprintln!("error: {failure}");
    }
    let missing = missing(suites.keys(), &reports);
    for name in &missing {
        eprintln!("error: {name} has reported nothing: it did not run, or ended early");
    }
    let failed = reports.iter().any(|report| report.failed > 0);
    Ok(passed && missing.is_empty() && !failed)
}

/// Finds the suites, each with its test program: the names of the reports in the sources of
/// tests.
fn suites(root: &Path) -> Result<BTreeMap<String, String>, Error> {
    let mut packages = vec![root.join("conformance")];
    packages.extend(entries(&root.join("crates"))?);
    let mut suites = BTreeMap::new();
    for tests in packages.iter().map(|package| package.join("tests")) {
        if !tests.is_dir() {
            continue;
        }
        for program in entries(&tests)? {
            let name = program.file_stem().unwrap_or_default().to_string_lossy();
            for source in sources(&program)? {
                for suite in names(&read(&source)?) {
                    suites.insert(suite, name.clone().into_owned());
                }
            }
        }
    }
    Ok(suites)
}

/// Reads the names of reports out of a source.
fn names(source: &str) -> Vec<String> {
    let name = |rest: &str| Some(rest.split_once('"')?.0.to_owned());
    let begins = source.split("Report::new(\"").skip(1);
    begins.filter_map(name).collect()
}

/// Lists the files of Rust at and below `path`.
fn sources(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if path.is_dir() {
        let below = entries(path)?;
        let below: Result<Vec<_>, _> = below.iter().map(|path| sources(path)).collect();
        return Ok(below?.concat());
    }
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    Ok(is_rust.then(|| path.to_path_buf()).into_iter().collect())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(folder)?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    let mut entries = read().map_err(|source| at(folder, source))?;
    entries.sort();
    Ok(entries)
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| at(path, source))
}

fn at(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        path: path.to_path_buf(),
        source,
    }
}

/// Keeps the suites that were asked for; all where none was.
fn chosen(
    mut suites: BTreeMap<String, String>,
    asked: &[String],
) -> Result<BTreeMap<String, String>, Error> {
    for name in asked {
        if !suites.contains_key(name) {
            let known: Vec<_> = suites.into_keys().collect();
            return Err(Error::Unknown(name.clone(), known.join(", ")));
        }
    }
    suites.retain(|name, _| asked.is_empty() || asked.contains(name));
    Ok(suites)
}

fn forget(report: &Path) -> Result<(), Error> {
    match fs::remove_file(report) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(report, error)),
        _ => Ok(()),
    }
}

/// Runs the test programs of `suites`, and tells whether they passed.
fn runs(
    root: &Path,
    folder: &Path,
    suites: &BTreeMap<String, String>,
    short: bool,
) -> Result<bool, Error> {
    let mut programs: Vec<&String> = suites.values().collect();
    programs.sort();
    programs.dedup();
    let mut command = cargo();
    command
        .current_dir(root)
        .args(["test", "--workspace", "--no-fail-fast"])
        .env(FOLDER, folder);
    if short {
        command.env_remove(LONG);
    } else {
        command.env(LONG, "1");
    }
    for program in programs {
        command.args(["--test", program]);
    }
    let status = command.status().map_err(Error::Cargo)?;
    Ok(status.success())
}

fn reports(folder: &Path) -> Result<Vec<Report>, Error> {
    match Report::all(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        reports => reports.map_err(|source| at(folder, source)),
    }
}

fn missing<'a>(suites: impl Iterator<Item = &'a String>, reports: &[Report]) -> Vec<&'a String> {
    let reported = |name: &&String| reports.iter().any(|report| report.suite == **name);
    suites.filter(|name| !reported(name)).collect()
}

fn failures(report: &Report) -> Vec<String> {
    let told = report.failures.iter();
    let mut lines: Vec<_> = told
        .map(|failure| format!("{}: {failure}", report.suite))
        .collect();
    let more = report.failed.saturating_sub(lines.len() as u64);
    if more > 0 {
        lines.push(format!("{}: and {more} more", report.suite));
    }
    lines
}

fn table(reports: &[Report]) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(["suite", "tried", "failed", "worst overrun", "figures"]);
    for column in 1..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for report in reports {
        let figures: Vec<_> = report
            .figures
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let overrun = report.worst_overrun_ms;
        table.add_row([
            report.suite.clone(),
            report.tried.to_string(),
            report.failed.to_string(),
            overrun.map_or_else(|| "-".to_owned(), |ms| format!("{ms} ms")),
            figures.join("\n"),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn report(name: &str) -> Report {
        let mut report = Report::new(name);
        report.tried(10);
        report
    }

    #[test]
    fn suites_are_found_by_the_names_of_their_reports() {
        let source = "let a = Report::new(\"one\");\nlet b = trust::Report::new(\"two\");";
        assert_eq!(names(source), ["one", "two"]);
        assert!(names("Report::new(name)").is_empty());
    }

    #[test]
    fn a_suite_is_asked_for_by_its_name() {
        let suites = BTreeMap::from([
            ("matrix".to_owned(), "faults".to_owned()),
            ("soak".to_owned(), "soak".to_owned()),
        ]);
        let all = chosen(suites.clone(), &[]).unwrap();
        assert_eq!(all.len(), 2);
        let one = chosen(suites.clone(), &["soak".to_owned()]).unwrap();
        assert_eq!(one.into_keys().collect::<Vec<_>>(), ["soak"]);
        let error = chosen(suites, &["soaks".to_owned()]).unwrap_err();
        insta::assert_snapshot!(error, @"no suite is called `soaks`; there are matrix, soak");
    }

    #[test]
    fn a_suite_without_a_report_is_missing() {
        let names = ["matrix".to_owned(), "soak".to_owned()];
        assert_eq!(missing(names.iter(), &[report("matrix")]), ["soak"]);
    }

    #[test]
    fn reports_are_shown_with_their_figures() {
        let mut matrix = report("matrix");
        matrix.overrun(Duration::from_millis(12));
        matrix.figure("connections", 1024);
        matrix.figure("peak memory", "20 MiB");
        matrix.failed("reset amid the head, register-user, ureq: sent twice");
        matrix.failed += 1;
        let table = table(&[matrix.clone(), report("soak")]).to_string();
        let table: Vec<_> = table.lines().map(str::trim_end).collect();
        insta::assert_snapshot!(table.join("\n"), @r"
         suite   tried  failed  worst overrun  figures
         matrix     10       2          12 ms  connections: 1024
                                               peak memory: 20 MiB
         soak       10       0              -
        ");
        insta::assert_snapshot!(failures(&matrix).join("\n"), @r"
        matrix: reset amid the head, register-user, ureq: sent twice
        matrix: and 1 more
        ");
    }
}
