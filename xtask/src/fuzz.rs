//! `cargo xtask fuzz`: every parser, fed by libFuzzer through cargo-fuzz.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anstream::{eprintln, println};
use cards_fuzz::{TARGETS, dictionary, seeds};
use conformance::trust::Report;

use crate::{apart, install, workspace};

/// The toolchain whose compiler tells libFuzzer which code an input reaches.
const TOOLCHAIN: &str = "nightly";

const PROGRAM: &str = "cargo-fuzz";

/// The version of cargo-fuzz that is installed where none is there.
const VERSION: &str = "0.13.2";

/// The options of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The seconds that each target is fed for.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    seconds: u64,
    /// Feeds these targets only.
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
}

/// The reason why the parsers could not be fed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no target is called `{0}`; there are {1}")]
    Unknown(String, String),
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cargo-fuzz: {0}")]
    Run(std::io::Error),
    #[error(transparent)]
    Install(#[from] install::Error),
    #[error(
        "the targets do not build; they take the toolchain `{TOOLCHAIN}` of Rust, which \
         `rustup toolchain install {TOOLCHAIN}` brings, and a compiler of C++"
    )]
    Build,
}

/// Feeds the targets one after the other, and tells whether all of them held.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let targets = chosen(&options.target)?;
    let root = workspace();
    let program = install::found_or_built(&root, PROGRAM, VERSION, &["--version"])?;
    let fuzz = Fuzz {
        program,
        folder: root.join("target/fuzz"),
        root,
    };
    fuzz.prepares(&targets)?;
    if !fuzz
        .cargo(&["build"])
        .status()
        .map_err(Error::Run)?
        .success()
    {
        return Err(Error::Build);
    }
    let mut holds = true;
    for name in targets {
        holds &= fuzz.feeds(name, options.seconds)?;
    }
    Ok(holds)
}

fn chosen(asked: &[String]) -> Result<Vec<&'static str>, Error> {
    let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = asked.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(Error::Unknown(unknown.clone(), names.join(", ")));
    }
    let is_asked = |name: &&str| asked.is_empty() || asked.iter().any(|one| one == name);
    Ok(names.into_iter().filter(is_asked).collect())
}

struct Fuzz {
    program: PathBuf,
    root: PathBuf,
    folder: PathBuf,
}

impl Fuzz {
    /// Calls cargo-fuzz. No sanitizer: there is no `unsafe` here to look at.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = apart(&self.program.to_string_lossy());
        command
            .current_dir(&self.root)
            .env("RUSTUP_TOOLCHAIN", TOOLCHAIN)
            .arg("fuzz")
            .args(arguments)
            .args([
                "--fuzz-dir",
                "fuzz",
                "--features",
                "libfuzzer",
                "--sanitizer",
                "none",
            ])
            .arg("--target-dir")
            .arg(self.folder.join("build"));
        for name in ["RUSTC", "RUSTDOC", "CARGO"] {
            command.env_remove(name);
        }
        command
    }

    /// Writes the seeds and the dictionary.
    fn prepares(&self, targets: &[&str]) -> Result<(), Error> {
        for name in targets {
            let folder = self.folder.join("seeds").join(name);
            make(&folder)?;
            make(&self.folder.join("corpus").join(name))?;
            for (at, seed) in seeds(name).iter().enumerate() {
                write(&folder.join(format!("{at:04}")), seed)?;
            }
        }
        write(&self.folder.join("words.dict"), dictionary().as_bytes())
    }

    /// The folder of the target's corpus that is committed.
    fn kept(&self, name: &str) -> PathBuf {
        self.root.join("fuzz/corpus").join(name)
    }

    /// Feeds one target, and tells whether it held.
    fn feeds(&self, name: &str, seconds: u64) -> Result<bool, Error> {
        println!("{name}: {seconds} s");
        let artifacts = self.folder.join("artifacts").join(name);
        make(&artifacts)?;
        let mut command = self.cargo(&["run", name]);
        command
            .args([
                self.folder.join("corpus").join(name),
                self.folder.join("seeds").join(name),
            ])
            .args(Some(self.kept(name)).filter(|folder| folder.is_dir()))
            .arg("--")
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!(
                "-dict={}",
                self.folder.join("words.dict").display()
            ))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .args([
                "-max_len=16384",
                "-timeout=30",
                "-rss_limit_mb=4096",
                "-print_final_stats=1",
            ]);
        let output = command.output().map_err(Error::Run)?;
        let said = String::from_utf8_lossy(&output.stderr);
        let executions = executions(&said);
        let holds = output.status.success();
        let mut report = Report::new(&format!("fuzz-{}", name.replace('_', "-")));
        report.tried(executions);
        if !holds {
            let why = telling(&said);
            eprintln!(
                "error: {name}: {why}\nthe input is in {}",
                artifacts.display()
            );
            report.failed(why);
        }
        let sum = self.adds(name, executions)?;
        report.figure("executions over all runs", sum);
        println!("{name}: {executions} executions, {sum} over all runs");
        report
            .write(&self.root.join("target/trust"))
            .map_err(|source| Error::File {
                path: "target/trust".into(),
                source,
            })?;
        Ok(holds)
    }

    /// Adds up the executions of a target over all runs.
    fn adds(&self, name: &str, executions: u64) -> Result<u64, Error> {
        let path = self.folder.join("executions.json");
        let mut sums: BTreeMap<String, u64> = fs::read(&path)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        let sum = sums.entry(name.to_owned()).or_default();
        *sum += executions;
        let sum = *sum;
        write(&path, serde_json::json!(sums).to_string().as_bytes())?;
        Ok(sum)
    }
}

