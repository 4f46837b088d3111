//! Builds the test programs, runs each and reads what became of its tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Error;

/// The packages whose tests hold the documents' statements.
const PACKAGES: [&str; 7] = [
    "cards-model",
    "cards-sign",
    "cards-paste",
    "cards-transport",
    "cards-sandbox",
    "cards-sandbox-core",
    "conformance",
];

/// Holds the outcomes of one test program.
#[derive(Serialize)]
pub(crate) struct Suite {
    /// `package::program`, or the program alone in package `conformance`.
    pub(crate) name: String,
    pub(crate) seconds: f64,
    pub(crate) tests: BTreeMap<String, Outcome>,
}

/// The outcome of one test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Passed,
    Ignored,
    /// With the lines that say why.
    Failed(Vec<String>),
}

impl Suite {
    pub(crate) fn passed(&self) -> usize {
        self.tests
            .values()
            .filter(|outcome| **outcome == Outcome::Passed)
            .count()
    }
}

/// Runs all suites, in the order of the packages.
pub(crate) fn run(
    root: &Path,
    filter: Option<&str>,
    cases: Option<u32>,
) -> Result<Vec<Suite>, Error> {
    let programs = build(root)?;
    let run = |program: &Program| program.run(filter, cases);
    programs.iter().map(run).collect()
}

/// Holds what is known of a test program that was built.
pub(super) struct Program {
    pub(super) package: String,
    pub(super) name: String,
    pub(super) folder: PathBuf,
    pub(super) executable: PathBuf,
}

/// Builds the test programs that hold statements, and lists them in the order of the packages.
pub(super) fn build(root: &Path) -> Result<Vec<Program>, Error> {
    /// Holds what cargo says of one thing that it built.
    #[derive(Deserialize)]
    struct Message {
        reason: String,
        executable: Option<PathBuf>,
        manifest_path: Option<PathBuf>,
        target: Option<Target>,
        profile: Option<Profile>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
        kind: Vec<String>,
    }
    #[derive(Deserialize)]
    struct Profile {
        test: bool,
    }

    let mut command = crate::cargo();
    // The whole workspace, as the README's test command does: choosing
    // packages would choose other features and build everything once more.
    command
        .current_dir(root)
        .args(["test", "--workspace", "--no-run", "--message-format=json"]);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Error::Tool(format!("cargo: {error}")))?;
    if !output.status.success() {
        return Err(Error::Tool("the tests do not build".to_owned()));
    }
    let mut programs = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Message>(line) else {
            continue;
        };
        let is_test = message.profile.is_some_and(|profile| profile.test);
        let (Some(executable), Some(manifest), Some(target)) =
            (message.executable, message.manifest_path, message.target)
        else {
            continue;
        };
        let folder = manifest.parent().map(Path::to_path_buf).unwrap_or_default();
        let package = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_ours = PACKAGES.contains(&package.as_str());
        if message.reason == "compiler-artifact" && is_test && is_ours {
            let is_lib = target.kind.iter().any(|kind| kind == "lib");
            let name = if is_lib {
                "lib".to_owned()
            } else {
                target.name
            };
            programs.push(Program {
                package,
                name,
                folder,
                executable,
            });
        }
    }
    programs.sort_by_key(|program| {
        (
            PACKAGES.iter().position(|name| *name == program.package),
            program.name.clone(),
        )
    });
    Ok(programs)
}

impl Program {
    fn run(&self, filter: Option<&str>, cases: Option<u32>) -> Result<Suite, Error> {
        let started = Instant::now();
        let mut command = Command::new(&self.executable);
        command
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .env("INSTA_UPDATE", "no")
            .env("RUST_BACKTRACE", "0")
            .args(["--color", "never"]);
        if let Some(cases) = cases {
            command.env("PROPTEST_CASES", cases.to_string());
        }
        if let Some(filter) = filter {
            command.arg(filter);
        }
        let output = command
            .stderr(Stdio::piped())
            .output()
            .map_err(|error| Error::Tool(format!("{}: {error}", self.label())))?;
        let tests = read(&String::from_utf8_lossy(&output.stdout));
        let failed = tests
            .values()
            .any(|outcome| matches!(outcome, Outcome::Failed(_)));
        if !output.status.success() && !failed {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Error::Tool(format!(
                "{} ended early: {}",
                self.label(),
                said.trim()
            )));
        }
        Ok(Suite {
            name: self.label(),
            seconds: started.elapsed().as_secs_f64(),
            tests,
        })
    }

    /// Gives the name that the ledgers know the program by.
    pub(super) fn label(&self) -> String {
        match self.package.as_str() {
            "conformance" => self.name.clone(),
            package => format!("{package}::{}", self.name),
        }
    }
}

