//! Measures one whole call of our clients, beside the bare client that sends
//! the same bytes to the same server: CPU time, wall time, system calls,
//! allocations, threads, connections and look-ups.
//!
//! Not with criterion, which measures the wall time of one thread of its own
//! process: here the CPU time of all threads of a process counts, and the
//! server's must not be in it. So this program starts itself again, once as the
//! server ([`server`]) and once for each client ([`client`]), and measures them
//! in turn, round after round. It takes criterion's arguments `--test` (one
//! short round of each, to see that all of it runs) and `--quick` (few rounds),
//! and a text that a row's name has to contain, such as `register-user/ureq/16`.
//!
//! No speed passes or fails here. Counts are held by `cargo xtask bench --check`,
//! which starts the same server and clients.

mod bare;
mod client;
mod measure;
mod paths;
mod report;
mod rounds;
mod server;
mod stock;
mod workload;

use std::io::{self, Write};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use self::client::Peer;
use self::rounds::Extent;
use self::workload::{Backend, Workload};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["serve", pause] => pause
            .parse()
            .map_err(said)
            .and_then(|pause| server::serve(Duration::from_micros(pause)).map_err(said)),
        ["client", backend, peer, workload, in_flight, address] => {
            start_client([backend, peer, workload, in_flight, address])
        }
        ["paths", backend, provider, address] => start_paths(backend, provider, address),
        _ => bench(&words),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell where this fails.
            drop(writeln!(io::stderr(), "error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// A value, or an error in words.
type Outcome<T> = Result<T, String>;

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn start_client([backend, peer, workload, in_flight, address]: [&str; 5]) -> Outcome<()> {
    let client = client::Client {
        backend: backend.parse()?,
        peer: peer.parse()?,
        in_flight: in_flight.parse().map_err(said)?,
        address: address.parse().map_err(said)?,
    };
    client.run(workload.parse()?)
}

fn start_paths(backend: &str, provider: &str, address: &str) -> Outcome<()> {
    paths::run(backend.parse()?, provider, address.parse().map_err(said)?)
}

/// The bench itself. Arguments of criterion's that mean nothing here are passed
/// over: `cargo bench -- ARGUMENTS` gives every bench the same.
fn bench(words: &[&str]) -> Outcome<()> {
    let extent = match words {
        words if words.contains(&"--test") => Extent::TEST,
        words if words.contains(&"--quick") => Extent::QUICK,
        _ => Extent::FULL,
    };
    let mut texts = words.iter().filter(|word| !word.starts_with('-'));
    rounds::run(&extent, texts.next().copied().unwrap_or_default())
}

/// Finds one of a list by the name that the command line and the table show.
fn named<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: &str) -> Outcome<T> {
    let mut all = all.iter().copied();
    let found = all.find(|&one| name(one) == text);
    found.ok_or_else(|| format!("`{text}` is unknown here"))
}

impl FromStr for Backend {
    type Err = String;

    fn from_str(text: &str) -> Outcome<Self> {
        named(&Self::ALL, Self::name, text)
    }
}

impl FromStr for Workload {
    type Err = String;

    fn from_str(text: &str) -> Outcome<Self> {
        named(&Self::ALL, Self::name, text)
    }
}

impl FromStr for Peer {
    type Err = String;

    fn from_str(text: &str) -> Outcome<Self> {
        named(&Self::ALL, Self::name, text)
    }
}
