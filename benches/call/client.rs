//! A client in its own process. It reads numbers from its standard input, makes
//! as many calls, and prints what they cost; at the end of its input it ends.

use std::future::Future;
use std::io::{self, BufRead, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Instant;

use cards_transport::{Client as AsyncClient, ReqwestTransport, UreqTransport, blocking};

use crate::bare::{BareReqwest, BareUreq, Texts};
use crate::rounds::MANY;
use crate::stock::Stock;
use crate::workload::{Backend, Page, Registration, Sample, Workload, request, settings};
use crate::{Outcome, said};

/// The kinds of client that make the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Our client.
    Ours,
    /// The library with our settings: it builds its request as the library's
    /// documentation shows, of texts that were made before, reads the body of the
    /// reply and does not look at it.
    Bare,
    /// As bare, and the request was built before: it is only cloned.
    Prebuilt,
    /// As bare, and it signs, encodes and decodes in each call with parts that
    /// everybody has, as a program without our client would.
    Stock,
}

impl Peer {
    /// Ours first.
    pub(crate) const ALL: [Self; 4] = [Self::Ours, Self::Bare, Self::Prebuilt, Self::Stock];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Bare => "bare",
            Self::Prebuilt => "prebuilt",
            Self::Stock => "stock",
        }
    }
}

/// Describes one client and how it is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    pub(crate) backend: Backend,
    pub(crate) peer: Peer,
    pub(crate) in_flight: usize,
    pub(crate) address: SocketAddr,
}

impl Client {
    /// Serves the standard input.
    pub(crate) fn run(self, workload: Workload) -> Outcome<()> {
        match workload {
            Workload::RegisterUser => self.run_sample::<Registration>(),
            Workload::ListCards => self.run_sample::<Page>(),
        }
    }

    fn run_sample<S: Sample + Stock>(self) -> Outcome<()> {
        match self.backend {
            Backend::Ureq => self.run_ureq::<S>(),
            Backend::Reqwest => self.run_reqwest::<S>(),
        }
    }

    fn run_ureq<S: Sample + Stock>(self) -> Outcome<()> {
        let (address, in_flight) = (self.address, self.in_flight);
        if self.peer == Peer::Ours {
            let transport = UreqTransport::new().map_err(said)?;
            let provider = S::provider(address)?;
            let client = blocking::Client::with_settings(provider, transport, settings());
            let call = S::call();
            return on_threads(in_flight, || client.send(&call).map(drop).map_err(said));
        }
        let bare = BareUreq::new();
        let request = request::<S>(address)?;
        let texts = Texts::of(&request)?;
        match self.peer {
            Peer::Prebuilt => on_threads(in_flight, || bare.send(request.clone()).map(drop)),
            Peer::Stock => on_threads(in_flight, || {
                let texts = S::stock_request(address)?;
                S::stock_reply(&bare.build_and_send(&texts)?)
            }),
            _ => on_threads(in_flight, || bare.build_and_send(&texts).map(drop)),
        }
    }

    fn run_reqwest<S: Sample + Stock>(self) -> Outcome<()> {
        let (address, in_flight) = (self.address, self.in_flight);
        if self.peer == Peer::Ours {
            let transport = ReqwestTransport::new().map_err(said)?;
            let provider = S::provider(address)?;
            let client = AsyncClient::with_settings(provider, transport, settings());
            let call = Arc::new(S::call());
            return in_tasks(in_flight, move || {
                let (client, call) = (client.clone(), Arc::clone(&call));
                async move { client.send(&*call).await.map(drop).map_err(said) }
            });
        }
        let bare = BareReqwest::new()?;
        let texts = Arc::new(Texts::of(&request::<S>(address)?)?);
        match self.peer {
            Peer::Prebuilt => {
                let request = Arc::new(bare.build(&texts).build().map_err(said)?);
                in_tasks(in_flight, move || {
                    let (bare, request) = (bare.clone(), Arc::clone(&request));
                    async move {
                        let request = request.try_clone();
                        let request = request.ok_or("the body cannot be sent twice")?;
                        bare.send(request).await.map(drop)
                    }
                })
            }
            Peer::Stock => in_tasks(in_flight, move || {
                let bare = bare.clone();
                async move {
                    let request = bare.build(&S::stock_request(address)?).build();
                    S::stock_reply(&bare.send(request.map_err(said)?).await?)
                }
            }),
            _ => in_tasks(in_flight, move || {
                let (bare, texts) = (bare.clone(), Arc::clone(&texts));
                async move {
                    let request = bare.build(&texts).build().map_err(said)?;
                    bare.send(request).await.map(drop)
                }
            }),
        }
    }
}

/// The cost of some calls to this process.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// User and system, of all threads, in nanoseconds.
    pub(crate) cpu: u64,
    /// The time on the clock, in nanoseconds.
    pub(crate) wall: u64,
    pub(crate) waits: Waits,
}

