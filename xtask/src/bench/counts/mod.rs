//! Counts what one call of our clients does on a pooled connection, beside the bare clients that
//! send the same bytes: system calls, threads, connections, allocations and instructions.
//!
//! So are all calls of a provider together, by every way that they can take, against limits of their own.
//!
//! The clients and their server are those of the bench `call`, each in a process
//! of its own, the client under `strace` or `valgrind`. Each runs twice, the
//! second time with so many calls more; what is counted is the difference, so that
//! what a program does once at its start does not count.

mod judge;

use std::path::PathBuf;
use std::process::Command;
use std::{fs, io};

use anstream::eprintln;
use benches::row::Row;
use benches::trace::{self, Trace};
use benches::{CALL_LIMITS, CallLimit, PATH_LIMITS, PathLimit};

use self::judge::Used;
use crate::bench::Measured;
use crate::bench::callgrind::{self, Counts};
use crate::bench::profile::{Measure, Profile};
use crate::programs;
use crate::server::{self, Server};

/// The reason why nothing could be counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{client}: {source}")]
    Trace {
        client: String,
        source: trace::Error,
    },
    #[error("{client}: {source}")]
    Profile {
        client: String,
        source: callgrind::Error,
    },
    #[error("target/bench/counts: {0}")]
    Folder(io::Error),
    #[error(transparent)]
    Server(#[from] server::Error),
}

/// Calls before those that are counted: enough to open every connection.
const FEW: u64 = 100;

/// The number of times that a row is counted before what is found there is a
/// fault.
const TRIES: u32 = 3;

/// Counts the calls that are profiled. Under valgrind each takes fifty times as long; all take the same
/// number of instructions, so that few are enough.
const PROFILED: u64 = 100;

/// Counts the calls before those, which open the connection.
const UNPROFILED: u64 = 20;

/// Rounds of all calls of a provider before those that are counted, which open the connections.
const FEW_ROUNDS: u64 = 3;

/// Rounds whose system calls are counted.
const ROUNDS: u64 = 40;

/// Rounds whose allocations are counted.
const PROFILED_ROUNDS: u64 = 10;

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
struct Setup {
    workload: &'static str,
    backend: &'static str,
    in_flight: u64,
}

/// Counts every call, and judges it.
pub(super) fn run(calls: u64) -> Result<Measured, Error> {
    let folder = benches::row::folder().join("counts");
    fs::create_dir_all(&folder).map_err(Error::Folder)?;
    let program = programs::build_call_bench(&crate::workspace(), "counts")?;
    let mut command = Command::new(&program);
    command.args(["serve", PAUSE]);
    let server = Server::announced(command, server::listening)?;
    let counter = Counter {
        program,
        folder,
        address: server.url().trim_start_matches("http://").to_owned(),
        calls,
    };
    let mut counted = Measured::default();
    for workload in ["register-user", "list-cards"] {
        for backend in ["reqwest", "ureq"] {
            for in_flight in [1, 16] {
                let setup = Setup {
                    workload,
                    backend,
                    in_flight,
                };
                counter.add_system(setup, &mut counted)?;
                if in_flight == 1 {
                    counter.add_profile(setup, &mut counted)?;
                }
            }
        }
    }
    for limit in &PATH_LIMITS {
        counter.add_paths(limit, &mut counted)?;
    }
    Ok(counted)
}

impl Setup {
    fn name(self) -> String {
        format!("{}/{}/{}", self.workload, self.backend, self.in_flight)
    }

    fn limit(self) -> Option<&'static CallLimit> {
        CALL_LIMITS
            .iter()
            .find(|limit| limit.workload == self.workload && limit.backend == self.backend)
    }

    /// Makes a row of two counts, the second with its name.
    fn row(self, what: &str, ours: f64, (beside, name): (f64, &str), goal: Option<f64>) -> Row {
        Row {
            step: format!("{what}, {}", self.name()),
            ours: "ours".to_owned(),
            beside: name.to_owned(),
            unit: what.to_owned(),
            ours_took: Some(ours),
            beside_took: Some(beside),
            ratio: (beside > 0.0).then(|| ours / beside),
            spread: None,
            goal,
        }
    }
}

/// Holds what every counted run has in common.
struct Counter {
    program: PathBuf,
    folder: PathBuf,
    address: String,
    calls: u64,
}

impl Counter {
    /// Counts until nothing is at fault, at most [`TRIES`] times: a program does
    /// what it does in each run, while a machine that is busy is so in one.
    fn add_system(&self, setup: Setup, counted: &mut Measured) -> Result<(), Error> {
        let mut tries = 1;
        let (bare, ours, faults) = loop {
            let of = |peer| self.used(&self.client(setup, peer), (FEW, self.calls));
            let (bare, ours) = (of("bare")?, of("ours")?);
            let mut faults = judge::faults(&ours, &bare, setup.in_flight);
            let limit = setup.limit().filter(|_| setup.in_flight == 1);
            faults.extend(limit.and_then(|limit| judge::over_system(&ours, limit)));
            if faults.is_empty() || tries == TRIES {
                break (bare, ours, faults);
            }
            for fault in &faults {
                eprintln!("again, as {}: {fault}", setup.name());
            }
            tries += 1;
        };
        let beside = (bare.total(), "bare");
        counted
            .rows
            .push(setup.row("system calls", ours.total(), beside, None));
        let faults = faults
            .iter()
            .map(|fault| format!("{}: {fault}", setup.name()));
        counted.faults.extend(faults);
        Ok(())
    }

