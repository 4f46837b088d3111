//! The limits of a client of its own: how often requests go out, and how many at
//! a time. First come, first served, and whoever gives up makes room.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use event_listener::{Event, EventListener};

use crate::cause::ConfigError;

/// The most requests in a time.
///
/// They go out evenly spaced, so that no second has more than its share, unless a
/// [`burst`](Self::burst) is allowed.
///
/// ```
/// use cards_transport::{Rate, Settings};
/// use std::time::Duration;
///
/// let settings = Settings::new().rate(Rate::new(5, Duration::from_secs(1))?);
/// assert_eq!("300/m".parse(), Rate::new(300, Duration::from_secs(60)));
/// # Ok::<(), cards_transport::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The time from one request to the next.
    each: Duration,
    /// The number of calls that may go out at once after a time without any; 1 or more.
    burst: u32,
}

impl Rate {
    /// Lets out at most so many requests in so long.
    ///
    /// # Errors
    ///
    /// One of both is zero, or the time is longer than a day.
    pub fn new(requests: u32, per: Duration) -> Result<Self, ConfigError> {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let wrong = || ConfigError::new("a rate is 1 or more requests in a day or less");
        if requests == 0 || per.is_zero() || per > DAY {
            return Err(wrong());
        }
        let nanos = per.as_nanos().div_ceil(u128::from(requests));
        // A day has no more nanoseconds than `u64` holds.
        let each = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        Ok(Self { each, burst: 1 })
    }

    /// Sets how many may go out at once after a time without any; 0 is taken for
    /// 1, which is the default.
    #[must_use]
    pub fn burst(self, requests: u32) -> Self {
        let burst = requests.max(1);
        Self { burst, ..self }
    }
}

impl FromStr for Rate {
    type Err = ConfigError;

    /// Reads `5/s`, `300/m` and `1000/h`, in any letter case and with white space
    /// between.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let wrong = || ConfigError::new("not a rate such as 5/s, 300/m or 1000/h");
        let (requests, unit) = text.trim().split_once('/').ok_or_else(wrong)?;
        let requests = requests.trim_end();
        let seconds = match &*unit.trim_start().to_ascii_lowercase() {
            "s" => 1,
            "m" => 60,
            "h" => 60 * 60,
            _ => return Err(wrong()),
        };
        let is_number = requests.bytes().all(|byte| byte.is_ascii_digit());
        let requests = requests.parse().ok().filter(|_| is_number);
        Self::new(requests.ok_or_else(wrong)?, Duration::from_secs(seconds)).map_err(|_| wrong())
    }
}

/// Lets requests out by the limits.
pub(crate) struct Throttle {
    most_at_once: usize,
    queue: Mutex<Queue>,
}

struct Queue {
    pace: Option<Pace>,
    in_flight: usize,
    /// The requests that wait, in the order in which they came.
    waiting: VecDeque<Waiter>,
    /// The number of who comes next.
    next: u64,
}

struct Waiter {
    number: u64,
    /// Notified when it may be its turn.
    turn: Arc<Event>,
}

/// The rate, and how far its time has come: the generic cell rate algorithm. The time
/// is an argument, and the machine's own clock a second one beside it.
struct Pace {
    rate: Rate,
    /// The begin by both clocks.
    begin: (SystemTime, Instant),
    /// The most by which the client's clock was ahead of the machine's own since the begin.
    lead: Duration,
    /// The time at which the next request would go out if all were evenly spaced.
    next: Duration,
}

/// A place in the queue, which is given up when it is dropped.
pub(crate) struct Waiting<'a> {
    throttle: &'a Throttle,
    number: u64,
    is_served: bool,
}

/// The right to have a request on its way, until it is dropped.
pub(crate) struct Place<'a>(&'a Throttle);

/// The answer to who wants to send.
pub(crate) enum Turn<'a> {
    /// Sends now.
    Go(Place<'a>),
    /// Asks again after so long.
    Pause(Duration),
    /// Asks again when it is notified.
    Listen(EventListener),
}