/// How long the tasks waited, where there are many of them; zeros where there are few.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Waits {
    /// The time that 99 of 100 calls took at most, in nanoseconds.
    pub(crate) p99: u64,
    /// The calls of the task that made most.
    pub(crate) most: u64,
    /// The calls of the task that made fewest.
    pub(crate) fewest: u64,
}

impl Waits {
    /// Sums up the times of the calls of each task.
    fn of(tasks: &[Vec<u64>]) -> Self {
        let calls = tasks.iter().map(|times| times.len() as u64);
        let mut times = tasks.concat();
        times.sort_unstable();
        Self {
            p99: times.get(times.len() * 99 / 100).copied().unwrap_or(0),
            most: calls.clone().max().unwrap_or(0),
            fewest: calls.min().unwrap_or(0),
        }
    }
}

impl Cost {
    /// Reads a line as a client prints it.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let numbers = line.split_whitespace().map(|number| number.parse().ok());
        let [cpu, wall, p99, most, fewest] =
            numbers.collect::<Option<Vec<_>>>()?.try_into().ok()?;
        let waits = Waits { p99, most, fewest };
        Some(Self { cpu, wall, waits })
    }
}

/// Measures each spell of calls that is asked for on the standard input.
fn spells(mut spell: impl FnMut(u64) -> Waits) -> Outcome<()> {
    for line in io::stdin().lock().lines() {
        let calls = line.map_err(said)?.trim().parse().map_err(said)?;
        let (cpu, wall) = (benches::cpu_nanoseconds(), Instant::now());
        let Waits { p99, most, fewest } = spell(calls);
        let (wall, cpu) = (wall.elapsed().as_nanos(), benches::cpu_nanoseconds() - cpu);
        writeln!(io::stdout(), "{cpu} {wall} {p99} {most} {fewest}").map_err(said)?;
    }
    Ok(())
}

/// Counts the calls of a spell that are left, for all who make them: all are
/// busy until the last is taken.
#[derive(Default)]
struct Left(AtomicU64);

impl Left {
    fn take(&self) -> bool {
        let less = |left: u64| left.checked_sub(1);
        let order = Ordering::Relaxed;
        self.0.fetch_update(order, order, less).is_ok()
    }
}

/// Calls on as many threads, which stay from spell to spell.
fn on_threads(in_flight: usize, call: impl Fn() -> Outcome<()> + Sync) -> Outcome<()> {
    let (left, has_ended) = (Left::default(), AtomicU64::new(0));
    let (start, end) = (Barrier::new(in_flight + 1), Barrier::new(in_flight + 1));
    std::thread::scope(|scope| {
        for _ in 0..in_flight {
            scope.spawn(|| {
                loop {
                    start.wait();
                    if has_ended.load(Ordering::Relaxed) > 0 {
                        break;
                    }
                    while left.take() {
                        call().unwrap_or_else(|error| fail(&error));
                    }
                    end.wait();
                }
            });
        }
        let outcome = spells(|calls| {
            left.0.store(calls, Ordering::Relaxed);
            start.wait();
            end.wait();
            Waits::default()
        });
        has_ended.store(1, Ordering::Relaxed);
        start.wait();
        outcome
    })
}

/// Makes one call after another on this thread.
pub(crate) fn in_turn(call: impl AsyncFn() -> Outcome<()>) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(said)?;
    spells(|calls| {
        runtime.block_on(async {
            for _ in 0..calls {
                call().await.unwrap_or_else(|error| fail(&error));
            }
        });
        Waits::default()
    })
}

/// Calls in as many tasks on this thread.
fn in_tasks<F, Fut>(in_flight: usize, call: F) -> Outcome<()>
where
    F: Fn() -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Outcome<()>> + Send,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(said)?;
    // Where they are few, nothing that the bare client does not do is in the way.
    let is_timed = in_flight >= MANY;
    spells(|calls| {
        let left = Arc::new(Left(AtomicU64::new(calls)));
        runtime.block_on(async {
            let task = |_| {
                let (left, call) = (Arc::clone(&left), call.clone());
                tokio::spawn(async move {
                    let mut times = Vec::new();
                    while left.take() {
                        let begun = is_timed.then(Instant::now);
                        call().await.unwrap_or_else(|error| fail(&error));
                        let took = begun.map(|begun| begun.elapsed().as_nanos());
                        times.extend(took.map(|took| u64::try_from(took).unwrap_or(u64::MAX)));
                    }
                    times
                })
            };
            let tasks: Vec<_> = (0..in_flight).map(task).collect();
            let mut times = Vec::with_capacity(in_flight);
            for task in tasks {
                times.push(task.await.unwrap_or_else(|error| fail(&said(error))));
            }
            Waits::of(&times)
        })
    })
}

/// Ends the process: whoever waits for the others would wait for ever.
fn fail(error: &str) -> ! {
    drop(writeln!(io::stderr(), "error: a call failed: {error}"));
    std::process::exit(1)
}
