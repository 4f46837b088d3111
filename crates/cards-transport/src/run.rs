//! One call from its check to its verdict, without IO. The drivers in
//! [`client`](crate::client) and [`blocking`](crate::blocking) only send and
//! wait.

use std::time::{Duration, Instant, SystemTime};

use backon::ExponentialBackoff;
use bytes::Bytes;
use cards_model::{Operation, Secret};
use http::{Request, Response, StatusCode};

use crate::call::{Attempt, Call};
use crate::error::Error;
use crate::provider::{ConfigError, Provider};
use crate::reply::{RawReply, Reply};
use crate::retry::{Failure, retry_after};
use crate::session::{Session, Token};
use crate::settings::{CallOptions, Settings, Validation};
use crate::transport::{Limits, TransportError, TransportErrorKind};

/// What both clients share: everything but the way to send.
pub(crate) struct Core<P> {
    pub(crate) provider: P,
    pub(crate) settings: Settings,
    pub(crate) session: Session,
}

/// The state of one call.
pub(crate) struct Run<'a, C: Call> {
    call: &'a C,
    core: &'a Core<C::Provider>,
    total: Duration,
    pauses: ExponentialBackoff,
    started: Instant,
    attempts: u32,
    /// When an attempt was made that may have reached the provider.
    last_sent: Option<SystemTime>,
    attempted: SystemTime,
    token: Option<u64>,
    refused: Option<u64>,
    is_retry_on: bool,
}

/// What follows from one attempt.
pub(crate) enum Verdict<T> {
    /// The call is over.
    Done(Reply<T>),
    /// Wait, then try again.
    Again(Duration),
}

impl<P: Provider> Core<P> {
    pub(crate) fn new(provider: P, settings: Settings) -> Self {
        let session = Session::new(provider.standing_token(), settings.now());
        Self {
            provider,
            settings,
            session,
        }
    }

    /// Checks the call and starts its clock.
    pub(crate) fn start<'a, C: Call<Provider = P>>(
        &'a self,
        call: &'a C,
        options: &CallOptions,
    ) -> Result<Run<'a, C>, Error> {
        let now = self.settings.now();
        if options.validation.unwrap_or(self.settings.validation) == Validation::On {
            call.violations(&self.settings.rules(now))
                .map_err(|violations| Error::invalid(call.operation(), violations))?;
        }
        let retry = options.retry.as_ref().unwrap_or(&self.settings.retry);
        Ok(Run {
            call,
            core: self,
            total: options.total_timeout.unwrap_or(self.settings.total_timeout),
            pauses: retry.pauses(),
            started: Instant::now(),
            attempts: 0,
            last_sent: None,
            attempted: now,
            token: None,
            refused: None,
            is_retry_on: retry.is_on(),
        })
    }

    /// The login call, or the reason why there is none.
    pub(crate) fn login(&self, on_behalf_of: &'static Operation) -> Result<P::Login, Error> {
        let missing = || ConfigError::new("no token and no credentials to get one");
        self.provider
            .login()
            .ok_or_else(|| Error::config(on_behalf_of, 0, false, missing()))
    }
}

