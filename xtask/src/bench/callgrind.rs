//! The instructions and allocations of a program, as `valgrind --tool=callgrind`
//! tells them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::Command;

use benches::process;

/// Counts what a program and all its threads did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// The instructions of each function by itself, by the function's name.
    pub(super) instructions: BTreeMap<String, u64>,
    /// The calls of `malloc`, `calloc`, `realloc` and their aligned siblings.
    pub(super) allocations: u64,
}

/// The reason why nothing was counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("valgrind is not installed (Debian: apt-get install valgrind)")]
    Missing,
    #[error("the profiled program failed: {0}")]
    Failed(String),
    #[error("the profile: {0}")]
    Io(#[from] io::Error),
}

/// The names of the functions that allocate, as glibc has them.
const ALLOCATE: [&str; 6] = [
    "malloc",
    "calloc",
    "realloc",
    "posix_memalign",
    "aligned_alloc",
    "memalign",
];

impl Counts {
    /// Runs a program to its end, with `input` as its standard input and with `variables` added to
    /// its environment, and counts. What valgrind writes is left in `file`.
    pub(super) fn of(
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, &OsStr)],
        input: &str,
        file: &Path,
    ) -> Result<Self, Error> {
        let mut option = OsString::from("--callgrind-out-file=");
        option.push(file);
        let mut command = Command::new("valgrind");
        // Threads take turns here; fairly, so that none waits for ever.
        command.args(["--tool=callgrind", "--quiet", "--fair-sched=yes"]);
        command.arg("--compress-pos=no").arg(option);
        command.arg(program).args(arguments);
        command.envs(variables.iter().copied());
        let output = process::fed(&mut command, input).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::Missing,
            _ => Error::Io(error),
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Error::Failed(said.trim().to_owned()));
        }
        let text = std::fs::read_to_string(file)?;
        let counts = Self::read(&text);
        match counts.total() == total(&text) && counts.allocations > 0 {
            true => Ok(counts),
            false => Err(Error::Failed(
                "its profile is not read as a whole".to_owned(),
            )),
        }
    }

    /// Reads what callgrind writes with `--compress-pos=no`.
    fn read(text: &str) -> Self {
        let mut counts = Self::default();
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        let mut own: Option<&str> = None;
        let mut callee: Option<&str> = None;
        let mut is_of_callee = false;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("fn=") {
                own = resolve(&mut names, name);
            } else if let Some(name) = line.strip_prefix("cfn=") {
                callee = resolve(&mut names, name);
            } else if let Some(calls) = line.strip_prefix("calls=") {
                // The next line holds what the callee cost, which is counted there.
                is_of_callee = true;
                if callee.is_some_and(|name| ALLOCATE.contains(&name)) {
                    let times = calls.split(' ').next().and_then(|times| times.parse().ok());
                    counts.allocations += times.unwrap_or(0);
                }
            } else if line.starts_with(|first: char| first.is_ascii_digit()) {
                let cost = line.split(' ').nth(1).map(str::parse::<u64>);
                if let (Some(own), Some(Ok(cost)), false) = (own, cost, is_of_callee) {
                    let known = counts.instructions.entry(own.to_owned()).or_default();
                    *known += cost;
                }
                is_of_callee = false;
            }
        }
        counts
    }

    pub(super) fn total(&self) -> u64 {
        self.instructions.values().sum()
    }
}

/// The instructions of a whole program, as callgrind sums them up; 0 where it does not.
fn total(text: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix("totals: "));
    line.and_then(|sum| sum.trim().parse().ok()).unwrap_or(0)
}

/// The instructions of one call by crate: those that so many calls more took, over their number.
pub(super) fn by_crate([fewer, more]: &[Counts; 2], calls: u64) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    let mut add = |counts_of: &Counts, sign: f64| {
        for (function, count) in &counts_of.instructions {
            let known: &mut f64 = counts.entry(crate_of(function).to_owned()).or_default();
            *known += sign * *count as f64 / calls as f64;
        }
    };
    add(more, 1.0);
    add(fewer, -1.0);
    // Less than one instruction in a call is the start's or the scheduler's.
    counts.retain(|_, count| count.abs() >= 1.0);
    counts
}

/// A name is written once, `(7) name`, and then `(7)` stands for it.
fn resolve<'a>(names: &mut BTreeMap<&'a str, &'a str>, text: &'a str) -> Option<&'a str> {
    match text.split_once(") ") {
        Some((number, name)) => {
            // What is in another object is the same function.
            let name = name.split('\'').next().unwrap_or(name);
            names.insert(number, name);
            Some(name)
        }
        None => names.get(text.trim_end_matches(')')).copied(),
    }
}

/// Names the crate that a function is of: the first name of its path, of the type
/// where it is a trait's method.
fn crate_of(function: &str) -> &str {
    let path = function.trim_start_matches(['<', '&', '(', '[', '*']);
    let path = path.strip_prefix("mut ").unwrap_or(path);
    match path.split_once("::") {
        Some((name, _))
            if name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') =>
        {
            name
        }
        _ => "libc and the system",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# callgrind format
events: Ir

ob=(1) /bin/call
fl=(1) a.rs
fn=(1) cards_sign::checksum
10 700
11 50
cob=(2) /lib/libc.so.6
cfi=(2) malloc.c
cfn=(2) malloc
calls=3 40
12 300
13 5

fn=(2)
40 300

fn=(3) <cards_model::Date as core::fmt::Display>::fmt
1 20
cfn=(2)
calls=1 40
2 100
cfn=(1)
calls=1 10
2 1055

totals: 1075
";

    #[test]
    fn what_callgrind_writes_is_read() {
        let counts = Counts::read(TEXT);
        assert_eq!(counts.instructions["cards_sign::checksum"], 755);
        assert_eq!(counts.instructions["malloc"], 300);
        assert_eq!(counts.total(), 1075);
        assert_eq!(counts.allocations, 4);
        assert_eq!(Counts::read(""), Counts::default());
    }

    #[test]
    fn functions_are_of_crates() {
        for (function, name) in [
            ("cards_sign::digest::checksum", "cards_sign"),
            (
                "<cards_model::Date as core::fmt::Display>::fmt",
                "cards_model",
            ),
            ("<&mut serde_json::Value as A>::b", "serde_json"),
            ("malloc", "libc and the system"),
            ("__memcpy_avx_unaligned_erms", "libc and the system"),
            ("0x00000000000123", "libc and the system"),
        ] {
            assert_eq!(crate_of(function), name, "{function}");
        }
    }

    #[test]
    fn what_the_start_takes_is_no_calls() {
        let counts = |counts: &[(&str, u64)]| {
            let counts = counts
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count));
            Counts {
                instructions: counts.collect(),
                allocations: 0,
            }
        };
        let both = [
            counts(&[("hyper::a", 100), ("cards_sign::b", 5), ("main", 9)]),
            counts(&[
                ("hyper::a", 180),
                ("<cards_sign::C as D>::d", 30),
                ("cards_sign::b", 15),
                ("main", 9),
            ]),
        ];
        let lines = [("cards_sign".to_owned(), 4.0), ("hyper".to_owned(), 8.0)];
        assert_eq!(by_crate(&both, 10), BTreeMap::from(lines));
    }
}
