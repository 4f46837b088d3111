//! `cargo xtask mutants`: changes the code through cargo-mutants, and looks whether a test notices.
//!
//! All of signing and of the parts of the transport that decide are changed, and of the rest as many
//! places as a sample has. Which mutants no test has to notice is told in `survivors.toml`, each with
//! its reason.

mod outcome;
mod sample;
mod survivors;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anstream::{eprintln, println};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use conformance::trust::Report;

use self::outcome::{Outcome, Tally};
use self::sample::Mutant;
use self::survivors::Survivors;
use crate::{apart, install, workspace};

const PROGRAM: &str = "cargo-mutants";

/// The version of cargo-mutants that is installed where none is there.
const VERSION: &str = "27.1.0";

/// The file with the names and marks of the mutants of a part that were drawn.
const DRAWN: &str = "marks.json";

/// The file with the outcomes of the mutants of a part, by their marks.
const OUTCOMES: &str = "outcomes.json";

/// The crates that are changed.
pub(crate) const CRATES: [&str; 4] = [
    "cards-sign",
    "cards-transport",
    "cards-model",
    "cards-sandbox-core",
];

/// The most seconds that the tests of several crates may take, of one mutant.
const LONGEST: u32 = 1800;

/// The least share of the viable mutants of a part that tests have to notice, in percent.
const LEAST: usize = 95;

/// The options of `cargo xtask mutants`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Tries this part only.
    #[arg(long, value_enum, value_name = "PART")]
    part: Vec<Part>,
    /// Draws the sample by this number: the same one draws the same places.
    #[arg(long, value_name = "NUMBER", default_value_t = 13)]
    seed: u64,
    /// The mutants of the sample.
    #[arg(long, value_name = "COUNT", default_value_t = 300)]
    count: usize,
    /// Builds and tests so many mutants at a time.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    jobs: usize,
    /// Tries those that earlier runs have caught once more.
    #[arg(long)]
    again: bool,
    /// Runs nothing, and shows what the last runs found.
    #[arg(long)]
    last: bool,
}

/// A part of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// All of signing.
    Sign,
    /// A call's run, its retries, the session and paging, of the transport.
    Call,
    /// A sample of the model, the transport and the sandbox's core.
    Sample,
}

impl Part {
    const ALL: [Self; 3] = [Self::Sign, Self::Call, Self::Sample];

    const fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Call => "call",
            Self::Sample => "sample",
        }
    }

    /// The tests that take longest, of those that its mutants are tried against.
    const fn slow_tests(self) -> &'static [&'static str] {
        match self {
            Self::Sign => &["explain::values::a_separator", "left_out::", "reported::"],
            // The transport's, which are most of the sample's too.
            Self::Call | Self::Sample => &[
                "calls::floods::",
                "calls::words::",
                "reconcile::",
                "slow_uploads::",
                // The sandbox's, which the mutants of its core are tried against too.
                "crash::",
                "disk::",
                "round_trip::",
                "stress::",
            ],
        }
    }

    /// The part that a mutant belongs to by its file.
    fn of(mutant: &Mutant) -> Self {
        const CALL: [&str; 4] = ["run", "retry", "session", "paging"];
        if mutant.package == "cards-sign" {
            return Self::Sign;
        }
        let path = mutant.file.strip_prefix("crates/cards-transport/src/");
        let module = path.and_then(|path| path.split(['/', '.']).next());
        match module.is_some_and(|module| CALL.contains(&module)) {
            true => Self::Call,
            false => Self::Sample,
        }
    }
}

/// The tests that mutants are tried against at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// Those of its own crate, without those that take longest.
    Own,
    /// Those of the crates that test it too, without those that take longest.
    Beside,
    /// All of both.
    All,
}

impl Pass {
    const ALL: [Self; 3] = [Self::Own, Self::Beside, Self::All];
}

/// The reason why no mutants could be tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cargo-mutants: {0}")]
    Run(std::io::Error),
    #[error("cargo-mutants: {0}; it says why above")]
    Status(std::process::ExitStatus),
    #[error("cargo-mutants prints no list of mutants: {0}")]
    List(String),
    #[error("{}: {source}", path.display())]
    Outcomes {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("xtask/src/mutants/survivors.toml: {0}")]
    Survivors(#[from] toml::de::Error),
    #[error(transparent)]
    Install(#[from] install::Error),
}

/// Tries the mutants, shows how many were caught, and tells whether that is enough.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = workspace();
    let mutants = Mutants {
        folder: root.join("target/mutants"),
        root,
    };
    let asked = |part: &Part| options.part.is_empty() || options.part.contains(part);
    let parts: Vec<_> = Part::ALL.into_iter().filter(asked).collect();
    let survivors = Survivors::read()?;
    if !options.last {
        let program =
            install::found_or_built(&mutants.root, PROGRAM, VERSION, &["mutants", "--version"])?;
        let all = mutants.list(&program)?;
        let strays = survivors.strays(&all);
        for stray in &strays {
            eprintln!("error: xtask/src/mutants/survivors.toml: {stray}");
        }
        if !strays.is_empty() {
            return Ok(false);
        }
        for &part in &parts {
            let of_part = all.iter().filter(|mutant| Part::of(mutant) == part);
            let drawn = match part {
                Part::Sample => sample::draw(of_part, options.seed, options.count),
                Part::Sign | Part::Call => of_part.collect(),
            };
            println!("{}: {} mutants", part.name(), drawn.len());
            mutants.tries(&program, part, &all, &drawn, options)?;
        }
    }
    let mut holds = true;
    for part in parts {
        holds &= mutants.judges(part, &survivors)?;
    }
    Ok(holds)
}