/// Reads how often the target was called: what libFuzzer sums up at its end, or else the last
/// number that it told.
fn executions(said: &str) -> u64 {
    let sum = said
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let last = || {
        let mut lines = said.lines().rev();
        lines.find_map(|line| line.strip_prefix('#')?.split(['\t', ' ', ':']).next())
    };
    sum.or_else(last)
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}

/// The line that says most of a failure.
fn telling(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let panic = lines.iter().position(|line| line.contains("panicked at"));
    let line = match panic {
        Some(at) => Some(lines[at..lines.len().min(at + 2)].join(" ")),
        None => {
            let error = lines
                .iter()
                .find(|line| line.contains("ERROR") || line.starts_with("error"));
            error.map(|line| (*line).to_owned())
        }
    };
    line.unwrap_or_else(|| "it says nothing".to_owned())
        .trim()
        .to_owned()
}

fn make(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::File {
        path: folder.to_path_buf(),
        source,
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(|source| Error::File {
        path: path.to_path_buf(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executions_are_read_from_what_libfuzzer_prints() {
        let ended =
            "#2\tINITED cov: 5\n#131072\tpulse  cov: 9\nstat::number_of_executed_units: 200123\n";
        assert_eq!(executions(ended), 200_123);
        assert_eq!(
            executions("#2\tINITED cov: 5\n#4096\tpulse  cov: 9\n==1== ERROR: x\n"),
            4096
        );
        assert_eq!(executions("error: does not build"), 0);
    }

    #[test]
    fn a_failure_is_told_by_its_panic() {
        let said = "#8\tNEW\n\nthread '<unnamed>' (7) panicked at fuzz/src/texts.rs:9:5:\nanother amount\nnote: run\n";
        assert_eq!(
            telling(said),
            "thread '<unnamed>' (7) panicked at fuzz/src/texts.rs:9:5: another amount"
        );
        assert_eq!(
            telling("x\n==1== ERROR: libFuzzer: timeout\n"),
            "==1== ERROR: libFuzzer: timeout"
        );
        assert_eq!(telling(""), "it says nothing");
    }

    #[test]
    fn a_target_is_asked_for_by_its_name() {
        assert_eq!(chosen(&[]).unwrap().len(), TARGETS.len());
        assert_eq!(chosen(&["text".to_owned()]).unwrap(), ["text"]);
        let error = chosen(&["texts".to_owned()]).unwrap_err().to_string();
        assert!(
            error.starts_with("no target is called `texts`; there are base_url, curl, "),
            "{error}"
        );
    }
}