    /// Counts instructions and allocations.
    fn add_profile(&self, setup: Setup, counted: &mut Measured) -> Result<(), Error> {
        let Some(limit) = setup.limit() else {
            let why = "no limit is set in benches/src/lib.rs";
            counted.faults.push(format!("{}: {why}", setup.name()));
            return Ok(());
        };
        let of = |peer| self.profile(&self.client(setup, peer), (UNPROFILED, PROFILED));
        let (beside, ours) = (of(limit.beside)?, of("ours")?);
        let each = |[fewer, more]: &[Counts; 2], of: fn(&Counts) -> u64| {
            trace::per_call(of(more), of(fewer), PROFILED)
        };
        let both = [&ours, &beside];
        let [instructions, of_beside] = both.map(|counts| each(counts, Counts::total));
        let [allocations, beside_allocates] =
            both.map(|counts| each(counts, |counts| counts.allocations));
        let mut add = |what: &str, ours, beside, goal| {
            let beside = (beside, limit.beside);
            counted.rows.push(setup.row(what, ours, beside, goal));
        };
        add(
            "instructions",
            instructions,
            of_beside,
            Some(limit.instructions),
        );
        add("allocations", allocations, beside_allocates, None);
        let name = setup.name();
        let faults = judge::over(&name, [instructions, of_beside], allocations, limit);
        counted.faults.extend(faults);
        counted.profiles.push(Profile::new(
            Measure::Instructions,
            name,
            // It is the profile of each number in flight.
            format!("{}/{}", setup.workload, setup.backend),
            limit.beside,
            &both.map(|counts| callgrind::by_crate(counts, PROFILED)),
        ));
        Ok(())
    }

    /// Counts what the calls of a provider ask of the system and allocate, each made once by every way.
    fn add_paths(&self, limit: &PathLimit, counted: &mut Measured) -> Result<(), Error> {
        let client = self.paths(limit);
        let mut tries = 1;
        let (used, allocations, faults) = loop {
            let used = self.used(&client, (FEW_ROUNDS, ROUNDS))?;
            let profiled = self.profile(&client, (FEW_ROUNDS, PROFILED_ROUNDS))?;
            let [fewer, more] = profiled.map(|counts| counts.allocations);
            let allocations = trace::per_call(more, fewer, PROFILED_ROUNDS);
            let mut faults = judge::over_paths(&used, limit);
            faults.extend(judge::over_path_allocations(allocations, limit));
            if faults.is_empty() || tries == TRIES {
                break (used, allocations, faults);
            }
            for fault in &faults {
                eprintln!("again, as {}: {fault}", client.name);
            }
            tries += 1;
        };
        for (what, each, most) in [
            ("system calls", used.total(), limit.system_calls),
            ("allocations", allocations, limit.allocations),
        ] {
            counted.rows.push(Row {
                step: format!("{what}, {}", client.name),
                ours: "ours".to_owned(),
                beside: "limit".to_owned(),
                unit: what.to_owned(),
                ours_took: Some(each),
                beside_took: Some(most),
                ratio: Some(each / most),
                spread: None,
                // Chance goes beyond it: the judge has the say.
                goal: None,
            });
        }
        let faults = faults
            .iter()
            .map(|fault| format!("{}: {fault}", client.name));
        counted.faults.extend(faults);
        Ok(())
    }

    /// Counts what one call of a client asks of the system: the first run makes so many, the second so
    /// many more.
    fn used(&self, client: &Client, (few, calls): (u64, u64)) -> Result<Used, Error> {
        let name = &client.name;
        eprintln!("tracing {name}");
        let run = |calls: u64| {
            let traced = Trace::of(
                &self.program,
                &client.arguments(),
                &KEEP_MEMORY,
                &format!("{calls}\n"),
                &self.file(client, calls, "strace"),
            );
            traced.map_err(|source| Error::Trace {
                client: name.clone(),
                source,
            })
        };
        let (fewer, more) = (run(few)?, run(few + calls)?);
        Ok(Used::between(&fewer, &more, calls))
    }

    /// Profiles a client with few calls, and with so many more.
    fn profile(&self, client: &Client, (few, calls): (u64, u64)) -> Result<[Counts; 2], Error> {
        let name = &client.name;
        eprintln!("profiling {name}");
        let run = |calls: u64| {
            let profiled = Counts::of(
                &self.program,
                &client.arguments(),
                &[],
                &format!("{calls}\n"),
                &self.file(client, calls, "callgrind"),
            );
            profiled.map_err(|source| Error::Profile {
                client: name.clone(),
                source,
            })
        };
        Ok([run(few)?, run(few + calls)?])
    }

    /// A client that makes one call.
    fn client(&self, setup: Setup, peer: &str) -> Client {
        let in_flight = setup.in_flight.to_string();
        let words = ["client", setup.backend, peer, setup.workload, &in_flight];
        Client {
            name: format!("{}, {peer}", setup.name()),
            words: words.map(str::to_owned).to_vec(),
            address: self.address.clone(),
        }
    }

    /// The client that makes every call of a provider.
    fn paths(&self, limit: &PathLimit) -> Client {
        let words = ["paths", limit.backend, limit.provider];
        Client {
            name: format!("every call of {}/{}", limit.provider, limit.backend),
            words: words.map(str::to_owned).to_vec(),
            address: self.address.clone(),
        }
    }

    fn file(&self, client: &Client, calls: u64, end: &str) -> PathBuf {
        let file = format!("{}-{calls}.{end}", client.words.join("-"));
        self.folder.join(file)
    }
}

/// A client as a process.
struct Client {
    /// The name, in the report.
    name: String,
    words: Vec<String>,
    address: String,
}

impl Client {
    fn arguments(&self) -> Vec<&str> {
        let words = self.words.iter().chain([&self.address]);
        words.map(String::as_str).collect()
    }
}
