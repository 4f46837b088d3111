//! The compiler that the listing is made with, and the documents that it writes.
//!
//! Macros make most of the public API, so that a reader of the sources does not see it:
//! rustdoc does, and writes it as JSON, in a form that a stable compiler writes when it is
//! told that it may. The form differs from release to release, and so do the names of the
//! standard library's own modules: one release is named here, of which the listings are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anstream::println;

use super::Error;

/// The release whose listings are kept, which is the oldest that the chores build with. Raise
/// it together with the crate `public-api`, and write the listings anew.
const RELEASE: &str = "1.95.0";

/// A compiler of that release: the one that builds this program, or rustup's.
pub(super) struct Compiler {
    is_rustups: bool,
}

impl Compiler {
    /// Finds one, and lets rustup install it where it is not there.
    pub(super) fn find() -> Result<Self, Error> {
        if Self::current().is_some() {
            return Ok(Self { is_rustups: false });
        }
        let found = Self { is_rustups: true };
        if found.is_the_release() {
            return Ok(found);
        }
        println!("installing Rust {RELEASE}, which the listings are made with");
        let arguments = [
            "toolchain",
            "install",
            RELEASE,
            "--profile",
            "minimal",
            "--no-self-update",
        ];
        let installed = crate::apart("rustup").args(arguments).output();
        if installed.is_ok_and(|output| output.status.success()) && found.is_the_release() {
            return Ok(found);
        }
        Err(Error::Compiler(format!(
            "the listings are made with Rust {RELEASE}, which is not here: \
             rustup toolchain install {RELEASE} --profile minimal"
        )))
    }

    /// The compiler that builds this program, where it is of the release.
    pub(super) fn current() -> Option<Self> {
        let current = Self { is_rustups: false };
        current.is_the_release().then_some(current)
    }

    fn is_the_release(&self) -> bool {
        let said = self.says("rustc", &["-vV"]);
        said.is_ok_and(|text| {
            text.lines()
                .any(|line| line == format!("release: {RELEASE}"))
        })
    }

    fn command(&self, program: &str) -> Command {
        match (self.is_rustups, program) {
            (true, program) => {
                let mut command = crate::apart("rustup");
                command.args(["run", RELEASE, program]).env_remove("CARGO");
                command
            }
            (false, "cargo") => crate::cargo(),
            (false, program) => crate::apart(program),
        }
    }

    fn says(&self, program: &str, arguments: &[&str]) -> Result<String, Error> {
        let output = self.command(program).args(arguments).output();
        let output = output.map_err(|error| Error::Compiler(format!("{program}: {error}")))?;
        succeeded(program, &output)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Finds its rustdoc.
    pub(super) fn rustdoc(&self) -> Result<PathBuf, Error> {
        let sysroot = self.says("rustc", &["--print=sysroot"])?;
        Ok(Path::new(sysroot.trim_end()).join("bin/rustdoc"))
    }

    /// Writes the documents of every library of the workspace with all its features, and gives
    /// their folder.
    pub(super) fn documents(&self, root: &Path) -> Result<PathBuf, Error> {
        let folder = root.join("target/api");
        let rustdoc = self.wrapped(&folder)?;
        // Another compiler's files beside those of the one in use would have them built
        // again, back and forth.
        let target = match self.is_rustups {
            true => folder.join("target"),
            false => target(root),
        };
        // The whole workspace, as where its documentation is made: what that has checked is
        // not checked again.
        let output = self
            .command("cargo")
            .current_dir(root)
            .args([
                "doc",
                "--quiet",
                "--workspace",
                "--lib",
                "--examples",
                "--no-deps",
            ])
            .args(["--all-features", "--locked", "--target-dir"])
            .arg(&target)
            .env("RUSTDOC", &rustdoc)
            .env(
                "RUSTDOCFLAGS",
                "-Z unstable-options --output-format json --cap-lints allow",
            )
            .output()
            .map_err(|error| Error::Compiler(format!("cargo: {error}")))?;
        succeeded("cargo doc", &output)?;
        Ok(target.join("doc"))
    }

    /// Writes a program that calls rustdoc and lets it do what is not stable: were cargo told
    /// so, every crate whose build script asks for it would be built another time.
    fn wrapped(&self, folder: &Path) -> Result<PathBuf, Error> {
        let path = folder.join("rustdoc");
        let rustdoc = self.rustdoc()?;
        let text = format!(
            "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec '{}' \"$@\"\n",
            rustdoc.display()
        );
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            return Ok(path);
        }
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .and_then(|()| runnable(&path))
            .map_err(|error| Error::file(&path, &error))?;
        Ok(path)
    }
}

/// Finds the folder in which cargo builds, unless it is told otherwise.
fn target(root: &Path) -> PathBuf {
    let told = std::env::var_os("CARGO_TARGET_DIR").filter(|told| !told.is_empty());
    told.map_or_else(|| root.join("target"), |told| root.join(told))
}

#[cfg(unix)]
fn runnable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn runnable(_: &Path) -> std::io::Result<()> {
    Err(std::io::Error::other("a shell of Unix is needed"))
}

pub(super) fn succeeded(program: &str, output: &Output) -> Result<(), Error> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::Compiler(format!(
        "{program} failed\n{}",
        said.trim_end()
    )))
}
