//! The steps before an attempt: its token, its code, its turn.

use std::time::{Duration, Instant, SystemTime};

use super::{Next, Run};
use crate::call::{Call, Provider as _};
use crate::cause::ConfigError;
use crate::codes::{OneTimeCodes, OtpReuse, Take};
use crate::error::Error;
use crate::session::{Step, given_up_at};
use crate::throttle::Turn;

impl<'a, C: Call> Run<'a, C> {
    /// The session's next step towards a token. A renewal that another call
    /// made, and that was refused, is this call's failed login.
    pub(super) fn token_step(
        &mut self,
        now: SystemTime,
        left: Duration,
    ) -> Result<Step<'a>, Error> {
        let step = self.core.session.step(&mut self.tokens, now, left);
        step.map_err(|error| error.in_login_for(self.progress))
    }

    /// Sees to the one-time code of the next attempt. `None`: it is there.
    pub(super) fn code_step(
        &mut self,
        now: &mut SystemTime,
        looked: Instant,
        left: Duration,
    ) -> Result<Option<Next<'a>>, Error> {
        let (maker, _) = self.codes()?;
        // A machine that slept has a code of long ago.
        self.ticket.take_if(|ticket| ticket.is_past(maker, *now));
        if self.ticket.is_some() {
            return Ok(None);
        }
        let until = given_up_at(Instant::now(), left);
        let codes = &self.core.session.codes;
        let taken = codes.take(maker, (*now, looked), left, until);
        match taken.map_err(|error| self.without_code(error))? {
            Take::Ticket(ticket, wait) => {
                self.ticket = Some(ticket);
                self.refused = None;
                if !wait.is_zero() {
                    return Ok(Some(Next::Pause(wait)));
                }
                // Somebody may have been asked for it, and taken long.
                *now = self.core.settings.now();
                Ok(None)
            }
            Take::Wait(changed, wait) => Ok(Some(Next::Listen(changed, wait.min(left)))),
            Take::Late(wait) => Err(self.no_code_in_time(wait)),
        }
    }

    /// The error of a call for which there is no code: what the provider has said, where the code may be
    /// the reason.
    fn without_code(&mut self, error: ConfigError) -> Error {
        match self.refused.take() {
            Some(refused) => refused.with_no_code(error),
            None => self.config(error),
        }
    }

    /// Sees to the client's own limits. `None`: the request may go out.
    pub(super) fn turn_step(&mut self, now: SystemTime) -> Result<Option<Next<'a>>, Error> {
        let Some(throttle) = &self.core.throttle else {
            return Ok(None);
        };
        match throttle.enter(&mut self.waiting, now) {
            Turn::Go(place) => {
                self.place = Some(place);
                Ok(None)
            }
            Turn::Pause(wait) if wait >= self.left() => Err(self.no_turn_in_time()),
            Turn::Pause(wait) => Ok(Some(Next::Pause(wait))),
            Turn::Listen(turn) => Ok(Some(Next::Listen(turn, self.left()))),
        }
    }

    pub(super) fn codes(&self) -> Result<(&'a OneTimeCodes, OtpReuse), Error> {
        let missing = || {
            ConfigError::new(
                "no secret for one-time codes: give the shared one, in base32 or as it is",
            )
        };
        let codes = self.core.provider.codes();
        codes.ok_or_else(|| self.config(missing()))
    }
}
