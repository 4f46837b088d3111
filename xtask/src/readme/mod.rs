//! `cargo xtask readme`: the shell session of a README, run against a sandbox.
//!
//! The blocks of `sh` are one session of bash, in order. A block of `json` or
//! `text` right after one is what it prints, with `…` for what differs from run
//! to run. Other blocks, those of `console` among them, are not run.

mod expected;
mod session;

use std::path::PathBuf;
use std::process::Command;
use std::{fs, io};

use anstream::println;

use crate::programs;
use crate::server::{self, Server};

/// curl's settings, in the place of those of whoever runs this: a reply that
/// never comes ends the session, and the sandbox is on this machine.
const CURLRC: &str = "max-time = 120\nnoproxy = \"*\"\n";

/// The options of `cargo xtask readme`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The file, from the root of the workspace.
    #[arg(default_value = "crates/cards-sandbox/README.md")]
    file: PathBuf,
}

/// The reason why the session could not be run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{path}: {source}")]
    Read { path: String, source: io::Error },
    #[error("{0} has no session: no block of sh")]
    NoSession(String),
    #[error("bash, which runs the session, cannot be started: {0}")]
    Bash(io::Error),
    #[error("no folder for the session: {0}")]
    Folder(io::Error),
    #[error(transparent)]
    Server(#[from] server::Error),
}

/// Runs the session and tells whether it printed what the README shows.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = crate::workspace();
    let name = options.file.display().to_string();
    let text = fs::read_to_string(root.join(&options.file)).map_err(|source| Error::Read {
        path: name.clone(),
        source,
    })?;
    let steps = session::steps(&text);
    if steps.is_empty() {
        return Err(Error::NoSession(name));
    }
    let cards = programs::build_cards(&root, programs::Profile::Debug)?;
    let sandbox = Server::sandbox(&cards, &[])?;

    // The files that the session writes are nobody's afterwards.
    let folder = tempfile::tempdir().map_err(Error::Folder)?;
    fs::write(folder.path().join(".curlrc"), CURLRC).map_err(Error::Folder)?;
    let output = Command::new("bash")
        .current_dir(&folder)
        .args(["-euo", "pipefail", "-c", &session::script(&steps)])
        .env("SANDBOX", sandbox.url())
        .env("CURL_HOME", folder.path())
        // A locale that is not there is complained of, which is a failure here.
        .env("LC_ALL", "C")
        .env_remove("BASH_ENV")
        .output()
        .map_err(Error::Bash)?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut failures = 0;
    let mut ran = 0;
    for (step, printed) in steps.iter().zip(session::split(&printed, steps.len())) {
        let Some(printed) = printed else {
            break;
        };
        ran += 1;
        if let Err(difference) = step.judge(printed) {
            failures += 1;
            println!("{name}:{}: {difference}", step.line);
            println!("  it printed: {}", printed.trim_end());
        }
    }
    if !output.status.success() {
        failures += 1;
        let at = steps.get(ran.max(1) - 1).map_or(0, |step| step.line);
        println!("{name}:{at}: the session ended here with {}", output.status);
    }
    // The complaints of curl and the shell; a session that works says nothing
    // there.
    let said = String::from_utf8_lossy(&output.stderr);
    if !said.trim().is_empty() {
        failures += 1;
        println!("on standard error:\n{}", said.trim_end());
    }
    if ran < steps.len() && output.status.success() {
        failures += 1;
        println!("only {ran} of {} blocks ran", steps.len());
    }
    let compared = steps.iter().filter(|step| step.is_compared()).count();
    println!("{name}: {ran} blocks run, {compared} replies compared, {failures} failures");
    Ok(failures == 0)
}
