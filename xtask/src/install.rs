//! Programs that chores run, of Cargo's, Python's and Node's: installed below `target/`, in pinned
//! versions, where they are not there yet.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anstream::{eprintln, println};

/// Says what could not be installed, and what it takes.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Error(String);

/// A network fails for a while.
const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(30)];

/// Finds the program `name` in this version: on the PATH, or as [`built`] leaves it.
pub(crate) fn found(root: &Path, name: &str, version: &str) -> Option<PathBuf> {
    found_by(root, name, version, &["--version"])
}

/// Finds the program as [`found`] does, by the arguments with which it tells its version, or
/// builds it as [`built`] does.
pub(crate) fn found_or_built(
    root: &Path,
    name: &str,
    version: &str,
    arguments: &[&str],
) -> Result<PathBuf, Error> {
    match found_by(root, name, version, arguments) {
        Some(program) => Ok(program),
        None => built(root, name, version),
    }
}

fn found_by(root: &Path, name: &str, version: &str, arguments: &[&str]) -> Option<PathBuf> {
    let places = [PathBuf::from(name), tools(root).join("bin").join(name)];
    places
        .into_iter()
        .find(|program| is_version(&said(program, arguments), name, version))
}

fn is_version(said: &str, name: &str, version: &str) -> bool {
    said.trim_end() == format!("{name} {version}")
}

/// Builds the program `name` of crates.io below `target/tools`.
pub(crate) fn built(root: &Path, name: &str, version: &str) -> Result<PathBuf, Error> {
    let tools = tools(root);
    println!("building {name} {version} below {}", tools.display());
    fs::create_dir_all(&tools).map_err(|error| Error(error.to_string()))?;
    // Unoptimised: it is built for longer than it runs.
    let status = crate::cargo()
        .args(["install", "--locked", "--quiet", "--debug", name])
        .args(["--version", version])
        .args([OsStr::new("--root"), tools.as_os_str()])
        .env("CARGO_PROFILE_DEV_DEBUG", "none")
        .status();
    match status.is_ok_and(|status| status.success()) {
        true => Ok(tools.join("bin").join(name)),
        false => Err(Error(format!(
            "{name} {version} could not be built; install it with `cargo install --locked {name}@{version}`"
        ))),
    }
}

fn tools(root: &Path) -> PathBuf {
    root.join("target/tools")
}

/// Asks a program for its version; the text is empty where it does not run.
fn said(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.unwrap_or_default()
}

/// Installs packages of PyPI into a virtual environment of their own, and gives the folder of its
/// programs.
pub(crate) fn python(folder: &Path, packages: &[(&str, &str)]) -> Result<PathBuf, Error> {
    let wanted = packages
        .iter()
        .map(|(name, version)| format!("{name}=={version}"));
    environment(folder, packages, &wanted.collect::<Vec<_>>())
}

/// Installs one package of PyPI as [`python`] does, where its file has one of these SHA-256
/// digests, in hex. Nothing of it is built here, and nothing comes with it.
pub(crate) fn pinned(
    folder: &Path,
    package: (&str, &str),
    digests: &[&str],
) -> Result<PathBuf, Error> {
    let (name, version) = package;
    let digests: String = digests
        .iter()
        .map(|digest| format!(" --hash=sha256:{digest}"))
        .collect();
    fs::create_dir_all(folder).map_err(|error| Error(error.to_string()))?;
    let list = folder.join("requirements.txt");
    let text = format!("{name}=={version}{digests}\n");
    fs::write(&list, text).map_err(|error| Error(error.to_string()))?;
    let arguments = [
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
        "--requirement=requirements.txt",
    ];
    environment(folder, &[package], &arguments.map(str::to_owned))
}

/// Makes a virtual environment that has these packages, unless it is there; `wanted` are the
/// arguments that pip installs them by.
fn environment(
    folder: &Path,
    packages: &[(&str, &str)],
    wanted: &[String],
) -> Result<PathBuf, Error> {
    let environment = folder.join("venv");
    let programs = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = programs.join("python");
    let versions = versions(&python, packages);
    if versions.is_some_and(|found| found.eq(packages.iter().map(|(_, version)| *version))) {
        return Ok(programs);
    }
    let named: Vec<_> = packages
        .iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    println!("installing {} below {}", named.join(", "), folder.display());
    fs::create_dir_all(folder).map_err(|error| Error(error.to_string()))?;
    let system = if cfg!(windows) { "python" } else { "python3" };
    // An environment that is there is of no use: half made, or of a Python that
    // is gone.
    let make = ["-m", "venv", "--clear"].map(OsStr::new);
    let make = [&make[..], &[environment.as_os_str()]].concat();
    succeed(
        system.as_ref(),
        folder,
        &make,
        "Python 3.10 or newer with `venv` is needed",
    )?;
    let install = [
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-input",
    ];
    let install = install.into_iter().chain(wanted.iter().map(String::as_str));
    let install: Vec<&OsStr> = install.map(OsStr::new).collect();
    let hint = "PyPI, or a mirror that pip is set to, has to be reachable";
    insist(&PAUSES, || {
        succeed(python.as_os_str(), folder, &install, hint)
    })?;
    Ok(programs)
}

