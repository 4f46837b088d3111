//! Builds the programs that chores run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;

use crate::server::Error;

/// The profile that the `cards` program is built with.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// As for the tests of the workspace: where these were built, it is there.
    Debug,
    Release,
}

/// Builds the `cards` program and tells where it is.
pub(crate) fn build_cards(root: &Path, profile: Profile) -> Result<PathBuf, Error> {
    let arguments: &[&str] = match profile {
        Profile::Debug => &["test", "--no-run", "--workspace", "--test", "cards"],
        Profile::Release => &[
            "build",
            "--package",
            "cards-cli",
            "--bin",
            "cards",
            "--release",
        ],
    };
    build(root, "cards", "bin", arguments)
}

/// Builds the program of the bench `call` by this profile, and tells where it is.
pub(crate) fn build_call_bench(root: &Path, profile: &str) -> Result<PathBuf, Error> {
    let arguments = [
        "bench",
        "--profile",
        profile,
        "--no-run",
        "--package",
        "call-bench",
        "--bench",
        "call",
    ];
    build(root, "call", "bench", &arguments)
}

/// Builds benches that measure steps and growth, all with the features that the sandbox's need: with
/// others, what they share would be built twice.
pub(crate) fn build_benches(root: &Path, names: &[&str]) -> Result<Benches, Error> {
    let mut arguments = vec![
        "bench",
        "--no-run",
        "--package=benches",
        "--features=sandbox",
    ];
    arguments.extend(names.iter().flat_map(|name| ["--bench", name]));
    let programs = built(root, "benches", &arguments)?;
    let benches = programs.into_iter().filter(|it| it.is("bench"));
    Ok(Benches(benches.map(|it| (it.name, it.path)).collect()))
}

/// Holds the programs of benches, by their names.
pub(crate) struct Benches(BTreeMap<String, PathBuf>);

impl Benches {
    /// Finds the program of one.
    pub(crate) fn of(&self, name: &'static str) -> Result<&Path, Error> {
        let program = self.0.get(name).ok_or(Error::Build(name))?;
        Ok(program)
    }
}

fn build(
    root: &Path,
    target: &'static str,
    kind: &str,
    arguments: &[&str],
) -> Result<PathBuf, Error> {
    let programs = built(root, target, arguments)?.into_iter();
    let mut programs = programs.filter(|it| it.name == target && it.is(kind));
    programs
        .next_back()
        .map(|it| it.path)
        .ok_or(Error::Build(target))
}

/// Holds a program that cargo built.
struct Program {
    name: String,
    kinds: Vec<String>,
    path: PathBuf,
}

impl Program {
    fn is(&self, kind: &str) -> bool {
        self.kinds.iter().any(|it| it == kind)
    }
}

/// Has cargo build, and tells which programs came out of it; `what` is what could not be built.
fn built(root: &Path, what: &'static str, arguments: &[&str]) -> Result<Vec<Program>, Error> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
        target: Option<Target>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
        kind: Vec<String>,
    }
    let output = crate::cargo()
        .current_dir(root)
        .args(arguments)
        .args(["--quiet", "--message-format=json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Error::Start {
            program: "cargo".to_owned(),
            source,
        })?;
    if !output.status.success() {
        return Err(Error::Build(what));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let program = |message: Message| {
        let target = message.target?;
        Some(Program {
            name: target.name,
            kinds: target.kind,
            path: message.executable?,
        })
    };
    Ok(messages.filter_map(program).collect())
}
