//! The processes of one row, and what is counted of them.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use benches::trace::{self, Trace, per_call};

use crate::client::{Client, Cost};
use crate::workload::Workload;
use crate::{Outcome, said};

/// Finds this program, which is also the server and every client.
pub(crate) fn this_program() -> Outcome<PathBuf> {
    std::env::current_exe().map_err(said)
}

/// The server's process. It ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start() -> Outcome<Self> {
        let mut command = Command::new(this_program()?);
        command.args(["serve", "0"]).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(said)?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).map_err(said)?;
        }
        let address = line.trim().strip_prefix("listening on http://");
        match address.and_then(|address| address.parse().ok()) {
            Some(address) => Ok(Self { child, address }),
            None => {
                drop(child.kill());
                Err(format!("the server says `{}`", line.trim()))
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A client's process, which makes calls when it is told to.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(client: Client, workload: Workload) -> Outcome<Self> {
        let mut command = Command::new(this_program()?);
        command
            .args(arguments(client, workload))
            .stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(said)?;
        let stdout = child.stdout.take().ok_or("the client has no output")?;
        Ok(Self {
            stdin: child.stdin.take(),
            stdout: BufReader::new(stdout),
            child,
        })
    }

    pub(crate) fn call(&mut self, calls: u64) -> Outcome<Cost> {
        let stdin = self.stdin.as_mut().ok_or("the client has no input")?;
        writeln!(stdin, "{calls}").map_err(said)?;
        let mut line = String::new();
        self.stdout.read_line(&mut line).map_err(said)?;
        // A client that failed has said why on our standard error.
        Cost::read(&line).ok_or_else(|| "a client ended".to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The end of its input is the end of a client.
        drop(self.stdin.take());
        drop(self.child.wait());
    }
}

fn arguments(client: Client, workload: Workload) -> [String; 6] {
    [
        "client".to_owned(),
        client.backend.name().to_owned(),
        client.peer.name().to_owned(),
        workload.name().to_owned(),
        client.in_flight.to_string(),
        client.address.to_string(),
    ]
}

/// Counts what one call asks of the system and of the allocator. `Err` says why
/// that was not counted.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    pub(crate) system: Result<System, String>,
    pub(crate) allocations: Result<f64, String>,
}

impl Counts {
    /// Makes the counts of a row that is not counted, for this reason.
    pub(crate) fn none(why: &str) -> Self {
        Self {
            system: Err(why.to_owned()),
            allocations: Err(why.to_owned()),
        }
    }
}

/// Holds the counts of one call, but for the last field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct System {
    pub(crate) calls: f64,
    pub(crate) threads: f64,
    pub(crate) lookups: f64,
    /// The connections of all calls together.
    pub(crate) connections: u64,
}

/// Counts in two runs, of `calls` and of twice as many, so that what a process
/// does once at its start is not in the difference.
pub(crate) fn counts(client: Client, workload: Workload, calls: u64) -> Outcome<Counts> {
    let program = this_program()?;
    let arguments = arguments(client, workload);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let inputs = [calls, 2 * calls].map(|calls| format!("{calls}\n"));
    Ok(Counts {
        system: system(&program, &arguments, &inputs, calls),
        allocations: allocations(&program, &arguments, &inputs, calls),
    })
}

fn system(
    program: &Path,
    arguments: &[&str],
    inputs: &[String; 2],
    calls: u64,
) -> Result<System, String> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("call.strace");
    let trace = |input: &String| match Trace::of(program, arguments, &[], input, &file) {
        Err(error @ trace::Error::Missing) => Err(format!("system calls are not counted: {error}")),
        outcome => outcome.map_err(said),
    };
    let [fewer, more] = [trace(&inputs[0])?, trace(&inputs[1])?];
    Ok(System {
        calls: per_call(more.total(), fewer.total(), calls),
        threads: per_call(more.threads, fewer.threads, calls),
        lookups: per_call(more.lookups, fewer.lookups, calls),
        connections: more.connections,
    })
}

/// Counts with glibc's own counter, which sees every thread, and no allocator
/// of ours in the way of what is timed.
fn allocations(
    program: &Path,
    arguments: &[&str],
    inputs: &[String; 2],
    calls: u64,
) -> Result<f64, String> {
    let count = |input: &String| {
        let mut command = Command::new(program);
        command.args(arguments).env("LD_PRELOAD", "libmemusage.so");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().map_err(said)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).map_err(said)?;
        }
        let output = child.wait_with_output().map_err(said)?;
        // Not the exit status: with threads about, libmemusage may abort after
        // its summary. That the calls were made is on the standard output.
        let has_called = Cost::read(&String::from_utf8_lossy(&output.stdout)).is_some();
        let said = String::from_utf8_lossy(&output.stderr);
        match allocated(&said) {
            Some(count) if has_called => Ok(count),
            _ if said.contains("cannot be preloaded") => {
                Err("allocations are not counted: glibc's libmemusage.so is not here".to_owned())
            }
            _ => Err(format!("allocations are not counted: {}", output.status)),
        }
    };
    Ok(per_call(count(&inputs[1])?, count(&inputs[0])?, calls))
}

/// The calls of `malloc`, `calloc` and `realloc` in libmemusage's summary.
fn allocated(said: &str) -> Option<u64> {
    ["malloc|", "calloc|", "realloc|"]
        .iter()
        .map(|label| {
            let mut lines = said.lines();
            let rest = lines.find_map(|line| line.split_once(label))?.1;
            // Colours may stand around the numbers.
            rest.split_whitespace()
                .find_map(|word| word.parse::<u64>().ok())
        })
        .sum()
}
