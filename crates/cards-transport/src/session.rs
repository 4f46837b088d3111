//! Holds what many calls share: the token in force, who renews it, and the
//! one-time codes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use cards_model::Secret;
use event_listener::{Event, EventListener};

use crate::codes::Codebook;
use crate::error::Error;
use crate::token_source::TokenNeed;

/// Holds the token in force, and lets one call at a time renew it.
pub(crate) struct Session {
    held: Mutex<Held>,
    /// Notified when a renewal ends, whatever came of it.
    ended: Event,
    pub(crate) codes: Codebook,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    /// Renewals that were begun so far.
    begun: u64,
    is_renewing: bool,
    /// The provider's answer to the last renewal, where it was no, and which
    /// renewal that was.
    refused: Option<(u64, Error)>,
}

/// A token as one call uses it. The serial tells two tokens apart without
/// comparing secrets.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
    pub(crate) serial: u64,
    renew_at: Option<SystemTime>,
}

/// The next step of a call that needs a token.
pub(crate) enum Step<'a> {
    /// Sends with this token.
    Use(Token),
    /// Fetches a new token, for itself and for all that wait.
    Renew(Renewal<'a>),
    /// Waits for the call that fetches one.
    Wait(EventListener),
}

/// Holds what a call remembers of the tokens it met.
#[derive(Default)]
pub(crate) struct Memory {
    /// The token that the provider refused.
    pub(crate) refused: Option<u64>,
    /// The token that this call fetched: it is used however short its life.
    fetched: Option<u64>,
    /// The renewals that had been begun when the call began to wait.
    waits_since: Option<u64>,
}

/// The right to renew the token. Whoever drops it unsettled, because its time
/// ran out or it was cancelled, hands it to the next in line.
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
        let token = standing.map(|(secret, lifetime)| Token {
            secret,
            serial: 0,
            renew_at: due(lifetime, now),
        });
        Self {
            held: Mutex::new(Held {
                token,
                ..Held::default()
            }),
            ended: Event::new(),
            codes,
        }
    }

    /// Says what a call does to have a token.
    ///
    /// # Errors
    ///
    /// The provider refused the renewal that the call waited for.
    pub(crate) fn step(&self, memory: &mut Memory, now: SystemTime) -> Result<Step<'_>, Error> {
        let mut held = self.held();
        if let Some(token) = held.usable(memory, now) {
            return Ok(Step::Use(token));
        }
        if let (Some(since), Some((number, error))) = (memory.waits_since, &held.refused)
            && *number >= since
        {
            return Err(error.clone());
        }
        if held.is_renewing {
            memory.waits_since.get_or_insert(held.begun);
            return Ok(Step::Wait(self.ended.listen()));
        }
        held.is_renewing = true;
        held.begun += 1;
        let need = match held.token.as_ref().map(|token| token.serial) {
            None => TokenNeed::First,
            serial if serial == memory.refused => TokenNeed::Refused,
            Some(_) => TokenNeed::Expired,
        };
        Ok(Step::Renew(Renewal {
            session: self,
            number: held.begun,
            need,
        }))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// The token in force, unless it is due for renewal or is the one that the
    /// call was refused with.
    fn usable(&self, memory: &Memory, now: SystemTime) -> Option<Token> {
        let token = self.token.as_ref()?;
        let is_due = token.renew_at.is_some_and(|at| now >= at);
        let is_own = memory.fetched == Some(token.serial);
        let is_usable = (!is_due || is_own) && memory.refused != Some(token.serial);
        is_usable.then(|| token.clone())
    }
}