struct Mutants {
    root: PathBuf,
    folder: PathBuf,
}

impl Mutants {
    fn command(&self, program: &Path) -> Command {
        let mut command = apart(&program.to_string_lossy());
        command.current_dir(&self.root).arg("mutants");
        command
    }

    /// Lists every mutant of the crates.
    fn list(&self, program: &Path) -> Result<Vec<Mutant>, Error> {
        let mut command = self.command(program);
        command.args(["--list", "--json"]);
        command.args(CRATES.iter().flat_map(|name| ["--package", name]));
        let output = command.output().map_err(Error::Run)?;
        let list = serde_json::from_slice(&output.stdout);
        list.map_err(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            Error::List(format!("{error}; {}", said.trim()))
        })
    }

    /// Tries mutants in passes, each on what the ones before have missed. Those of a part add up over
    /// runs: what was caught before is not tried again while its function stays as it is.
    fn tries(
        &self,
        program: &Path,
        part: Part,
        all: &[Mutant],
        drawn: &[&Mutant],
        options: &Options,
    ) -> Result<(), Error> {
        let folder = self.folder.join(part.name());
        if options.again {
            forget(&folder)?;
        }
        make(&folder)?;
        // A run that was ended early has left what it found, by the names of then.
        let before = outcome::drawn(&folder.join(DRAWN))?;
        keeps(&folder, &before)?;
        let mark = |mutant: &&Mutant| Ok((mutant.name.clone(), mutant.mark(&self.root)?));
        let marks: BTreeMap<_, _> = drawn.iter().map(mark).collect::<Result<_, Error>>()?;
        outcome::write(&folder.join(DRAWN), &marks)?;
        let path = folder.join(OUTCOMES);
        let mut known = outcome::kept(&path)?;
        // A change that is taken back brings those of the draw before back.
        known.retain(|mark, _| marks.values().chain(before.values()).any(|it| it == mark));
        outcome::write(&path, &known)?;
        for pass in Pass::ALL {
            let known = outcome::kept(&path)?;
            let is_open = |mutant: &&Mutant| {
                let known = known.get(&marks[&mutant.name]);
                let is_new = pass != Pass::Beside || !tested_by(&mutant.package).is_empty();
                is_new && outcome::is_open(known.copied(), pass != Pass::Own)
            };
            let open = drawn.iter().copied().filter(is_open);
            for (beside, mutants) in by_tests(open, pass != Pass::Own) {
                let mut command = self.command(program);
                narrow(&mut command, &mutants);
                leave_out(&folder, all, &mutants)?;
                command.arg("--iterate");
                command.args(beside.iter().flat_map(|name| ["--test-package", name]));
                command.arg("--output").arg(&folder);
                command.arg(format!("--jobs={}", options.jobs));
                if !beside.is_empty() {
                    // Without one it follows from how long the crate's own tests take, and what
                    // misses a mutant slowly would count as catching it.
                    command.arg(format!("--timeout={LONGEST}"));
                }
                if pass != Pass::All {
                    let slow = part.slow_tests().iter();
                    command.args(["--", "--"]);
                    command.args(slow.flat_map(|test| ["--skip", test]));
                }
                // The variable goes before what the profile says.
                command.env("CARGO_INCREMENTAL", "1");
                let status = command.status().map_err(Error::Run)?;
                // With 2 and 3 it tells of mutants that were missed or took too long, which are
                // judged below.
                if !matches!(status.code(), Some(0 | 2 | 3)) {
                    return Err(Error::Status(status));
                }
                keeps(&folder, &marks)?;
            }
        }
        Ok(())
    }

    /// Shows what became of the mutants of a part, and tells whether enough were caught.
    fn judges(&self, part: Part, survivors: &Survivors) -> Result<bool, Error> {
        let folder = self.folder.join(part.name());
        let drawn = outcome::drawn(&folder.join(DRAWN))?;
        let outcomes = outcome::named(&drawn, &outcome::kept(&folder.join(OUTCOMES))?);
        let tallies = outcome::by_crate(&outcomes);
        println!("{}", table(part, &tallies));
        let all = tallies.values().copied().fold(Tally::default(), Tally::and);
        let mut report = Report::new(&format!("mutants-{}", part.name()));
        report.tried(all.viable() as u64);
        report.figure("caught", all.caught);
        let missed = outcomes
            .iter()
            .filter(|(_, outcome)| **outcome == Outcome::Missed);
        let unexplained: Vec<_> = missed
            .filter(|(name, _)| survivors.reason(name).is_none())
            .map(|(name, _)| name)
            .collect();
        for name in &unexplained {
            eprintln!("error: no test notices: {name}");
            report.failed(name.as_str());
        }
        let enough = all.viable() > 0 && all.caught * 100 >= all.viable() * LEAST;
        if !enough {
            let (caught, viable) = (all.caught, all.viable());
            let why = format!(
                "{}: {caught} of {viable} are caught, {LEAST} % have to be",
                part.name()
            );
            eprintln!("error: {why}");
            report.failed(why);
        }
        let untried = outcome::untried(&drawn, &outcomes);
        if let Some(why) = &untried {
            let why = format!("{}: {why}", part.name());
            eprintln!("error: {why}");
            report.failed(why);
        }
        let folder = self.root.join("target/trust");
        report.write(&folder).map_err(|source| Error::File {
            path: folder,
            source,
        })?;
        Ok(enough && unexplained.is_empty() && untried.is_none())
    }
}

