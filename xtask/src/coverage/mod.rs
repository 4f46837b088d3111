//! `cargo xtask coverage`: the lines of the libraries that tests run, through cargo-llvm-cov.
//!
//! All tests of the workspace run but its documentation's examples, with counters in the code. The
//! product code of the crates that `cargo xtask mutants` changes is judged.

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
use crate::{apart, install, tidy, workspace};

const PROGRAM: &str = "cargo-llvm-cov";

/// The version of cargo-llvm-cov that is installed where none is there.
const VERSION: &str = "0.9.1";

/// The least share of the lines of a crate that tests have to run, in percent.
const LEAST: usize = 95;

/// A file of nothing but functions that the compiler runs to make constants, so that no program
/// counts their lines. Tests hold the constants.
const EVALUATED: &str = "crates/cards-model/src/derived.rs";

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
    #[error(transparent)]
    Install(#[from] install::Error),
    #[error(transparent)]
    Sources(#[from] tidy::Error),
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
    let list = folder.join("missed.txt");
    fs::write(&list, missed(&files)).map_err(|source| file(&list, source))?;
    let rows = CRATES.map(|name| Row::of(name, &files));
    println!("{}", table(&rows));
    println!("\nThe lines that no test runs: {}", list.display());
    let mut report = Report::new("coverage");
    for row in &rows {
        report.tried(row.count as u64);
        report.figure(row.name, row.share());
        if let Some(why) = row.fault() {
            eprintln!("error: {why}");
            report.failed(why);
        }
    }
    let (failed, trust) = (report.failed, root.join("target/trust"));
    report
        .write(&trust)
        .map_err(|source| file(&trust, source))?;
    Ok(failed == 0)
}

/// Counts the lines of a crate.
struct Row {
    name: &'static str,
    count: usize,
    run: usize,
}

impl Row {
    fn of(name: &'static str, files: &BTreeMap<String, Lines>) -> Self {
        let folder = format!("crates/{name}/");
        let of_crate = files.iter().filter(|(path, _)| path.starts_with(&folder));
        let (count, run) = of_crate.fold((0, 0), |(count, run), (_, lines)| {
            (count + lines.count(), run + lines.run())
        });
        Self { name, count, run }
    }

    /// Gives the share of the lines that were run, in percent.
    fn share(&self) -> String {
        format!("{:.2}", 100.0 * self.run as f64 / self.count as f64)
    }

    /// Says what does not hold; `None` where enough was run.
    fn fault(&self) -> Option<String> {
        let (name, share) = (self.name, self.share());
        if self.count == 0 {
            return Some(format!("{name}: the tracefile names no line of it"));
        }
        let is_enough = self.run * 100 >= self.count * LEAST;
        (!is_enough)
            .then(|| format!("{name}: tests run {share} % of the lines, {LEAST} % have to be"))
    }
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header(["crate", "lines", "run", "in percent"]);
    for row in rows {
        let (count, run) = (row.count.to_string(), row.run.to_string());
        table.add_row([row.name, &count, &run, &row.share()]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn file(path: &Path, source: io::Error) -> Error {
    Error::File {
        path: path.to_path_buf(),
        source,
    }
}

/// Runs the tests with counters in the code, and leaves what they counted in a file.
fn counts(root: &Path, tracefile: &Path) -> Result<(), Error> {
    let program = install::found_or_built(root, PROGRAM, VERSION, &["llvm-cov", "--version"])?;
    let mut command = apart(&program.to_string_lossy());
    command
        .current_dir(root)
        // A test that judges times may fail with counters in the code: its lines count.
        .args(["llvm-cov", "test", "--workspace", "--ignore-run-fail"])
        .args(["--lcov", "--output-path"])
        .arg(tracefile);
    let status = command.status().map_err(Error::Run)?;
    let folder = root.join("crates/cards-cli");
    remove_strays(&folder).map_err(|source| file(&folder, source))?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::Status(status)),
    }
}

/// Removes what `cards` counts where a test starts it with an empty environment: it does not hear
/// where to, and leaves it in the folder that it runs in.
fn remove_strays(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "profraw") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Reads a tracefile: the lines of product code of the crates, by file, without those that only
/// tests are built with.
fn judged(root: &Path, tracefile: &str) -> Result<BTreeMap<String, Lines>, Error> {
    let mut counted = lines::read(tracefile);
    let mut files = BTreeMap::new();
    for name in CRATES {
        for (path, product) in tidy::product(root, name)? {
            let lines = counted.remove(&*root.join(&path).to_string_lossy());
            if let Some(lines) = lines.filter(|_| path != EVALUATED) {
                files.insert(path, lines.of(&product));
            }
        }
    }
    Ok(files)
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
    fn what_the_compiler_runs_is_nothing_else() {
        let source = fs::read_to_string(workspace().join(EVALUATED)).unwrap();
        let mut functions = source.lines().filter(|line| line.contains("fn "));
        assert!(functions.clone().count() > 5);
        let runs = functions.find(|line| !line.contains("const fn "));
        assert_eq!(runs, None);
    }

    #[test]
    fn lines_of_tests_and_of_other_crates_are_not_judged() {
        let root = workspace();
        let path = |name: &str| root.join(name).display().to_string();
        let record = |name: &str, lines: &str| format!("SF:{}\n{lines}end_of_record\n", path(name));
        let product = "crates/cards-sign/src/lib.rs";
        let source = fs::read_to_string(root.join(product)).unwrap();
        let last = source.lines().count();
        assert!(!source.contains("#[cfg(test)]\nmod tests {"));
        let text = [
            record(product, &format!("DA:1,0\nDA:2,1\nDA:{last},0\n")),
            record("crates/cards-transport/src/session/model.rs", "DA:1,0\n"),
            record("crates/cards-sandbox-core/src/acme.rs", "DA:1,0\n"),
            record("crates/cards-sandbox/src/lib.rs", "DA:1,0\n"),
            record(EVALUATED, "DA:20,0\n"),
            record("/elsewhere.rs", "DA:1,0\n"),
        ];
        let files = judged(&root, &text.concat()).unwrap();
        assert_eq!(missed(&files), format!("{product}: 1, {last}\n"));
    }

    #[test]
    fn ninety_five_of_a_hundred_are_enough_and_no_lines_are_none() {
        let row = |run, count| Row {
            name: "cards-sign",
            count,
            run,
        };
        assert_eq!(row(95, 100).fault(), None);
        assert_eq!(row(1_900, 2_000).fault(), None);
        assert_eq!(
            row(1_899, 2_000).fault().unwrap(),
            "cards-sign: tests run 94.95 % of the lines, 95 % have to be"
        );
        assert!(row(0, 0).fault().is_some());
        let text = "SF:/x\nDA:1,1\nDA:2,0\n";
        let lines = lines::read(text).remove("/x").unwrap();
        let files = BTreeMap::from([
            ("crates/cards-sign/src/a.rs".to_owned(), lines.clone()),
            ("crates/cards-sign/src/b.rs".to_owned(), lines.clone()),
            ("crates/cards-sign-more/src/a.rs".to_owned(), lines),
        ]);
        let row = Row::of("cards-sign", &files);
        assert_eq!((row.count, row.run), (4, 2));
        assert!(table(&[row]).to_string().contains("50.00"));
    }
}
