//! `cargo xtask coverage`: the lines of the libraries that tests run, through cargo-llvm-cov.
//!
//! All tests of the workspace but its doctests run, with counters in the code. What is judged is
//! what `cargo xtask mutants` changes.

mod lines;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anstream::{eprintln, println};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use conformance::trust::Report;

use self::lines::Lines;
use crate::mutants::CRATES;
use crate::{apart, install, workspace};

const PROGRAM: &str = "cargo-llvm-cov";

/// The version of cargo-llvm-cov that is installed where none is there.
const VERSION: &str = "0.9.1";

/// The least share of the lines of a crate that tests have to run, in percent.
const LEAST: usize = 95;

/// Files of nothing but functions that the compiler runs to make constants, so that no program
/// counts their lines. Tests hold the constants.
const EVALUATED: [&str; 2] = [
    "crates/cards-model/src/derived.rs",
    "crates/cards-model/src/table.rs",
];

/// The options of `cargo xtask coverage`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Runs nothing, and shows what the last run found.
    #[arg(long)]
    last: bool,
}

/// The reason why no lines were counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("cargo-llvm-cov: {0}")]
    Run(io::Error),
    #[error("cargo-llvm-cov: {0}; it says why above")]
    Status(std::process::ExitStatus),
    #[error("{} names no line of {name}", path.display())]
    Nothing { path: PathBuf, name: &'static str },
    #[error(transparent)]
    Install(#[from] install::Error),
}

/// Runs the tests, shows how many lines they ran, and tells whether that is enough.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = workspace();
    let folder = root.join("target/coverage");
    let tracefile = folder.join("lcov.info");
    fs::create_dir_all(&folder).map_err(|source| file(&folder, source))?;
    if !options.last {
        counts(&root, &tracefile)?;
    }
    let text = fs::read_to_string(&tracefile).map_err(|source| file(&tracefile, source))?;
    let files = judged(&root, &text)?;
    let of = |name: &str| {
        let of_crate = format!("crates/{name}/");
        let all = files.iter();
        all.filter(move |(path, _)| path.starts_with(&of_crate))
    };
    let list = folder.join("missed.txt");
    fs::write(&list, missed(&files)).map_err(|source| file(&list, source))?;
    let mut report = Report::new("coverage");
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(["crate", "lines", "run", "in percent"]);
    for name in CRATES {
        let (count, run) = of(name).fold((0, 0), |(count, run), (_, lines)| {
            (count + lines.count(), run + lines.run())
        });
        if count == 0 {
            return Err(Error::Nothing {
                path: tracefile,
                name,
            });
        }
        let share = format!("{:.2}", 100.0 * run as f64 / count as f64);
        table.add_row([name, &count.to_string(), &run.to_string(), &share]);
        report.tried(count as u64);
        report.figure(name, &share);
        if run * 100 < count * LEAST {
            let why = format!("{name}: tests run {share} % of the lines, {LEAST} % have to be");
            eprintln!("error: {why}");
            report.failed(why);
        }
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}\n\nThe lines that no test runs: {}", list.display());
    let trust = root.join("target/trust");
    let failed = report.failed;
    report
        .write(&trust)
        .map_err(|source| file(&trust, source))?;
    Ok(failed == 0)
}

fn file(path: &Path, source: io::Error) -> Error {
    Error::File {
        path: path.to_path_buf(),
        source,
    }
}

/// Runs the tests with counters in the code, and leaves what they counted in a file.
fn counts(root: &Path, tracefile: &Path) -> Result<(), Error> {
    let program = match install::found_by(root, PROGRAM, VERSION, &["llvm-cov", "--version"]) {
        Some(program) => program,
        None => install::built(root, PROGRAM, VERSION)?,
    };
    let mut command = apart(&program.to_string_lossy());
    command
        .current_dir(root)
        // A test that judges times may fail with counters in the code: its lines count.
        .args(["llvm-cov", "test", "--workspace", "--ignore-run-fail"])
        .args(["--lcov", "--output-path"])
        .arg(tracefile);
    let status = command.status().map_err(Error::Run)?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::Status(status)),
    }
}

/// Finds what is judged in a tracefile: the files of the crates, without those of tests, by their
/// paths from the workspace's folder.
fn judged(root: &Path, tracefile: &str) -> Result<BTreeMap<String, Lines>, Error> {
    let mut files = BTreeMap::new();
    for (path, lines) in lines::read(tracefile) {
        let Some(name) = Path::new(&path)
            .strip_prefix(root)
            .ok()
            .and_then(Path::to_str)
        else {
            continue;
        };
        if is_judged(name) {
            let source = fs::read_to_string(&path).map_err(|source| file(path.as_ref(), source))?;
            files.insert(name.to_owned(), lines.without_tests(&source));
        }
    }
    Ok(files)
}

/// Tells whether a file is one of those that `.cargo/mutants.toml` has changed, and that run.
fn is_judged(name: &str) -> bool {
    let is_of_tests = |part: &str| {
        matches!(part, "tests" | "testing" | "tests.rs" | "testing.rs")
            || part.ends_with("_tests.rs")
    };
    let path = CRATES.iter().find_map(|of| {
        name.strip_prefix("crates/")?
            .strip_prefix(of)?
            .strip_prefix("/src/")
    });
    path.is_some_and(|path| !path.split('/').any(is_of_tests)) && !EVALUATED.contains(&name)
}

/// Lists the lines that no test runs, a file a line.
fn missed(files: &BTreeMap<String, Lines>) -> String {
    let all = files.iter().map(|(path, lines)| (path, lines.missed()));
    all.filter(|(_, missed)| !missed.is_empty())
        .map(|(path, missed)| format!("{path}: {missed}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_tests_and_of_other_crates_are_not_judged() {
        for name in [
            "crates/cards-sign/src/lib.rs",
            "crates/cards-sandbox-core/src/engine/store.rs",
        ] {
            assert!(is_judged(name), "{name}");
        }
        for name in [
            "crates/cards-sign/src/explain/tests.rs",
            "crates/cards-sign/src/tests/all.rs",
            "crates/cards-model/src/rule/dates_tests.rs",
            "crates/cards-sign/tests/it/main.rs",
            "crates/cards-model/src/table.rs",
            "crates/cards-sandbox/src/lib.rs",
            "xtask/src/main.rs",
        ] {
            assert!(!is_judged(name), "{name}");
        }
    }

    #[test]
    fn what_the_compiler_runs_is_nothing_else() {
        for name in EVALUATED {
            let source = fs::read_to_string(workspace().join(name)).unwrap();
            let mut functions = source.lines().filter(|line| line.contains("fn "));
            assert!(functions.clone().count() > 5, "{name}");
            let runs = functions.find(|line| !line.contains("const fn "));
            assert_eq!(runs, None, "{name}");
        }
    }

    #[test]
    fn a_tracefile_is_read_without_what_is_not_judged() {
        let root = workspace();
        let path = root.join("crates/cards-sign/src/lib.rs");
        let text = format!(
            "SF:{}\nDA:1,0\nDA:2,1\nend_of_record\nSF:/elsewhere.rs\nDA:1,0\nend_of_record\n",
            path.display()
        );
        let files = judged(&root, &text).unwrap();
        assert_eq!(missed(&files), "crates/cards-sign/src/lib.rs: 1\n");
    }
}