impl Renewal<'_> {
    /// Says why the token is renewed.
    pub(crate) fn need(&self) -> TokenNeed {
        self.need
    }

    /// Puts a new token in force for all.
    pub(crate) fn succeeded(
        self,
        memory: &mut Memory,
        (secret, lifetime): (Secret, Option<Duration>),
        now: SystemTime,
    ) {
        memory.fetched = Some(self.number);
        let token = Token {
            secret,
            serial: self.number,
            renew_at: due(lifetime, now),
        };
        let mut held = self.session.held();
        held.token = Some(token);
        held.refused = None;
    }

    /// Shares the provider's refusal with all that wait. Any other failure is
    /// this caller's own, and the next in line tries for itself.
    pub(crate) fn failed(self, error: &Error) {
        if error.is_answer() {
            self.session.held().refused = Some((self.number, error.clone()));
        }
    }
}

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        self.session.held().is_renewing = false;
        // All look: one takes over where nothing came of it, and the others
        // wait for that one. Waking one alone could wake one without the time.
        self.session.ended.notify(usize::MAX);
    }
}

fn due(lifetime: Option<Duration>, now: SystemTime) -> Option<SystemTime> {
    lifetime.and_then(|lifetime| now.checked_add(lifetime - margin(lifetime)))
}

/// A token is renewed a little before its end, so that it does not end on the
/// way: 30 seconds, or a tenth of a short life.
fn margin(lifetime: Duration) -> Duration {
    Duration::from_secs(30).min(lifetime / 10)
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use event_listener::Listener as _;

    use super::*;
    use crate::codes::{OtpMemory, OtpReuse};

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
        match session.step(memory, now).unwrap() {
            Step::Use(token) => Some(token.secret.expose().to_owned()),
            Step::Renew(_) | Step::Wait(_) => None,
        }
    }

    fn renew(session: &Session, token: &str, lifetime: u64, now: SystemTime) {
        let Step::Renew(renewal) = session.step(&mut Memory::default(), now).unwrap() else {
            unreachable!("a token is there");
        };
        let lifetime = Some(Duration::from_secs(lifetime));
        renewal.succeeded(&mut Memory::default(), (Secret::new(token), lifetime), now);
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
        memory.refused = Some(0);
        let Step::Renew(renewal) = session.step(&mut memory, at(0)).unwrap() else {
            unreachable!("the refused token is offered");
        };
        renewal.succeeded(&mut memory, (Secret::new("new"), None), at(0));
        assert_eq!(usable(&session, &mut memory, at(0)).as_deref(), Some("new"));
    }

    /// A token that lives for no time would otherwise be fetched again and
    /// again.
    #[test]
    fn a_call_uses_the_token_it_fetched_however_short_its_life() {
        let session = session(None);
        let mut memory = Memory::default();
        let Step::Renew(renewal) = session.step(&mut memory, at(0)).unwrap() else {
            unreachable!("there is no token");
        };
        renewal.succeeded(&mut memory, (Secret::new("t"), Some(Duration::ZERO)), at(0));
        assert_eq!(usable(&session, &mut memory, at(9)).as_deref(), Some("t"));
        assert_eq!(usable(&session, &mut Memory::default(), at(9)), None);
    }

    #[test]
    fn a_renewal_that_is_dropped_goes_to_the_next_in_line() {
        let session = session(None);
        let (mut first, mut second) = (Memory::default(), Memory::default());
        let begun = session.step(&mut first, at(0)).unwrap();
        assert!(matches!(begun, Step::Renew(_)));
        let Step::Wait(next) = session.step(&mut second, at(0)).unwrap() else {
            unreachable!("two renew at once");
        };
        drop(begun);
        let woken = pollster::block_on(async {
            futures_util::future::select(next, std::future::ready(())).await
        });
        assert!(matches!(woken, futures_util::future::Either::Left(_)));
        assert!(matches!(
            session.step(&mut second, at(0)).unwrap(),
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
            |renewal| renewal.succeeded(&mut Memory::default(), (Secret::new("t"), None), at(0)),
            |renewal| {
                let progress =
                    crate::progress::Progress::new(cards_model::ibanera::Login::OPERATION);
                let cause = crate::cause::Cause::Config(crate::authorization::no_token());
                renewal.failed(&Error::new(progress, cause, None));
            },
        ];
        for end in ends {
            let session = session(None);
            let Step::Renew(renewal) = session.step(&mut Memory::default(), at(0)).unwrap() else {
                unreachable!("there is no token");
            };
            let wait = || match session.step(&mut Memory::default(), at(0)).unwrap() {
                Step::Wait(ended) => ended,
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
