//! One call that meets one fault, by one backend, and what is wrong with how it ends.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use cards_transport::model::Effect;
use cards_transport::{BackendOptions, Call, CallOptions, Error, ErrorKind, Retry};

use crate::certificates;
use crate::column::{Column, Judged, SLACK, column, keys};
use crate::common::clients::{AnyClient, Backend, Outcome};
use crate::common::fake::FakeClock;
use crate::common::operations::{provider, shown};
use crate::rows::{LookUp, MOST_BYTES, Row, Told};
use crate::server::{Listens, Server, Silent};

/// The most attempts that a call makes.
pub(crate) const ATTEMPTS: u32 = 3;

/// Longer than anything takes here.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// The first address of a name that leads to two.
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 9, 9, 9);

/// Lets a call meet the fault of a row. On a busy machine the time may be over before the fault
/// is met: then it is given more.
pub(crate) fn judge<B: Backend, C: Call>(row: impl Fn(&Column<C>) -> Row) -> Judged {
    let column = column::<C>();
    let row = |column: &Column<C>| row(column).over(B::NAME);
    let waits = row(&column).waits();
    let limits: &[u64] = if waits {
        &[300, 2_000, 10_000]
    } else {
        &[60_000]
    };
    for limit in limits {
        let cell = Cell::<B, C>::new(row(&column), &column, Duration::from_millis(*limit));
        if let Some(judged) = cell.judge() {
            return judged;
        }
    }
    Judged {
        wrong: vec!["the fault is not met".to_owned()],
        ..Judged::default()
    }
}

struct Cell<'a, B: Backend, C: Call> {
    row: Row,
    column: &'a Column<C>,
    limit: Duration,
    server: Server,
    names: Arc<Names>,
    _silent: Option<Silent>,
    client: B::Client<C::Provider>,
}

impl<'a, B: Backend, C: Call> Cell<'a, B, C> {
    fn new(row: Row, column: &'a Column<C>, limit: Duration) -> Self {
        let good = column.good.reply.to_bytes();
        let server = Server::start(row.listens, row.play.clone(), good);
        let names = Arc::new(Names::new(row.look_up));
        let asked = Arc::clone(&names);
        let silent = row.look_up == Some(LookUp::FindsSilent);
        let silent = silent.then(|| Silent::beside(&server, OTHER));
        let options = BackendOptions::new()
            .connect_timeout(row.connects_within)
            .read_timeout(LONG)
            .idle_timeout(LONG)
            .roots(certificates::trusted())
            .resolver(move |_| asked.look_up());
        let retry = Retry::new(ATTEMPTS).first_pause(Duration::from_millis(1));
        let settings = FakeClock::new().settings().retry(retry);
        let settings = settings.total_timeout(limit).reply_bytes(MOST_BYTES);
        let host = row.look_up.map_or("127.0.0.1", |_| "localhost");
        let provider = provider::<C::Provider>(&server.url(host), keys());
        Self {
            client: B::client(provider, &options, settings),
            row,
            column,
            limit,
            server,
            names,
            _silent: silent,
        }
    }

    /// `None`: the fault was not met.
    fn judge(mut self) -> Option<Judged> {
        let mut wrong = Vec::new();
        if self.row.is_warm {
            self.server.behave();
            wrong.extend(self.goes_well("before the fault"));
            self.server.misbehave();
        }
        if self.row.is_over {
            if self.row.is_warm {
                if !self.server.seen().has_ended(LONG) {
                    return None;
                }
                // Between calls in a row, reqwest does not look at its connections.
                thread::sleep(Duration::from_millis(10));
            }
            self.server.behave();
        }
        let (outcome, mut judged) = self.column.tried(&self.client, self.limit, self.row.delay);
        if !self.is_met() {
            return None;
        }
        judged.wrong.extend(wrong);
        judged.wrong.extend(self.wrong_with(&outcome));
        judged.wrong.extend(self.wrong_afterwards());
        Some(judged)
    }

    /// Tells whether the call has met its fault.
    fn is_met(&self) -> bool {
        match (self.row.look_up, self.row.listens) {
            (Some(_), _) => self.names.asked.load(Ordering::SeqCst) > 0,
            (None, Listens::No | Listens::Full) => true,
            (None, Listens::Yes) => {
                let within = if self.row.waits() { SLACK } else { LONG };
                self.row.is_over || self.server.seen().has_ended(within)
            }
        }
    }

