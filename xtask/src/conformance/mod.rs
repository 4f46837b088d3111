//! `cargo xtask conformance`: every statement of the documents, traced.
//!
//! Reads the ledger (requirements, errata, cases), runs the test programs, and
//! joins the two: a row without a check, a check that does not exist, did not
//! run, was ignored or failed, and a case that no row names are all failures.

#[cfg(test)]
mod declared;
mod explain;
mod html;
mod judge;
mod junit;
mod printed;
mod risks;
mod suites;
mod target;
mod terminal;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use conformance::ledger::{self, Ledger};
use serde::Serialize;

use self::judge::Verdicts;
use self::suites::Suite;
use crate::{install, workspace};

/// The options of `cargo xtask conformance`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Runs only tests whose name contains this, and judges rows by them.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Tries each property test with so many cases [default: as many as in CI].
    #[arg(long, value_name = "N")]
    cases: Option<u32>,
    /// Runs no tests, and reads what `cargo test --workspace` printed of them: its
    /// standard output and error together, whole, and since they were built.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["filter", "cases", "target"])]
    printed: Option<PathBuf>,
    /// Asks a running server instead, with the credentials of the
    /// environment.
    #[arg(long, value_name = "URL")]
    target: Option<String>,
    /// Asks for one provider only.
    #[arg(long, requires = "target", value_parser = ["airpay", "paysafe", "ibanera"])]
    provider: Option<String>,
    /// Shows what follows from the check of the rows whose id begins so, and runs
    /// nothing.
    #[arg(long, value_name = "ROW", conflicts_with_all = ["filter", "cases", "target", "printed"])]
    explain: Option<String>,
    /// Lets the questions to a running server change its state.
    #[arg(long, requires = "target")]
    mutating: bool,
}

/// The reason why the harness itself could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{path}: {message}")]
    File { path: String, message: String },
    #[error(transparent)]
    Ledger(#[from] ledger::LedgerError),
    #[error("{0}")]
    Tool(String),
    #[error(transparent)]
    Install(#[from] install::Error),
}

/// Everything that the reports show.
#[derive(Serialize)]
pub(crate) struct Report {
    passed: bool,
    /// The text that the tests' names had to contain; the rest did not run.
    filter: Option<String>,
    versions: Vec<(String, String)>,
    seconds: f64,
    verdicts: Verdicts,
    suites: Vec<Suite>,
    ledger: Ledger,
}

/// Runs, reports, and tells whether all holds.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    if let Some(url) = &options.target {
        return target::run(
            &workspace(),
            url,
            options.provider.as_deref(),
            options.mutating,
        );
    }
    let started = Instant::now();
    let root = workspace();
    if let Some(id) = &options.explain {
        return match explain::run(&root, id)? {
            true => Ok(true),
            false => Err(Error::Tool(format!("no row with a check begins with {id}"))),
        };
    }
    let ledger = ledger::read(&root.join("conformance"))?;
    let suites = match &options.printed {
        Some(file) => printed::read_suites(&root, file)?,
        None => suites::run(&root, options.filter.as_deref(), options.cases)?,
    };
    if suites.iter().all(|suite| suite.tests.is_empty()) {
        return Err(Error::Tool(
            "no test ran; does the filter match any?".to_owned(),
        ));
    }
    let verdicts = judge::judge(&ledger, &suites, options.filter.is_some());
    let report = Report {
        passed: verdicts.troubles.is_empty(),
        filter: options.filter.clone(),
        versions: versions(&root),
        seconds: started.elapsed().as_secs_f64(),
        verdicts,
        suites,
        ledger,
    };
    let folder = root.join("target/conformance");
    write(&folder, "report.html", &html::page(&report))?;
    let json = serde_json::to_string_pretty(&report).map_err(|e| Error::Tool(e.to_string()))?;
    write(&folder, "report.json", &json)?;
    write(&folder, "junit.xml", &junit::document(&report)?)?;
    terminal::print(&report).map_err(|error| Error::Tool(error.to_string()))?;
    Ok(report.passed)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = folder.join(name);
    let failed = |e: std::io::Error| Error::File {
        path: path.display().to_string(),
        message: e.to_string(),
    };
    fs::create_dir_all(folder).map_err(failed)?;
    fs::write(&path, text).map_err(failed)
}

/// Names what was checked, and with what.
fn versions(root: &Path) -> Vec<(String, String)> {
    let ask = |program: &str, arguments: &[&str]| {
        let output = std::process::Command::new(program)
            .args(arguments)
            .current_dir(root)
            .output();
        let text = output.ok().filter(|output| output.status.success())?.stdout;
        Some(String::from_utf8_lossy(&text).trim().to_owned()).filter(|text| !text.is_empty())
    };
    [
        ("cards", Some(env!("CARGO_PKG_VERSION").to_owned())),
        ("commit", ask("git", &["rev-parse", "--short=12", "HEAD"])),
        ("compiler", ask("rustc", &["--version"])),
    ]
    .into_iter()
    .filter_map(|(name, version)| Some((name.to_owned(), version?)))
    .collect()
}
