//! Holds what many calls share: the token in force, who renews it, and the
//! one-time codes. [`State`] decides; here are the lock and the waiting.

#[cfg(test)]
mod model;
mod state;

pub(crate) use state::{Memory, Now, Token, given_up_at};

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use cards_model::Secret;
use event_listener::{Event, EventListener};

use self::state::{Decision, State};
use crate::codes::Codebook;
use crate::error::Error;
use crate::token_source::TokenNeed;

/// Holds the token in force, and lets one call at a time renew it.
pub(crate) struct Session {
    state: Mutex<State>,
    /// Notified when a renewal ends, whatever came of it.
    ended: Event,
    pub(crate) codes: Codebook,
}

/// The next step of a call that needs a token.
pub(crate) enum Step<'a> {
    /// Sends with this token.
    Use(Token),
    /// Fetches a new token, for itself and for all that wait.
    Renew(Renewal<'a>),
    /// Waits for the call that fetches one, at most so long: after that the renewal
    /// may have no owner any more.
    Wait(EventListener, Duration),
}

/// The right to renew the token. Whoever drops it unsettled, because its time
/// ran out or it was cancelled, hands it to the next in line. One that is neither
/// dropped nor polled is taken over once its owner's time is over.
pub(crate) struct Renewal<'a> {
    session: &'a Session,
    number: u64,
    need: TokenNeed,
}

impl Session {
    pub(crate) fn new(
        standing: Option<(Secret, Option<Duration>)>,
        codes: Codebook,
        now: SystemTime,
    ) -> Self {
        Self {
            state: Mutex::new(State::new(standing, Now::by(now))),
            ended: Event::new(),
            codes,
        }
    }

