//! The decisions of a session: which token a call uses, which call renews it, and
//! which calls wait for that one. There is no lock, clock or event here: the time is
//! an argument, and [`Session`](super::Session) keeps the state and wakes who waits.

use std::time::{Duration, Instant, SystemTime};

use cards_model::Secret;

use crate::error::Error;
use crate::token_source::TokenNeed;

/// The time for a call to report that its own time is over, before what it holds, a renewal or a
/// code, is taken to have no owner any more.
const GRACE: Duration = Duration::from_secs(1);

/// The token in force, and the renewal under way.
#[derive(Default)]
pub(super) struct State {
    token: Option<Token>,
    /// Renewals that were begun so far.
    begun: u64,
    renewing: Option<Renewing>,
    /// The provider's answer to the last renewal, where it was no, and which
    /// renewal that was.
    refusal: Option<(u64, Error)>,
}

/// A token as one call uses it. The serial tells two tokens apart without
/// comparing secrets.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
    pub(crate) serial: u64,
    /// When it is due, by whichever clock comes there first: one that is set back must not keep it
    /// in force beyond its end.
    renew_at: Option<Now>,
    /// Set where the provider refused it, so that no call is to use it any more.
    is_refused: bool,
}

/// A renewal that some call has begun and not ended.
struct Renewing {
    number: u64,
    /// When its owner's time is over: from then on it is anybody's.
    until: Instant,
}

/// Holds what a call remembers of the tokens it met.
#[derive(Default)]
pub(crate) struct Memory {
    /// Set where a token of this call was refused, after which it may try one other.
    pub(crate) was_refused: bool,
    /// The token that this call fetched: it is used however short its life.
    fetched: Option<u64>,
    /// The renewals that had been begun when the call began to wait.
    waits_since: Option<u64>,
}

/// A time by both clocks: tokens end by the one that the client was given too, and the
/// time of a call by the one that is never set back alone.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    pub(super) clock: SystemTime,
    pub(super) instant: Instant,
}

impl Now {
    pub(crate) fn by(clock: SystemTime) -> Self {
        Self::at(clock, Instant::now())
    }

    pub(crate) fn at(clock: SystemTime, instant: Instant) -> Self {
        Self { clock, instant }
    }

    fn checked_add(self, time: Duration) -> Option<Self> {
        Some(Self {
            clock: self.clock.checked_add(time)?,
            instant: self.instant.checked_add(time)?,
        })
    }

    /// Tells whether one of the clocks has come to this time.
    fn is_over(self, now: Self) -> bool {
        now.clock >= self.clock || now.instant >= self.instant
    }
}

/// The answer to a call that needs a token.
pub(super) enum Decision {
    /// It sends with this one.
    Use(Token),
    /// It renews the token, as the renewal of this number and for this reason.
    Renew(u64, TokenNeed),
    /// It waits for the call that renews it, and asks again after so long.
    Wait(Duration),
}

impl State {
    /// A session that begins with a token, or without one.
    pub(super) fn new(standing: Option<(Secret, Option<Duration>)>, now: Now) -> Self {
        Self {
            token: standing.map(|issued| Token::new(0, issued, now)),
            ..Self::default()
        }
    }

    /// Decides for a call that needs a token and has so much time left.
    ///
    /// # Errors
    ///
    /// The provider refused the renewal that the call waited for.
    pub(super) fn ask(
        &mut self,
        memory: &mut Memory,
        now: Now,
        left: Duration,
    ) -> Result<Decision, Error> {
        if let Some(token) = self.usable(memory, now) {
            memory.waits_since = None;
            return Ok(Decision::Use(token));
        }
        if let (Some(since), Some((number, error))) = (memory.waits_since, &self.refusal)
            && *number >= since
        {
            return Err(error.clone());
        }
        let owned_for = self.renewing.as_ref().map_or(Duration::ZERO, |renewing| {
            renewing.until.saturating_duration_since(now.instant)
        });
        if !owned_for.is_zero() {
            memory.waits_since.get_or_insert(self.begun);
            return Ok(Decision::Wait(owned_for));
        }
        memory.waits_since = None;
        self.begun += 1;
        self.renewing = Some(Renewing {
            number: self.begun,
            until: given_up_at(now.instant, left),
        });
        let need = match &self.token {
            None => TokenNeed::First,
            Some(token) if token.is_refused => TokenNeed::Refused,
            Some(_) => TokenNeed::Expired,
        };
        Ok(Decision::Renew(self.begun, need))
    }

    /// The token in force, unless it was refused, or is due and not the call's own.
    fn usable(&self, memory: &Memory, now: Now) -> Option<Token> {
        let token = self.token.as_ref()?;
        let is_due = token.renew_at.is_some_and(|at| at.is_over(now));
        let is_own = memory.fetched == Some(token.serial);
        let is_usable = (!is_due || is_own) && !token.is_refused;
        is_usable.then(|| token.clone())
    }

    /// Puts the token of a renewal in force for all, whose life began at a time. One that comes late,
    /// since its renewal was taken over, is as good, unless a newer one is there.
    pub(super) fn issued(
        &mut self,
        number: u64,
        memory: &mut Memory,
        issued: (Secret, Option<Duration>),
        since: Now,
    ) {
        if self
            .token
            .as_ref()
            .is_some_and(|token| token.serial > number)
        {
            return;
        }
        memory.fetched = Some(number);
        self.token = Some(Token::new(number, issued, since));
        self.refusal = None;
    }

    /// Shares the provider's refusal of a renewal with all that wait for it. Where the
    /// renewal was taken over, they wait for the other.
    pub(super) fn login_refused(&mut self, number: u64, error: &Error) {
        if self.is_renewing(number) {
            self.refusal = Some((number, error.clone()));
        }
    }

    /// Ends a renewal, whatever came of it, unless it was taken over.
    pub(super) fn ended(&mut self, number: u64) {
        if self.is_renewing(number) {
            self.renewing = None;
        }
    }

    /// Has no call use the token of this serial any more.
    pub(super) fn token_refused(&mut self, memory: &mut Memory, serial: u64) {
        memory.was_refused = true;
        if let Some(token) = &mut self.token
            && token.serial == serial
        {
            token.is_refused = true;
        }
    }

    fn is_renewing(&self, number: u64) -> bool {
        let renewing = self.renewing.as_ref();
        renewing.is_some_and(|renewing| renewing.number == number)
    }
}

impl Token {
    fn new(serial: u64, (secret, lifetime): (Secret, Option<Duration>), since: Now) -> Self {
        Self {
            secret,
            serial,
            renew_at: lifetime.and_then(|lifetime| since.checked_add(lifetime - margin(lifetime))),
            is_refused: false,
        }
    }
}

/// The time at which a call that has so much time left is taken to be polled by nobody any more.
pub(crate) fn given_up_at(now: Instant, left: Duration) -> Instant {
    // What no clock reaches is never.
    const NEVER: Duration = Duration::from_secs(100 * 365 * 86_400);
    now + left.min(NEVER) + GRACE
}

/// A token is renewed a little before its end, so that it does not end on the
/// way: 30 seconds, or a tenth of a short life.
fn margin(lifetime: Duration) -> Duration {
    Duration::from_secs(30).min(lifetime / 10)
}
