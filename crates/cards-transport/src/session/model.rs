//! Random interleavings of many calls over one session's decisions, beside a model
//! that says for each what is right.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cards_model::Secret;
use proptest::prelude::*;

use super::state::{Decision, Memory, Now, State};
use crate::cause::{Cause, ConfigError};
use crate::error::Error;
use crate::progress::Progress;
use crate::token_source::TokenNeed;

/// One thing that happens. Calls are picked by a number, modulo how many there are.
#[derive(Clone, Debug)]
enum Event {
    /// A call begins, with so many milliseconds.
    Begins(u64),
    /// A call looks: it begins to, was woken, or looks up by itself.
    Looks(usize),
    /// A call is dropped, wherever it stands.
    Dropped(usize),
    /// A call's login brings a token that is good for so many milliseconds.
    LogsIn(usize, Option<u64>),
    /// A call's login is refused.
    LoginRefused(usize),
    /// A call's login fails in another way.
    LoginFails(usize),
    /// A call's token is refused.
    TokenRefused(usize),
    /// Time passes.
    Passes(u64),
    /// The clock is set, by so many milliseconds.
    ClockIsSet(i64),
}

fn event() -> impl Strategy<Value = Event> {
    let call = || 0_usize..64;
    prop_oneof![
        3 => prop_oneof![100_u64..2_000, Just(60_000)].prop_map(Event::Begins),
        8 => call().prop_map(Event::Looks),
        2 => call().prop_map(Event::Dropped),
        2 => (call(), proptest::option::of(0_u64..20_000))
            .prop_map(|(call, lifetime)| Event::LogsIn(call, lifetime)),
        1 => call().prop_map(Event::LoginRefused),
        1 => call().prop_map(Event::LoginFails),
        2 => call().prop_map(Event::TokenRefused),
        2 => prop_oneof![0_u64..500, 0_u64..10_000].prop_map(Event::Passes),
        1 => (-20_000_i64..20_000).prop_map(Event::ClockIsSet),
    ]
}

/// The stage of a call.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Stands {
    /// It is to look.
    Looking,
    /// It waits until it is notified, or until this time.
    Waiting(u64),
    /// It owns the renewal of this number.
    Renewing(u64),
    /// It sends with the token of this serial.
    Sending(u64),
}

struct Caller {
    memory: Memory,
    /// When its time is over.
    until: u64,
    stands: Stands,
    /// When its login left.
    left: Option<(u64, Now)>,
    /// Its own successful renewals.
    fetched: BTreeSet<u64>,
    /// The first of the renewals for which it has waited without a break.
    since: Option<u64>,
}

/// A session beside what is known of it.
struct World {
    state: State,
    start: Instant,
    millis: u64,
    /// How far the clock is ahead of where it would be, had nobody set it.
    ahead: i64,
    callers: Vec<Caller>,
    begun: u64,
    /// The renewal under way, and when its owner is taken to be gone.
    current: Option<(u64, u64)>,
    /// The serial of the token, and when it is due, by the time that passes and by the clock.
    in_force: Option<(u64, Option<(u64, SystemTime)>)>,
    refused_tokens: BTreeSet<u64>,
    refused_login: Option<u64>,
}

impl World {
    fn new(standing: bool) -> Self {
        let token = standing.then(|| (Secret::new("standing"), None));
        let start = Now::by(UNIX_EPOCH);
        Self {
            state: State::new(token, start),
            start: start.instant,
            millis: 0,
            ahead: 0,
            callers: Vec::new(),
            begun: 0,
            current: None,
            in_force: standing.then_some((0, None)),
            refused_tokens: BTreeSet::new(),
            refused_login: None,
        }
    }

    fn now(&self) -> Now {
        const NOON: Duration = Duration::from_secs(1_795_305_600);
        let clock = UNIX_EPOCH + NOON + Duration::from_millis(self.millis);
        let ahead = Duration::from_millis(self.ahead.unsigned_abs());
        Now {
            clock: match self.ahead < 0 {
                true => clock - ahead,
                false => clock + ahead,
            },
            instant: self.start + Duration::from_millis(self.millis),
        }
    }

