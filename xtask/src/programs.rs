//! Builds the programs that chores run.

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

/// Builds the program of the bench `call`, optimised for counting, and tells where it is.
pub(crate) fn build_call_bench(root: &Path) -> Result<PathBuf, Error> {
    let arguments = [
        "bench",
        "--profile",
        "counts",
        "--no-run",
        "--package",
        "call-bench",
        "--bench",
        "call",
    ];
    build(root, "call", "bench", &arguments)
}

fn build(
    root: &Path,
    target: &'static str,
    kind: &str,
    arguments: &[&str],
) -> Result<PathBuf, Error> {
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
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let executable = messages
        .filter(|message| {
            let is_it = |it: &Target| it.name == target && it.kind.iter().any(|it| it == kind);
            message.target.as_ref().is_some_and(is_it)
        })
        .filter_map(|message| message.executable)
        .next_back();
    executable
        .filter(|_| output.status.success())
        .ok_or(Error::Build(target))
}