    /// Says what is wrong with the outcome, and with how often the server saw the call.
    fn wrong_with(&self, outcome: &Outcome<C>) -> Option<String> {
        let is_mutation = C::operation().effect == Effect::Mutation;
        let seen = self.server.seen();
        let (requests, connections) = (seen.requests(), seen.connections());
        let (told, attempts) = match outcome {
            Ok(reply) => (None, reply.attempts()),
            Err(error) => (Some(error), error.attempts()),
        };
        let is = |kinds: &[ErrorKind]| told.is_some_and(|error| kinds.contains(&error.kind()));
        let is_unsent = told.is_some_and(Error::is_not_sent);
        let is_unknown = told.is_some_and(Error::is_outcome_unknown);
        let is_once = attempts == 1 && requests <= 1;
        let is_bounded = attempts <= ATTEMPTS && requests <= attempts as usize;
        let is_right = match self.row.told {
            Told::Value => self.is_good(outcome) && is_once && requests == 1,
            Told::NotSent(kinds) => is(kinds) && is_unsent && !is_unknown && requests == 0,
            Told::Open(_) if is_mutation => {
                is(&[ErrorKind::OutcomeUnknown])
                    && !is_unsent
                    && is_unknown
                    && is_once
                    && (self.row.is_warm || connections == 1)
            }
            Told::Open(kinds) => is(kinds) && !is_unsent && !is_unknown,
            Told::Refused(kinds) => {
                is(kinds) && !is_unsent && !is_unknown && (is_once || !is_mutation)
            }
        };
        let outcome = outcome.as_ref().map(|_| "a value");
        (!is_right || !is_bounded).then(|| {
            format!(
                "{:?} is expected of {}, not {outcome:?}: {attempts} attempts, {requests} requests \
                 on {connections} new connections",
                self.row.told,
                if is_mutation { "a mutation" } else { "a read" },
            )
        })
    }

    fn is_good(&self, outcome: &Outcome<C>) -> bool {
        let is_good = |reply: &cards_transport::Reply<C::Reply>| {
            shown(reply.value()) == self.column.good.value
        };
        outcome.as_ref().is_ok_and(is_good)
    }

    /// Calls twice at the server that behaves again, and says what is wrong: the second call has
    /// the first one's connection.
    fn wrong_afterwards(&mut self) -> Vec<String> {
        self.names.set(None);
        self.server.behave();
        let calls = ["afterwards", "afterwards, again"].map(|when| self.goes_well(when));
        let mut wrong: Vec<_> = calls.into_iter().flatten().collect();
        let seen = self.server.seen();
        let (requests, connections) = (seen.requests(), seen.good());
        // That of a call that went well serves on.
        let expected = usize::from(self.row.told != Told::Value);
        if wrong.is_empty() && (requests != 2 || connections != expected) {
            wrong.push(format!(
                "afterwards, {requests} requests on {connections} connections"
            ));
        }
        wrong
    }

    /// Says what is wrong with a call that is to go well.
    fn goes_well(&self, when: &str) -> Option<String> {
        let options = CallOptions::new().total_timeout(LONG);
        let outcome = self.client.send_with(&self.column.call, &options);
        if self.is_good(&outcome) && outcome.as_ref().is_ok_and(|reply| reply.attempts() == 1) {
            return None;
        }
        Some(match outcome {
            Ok(reply) => format!("{when}, {} attempts or another value", reply.attempts()),
            Err(error) => format!("{when}, {error:?}"),
        })
    }
}

/// Lets go of look-ups that hang.
impl<B: Backend, C: Call> Drop for Cell<'_, B, C> {
    fn drop(&mut self) {
        self.names.set(None);
    }
}

/// Looks names up for a client.
struct Names {
    fault: Mutex<Option<LookUp>>,
    changed: Condvar,
    asked: AtomicUsize,
}

impl Names {
    fn new(fault: Option<LookUp>) -> Self {
        Self {
            fault: Mutex::new(fault),
            changed: Condvar::new(),
            asked: AtomicUsize::new(0),
        }
    }

    fn set(&self, fault: Option<LookUp>) {
        *self.fault.lock().unwrap() = fault;
        self.changed.notify_all();
    }

    fn look_up(&self) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let fault = self.fault.lock().unwrap();
        let hangs = |fault: &mut Option<LookUp>| *fault == Some(LookUp::Hangs);
        let fault = self.changed.wait_while(fault, hangs).unwrap();
        match *fault {
            Some(LookUp::Fails) => Err(io::Error::other("no such name")),
            Some(LookUp::FindsNothing) => Ok(Vec::new()),
            Some(LookUp::FindsTwo | LookUp::FindsSilent) => {
                Ok(vec![OTHER.into(), Ipv4Addr::LOCALHOST.into()])
            }
            Some(LookUp::Hangs) | None => Ok(vec![Ipv4Addr::LOCALHOST.into()]),
        }
    }
}
