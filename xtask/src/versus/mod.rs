//! `cargo xtask versus`: requests per second of the sandbox beside two generic
//! mocks that give a canned reply of the same size.
//!
//! Each server meets the same machine, the same run, the same load: one thread
//! of `wrk` with 16 connections, rounds in turn, medians. The sandbox verifies,
//! carries out and keeps (in a file, each write on disk before its answer); the
//! mocks do not. No speed passes or fails.

mod call;
mod load;
mod machine;
mod peers;
mod report;

use std::path::Path;
use std::{fs, io};

use anstream::{eprintln, println};

use self::call::Call;
use self::load::Measured;
use crate::client;
use crate::install;
use crate::programs;
use crate::server::{self, Server};

/// The options of `cargo xtask versus`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Rounds, each of every server in turn.
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// Seconds of load for each server and call in a round.
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Connections, each with one request in flight.
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u32).range(1..=1000))]
    connections: u32,
}

/// The reason why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0} is missing: {1}")]
    Missing(&'static str, &'static str),
    #[error("{0}")]
    Tool(String),
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error(transparent)]
    Server(#[from] server::Error),
    #[error(transparent)]
    Install(#[from] install::Error),
    #[error(transparent)]
    Call(#[from] client::Error),
}

impl Error {
    fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// Holds one server under load.
struct Contender {
    name: String,
    server: Server,
}

/// Holds what was measured of one call, by server.
struct Row {
    call: Call,
    by_server: Vec<(String, Vec<Measured>)>,
}

/// Measures and prints. Every server is ended on the way out, whichever it is.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = crate::workspace();
    let folder = root.join("target/versus");
    fs::create_dir_all(&folder).map_err(Error::io("target/versus"))?;
    let wrk = machine::version("wrk", &["-v"]).ok_or(Error::Missing(
        "wrk",
        "the load comes from it (Debian: wrk)",
    ))?;
    let node = machine::version("node", &["--version"])
        .ok_or(Error::Missing("node", "the mocks run on it"))?;
    peers::install(&folder)?;
    let cards = programs::build_cards(&root, programs::Profile::Release)?;

    let store = folder.join("sandbox.db");
    forget(&store)?;
    let sandbox = Server::sandbox(&cards, &["--store".as_ref(), store.as_os_str()])?;
    let calls = call::calls(&cards, &sandbox)?;
    let mut contenders = vec![Contender {
        name: "sandbox".to_owned(),
        server: sandbox,
    }];
    for peer in peers::ALL {
        contenders.push(Contender {
            name: peer.name(),
            server: peer.start(&folder, &calls)?,
        });
    }
    for contender in &contenders {
        for call in &calls {
            call.is_answered_by(&contender.name, contender.server.url())?;
        }
    }

    let facts = machine::facts(&root, &folder, &[("wrk", wrk), ("node", node)])?;
    println!("{}", report::facts(&facts));
    let mut rows: Vec<Row> = calls
        .into_iter()
        .map(|call| Row {
            call,
            by_server: contenders
                .iter()
                .map(|contender| (contender.name.clone(), Vec::new()))
                .collect(),
        })
        .collect();
    for row in &rows {
        row.call.write_script(&folder)?;
        for contender in &contenders {
            eprintln!("warming up: {}, {}", row.call.name, contender.name);
            load::run(
                &folder,
                &row.call,
                &contender.server,
                2,
                options.connections,
            )?;
        }
    }
    for round in 0..options.rounds {
        for row in &mut rows {
            for turn in 0..contenders.len() {
                // Nobody is always first.
                let at = (turn + round as usize) % contenders.len();
                let contender = &contenders[at];
                let measured = load::run(
                    &folder,
                    &row.call,
                    &contender.server,
                    options.seconds,
                    options.connections,
                )?;
                eprintln!(
                    "round {} of {}: {}, {}: {:.0}/s",
                    round + 1,
                    options.rounds,
                    row.call.name,
                    contender.name,
                    measured.per_second
                );
                row.by_server[at].1.push(measured);
            }
        }
    }
    call::all_accepted(contenders[0].server.url())?;
    println!("{}", report::table(&rows, options));
    Ok(true)
}

/// Removes the store of the last run.
fn forget(store: &Path) -> Result<(), Error> {
    for end in ["", "-wal", "-shm"] {
        let mut path = store.as_os_str().to_owned();
        path.push(end);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("the store of the last run")(error));
            }
            _ => {}
        }
    }
    Ok(())
}