/// The versions of packages that an environment has; `None` where one is missing.
fn versions(python: &Path, packages: &[(&str, &str)]) -> Option<impl Iterator<Item = String>> {
    let script = "import sys, importlib.metadata as m\nfor n in sys.argv[1:]: print(m.version(n))";
    let names = packages.iter().map(|(name, _)| name);
    let output = Command::new(python)
        .args(["-c", script])
        .args(names)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    output.status.success().then(|| lines.into_iter())
}

/// Installs packages of npm, without running scripts of theirs, and gives the folder of their
/// programs. `arguments` are those of npm; what is there is left where `is_there`.
pub(crate) fn npm(
    folder: &Path,
    arguments: &[String],
    is_there: impl Fn() -> bool,
) -> Result<PathBuf, Error> {
    let programs = folder.join("node_modules/.bin");
    if is_there() {
        return Ok(programs);
    }
    eprintln!("installing from npm below {}", folder.display());
    fs::create_dir_all(folder).map_err(|error| Error(error.to_string()))?;
    let quiet = [
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefix",
        ".",
    ];
    let all = arguments.iter().map(String::as_str).chain(quiet);
    let all: Vec<&OsStr> = all.map(OsStr::new).collect();
    let hint =
        "npm is needed, and its registry, or a mirror that it is set to, has to be reachable";
    insist(&PAUSES, || succeed("npm".as_ref(), folder, &all, hint))?;
    match is_there() {
        true => Ok(programs),
        false => Err(Error(format!("npm installed something else; {hint}"))),
    }
}

/// Tries again after each pause what fails.
fn insist(
    mut pauses: &[Duration],
    mut work: impl FnMut() -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        match (work(), pauses) {
            (Err(error), [pause, rest @ ..]) => {
                eprintln!("{error}\ntrying again in {} s", pause.as_secs());
                thread::sleep(*pause);
                pauses = rest;
            }
            (outcome, _) => return outcome,
        }
    }
}

fn succeed(program: &OsStr, folder: &Path, arguments: &[&OsStr], hint: &str) -> Result<(), Error> {
    let shown = program.to_string_lossy();
    let output = Command::new(program)
        .current_dir(folder)
        .args(arguments)
        .output()
        .map_err(|error| Error(format!("{shown}: {error}; {hint}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim_end();
    Err(Error(format!("{shown} failed; {hint}\n{said}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pinned_version_is_taken() {
        let is_deny = |said: &str| is_version(said, "cargo-deny", "0.20.2");
        assert!(is_deny("cargo-deny 0.20.2\n"));
        for other in [
            "",
            "cargo-deny 0.20.1\n",
            "cargo-deny 0.20.20",
            "deny 0.20.2",
        ] {
            assert!(!is_deny(other), "{other}");
        }
        assert_eq!(said(Path::new("/no/such/program"), &[]), "");
    }

    #[test]
    fn a_program_that_is_missing_or_fails_is_told_with_what_it_takes() {
        let here = Path::new(".");
        let missing = succeed("no-such-python".as_ref(), here, &[], "take this").unwrap_err();
        assert!(missing.to_string().ends_with("; take this"), "{missing}");
        let cargo = OsStr::new(env!("CARGO"));
        let fails = succeed(cargo, here, &["no-such-command".as_ref()], "take this").unwrap_err();
        let fails = fails.to_string();
        assert!(
            fails.contains(" failed; take this\n") && fails.contains("no-such-command"),
            "{fails}"
        );
        assert!(succeed(cargo, here, &["--version".as_ref()], "").is_ok());
    }

    #[test]
    fn what_fails_for_a_while_is_tried_again() {
        let fails_until = |succeeds: usize| {
            let mut tries = 0;
            let outcome = insist(&[Duration::ZERO; 2], || {
                tries += 1;
                match tries < succeeds {
                    true => Err(Error(format!("no network, {tries}"))),
                    false => Ok(()),
                }
            });
            (outcome.map_err(|error| error.to_string()), tries)
        };
        assert_eq!(fails_until(1), (Ok(()), 1));
        assert_eq!(fails_until(3), (Ok(()), 3));
        assert_eq!(fails_until(9), (Err("no network, 3".to_owned()), 3));
    }
}