    fn happens(&mut self, event: &Event) -> Result<(), TestCaseError> {
        let count = self.callers.len();
        let pick = |call: usize| call.checked_rem(count);
        match *event {
            Event::Begins(limit) => self.callers.push(Caller {
                memory: Memory::default(),
                until: self.millis + limit,
                stands: Stands::Looking,
                left: None,
                fetched: BTreeSet::new(),
                since: None,
            }),
            Event::Passes(millis) => self.millis += millis,
            Event::ClockIsSet(by) => self.ahead += by,
            Event::Looks(call) => {
                if let Some(call) = pick(call) {
                    self.looks(call)?;
                }
            }
            Event::Dropped(call) => {
                if let Some(call) = pick(call) {
                    self.leaves(call);
                }
            }
            Event::LogsIn(call, lifetime) => {
                if let Some((call, number)) = self.renewing(pick(call)) {
                    self.logs_in(call, number, lifetime);
                }
            }
            Event::LoginRefused(call) => {
                if let Some((call, number)) = self.renewing(pick(call)) {
                    self.state.login_refused(number, &refusal(number));
                    if self.current.is_some_and(|(current, _)| current == number) {
                        self.refused_login = Some(number);
                    }
                    self.leaves(call);
                }
            }
            Event::LoginFails(call) => {
                if let Some((call, _)) = self.renewing(pick(call)) {
                    self.leaves(call);
                }
            }
            Event::TokenRefused(call) => {
                if let Some(call) = pick(call) {
                    self.token_refused(call);
                }
            }
        }
        self.is_sound()
    }

    fn renewing(&self, call: Option<usize>) -> Option<(usize, u64)> {
        let call = call?;
        match self.callers[call].stands {
            Stands::Renewing(number) => Some((call, number)),
            _ => None,
        }
    }

    /// A call asks, where it is at a point to ask, and gets exactly what is right.
    fn looks(&mut self, call: usize) -> Result<(), TestCaseError> {
        let (now, millis) = (self.now(), self.millis);
        let caller = &mut self.callers[call];
        if !matches!(caller.stands, Stands::Looking | Stands::Waiting(_)) {
            return Ok(());
        }
        if millis >= caller.until {
            self.callers.remove(call);
            return Ok(());
        }
        let left = Duration::from_millis(caller.until - millis);
        let decision = self.state.ask(&mut caller.memory, now, left);

        let usable = self.in_force.filter(|(serial, due)| {
            let is_due = due.is_some_and(|(due, by_clock)| millis >= due || now.clock >= by_clock);
            !self.refused_tokens.contains(serial) && (!is_due || caller.fetched.contains(serial))
        });
        let shared = self
            .refused_login
            .filter(|refused| caller.since.is_some_and(|since| *refused >= since));
        let owned = self.current.filter(|(_, until)| *until > millis);
        match (usable, shared, owned) {
            (Some((serial, _)), _, _) => {
                let Ok(Decision::Use(token)) = decision else {
                    return Err(TestCaseError::fail("a good token is not used"));
                };
                prop_assert_eq!(token.serial, serial);
                caller.stands = Stands::Sending(serial);
                caller.since = None;
            }
            (None, Some(refused), _) => {
                let Err(error) = decision else {
                    return Err(TestCaseError::fail("a refusal is not shared"));
                };
                prop_assert_eq!(u64::from(error.attempts()), refused);
                self.callers.remove(call);
            }
            (None, None, Some((_, until))) => {
                let Ok(Decision::Wait(most)) = decision else {
                    return Err(TestCaseError::fail("two renew at once, or one fails"));
                };
                prop_assert_eq!(most, Duration::from_millis(until - millis));
                caller.stands = Stands::Waiting(until);
                caller.since = caller.since.or(Some(self.begun));
            }
            (None, None, None) => {
                let Ok(Decision::Renew(number, need)) = decision else {
                    return Err(TestCaseError::fail("it waits though nobody renews"));
                };
                self.begun += 1;
                prop_assert_eq!(number, self.begun);
                let expected = match self.in_force {
                    None => TokenNeed::First,
                    Some((serial, _)) if self.refused_tokens.contains(&serial) => {
                        TokenNeed::Refused
                    }
                    Some(_) => TokenNeed::Expired,
                };
                prop_assert_eq!(need, expected);
                caller.stands = Stands::Renewing(number);
                caller.left = Some((millis, now));
                caller.since = None;
                // The owner's own time, and a second in which it can say so.
                self.current = Some((number, caller.until + 1_000));
            }
        }
        Ok(())
    }

