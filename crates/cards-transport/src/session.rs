//! The token that many calls share.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use async_lock::Mutex;
use cards_model::Secret;

use crate::error::Error;

/// Holds the token in force and lets one call at a time renew it.
pub(crate) struct Session {
    held: RwLock<Held>,
    /// Whoever holds it renews; the others wait and find the new token. Its
    /// value is how the last renewal failed, for those who waited for it.
    pub(crate) turn: Mutex<Option<Failed>>,
}

/// A renewal that failed, and which one it was.
pub(crate) struct Failed {
    pub(crate) renewal: u64,
    pub(crate) error: Error,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    /// Renewals so far, successful or not.
    renewals: u64,
}

/// A token as one call uses it. The serial tells two tokens apart without
/// comparing secrets.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
    pub(crate) serial: u64,
    renew_at: Option<SystemTime>,
}

impl Session {
    pub(crate) fn new(standing: Option<(Secret, Option<Duration>)>, now: SystemTime) -> Self {
        let token = standing.map(|(secret, lifetime)| Token {
            secret,
            serial: 0,
            renew_at: due(lifetime, now),
        });
        Self {
            held: RwLock::new(Held { token, renewals: 0 }),
            turn: Mutex::new(None),
        }
    }

    /// The token in force, unless it is due for renewal or is the one that was
    /// just refused.
    pub(crate) fn token(&self, now: SystemTime, refused: Option<u64>) -> Option<Token> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let token = held.token.as_ref()?;
        let is_due = token.renew_at.is_some_and(|at| now >= at);
        (!is_due && refused != Some(token.serial)).then(|| token.clone())
    }

    /// How many renewals there have been.
    pub(crate) fn renewals(&self) -> u64 {
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .renewals
    }

    /// Puts a new token in force.
    pub(crate) fn renewed(
        &self,
        (secret, lifetime): (Secret, Option<Duration>),
        now: SystemTime,
    ) -> Token {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.renewals += 1;
        let renew_at = due(lifetime, now);
        let token = Token {
            secret,
            serial: held.renewals,
            renew_at,
        };
        held.token = Some(token.clone());
        token
    }

    /// Counts a renewal that failed.
    pub(crate) fn failed(&self, error: Error) -> Failed {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.renewals += 1;
        Failed {
            renewal: held.renewals,
            error,
        }
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

    use super::*;

    #[test]
    fn a_token_is_due_a_little_before_its_end() {
        let session = Session::new(None, UNIX_EPOCH);
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(session.token(at(0), None).is_none());
        session.renewed(
            (Secret::new("t"), Some(Duration::from_secs(1800))),
            at(1000),
        );
        assert!(session.token(at(1000 + 1769), None).is_some());
        assert!(session.token(at(1000 + 1770), None).is_none());
        session.renewed((Secret::new("u"), Some(Duration::from_secs(100))), at(5000));
        assert!(session.token(at(5089), None).is_some());
        assert!(session.token(at(5090), None).is_none());
    }

    #[test]
    fn a_refused_token_is_not_offered_again() {
        let session = Session::new(Some((Secret::new("standing"), None)), UNIX_EPOCH);
        let first = session.token(UNIX_EPOCH, None).unwrap();
        assert!(session.token(UNIX_EPOCH, Some(first.serial)).is_none());
        session.renewed((Secret::new("new"), None), UNIX_EPOCH);
        let second = session.token(UNIX_EPOCH, Some(first.serial)).unwrap();
        assert_eq!(second.secret.expose(), "new");
    }
}