impl Throttle {
    /// Makes one of the limits that are set. `None`: there are none.
    pub(crate) fn new(
        rate: Option<Rate>,
        most_at_once: Option<usize>,
        now: SystemTime,
    ) -> Option<Self> {
        if rate.is_none() && most_at_once.is_none() {
            return None;
        }
        Some(Self {
            most_at_once: most_at_once.unwrap_or(usize::MAX).max(1),
            queue: Mutex::new(Queue {
                pace: rate.map(|rate| Pace::new(rate, now)),
                in_flight: 0,
                waiting: VecDeque::new(),
                next: 0,
            }),
        })
    }

    /// Asks for a place. Who has to wait keeps `waiting` until it is served.
    pub(crate) fn enter<'a>(
        &'a self,
        waiting: &mut Option<Waiting<'a>>,
        now: SystemTime,
    ) -> Turn<'a> {
        let mut queue = self.queue();
        let first = queue.waiting.front().map(|waiter| waiter.number);
        let own = waiting.as_ref().map(|waiting| waiting.number);
        let is_first = first == own;
        let is_room = queue.in_flight < self.most_at_once;
        let wait = match &mut queue.pace {
            Some(pace) if is_first && is_room => pace.wait(now, Instant::now()),
            _ => None,
        };
        if is_first && is_room && wait.is_none() {
            if let Some(mut served) = waiting.take() {
                // Its drop must not ask for the queue that is held here.
                served.is_served = true;
                queue.waiting.pop_front();
            }
            queue.in_flight += 1;
            queue.wake_first();
            return Turn::Go(Place(self));
        }
        let turn = match own {
            Some(own) => queue.turn_of(own),
            None => {
                let (number, turn) = queue.join();
                *waiting = Some(Waiting {
                    throttle: self,
                    number,
                    is_served: false,
                });
                turn
            }
        };
        match wait {
            Some(wait) => Turn::Pause(wait),
            None => Turn::Listen(turn.listen()),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn join(&mut self) -> (u64, Arc<Event>) {
        let number = self.next;
        self.next += 1;
        let turn = Arc::new(Event::new());
        self.waiting.push_back(Waiter {
            number,
            turn: Arc::clone(&turn),
        });
        (number, turn)
    }

    /// The event of one who waits; of another, one that nobody notifies.
    fn turn_of(&self, number: u64) -> Arc<Event> {
        let mut waiting = self.waiting.iter();
        let own = waiting.find(|waiter| waiter.number == number);
        own.map_or_else(Arc::default, |waiter| Arc::clone(&waiter.turn))
    }

    /// Has the one look whose turn it may be now.
    fn wake_first(&self) {
        if let Some(first) = self.waiting.front() {
            first.turn.notify(1);
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.is_served {
            return;
        }
        let mut queue = self.throttle.queue();
        queue.waiting.retain(|waiter| waiter.number != self.number);
        queue.wake_first();
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.in_flight -= 1;
        queue.wake_first();
    }
}

impl Pace {
    fn new(rate: Rate, now: SystemTime) -> Self {
        Self {
            rate,
            begin: (now, Instant::now()),
            lead: Duration::ZERO,
            next: Duration::ZERO,
        }
    }

    /// Takes a request's share at this time by both clocks. `Some`: there is none before this time
    /// is over.
    fn wait(&mut self, now: SystemTime, here: Instant) -> Option<Duration> {
        let passed = self.passed(now, here);
        let ahead = self.rate.each.saturating_mul(self.rate.burst - 1);
        let wait = self.next.saturating_sub(passed.saturating_add(ahead));
        if wait.is_zero() {
            self.next = self.next.max(passed).saturating_add(self.rate.each);
            return None;
        }
        Some(wait)
    }

    /// The time that has passed, which never goes back: by the machine's own clock, which goes on
    /// where the client's is set back or stands, and what the client's has come ahead of it.
    ///
    /// A look that comes late, or at a clock that ticks seldom, shows less of that, and nothing is
    /// counted twice.
    fn passed(&mut self, now: SystemTime, here: Instant) -> Duration {
        let (begin, begin_here) = self.begin;
        let told = now.duration_since(begin).unwrap_or_default();
        let passed = here.saturating_duration_since(begin_here);
        self.lead = self.lead.max(told.saturating_sub(passed));
        passed.saturating_add(self.lead)
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle")
            .field("most_at_once", &self.most_at_once)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BEGIN: SystemTime = SystemTime::UNIX_EPOCH;

    #[test]
    fn time_that_was_told_twice_counts_once() {
        let at = |seconds| BEGIN + Duration::from_secs(seconds);
        let rate = Rate::new(1, Duration::from_secs(100)).unwrap();
        let mut pace = Pace::new(rate, BEGIN);
        let (_, here) = pace.begin;
        assert_eq!(pace.wait(at(0), here), None);
        // Who looked at the clock earlier comes later.
        for seconds in [60, 10, 60, 10, 60] {
            let wait = pace.wait(at(seconds), here);
            assert_eq!(wait, Some(Duration::from_secs(40)));
        }
        assert_eq!(pace.wait(at(100), here), None);
    }

    /// A clock of the client's, in milliseconds.
    #[derive(Clone, Copy, Debug)]
    enum Clock {
        /// Ticks once in so long, and has come so far towards its first tick.
        Ticks(u64, u64),
        /// Is set by so much after so long.
        Set(u64, i64),
    }

    impl Clock {
        fn shows(self, passed: u64) -> SystemTime {
            const DAY: u64 = 86_400_000;
            let shown = match self {
                Self::Ticks(each, phase) => DAY + (passed + phase) / each * each,
                Self::Set(at, by) if passed >= at => (DAY + passed).saturating_add_signed(by),
                Self::Set(..) => DAY + passed,
            };
            BEGIN + Duration::from_millis(shown)
        }

        /// The most that it shows beyond the time that passes.
        fn ahead(self) -> u64 {
            match self {
                Self::Ticks(each, phase) => each.min(phase),
                Self::Set(_, by) => u64::try_from(by).unwrap_or(0),
            }
        }
    }

    fn clocks() -> impl Strategy<Value = Clock> {
        let ticks = prop_oneof![Just(1_000), 1..5_000_u64, Just(u64::from(u32::MAX))];
        let ticks = (ticks, 0..5_000_u64);
        prop_oneof![
            ticks.prop_map(|(each, phase)| Clock::Ticks(each, phase % each)),
            (0..20_000_u64, -5_000_000..5_000_000_i64).prop_map(|(at, by)| Clock::Set(at, by)),
        ]
    }

    proptest! {
        /// A rate lets out as many requests as its time allows for, however often it is asked and
        /// whatever the client's clock shows.
        #[test]
        fn no_more_goes_out_than_the_time_allows_for(
            clock in clocks(),
            looks in prop::collection::vec(0..400_u64, 1..200),
            burst in 1..4_u32,
        ) {
            const EACH: u64 = 200;
            let rate = Rate::new(5, Duration::from_secs(1)).unwrap().burst(burst);
            let mut pace = Pace::new(rate, clock.shows(0));
            let (_, begin) = pace.begin;
            let (mut passed, mut out, mut due) = (0, 0, None);
            for look in looks {
                passed += look;
                let here = begin + Duration::from_millis(passed);
                match pace.wait(clock.shows(passed), here) {
                    None => {
                        out += 1;
                        due = None;
                    }
                    Some(wait) => {
                        prop_assert!(due.is_none_or(|due| here < due), "{passed} ms: stalls");
                        due = due.or(Some(here + wait));
                    }
                }
                let most = (passed + clock.ahead()) / EACH + u64::from(burst);
                prop_assert!(out <= most, "{passed} ms: {out} of {most}");
            }
        }
    }
}