    fn logs_in(&mut self, call: usize, number: u64, lifetime: Option<u64>) {
        // The token lives from when its login left, however late the reply is read.
        let now = self.now();
        let caller = &mut self.callers[call];
        let (millis, left) = caller.left.unwrap_or((self.millis, now));
        let issued = (Secret::new("t"), lifetime.map(Duration::from_millis));
        self.state.issued(number, &mut caller.memory, issued, left);
        caller.stands = Stands::Looking;
        if self.in_force.is_none_or(|(newest, _)| newest < number) {
            let due = |lifetime: u64| {
                let good_for = lifetime - (lifetime / 10).min(30_000);
                (
                    millis + good_for,
                    left.clock + Duration::from_millis(good_for),
                )
            };
            self.in_force = Some((number, lifetime.map(due)));
            caller.fetched.insert(number);
            self.refused_login = None;
        }
        self.ends(number);
    }

    fn token_refused(&mut self, call: usize) {
        let caller = &mut self.callers[call];
        let Stands::Sending(serial) = caller.stands else {
            return;
        };
        if caller.memory.was_refused {
            // The second one is the caller's own.
            self.callers.remove(call);
            return;
        }
        self.state.token_refused(&mut caller.memory, serial);
        self.refused_tokens.insert(serial);
        caller.stands = Stands::Looking;
    }

    /// A call ends, and with it what it holds.
    fn leaves(&mut self, call: usize) {
        let caller = self.callers.remove(call);
        if let Stands::Renewing(number) = caller.stands {
            self.ends(number);
        }
    }

    /// As the drop of a [`Renewal`](super::Renewal): all that wait are notified.
    fn ends(&mut self, number: u64) {
        self.state.ended(number);
        if self.current.is_some_and(|(current, _)| current == number) {
            self.current = None;
        }
        for caller in &mut self.callers {
            if matches!(caller.stands, Stands::Waiting(_)) {
                caller.stands = Stands::Looking;
            }
        }
    }

    fn is_sound(&self) -> Result<(), TestCaseError> {
        let owners = self.callers.iter().filter(|caller| {
            let is_alive = self.millis < caller.until;
            is_alive && matches!(caller.stands, Stands::Renewing(_))
        });
        prop_assert!(owners.count() <= 1, "two logins are in flight");
        for caller in &self.callers {
            if let Stands::Waiting(until) = caller.stands
                && self.millis < until
            {
                let is_renewed = self.callers.iter().any(|other| {
                    matches!(other.stands, Stands::Renewing(_)) && other.until + 1_000 == until
                });
                prop_assert!(is_renewed, "it waits though nobody renews");
            }
        }
        Ok(())
    }
}

/// A refusal that is known again by its number.
fn refusal(number: u64) -> Error {
    let attempts = u32::try_from(number).unwrap_or(u32::MAX);
    let progress = Progress::answered(cards_model::ibanera::Login::OPERATION, attempts);
    Error::new(progress, Cause::Config(ConfigError::new("no")), None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// No two logins are in flight, nobody waits while nobody renews, no token that was
    /// refused or is over is used, and what ends one call fails no other, but a refusal
    /// those who waited for it.
    #[test]
    fn a_session_is_sound_however_its_calls_interleave(
        standing in any::<bool>(),
        events in proptest::collection::vec(event(), 0..150),
    ) {
        let mut world = World::new(standing);
        for event in &events {
            world.happens(event)?;
        }
        // Whatever came before, a call that has time and a provider that answers
        // comes through.
        world.happens(&Event::Begins(10_000_000))?;
        let last = world.callers.len() - 1;
        for _ in 0..3 {
            match world.callers[last].stands {
                Stands::Looking => world.looks(last)?,
                Stands::Waiting(until) => {
                    world.millis = world.millis.max(until);
                    world.looks(last)?;
                }
                Stands::Renewing(number) => {
                    world.logs_in(last, number, None);
                    world.looks(last)?;
                }
                Stands::Sending(_) => break,
            }
        }
        let stands = world.callers[last].stands;
        prop_assert!(matches!(stands, Stands::Sending(_)), "{:?}", stands);
    }
}
