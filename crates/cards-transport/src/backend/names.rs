//! Names to addresses, for both backends.
//!
//! An address is no name and costs nothing. A name is looked up on a thread of
//! its own, since the system's look-up blocks and cannot be given up; all that
//! ask for it meanwhile wait for the one look-up, and what it finds serves for
//! a few seconds. Failures are not kept. Look-ups that hang are bounded in
//! number, and nobody waits for one longer than its own time.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use event_listener::Event;

use crate::caught::caught;

/// The time for which a name's addresses serve.
const KEPT: Duration = Duration::from_secs(5);

/// The most names that are kept.
const MOST_NAMES: usize = 256;

/// The most look-ups at a time, hung ones included.
const MOST_LOOKUPS: usize = 16;

/// A look-up that takes so long may hang: who asks anew begins another.
const HANGS_AFTER: Duration = Duration::from_secs(5);

/// A way to look a name up.
pub(crate) type LookUp = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

/// Looks names up, and keeps what it found for a moment.
#[derive(Clone)]
pub(crate) struct Names(Arc<Shared>);

struct Shared {
    look_up: Arc<LookUp>,
    names: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    names: BTreeMap<String, Name>,
    running: usize,
}

enum Name {
    Known(Arc<[IpAddr]>, Instant),
    Running(Arc<Running>),
}

/// A look-up on its way.
struct Running {
    since: Instant,
    outcome: OnceLock<Result<Arc<[IpAddr]>, NotFound>>,
    done: Event,
}

/// The reason why a name has no address here.
#[derive(Clone, Debug)]
pub(crate) enum NotFound {
    /// The look-up failed.
    Failed { host: String, error: Arc<io::Error> },
    /// The time for it ran out. reqwest's connector has that time.
    #[cfg(feature = "ureq")]
    TimedOut { host: String },
    /// Too many look-ups hang.
    TooMany { host: String },
}

impl Names {
    /// Looks up by the system, or by the way given.
    pub(crate) fn new(look_up: Option<Arc<LookUp>>) -> Self {
        Self(Arc::new(Shared {
            look_up: look_up.unwrap_or_else(|| Arc::new(by_the_system)),
            names: Mutex::default(),
        }))
    }

    /// The addresses of a host, on the calling thread.
    #[cfg(feature = "ureq")]
    pub(crate) fn find_until(&self, host: &str, until: Instant) -> Result<Arc<[IpAddr]>, NotFound> {
        use event_listener::Listener as _;

        let running = match self.begin(host)? {
            Begun::Found(addresses) => return Ok(addresses),
            Begun::Running(running) => running,
        };
        loop {
            let listener = running.done.listen();
            if let Some(outcome) = running.outcome.get() {
                return outcome.clone();
            }
            if listener.wait_deadline(until).is_none() {
                let outcome = running.outcome.get().cloned();
                return outcome.unwrap_or_else(|| Err(NotFound::TimedOut { host: host.into() }));
            }
        }
    }

    /// The addresses of a host, without blocking. It takes as long as it takes.
    #[cfg(feature = "reqwest")]
    pub(crate) async fn find(&self, host: &str) -> Result<Arc<[IpAddr]>, NotFound> {
        let running = match self.begin(host)? {
            Begun::Found(addresses) => return Ok(addresses),
            Begun::Running(running) => running,
        };
        loop {
            let listener = running.done.listen();
            if let Some(outcome) = running.outcome.get() {
                return outcome.clone();
            }
            listener.await;
        }
    }