/// Reads what a test program prints: a line per test, then a section per
/// failure.
pub(super) fn read(printed: &str) -> BTreeMap<String, Outcome> {
    let mut tests = BTreeMap::new();
    let mut failing: Option<String> = None;
    for line in printed.lines() {
        if let Some(rest) = line.strip_prefix("test ")
            && let Some((name, outcome)) = rest.rsplit_once(" ... ")
        {
            // A test that should panic says so behind its name.
            let name = name.split(" - should panic").next().unwrap_or(name).trim();
            let outcome = match outcome.trim() {
                "ok" => Outcome::Passed,
                word if word.starts_with("ignored") => Outcome::Ignored,
                _ => Outcome::Failed(Vec::new()),
            };
            tests.insert(name.to_owned(), outcome);
        } else if let Some(rest) = line.strip_prefix("---- ") {
            let name = rest.trim_end_matches('-').trim();
            failing = Some(name.trim_end_matches("stdout").trim().to_owned());
        } else if line == "failures:" || line.starts_with("test result:") {
            failing = None;
        } else if let Some(Outcome::Failed(lines)) =
            failing.as_ref().and_then(|name| tests.get_mut(name))
            && !line.trim().is_empty()
            && lines.len() < 40
        {
            lines.push(line.to_owned());
        }
    }
    tests
}

/// The line of a failure that says most: the first that differs.
pub(crate) fn telling_line(lines: &[String]) -> &str {
    let is_noise = |line: &&String| {
        line.starts_with("thread '") || line.starts_with("note:") || line.starts_with("Snapshot")
    };
    let differs = |line: &&String| {
        let line = line.trim_start();
        line.starts_with("left:")
            || line.starts_with("right:")
            || line.contains("│+")
            || line.contains("│-")
    };
    let line = lines
        .iter()
        .find(differs)
        .or_else(|| lines.iter().find(|line| !is_noise(line)));
    line.or(lines.first())
        .map_or("it says nothing", |line| line.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_test_program_prints() {
        let tests = read(
            "running 4 tests\n\
             test a::b ... ok\n\
             test c ... FAILED\n\
             test d ... ignored, slow\n\
             test e has been running for over 60 seconds\n\
             test e - should panic ... ok\n\
             \n\
             failures:\n\
             \n\
             ---- c stdout ----\n\
             \n\
             thread 'c' panicked at x.rs:1:1:\n\
             assertion `left == right` failed\n\
               left: 1\n\
              right: 2\n\
             \n\
             failures:\n    c\n\
             test result: FAILED. 2 passed; 1 failed\n",
        );
        assert_eq!(tests["a::b"], Outcome::Passed);
        assert_eq!(tests["d"], Outcome::Ignored);
        assert_eq!(tests["e"], Outcome::Passed);
        let Outcome::Failed(lines) = &tests["c"] else {
            unreachable!()
        };
        assert_eq!(telling_line(lines), "left: 1");
    }

    #[test]
    fn reads_the_failures_of_our_own_harness() {
        let tests = read(
            "test update-customer.city.letters ... FAILED\n\
             failures:\n\n\
             ---- update-customer.city.letters ----\n\
             field 0: refuse \"New Delhi\": breaks []\n\
             \nfailures:\n    update-customer.city.letters\n",
        );
        let Outcome::Failed(lines) = &tests["update-customer.city.letters"] else {
            unreachable!()
        };
        assert_eq!(
            telling_line(lines),
            "field 0: refuse \"New Delhi\": breaks []"
        );
    }
}
