//! Reads what became of the tests from what `cargo test --workspace` printed.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use super::Error;
use super::suites::{Program, Suite, build, read};

/// Builds the test programs and reads what became of each of them from a file.
pub(super) fn read_suites(root: &Path, file: &Path) -> Result<Vec<Suite>, Error> {
    read_programs(&build(root)?, file)
}

/// Reads what became of these programs from a file.
///
/// The whole run of every program has to be in it, as the program is now: a file of another
/// state of the sources says nothing of this one, and one that was cut off hides what failed.
fn read_programs(programs: &[Program], file: &Path) -> Result<Vec<Suite>, Error> {
    let written = modified(file)?;
    let printed = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
    let printed = String::from_utf8_lossy(&printed);
    let printed = by_program(&printed);
    let suite = |program: &Program| {
        let name = program.executable.file_name().unwrap_or_default();
        let refused = |what: &str| {
            let (label, file) = (program.label(), file.display());
            Error::Tool(format!(
                "{file} {what} {label} as it is built now; run `cargo test --workspace` again"
            ))
        };
        let Some(lines) = printed.get(&*name.to_string_lossy()) else {
            return Err(refused("holds no run of"));
        };
        if written < modified(&program.executable)? {
            return Err(refused("is older than"));
        }
        if !has_ended(lines) {
            return Err(refused("lacks the end of the run of"));
        }
        Ok(Suite {
            name: program.label(),
            seconds: seconds(lines),
            tests: read(lines),
        })
    };
    programs.iter().map(suite).collect()
}

/// Tells when a file was written last.
fn modified(path: &Path) -> Result<SystemTime, Error> {
    std::fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::File {
        path: path.display().to_string(),
        message: error.to_string(),
    }
}

/// Tells whether a test program came to the whole line that sums up its run.
fn has_ended(printed: &str) -> bool {
    printed
        .split_inclusive('\n')
        .any(|line| line.starts_with("test result: ") && line.ends_with('\n'))
}

/// Splits what cargo printed at the lines that name the next test program, by the
/// name of its file.
fn by_program(printed: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    let mut rest = printed;
    let mut current: Option<(&str, usize)> = None;
    let mut at = 0;
    while let Some((line, after)) = rest.split_once('\n') {
        let start = at;
        at += line.len() + 1;
        rest = after;
        if let Some(next) = next_program(line) {
            if let Some((name, from)) = current.take() {
                found.insert(name, &printed[from..start]);
            }
            current = next.map(|name| (name, at));
        }
    }
    if let Some((name, from)) = current {
        found.insert(name, &printed[from..]);
    }
    found
}

/// Reads the line by which cargo names the next program, by the name of its file; `None` in it
/// for the tests of a documentation. A test may print lines that begin alike.
fn next_program(line: &str) -> Option<Option<&str>> {
    let words = line.trim_start();
    if let Some(package) = words.strip_prefix("Doc-tests ") {
        let is_name = package
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        return is_name.then_some(None);
    }
    // `Running tests/a.rs (target/debug/deps/a-0123456789abcdef)`
    let (_, path) = words
        .strip_prefix("Running ")?
        .strip_suffix(')')?
        .rsplit_once(" (")?;
    let (folder, name) = path.rsplit_once(['/', '\\'])?;
    let is_of_cargo = folder.ends_with("deps") && name.contains('-');
    is_of_cargo.then_some(Some(name))
}