impl<C: Call> Run<'_, C> {
    pub(crate) fn operation(&self) -> &'static Operation {
        self.call.operation()
    }

    /// A token that this call can use now, if there is one.
    pub(crate) fn token(&self) -> Option<Token> {
        self.core
            .session
            .token(self.core.settings.now(), self.refused)
    }

    /// How much of the call's time is left.
    pub(crate) fn left(&self) -> Duration {
        self.total.saturating_sub(self.started.elapsed())
    }

    /// That the call's time ran out between two attempts.
    pub(crate) fn out_of_time(&self) -> Error {
        let error = TransportError::not_sent(TransportErrorKind::Timeout);
        Error::transport(
            self.operation(),
            self.attempts,
            self.was_sent(),
            error,
            None,
        )
    }

    /// How long the next attempt has to be held back.
    pub(crate) fn hold(&self) -> Option<Duration> {
        let hold = self.hold_at(self.core.settings.now());
        (!hold.is_zero()).then_some(hold)
    }

    /// The request of the next attempt and what it may cost.
    pub(crate) fn next(
        &mut self,
        token: Option<&Token>,
    ) -> Result<(Request<Bytes>, Limits), Error> {
        let now = self.core.settings.now();
        let operation = self.operation();
        self.token = token.map(|token| token.serial);
        let secret: Option<&Secret> = token.map(|token| &token.secret);
        let attempt = Attempt {
            provider: &self.core.provider,
            token: secret,
            now,
        };
        let request = self
            .call
            .request(&attempt)
            .map_err(|error| Error::config(operation, self.attempts, self.was_sent(), error))?;
        let left = self.left();
        if left.is_zero() {
            return Err(self.out_of_time());
        }
        self.attempts += 1;
        self.attempted = now;
        tracing::debug!(operation = %operation, attempt = self.attempts, "sending");
        Ok((request, Limits::new(left, self.core.settings.reply_bytes)))
    }

    /// Judges what came of it.
    pub(crate) fn judge(
        &mut self,
        outcome: Result<Response<Bytes>, TransportError>,
    ) -> Result<Verdict<C::Reply>, Error> {
        let operation = self.operation();
        let elapsed = self.started.elapsed();
        let is_maybe_sent = outcome
            .as_ref()
            .err()
            .is_none_or(TransportError::is_maybe_sent);
        if is_maybe_sent {
            self.last_sent = Some(self.attempted);
        }
        let (failure, asked, error) = match outcome {
            Ok(response) => {
                let raw = RawReply::new(response, elapsed, self.attempts);
                let status = raw.status();
                tracing::debug!(operation = %operation, status = status.as_u16(), ?elapsed, "reply");
                if status.is_success() {
                    return match C::parse(raw.body()) {
                        Ok(value) => Ok(Verdict::Done(Reply::new(value, raw))),
                        Err(rejection) => Err(Error::rejected(operation, rejection, raw)),
                    };
                }
                let asked = retry_after(raw.headers(), self.core.settings.now());
                let refusal = C::Provider::refusal(raw.body());
                let error = Error::status_code(operation, refusal, raw);
                if status == StatusCode::UNAUTHORIZED && self.can_renew() {
                    self.refused = self.token;
                    return self.again_after(Duration::ZERO, error);
                }
                (Failure::Status(status), asked, error)
            }
            Err(mut error) => {
                tracing::debug!(operation = %operation, kind = error.kind().as_str(), "failed");
                let failure = Failure::of(&error);
                let partial = error.take_partial();
                let raw = partial.map(|partial| RawReply::new(partial, elapsed, self.attempts));
                let sent = self.was_sent();
                let error = Error::transport(operation, self.attempts, sent, error, raw);
                (failure, None, error)
            }
        };
        if !failure.may_try_again(operation.effect) {
            return Err(error);
        }
        match self.pauses.next() {
            Some(pause) => self.again_after(pause.max(asked.unwrap_or_default()), error),
            None => Err(error),
        }
    }

    /// Another attempt, where the call's time allows for it.
    fn again_after(&self, pause: Duration, error: Error) -> Result<Verdict<C::Reply>, Error> {
        let then = self.core.settings.now().checked_add(pause);
        let hold = then.map_or(Duration::ZERO, |then| self.hold_at(then));
        if pause.saturating_add(hold) >= self.left() {
            return Err(error);
        }
        Ok(Verdict::Again(pause))
    }

    fn hold_at(&self, now: SystemTime) -> Duration {
        let hold = |last_sent| self.core.provider.hold(last_sent, now);
        self.last_sent.map_or(Duration::ZERO, hold)
    }

    fn was_sent(&self) -> bool {
        self.last_sent.is_some()
    }

    /// Whether the token just refused can be replaced, which is tried once.
    fn can_renew(&self) -> bool {
        C::NEEDS_TOKEN
            && self.is_retry_on
            && self.refused.is_none()
            && self.core.provider.login().is_some()
    }
}