/// Adds the outcomes of the newest run to those of the runs before.
fn keeps(folder: &Path, marks: &BTreeMap<String, String>) -> Result<(), Error> {
    let path = folder.join(OUTCOMES);
    let mut all = outcome::kept(&path)?;
    let newest = outcome::newest(&folder.join("mutants.out/outcomes.json"))?;
    let marked = |(name, outcome)| Some((marks.get(&name)?.clone(), outcome));
    all.extend(newest.into_iter().filter_map(marked));
    outcome::write(&path, &all)
}

/// The crates whose tests a crate's mutants are tried against; none where they are its own alone. The
/// sandbox's core knows no provider: what it does for one is seen by the crate that knows them.
fn tested_by(package: &str) -> &'static [&'static str] {
    match package {
        "cards-sandbox-core" => &["cards-sandbox-core", "cards-sandbox"],
        _ => &[],
    }
}

/// Puts mutants together that are tried against the tests of the same crates.
fn by_tests<'m>(
    mutants: impl Iterator<Item = &'m Mutant>,
    with_all: bool,
) -> BTreeMap<&'static [&'static str], Vec<&'m Mutant>> {
    let mut together = BTreeMap::<_, Vec<_>>::new();
    for mutant in mutants {
        let beside = if with_all {
            tested_by(&mutant.package)
        } else {
            &[]
        };
        together.entry(beside).or_default().push(mutant);
    }
    together
}

/// Has mutants of these files alone tried. What is not among their packages is not built.
fn narrow(command: &mut Command, drawn: &[&Mutant]) {
    let packages: BTreeSet<_> = drawn.iter().map(|mutant| &mutant.package).collect();
    let files: BTreeSet<_> = drawn.iter().map(|mutant| &mutant.file).collect();
    command.args(packages.iter().flat_map(|name| ["--package", name]));
    command.args(files.iter().flat_map(|file| ["--file", file]));
}

/// Writes the names of all mutants but these where `--iterate` looks for those that are done with. Its
/// patterns would not do: those that leave a field out are tried whatever a pattern says.
fn leave_out(folder: &Path, all: &[Mutant], drawn: &[&Mutant]) -> Result<(), Error> {
    let tried: BTreeSet<_> = drawn.iter().map(|mutant| &mutant.name).collect();
    let others = all.iter().map(|mutant| &mutant.name);
    let names: String = others
        .filter(|name| !tried.contains(name))
        .map(|name| format!("{name}\n"))
        .collect();
    let folder = folder.join("mutants.out");
    // The lists of the run before would be read too.
    forget(&folder)?;
    make(&folder)?;
    let path = folder.join("previously_caught.txt");
    fs::write(&path, names).map_err(|source| Error::File { path, source })
}

fn table(part: Part, tallies: &BTreeMap<String, Tally>) -> Table {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_header([part.name(), "viable", "caught", "missed", "not built"]);
    for (name, tally) in tallies {
        table.add_row([
            name.clone(),
            tally.viable().to_string(),
            tally.caught.to_string(),
            tally.missed.to_string(),
            tally.unviable.to_string(),
        ]);
    }
    table
}

/// Removes a folder of outcomes, if it is there.
fn forget(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::File {
            path: folder.to_path_buf(),
            source: error,
        }),
        _ => Ok(()),
    }
}

fn make(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::File {
        path: folder.to_path_buf(),
        source,
    })
}
