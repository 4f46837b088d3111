//! `cargo xtask syscalls`: the system calls of one call of our clients on a
//! pooled connection, beside those of the bare clients that send the same bytes.
//!
//! The clients and their server are those of the bench `call`, each in a process
//! of its own, the client under `strace`. Each runs twice, the second time with
//! so many calls more; what is counted is the difference, so that what a program
//! does once at its start does not count.

mod judge;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use anstream::{eprintln, println};
use benches::trace::{self, Trace};
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};

use self::judge::{Used, faults};
use crate::server::{self, Server};

/// How much to count.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Calls of each client that are counted.
    #[arg(long, value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u64).range(100..=100_000))]
    calls: u64,
}

/// The reason why nothing could be counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{client}: {source}")]
    Trace {
        client: String,
        source: trace::Error,
    },
    #[error("target/syscalls: {0}")]
    Folder(io::Error),
    #[error(transparent)]
    Server(#[from] server::Error),
}

/// Calls before those that are counted: enough to open every connection.
const FEW: u64 = 100;

/// The number of times that a row is counted before what is found there is a
/// fault.
const TRIES: u32 = 3;

/// The time that the server waits before it answers, in microseconds: until
/// then the client waits too, traced or not, so that it is always woken the
/// same way.
const PAUSE: &str = "1000";

/// glibc's allocator keeps what it has. Whether it gives memory back after a page
/// of cards and takes it again for the next depends on what else is on its heap,
/// which differs from build to build. The bench leaves it as it is.
const KEEP_MEMORY: [(&str, &str); 1] = [("MALLOC_TRIM_THRESHOLD_", "1000000000")];

/// Tells one client what to do, as the bench names it.
#[derive(Clone, Copy)]
struct Row {
    workload: &'static str,
    backend: &'static str,
    in_flight: u64,
}

/// Counts, prints, and tells whether all holds.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = crate::workspace();
    let folder = root.join("target/syscalls");
    fs::create_dir_all(&folder).map_err(Error::Folder)?;
    let program = server::build_bench(&root, "call")?;
    let mut command = Command::new(&program);
    command.args(["serve", PAUSE]);
    let server = Server::announced(command, server::listening)?;
    let tracer = Tracer {
        program,
        folder,
        address: server.url().trim_start_matches("http://").to_owned(),
        calls: options.calls,
    };

    let mut table = table();
    let mut found = Vec::new();
    for workload in ["register-user", "list-cards"] {
        for backend in ["reqwest", "ureq"] {
            for in_flight in [1, 16] {
                let row = Row {
                    workload,
                    backend,
                    in_flight,
                };
                let Measured { bare, ours, faults } = tracer.measured(row)?;
                let verdict = match faults.len() {
                    0 => "holds".to_owned(),
                    count => format!("fails: {count}"),
                };
                add(&mut table, row, "bare", &bare, "");
                add(&mut table, row, "ours", &ours, &verdict);
                let name = row.name();
                found.extend(faults.iter().map(|fault| format!("{name}: {fault}")));
            }
        }
    }
    println!(
        "each of {} calls on pooled connections\n\n{table}\n",
        options.calls
    );
    for fault in &found {
        eprintln!("error: {fault}");
    }
    Ok(found.is_empty())
}

impl Row {
    fn name(self) -> String {
        format!(
            "{} over {}, {} in flight",
            self.workload, self.backend, self.in_flight
        )
    }
}

/// Holds what every traced run has in common.
struct Tracer {
    program: PathBuf,
    folder: PathBuf,
    address: String,
    calls: u64,
}

/// The two clients side by side.
struct Measured {
    bare: Used,
    ours: Used,
    faults: Vec<String>,
}

impl Tracer {
    /// Counts until nothing is at fault, at most [`TRIES`] times: a program does
    /// what it does in each run, while a machine that is busy is so in one.
    fn measured(&self, row: Row) -> Result<Measured, Error> {
        let mut tries = 1;
        loop {
            let (bare, ours) = (self.used(row, "bare")?, self.used(row, "ours")?);
            let faults = faults(&ours, &bare, row.in_flight);
            if faults.is_empty() || tries == TRIES {
                return Ok(Measured { bare, ours, faults });
            }
            for fault in &faults {
                eprintln!("again, as {}: {fault}", row.name());
            }
            tries += 1;
        }
    }

    /// Counts what one call of a client uses.
    fn used(&self, row: Row, client: &str) -> Result<Used, Error> {
        let (name, in_flight) = (format!("{}, {client}", row.name()), row.in_flight);
        eprintln!("tracing {name}");
        let in_flight = in_flight.to_string();
        let arguments = [
            "client",
            row.backend,
            client,
            row.workload,
            &in_flight,
            &self.address,
        ];
        let run = |calls: u64| {
            let file = format!(
                "{}-{}-{in_flight}-{client}-{calls}.strace",
                row.workload, row.backend
            );
            let file: &Path = &self.folder.join(file);
            let input = format!("{calls}\n");
            let traced = Trace::of(&self.program, &arguments, &KEEP_MEMORY, &input, file);
            traced.map_err(|source| Error::Trace {
                client: name.clone(),
                source,
            })
        };
        let (fewer, more) = (run(FEW)?, run(FEW + self.calls)?);
        Ok(Used::between(&fewer, &more, self.calls))
    }
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header([
        "call",
        "over",
        "in flight",
        "client",
        "system calls",
        "threads",
        "connections",
        "look-ups in all",
        "",
    ]);
    for column in [2, 4, 5, 6, 7] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn add(table: &mut Table, row: Row, client: &str, used: &Used, verdict: &str) {
    table.add_row([
        row.workload.to_owned(),
        row.backend.to_owned(),
        row.in_flight.to_string(),
        client.to_owned(),
        format!("{:.2}", used.total()),
        format!("{:.3}", used.threads),
        format!("{:.3}", used.connections),
        used.lookups.to_string(),
        verdict.to_owned(),
    ]);
}