    /// Says what a call does to have a token, which has so much time left.
    ///
    /// # Errors
    ///
    /// The provider refused the renewal that the call waited for.
    pub(crate) fn step(
        &self,
        memory: &mut Memory,
        now: SystemTime,
        left: Duration,
    ) -> Result<Step<'_>, Error> {
        let mut state = self.state();
        Ok(match state.ask(memory, Now::by(now), left)? {
            Decision::Use(token) => Step::Use(token),
            // Under the lock, so that no end is missed.
            Decision::Wait(most) => Step::Wait(self.ended.listen(), most),
            Decision::Renew(number, need) => Step::Renew(Renewal {
                session: self,
                number,
                need,
            }),
        })
    }

    /// Notes that the provider refused the token of this serial, for this call and
    /// for all others.
    pub(crate) fn token_refused(&self, memory: &mut Memory, serial: u64) {
        self.state().token_refused(memory, serial);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Renewal<'_> {
    /// Says why the token is renewed.
    pub(crate) fn need(&self) -> TokenNeed {
        self.need
    }

    /// Puts a new token in force for all, whose life began at a time: no later than when it was
    /// asked for, however late its reply is read.
    pub(crate) fn succeeded(
        self,
        memory: &mut Memory,
        issued: (Secret, Option<Duration>),
        since: Now,
    ) {
        let mut state = self.session.state();
        state.issued(self.number, memory, issued, since);
    }

    /// Shares the provider's refusal with all that wait. Any other failure is
    /// this caller's own, and the next in line tries for itself.
    pub(crate) fn failed(self, error: &Error) {
        if error.is_answer() {
            self.session.state().login_refused(self.number, error);
        }
    }
}

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        self.session.state().ended(self.number);
        // All look: one takes over where nothing came of it, and the others
        // wait for that one. Waking one alone could wake one without the time.
        self.session.ended.notify(usize::MAX);
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use event_listener::Listener as _;

    use super::*;
    use crate::codes::{OtpMemory, OtpReuse};

    /// The time that a call has left.
    const LONG: Duration = Duration::from_secs(60);

    fn session(standing: Option<&str>) -> Session {
        let standing = standing.map(|token| (Secret::new(token), None));
        let codes = Codebook::new(OtpReuse::Allowed, OtpMemory::new(), None);
        Session::new(standing, codes, UNIX_EPOCH)
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// The token that a call would use then, if any.
    fn usable(session: &Session, memory: &mut Memory, now: SystemTime) -> Option<String> {
        match session.step(memory, now, LONG).unwrap() {
            Step::Use(token) => Some(token.secret.expose().to_owned()),
            Step::Renew(_) | Step::Wait(..) => None,
        }
    }

    fn renew(session: &Session, token: &str, lifetime: u64, now: SystemTime) {
        let Step::Renew(renewal) = session.step(&mut Memory::default(), now, LONG).unwrap() else {
            unreachable!("a token is there");
        };
        let lifetime = Some(Duration::from_secs(lifetime));
        let issued = (Secret::new(token), lifetime);
        renewal.succeeded(&mut Memory::default(), issued, Now::by(now));
    }

    #[test]
    fn a_token_is_due_a_little_before_its_end() {
        let session = session(None);
        let seen = |seconds| usable(&session, &mut Memory::default(), at(seconds));
        assert_eq!(seen(0), None);
        renew(&session, "t", 1800, at(1000));
        assert_eq!(seen(1000 + 1769).as_deref(), Some("t"));
        assert_eq!(seen(1000 + 1770), None);
        renew(&session, "u", 100, at(5000));
        assert_eq!(seen(5089).as_deref(), Some("u"));
        assert_eq!(seen(5090), None);
    }

    #[test]
    fn a_refused_token_is_not_offered_again() {
        let session = session(Some("standing"));
        let mut memory = Memory::default();
        assert_eq!(
            usable(&session, &mut memory, at(0)).as_deref(),
            Some("standing")
        );
        session.token_refused(&mut memory, 0);
        let Step::Renew(renewal) = session.step(&mut memory, at(0), LONG).unwrap() else {
            unreachable!("the refused token is offered");
        };
        renewal.succeeded(&mut memory, (Secret::new("new"), None), Now::by(at(0)));
        assert_eq!(usable(&session, &mut memory, at(0)).as_deref(), Some("new"));
    }

    /// A token that lives for no time would otherwise be fetched again and
    /// again.
    #[test]
    fn a_call_uses_the_token_it_fetched_however_short_its_life() {
        let session = session(None);
        let mut memory = Memory::default();
        let Step::Renew(renewal) = session.step(&mut memory, at(0), LONG).unwrap() else {
            unreachable!("there is no token");
        };
        let issued = (Secret::new("t"), Some(Duration::ZERO));
        renewal.succeeded(&mut memory, issued, Now::by(at(0)));
        assert_eq!(usable(&session, &mut memory, at(9)).as_deref(), Some("t"));
        assert_eq!(usable(&session, &mut Memory::default(), at(9)), None);
    }

    #[test]
    fn a_renewal_that_is_dropped_goes_to_the_next_in_line() {
        let session = session(None);
        let (mut first, mut second) = (Memory::default(), Memory::default());
        let begun = session.step(&mut first, at(0), LONG).unwrap();
        assert!(matches!(begun, Step::Renew(_)));
        let Step::Wait(next, _) = session.step(&mut second, at(0), LONG).unwrap() else {
            unreachable!("two renew at once");
        };
        drop(begun);
        let woken = pollster::block_on(async {
            futures_util::future::select(next, std::future::ready(())).await
        });
        assert!(matches!(woken, futures_util::future::Either::Left(_)));
        assert!(matches!(
            session.step(&mut second, at(0), LONG).unwrap(),
            Step::Renew(_)
        ));
    }

    /// The one that is woken alone may have no time to renew, and would leave
    /// the others asleep.
    #[test]
    fn a_renewal_that_ends_wakes_all_that_wait() {
        type End = fn(Renewal<'_>);
        let ends: [End; 3] = [
            |renewal| drop(renewal),
            |renewal| {
                let issued = (Secret::new("t"), None);
                renewal.succeeded(&mut Memory::default(), issued, Now::by(at(0)));
            },
            |renewal| {
                let progress =
                    crate::progress::Progress::new(cards_model::ibanera::Login::OPERATION);
                let cause = crate::cause::Cause::Config(crate::authorization::no_token());
                renewal.failed(&Error::new(progress, cause, None));
            },
        ];
        for end in ends {
            let session = session(None);
            let Step::Renew(renewal) = session.step(&mut Memory::default(), at(0), LONG).unwrap()
            else {
                unreachable!("there is no token");
            };
            let wait = || match session.step(&mut Memory::default(), at(0), LONG).unwrap() {
                Step::Wait(ended, _) => ended,
                Step::Use(_) | Step::Renew(_) => unreachable!("two renew at once"),
            };
            let waiting = [wait(), wait(), wait()];
            end(renewal);
            for ended in waiting {
                let is_woken = ended.wait_timeout(Duration::ZERO).is_some();
                assert!(is_woken);
            }
        }
    }
}