    fn begin(&self, host: &str) -> Result<Begun, NotFound> {
        if let Some(address) = literal(host) {
            return Ok(Begun::Found(Arc::new([address])));
        }
        let mut table = self.0.table();
        let now = Instant::now();
        match table.names.get(host) {
            Some(Name::Known(addresses, until)) if now < *until => {
                return Ok(Begun::Found(Arc::clone(addresses)));
            }
            // One that hangs is joined too where no other can be begun: it may
            // still end.
            Some(Name::Running(running))
                if now < running.since + HANGS_AFTER || table.running >= MOST_LOOKUPS =>
            {
                return Ok(Begun::Running(Arc::clone(running)));
            }
            _ => {}
        }
        if table.running >= MOST_LOOKUPS {
            return Err(NotFound::TooMany { host: host.into() });
        }
        let running = Arc::new(Running {
            since: now,
            outcome: OnceLock::new(),
            done: Event::new(),
        });
        let (shared, ours) = (Arc::clone(&self.0), Arc::clone(&running));
        let name = host.to_owned();
        let thread = thread::Builder::new().name("cards-look-up".into());
        thread
            .spawn(move || shared.run(&name, &ours))
            .map_err(|error| NotFound::failed(host, error))?;
        table.running += 1;
        table.make_room(now);
        let name = Name::Running(Arc::clone(&running));
        table.names.insert(host.to_owned(), name);
        Ok(Begun::Running(running))
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").finish_non_exhaustive()
    }
}

enum Begun {
    Found(Arc<[IpAddr]>),
    Running(Arc<Running>),
}

impl Shared {
    /// Makes one look-up, on its own thread.
    fn run(&self, host: &str, ours: &Arc<Running>) {
        // A look-up of one's own may panic; whoever waits must hear of it.
        let outcome = caught(|| (self.look_up)(host))
            .unwrap_or_else(|| Err(io::Error::other("the look-up panicked")))
            .and_then(|addresses| match addresses.is_empty() {
                true => Err(io::Error::new(io::ErrorKind::NotFound, "no address")),
                false => Ok(Arc::from(addresses)),
            })
            .map_err(|error| NotFound::failed(host, error));
        let mut table = self.table();
        table.running -= 1;
        match (&outcome, table.names.get(host)) {
            (Ok(addresses), _) => {
                let known = Name::Known(Arc::clone(addresses), Instant::now() + KEPT);
                table.names.insert(host.to_owned(), known);
            }
            // Not where another look-up was begun meanwhile, or has found it.
            (Err(_), Some(Name::Running(running))) if Arc::ptr_eq(running, ours) => {
                table.names.remove(host);
            }
            (Err(_), _) => {}
        }
        drop(table);
        ours.outcome.get_or_init(|| outcome);
        ours.done.notify(usize::MAX);
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Drops what has expired, and all that is known if that does not help.
    fn make_room(&mut self, now: Instant) {
        if self.names.len() < MOST_NAMES {
            return;
        }
        let is_good = |name: &Name| matches!(name, Name::Known(_, until) if now < *until);
        let is_running = |name: &Name| matches!(name, Name::Running(_));
        self.names
            .retain(|_, name| is_good(name) || is_running(name));
        if self.names.len() >= MOST_NAMES {
            self.names.retain(|_, name| is_running(name));
        }
    }
}

/// The address that a host is already. `None`: it is a name.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

fn by_the_system(host: &str) -> io::Result<Vec<IpAddr>> {
    let addresses = (host, 0).to_socket_addrs()?;
    Ok(addresses.map(|address| address.ip()).collect())
}

impl NotFound {
    fn failed(host: &str, error: io::Error) -> Self {
        Self::Failed {
            host: host.to_owned(),
            error: Arc::new(error),
        }
    }

    #[cfg(feature = "ureq")]
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self, Self::TimedOut { .. })
    }
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { host, error } => write!(f, "looking {host} up: {error}"),
            #[cfg(feature = "ureq")]
            Self::TimedOut { host } => {
                write!(f, "looking {host} up took longer than the time limit")
            }
            Self::TooMany { host } => write!(
                f,
                "looking {host} up was not begun: {MOST_LOOKUPS} look-ups hang already"
            ),
        }
    }
}

impl std::error::Error for NotFound {}

