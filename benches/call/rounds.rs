//! Rounds in turn: a spell of calls of each client, then of each again, so that
//! load that comes and goes meets all of them.

use std::time::Duration;

use crate::client::{Client, Cost, Peer};
use crate::measure::{Counts, Running, Server, counts};
use crate::report;
use crate::server::Recorder;
use crate::workload::{Backend, Workload};
use crate::{Outcome, said};

/// Sets how much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) rounds: usize,
    /// The time for which one client calls in a round.
    spell: Duration,
    /// The number of calls that are counted, and then twice as many.
    counted: u64,
}

impl Extent {
    pub(crate) const FULL: Self = Self {
        rounds: 61,
        spell: Duration::from_millis(50),
        counted: 500,
    };
    pub(crate) const QUICK: Self = Self {
        rounds: 7,
        spell: Duration::from_millis(50),
        counted: 200,
    };
    pub(crate) const TEST: Self = Self {
        rounds: 1,
        spell: Duration::ZERO,
        counted: 20,
    };
}

/// Names one call over one backend, with so many at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) workload: Workload,
    pub(crate) backend: Backend,
    pub(crate) in_flight: usize,
}

/// Holds what was measured of one client in a row.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) peer: Peer,
    /// The costs of one call, round by round.
    pub(crate) rounds: Vec<Each>,
    pub(crate) counts: Counts,
}

/// The cost of one call in one round, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Each {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
    /// The time that 99 of 100 calls took at most, where there are many tasks.
    pub(crate) p99: f64,
    /// The calls of the busiest task over those of the idlest, where there are many.
    pub(crate) unevenness: f64,
}

/// The numbers of calls in flight.
const IN_FLIGHT: [usize; 3] = [1, 16, 64];

/// The tasks on one client whose waits are measured too.
pub(crate) const MANY: usize = 1_000;

/// The calls of each of them in a spell, on the average.
const CALLS_OF_MANY: u64 = 10;

/// Measures and prints every row whose name contains `filter`.
pub(crate) fn run(extent: &Extent, filter: &str) -> Outcome<()> {
    let mut rows = Vec::new();
    for workload in Workload::ALL {
        for backend in Backend::ALL {
            let row = |in_flight| Row {
                workload,
                backend,
                in_flight,
            };
            rows.extend(IN_FLIGHT.map(row));
        }
    }
    rows.push(Row {
        workload: Workload::RegisterUser,
        backend: Backend::Reqwest,
        in_flight: MANY,
    });
    rows.retain(|row| row.name().contains(filter));
    if rows.is_empty() {
        return Err(format!(
            "no row's name contains `{filter}`; one is `register-user/ureq/16`"
        ));
    }
    report::head(extent).map_err(said)?;
    let server = Server::start()?;
    let mut kept = Vec::new();
    for row in rows {
        row.sends_the_same()?;
        let measured = row.measure(extent, &server)?;
        report::row(row, &measured).map_err(said)?;
        kept.extend(report::rows(row, &measured));
    }
    report::foot().map_err(said)?;
    if extent.rounds > 1 {
        benches::row::save("call", &kept).map_err(said)?;
    }
    Ok(())
}

impl Row {
    pub(crate) fn name(self) -> String {
        let (workload, backend) = (self.workload.name(), self.backend.name());
        format!("{workload}/{backend}/{}", self.in_flight)
    }

    /// Says whether the waits of the tasks are measured.
    pub(crate) fn is_of_many(self) -> bool {
        self.in_flight >= MANY
    }

    /// The clients that are measured in turn: with many tasks those whose waits are compared.
    fn peers(self) -> &'static [Peer] {
        match self.is_of_many() {
            true => &[Peer::Ours, Peer::Bare],
            false => &Peer::ALL,
        }
    }

    /// Requires that every client sends the bytes that ours sends.
    fn sends_the_same(self) -> Outcome<()> {
        let recorder = Recorder::new().map_err(said)?;
        let address = recorder.address().map_err(said)?;
        let mut ours = None;
        for peer in Peer::ALL {
            let client = Client {
                backend: self.backend,
                peer,
                in_flight: 1,
                address,
            };
            let sent = std::thread::scope(|scope| {
                let sent = scope.spawn(|| recorder.take());
                Running::start(client, self.workload)?.call(1)?;
                match sent.join() {
                    Ok(sent) => sent.map_err(said),
                    Err(_) => Err("the recorder panicked".to_owned()),
                }
            })?;
            if *ours.get_or_insert_with(|| sent.clone()) != sent {
                let (name, peer) = (self.name(), peer.name());
                return Err(format!("{name}: {peer} sends other bytes than ours"));
            }
        }
        Ok(())
    }

    fn measure(self, extent: &Extent, server: &Server) -> Outcome<Vec<Measured>> {
        let peers = self.peers().iter().copied();
        let client = |peer| Client {
            backend: self.backend,
            peer,
            in_flight: self.in_flight,
            address: server.address,
        };
        let start = |peer| Running::start(client(peer), self.workload);
        let mut running = peers.clone().map(start).collect::<Outcome<Vec<_>>>()?;
        let at_once = self.in_flight as u64;
        let mut calls = at_once * 2;
        for running in &mut running {
            // The first calls open the connections.
            running.call(calls)?;
        }
        if self.is_of_many() {
            calls = at_once * CALLS_OF_MANY;
        } else if !extent.spell.is_zero() {
            let tried = at_once * 50;
            let mut longest = 1;
            for running in &mut running {
                longest = running.call(tried)?.wall.max(longest);
            }
            let spell = extent.spell.as_nanos() as f64;
            calls = calls.max((spell / longest as f64 * tried as f64) as u64);
        }

        let mut rounds = vec![Vec::new(); running.len()];
        // A round of many takes longer, and a quarter of them shows as much.
        let turns = match self.is_of_many() {
            true => extent.rounds.div_ceil(4),
            false => extent.rounds,
        };
        for round in 0..turns {
            for turn in 0..running.len() {
                // Nobody is always first.
                let at = (turn + round) % running.len();
                rounds[at].push(Each::of(running[at].call(calls)?, calls));
            }
        }
        drop(running);

        let counts = |peer| match self.is_of_many() {
            true => Ok(Counts::none("counted with 1, 16 and 64 in flight")),
            false => counts(client(peer), self.workload, extent.counted),
        };
        let measured = peers.zip(rounds).map(|(peer, rounds)| {
            Ok(Measured {
                peer,
                rounds,
                counts: counts(peer)?,
            })
        });
        measured.collect()
    }
}

impl Each {
    fn of(cost: Cost, calls: u64) -> Self {
        let each = |nanoseconds: u64| nanoseconds as f64 / 1000.0 / calls as f64;
        let waits = cost.waits;
        Self {
            cpu: each(cost.cpu),
            wall: each(cost.wall),
            p99: waits.p99 as f64 / 1000.0,
            unevenness: waits.most as f64 / waits.fewest.max(1) as f64,
        }
    }
}
