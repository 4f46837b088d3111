//! The system calls of a program, as `strace` tells them.
//!
//! It is in this package, as both the bench `call` and `cargo xtask bench --check`
//! count them; tested in xtask, as this package has no tests.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::process;

/// Counts what a program and all its threads asked of the system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The number of times that each system call was made, by name.
    pub calls: BTreeMap<String, u64>,
    /// Threads and processes made.
    pub threads: u64,
    /// Connections opened over IP.
    pub connections: u64,
    /// Signs of a look-up of a name: a resolver's file is opened, a name server
    /// is spoken to, the system is asked for its addresses.
    pub lookups: u64,
}

/// The reason why nothing was counted.
#[derive(Debug)]
pub enum Error {
    /// `strace` is not on the PATH.
    Missing,
    /// The system does not let a process be traced.
    NotAllowed(String),
    /// The program failed, and says why.
    Failed(String),
    /// Input or output failed.
    Io(io::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("strace is not installed"),
            Self::NotAllowed(said) => write!(f, "strace may not trace here (ptrace): {said}"),
            Self::Failed(said) => write!(f, "the traced program failed: {said}"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Trace {
    /// Runs a program to its end, with `input` as its standard input and with
    /// `variables` added to its environment, and counts its system calls. What
    /// strace writes is left in `file`.
    ///
    /// # Errors
    ///
    /// `strace` is missing or may not trace; the program fails.
    pub fn of(
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: &str,
        file: &Path,
    ) -> Result<Self, Error> {
        let mut command = Command::new("strace");
        // Whole lines without what was read and written.
        command.args(["-f", "-qq", "-s", "0", "-o"]).arg(file);
        command.arg("--").arg(program).args(arguments);
        command.envs(variables.iter().copied());
        let output = process::fed(&mut command, input).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::Missing,
            _ => Error::Io(error),
        })?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if !output.status.success() {
            return Err(match said.to_lowercase().contains("ptrace") {
                true => Error::NotAllowed(said),
                false => Error::Failed(said),
            });
        }
        Ok(Self::read(&std::fs::read_to_string(file)?))
    }

    /// Reads what `strace -f -o` writes.
    pub fn read(text: &str) -> Self {
        let mut trace = Self::default();
        for line in text.lines() {
            trace.add(line);
        }
        trace
    }

    fn add(&mut self, line: &str) {
        // `123 name(arguments) = result`; the second half of a call that another
        // thread interrupted, signals and ends start otherwise.
        let line = line.trim_start_matches(|byte: char| byte.is_ascii_digit());
        let Some((name, arguments)) = line.trim_start().split_once('(') else {
            return;
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_name) {
            return;
        }
        *self.calls.entry(name.to_owned()).or_default() += 1;
        let is_over_ip = arguments.contains("AF_INET");
        match name {
            "clone" | "clone3" | "fork" | "vfork" => self.threads += 1,
            "connect" if is_over_ip && !is_to_name_server(arguments) => self.connections += 1,
            _ => {}
        }
        self.lookups += u64::from(is_lookup(name, arguments));
    }

    /// All system calls together.
    pub fn total(&self) -> u64 {
        self.calls.values().sum()
    }

    /// Tells how much more one call of the program's costs, by name, where
    /// `self` made `calls` calls more than `fewer` did: what is done once, at
    /// the start, is in both.
    pub fn each(&self, fewer: &Self, calls: u64) -> BTreeMap<String, f64> {
        let mut each = BTreeMap::new();
        for name in self.calls.keys().chain(fewer.calls.keys()) {
            let of = |trace: &Self| trace.calls.get(name).copied().unwrap_or_default();
            let slope = per_call(of(self), of(fewer), calls);
            if slope != 0.0 {
                each.insert(name.clone(), slope);
            }
        }
        each
    }
}

/// Tells how much of something one call costs, given how often it was counted
/// in a run of `calls` more calls and in one of fewer.
pub fn per_call(more: u64, fewer: u64, calls: u64) -> f64 {
    (more as f64 - fewer as f64) / calls as f64
}

fn is_to_name_server(arguments: &str) -> bool {
    arguments.contains("htons(53)")
}

fn is_lookup(name: &str, arguments: &str) -> bool {
    const FILES: [&str; 6] = [
        "\"/etc/resolv.conf\"",
        "\"/etc/hosts\"",
        "\"/etc/host.conf\"",
        "\"/etc/nsswitch.conf\"",
        "\"/etc/gai.conf\"",
        "/nscd/socket\"",
    ];
    match name {
        "open" | "openat" | "connect" if FILES.iter().any(|file| arguments.contains(file)) => true,
        "connect" | "sendto" | "sendmsg" | "sendmmsg" => is_to_name_server(arguments),
        "socket" => arguments.contains("NETLINK_ROUTE"),
        _ => false,
    }
}