/// Reads how long a test program says that it took: 0 where it does not say.
fn seconds(printed: &str) -> f64 {
    let mut lines = printed.lines().rev();
    let ended = lines
        .find_map(|line| line.split_once("finished in "))
        .map(|(_, took)| took);
    ended
        .and_then(|took| took.trim().strip_suffix('s')?.parse().ok())
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::path::PathBuf;
    use std::time::Duration;

    use super::super::suites::Outcome;
    use super::*;

    #[test]
    fn what_a_test_prints_is_no_next_program() {
        for line in [
            "Running for an hour",
            "Running a test (it takes a while)",
            "  Running tests/a.rs (elsewhere/a-0123)",
            "Doc-tests are slow",
        ] {
            assert_eq!(next_program(line), None, "{line}");
        }
        assert_eq!(next_program("   Doc-tests cards_sign"), Some(None));
        let line = "     Running tests/c.rs (target/debug/deps/c-4567)";
        assert_eq!(next_program(line), Some(Some("c-4567")));
    }

    /// The whole run of one program, as cargo prints it.
    const RUN: &str = "\
     Running tests/c.rs (target/debug/deps/c-4567)

running 2 tests
test d ... ok
test e ... ok

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s

";

    /// Reads a file with this text, written so long after the program that it tells of.
    fn read_text(text: &str, age: Duration, is_older: bool) -> Result<Vec<Suite>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let executable = folder.path().join("c-4567");
        std::fs::write(&executable, "").unwrap();
        let built = modified(&executable).unwrap();
        let written = if is_older { built - age } else { built + age };
        let file = folder.path().join("tests.txt");
        std::fs::write(&file, text).unwrap();
        let handle = std::fs::File::options().append(true).open(&file).unwrap();
        handle.set_modified(written).unwrap();
        let program = Program {
            package: "conformance".to_owned(),
            name: "c".to_owned(),
            folder: PathBuf::new(),
            executable,
        };
        read_programs(&[program], &file)
    }

    fn refusal(text: &str, age: Duration, is_older: bool) -> String {
        let Err(error) = read_text(text, age, is_older) else {
            unreachable!("it is read")
        };
        error.to_string()
    }

    #[test]
    fn a_run_since_the_program_was_built_is_read() {
        for age in [Duration::ZERO, Duration::from_secs(9)] {
            let suites = read_text(RUN, age, false).unwrap();
            assert_eq!((&*suites[0].name, suites[0].passed()), ("c", 2));
            assert_eq!(suites[0].seconds, 0.1);
        }
    }

    #[test]
    fn a_file_that_is_older_than_a_program_is_refused() {
        let refusal = refusal(RUN, Duration::from_secs(1), true);
        assert!(
            refusal.ends_with(
                "tests.txt is older than c as it is built now; run `cargo test --workspace` again"
            ),
            "{refusal}"
        );
    }

    #[test]
    fn a_file_that_was_cut_off_is_refused_wherever_the_cut_is() {
        let end = RUN.find("0.10s\n").unwrap() + "0.10s\n".len();
        for cut in 0..end {
            let refusal = refusal(&RUN[..cut], Duration::ZERO, false);
            let is_told = refusal.contains("lacks the end of the run of c")
                || refusal.contains("holds no run of c");
            assert!(is_told, "{cut}: {refusal}");
        }
        assert!(read_text(&RUN[..end], Duration::ZERO, false).is_ok());
    }

    #[test]
    fn a_program_that_died_before_the_next_one_ran_is_refused() {
        let cut = RUN.find("test e").unwrap();
        let died = format!("{}{}", &RUN[..cut], RUN.replace("c-4567", "z-89"));
        let refusal = refusal(&died, Duration::ZERO, false);
        assert!(
            refusal.contains("lacks the end of the run of c"),
            "{refusal}"
        );
    }

    #[test]
    fn what_cargo_prints_is_split_by_program() {
        let printed = "\
   Compiling a v0.1.0 (/a)
    Finished `test` profile [unoptimized] target(s) in 1s
     Running unittests src/lib.rs (target/debug/deps/a-0123)

running 1 test
test b ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.25s

     Running tests/c.rs (target/debug/deps/c-4567)

running 1 test
test d ... FAILED
test result: FAILED. 0 passed; 1 failed
   Doc-tests a

running 1 test
test src/lib.rs - (line 1) ... ok
";
        let programs = by_program(printed);
        assert_eq!(programs.keys().collect::<Vec<_>>(), [&"a-0123", &"c-4567"]);
        assert_eq!(read(programs["a-0123"])["b"], Outcome::Passed);
        assert_eq!(seconds(programs["a-0123"]), 1.25);
        let tests = read(programs["c-4567"]);
        assert_eq!(tests.keys().collect::<Vec<_>>(), ["d"]);
        assert_eq!(seconds(programs["c-4567"]), 0.0);
    }
}