#[cfg(all(test, feature = "ureq"))]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    impl Table {
        /// Puts the start of the running look-ups so far back that they hang.
        fn grow_old(&mut self) {
            for name in self.names.values_mut() {
                if let Name::Running(running) = name {
                    *running = Arc::new(Running {
                        since: running.since - HANGS_AFTER,
                        outcome: OnceLock::new(),
                        done: Event::new(),
                    });
                }
            }
        }
    }

    const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn addresses_are_no_names() {
        let names = Names::new(Some(Arc::new(|_| panic!("looked up"))));
        for host in ["127.0.0.1", "::1", "[::1]"] {
            let address: IpAddr = host.trim_matches(['[', ']']).parse().unwrap();
            assert_eq!(*names.find_until(host, soon()).unwrap(), [address]);
        }
    }

    #[test]
    fn a_name_is_looked_up_once_for_all_that_ask_and_kept_for_a_moment() {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let (go, wait) = mpsc::channel::<()>();
        let wait = Mutex::new(wait);
        let names = Names::new(Some(Arc::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            wait.lock().unwrap().recv().unwrap();
            Ok(vec![LOCAL])
        })));
        thread::scope(|scope| {
            let all: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| names.find_until("a.test", soon())))
                .collect();
            go.send(()).unwrap();
            for found in all {
                assert_eq!(*found.join().unwrap().unwrap(), [LOCAL]);
            }
        });
        for _ in 0..100 {
            names.find_until("a.test", soon()).unwrap();
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_failure_is_told_and_not_kept() {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let names = Names::new(Some(Arc::new(move |_| {
            match counted.fetch_add(1, Ordering::SeqCst) {
                0 => Err(io::Error::other("no such name")),
                1 => Ok(Vec::new()),
                2 => panic!("a resolver of one's own"),
                _ => Ok(vec![LOCAL]),
            }
        })));
        for says in ["no such name", "no address", "panicked"] {
            let error = names.find_until("a.test", soon()).unwrap_err().to_string();
            assert!(error.starts_with("looking a.test up: "), "{error}");
            assert!(error.ends_with(says), "{error}");
        }
        assert!(names.find_until("a.test", soon()).is_ok());
    }

    /// A panic's value, which panics once more where it is dropped.
    struct PanicsAgain;

    #[expect(clippy::panic, reason = "it is what the test is about")]
    impl Drop for PanicsAgain {
        fn drop(&mut self) {
            panic!("again");
        }
    }

    #[test]
    fn a_look_up_that_panics_leaves_its_slot_whatever_it_panics_with() {
        let names = Names::new(Some(Arc::new(|host| match host {
            "good.test" => Ok(vec![LOCAL]),
            _ => std::panic::panic_any(PanicsAgain),
        })));
        for n in 0..2 * MOST_LOOKUPS {
            let found = names.find_until(&format!("{n}.test"), soon());
            let error = found.unwrap_err().to_string();
            assert!(error.ends_with("panicked"), "{error}");
        }
        assert!(names.find_until("good.test", soon()).is_ok());
    }

    #[test]
    fn look_ups_that_hang_are_bounded_and_nobody_waits_for_them_too_long() {
        let begun = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&begun);
        let names = Names::new(Some(Arc::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            loop {
                thread::park();
            }
        })));
        let at_once = Instant::now();
        for n in 0..MOST_LOOKUPS {
            let error = names.find_until(&format!("{n}.test"), at_once).unwrap_err();
            assert!(error.is_timeout(), "{error}");
        }
        // The same name again joins the look-up that hangs.
        assert!(
            names
                .find_until("0.test", at_once)
                .unwrap_err()
                .is_timeout()
        );
        let error = names.find_until("one-more.test", at_once).unwrap_err();
        assert!(matches!(error, NotFound::TooMany { .. }), "{error}");
        // So does one that hangs for long, as no other can be begun.
        names.0.table().grow_old();
        let error = names.find_until("0.test", at_once).unwrap_err();
        assert!(error.is_timeout(), "{error}");
        let error = names.find_until("one-more.test", at_once).unwrap_err();
        assert!(matches!(error, NotFound::TooMany { .. }), "{error}");
        while begun.load(Ordering::SeqCst) < MOST_LOOKUPS {
            thread::yield_now();
        }
        assert_eq!(begun.load(Ordering::SeqCst), MOST_LOOKUPS);
    }

    #[test]
    fn the_names_kept_are_bounded() {
        let names = Names::new(Some(Arc::new(|_| Ok(vec![LOCAL]))));
        for n in 0..3 * MOST_NAMES {
            names.find_until(&format!("{n}.test"), soon()).unwrap();
        }
        assert!(names.0.table().names.len() <= MOST_NAMES);
    }
}
