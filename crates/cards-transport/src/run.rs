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
        let session = Session::new(provider.standing_token());
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
        })
    }

    /// The login call, or the reason why there is none.
    pub(crate) fn login(&self, on_behalf_of: &'static Operation) -> Result<P::Login, Error> {
        let missing = || ConfigError::new("no token and no credentials to get one");
        self.provider
            .login()
            .ok_or_else(|| Error::config(on_behalf_of, missing()))
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
            .map_err(|error| Error::config(operation, error))?;
        let left = self.total.saturating_sub(self.started.elapsed());
        if left.is_zero() {
            let error = TransportError::not_sent(TransportErrorKind::Timeout);
            return Err(Error::transport(operation, self.attempts, error, None));
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
        if outcome
            .as_ref()
            .err()
            .is_none_or(TransportError::is_maybe_sent)
        {
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
                if status == StatusCode::UNAUTHORIZED && self.can_renew() {
                    self.refused = self.token;
                    return Ok(Verdict::Again(self.pause(Duration::ZERO)));
                }
                let asked = retry_after(raw.headers(), self.core.settings.now());
                let refusal = C::Provider::refusal(raw.body());
                (
                    Failure::Status(status),
                    asked,
                    Error::status_code(operation, refusal, raw),
                )
            }
            Err(mut error) => {
                tracing::debug!(operation = %operation, kind = error.kind().as_str(), "failed");
                let failure = Failure::of(&error);
                let partial = error.take_partial();
                let raw = partial.map(|partial| RawReply::new(partial, elapsed, self.attempts));
                (
                    failure,
                    None,
                    Error::transport(operation, self.attempts, error, raw),
                )
            }
        };
        if !failure.may_try_again(operation.effect) {
            return Err(error);
        }
        let Some(pause) = self.pauses.next() else {
            return Err(error);
        };
        let pause = self.pause(pause.max(asked.unwrap_or_default()));
        if elapsed.saturating_add(pause) >= self.total {
            return Err(error);
        }
        Ok(Verdict::Again(pause))
    }

    /// Whether the token just refused can be replaced, which is tried once.
    fn can_renew(&self) -> bool {
        C::NEEDS_TOKEN && self.refused.is_none() && self.core.provider.login().is_some()
    }

    fn pause(&self, pause: Duration) -> Duration {
        self.core
            .provider
            .pause(pause, self.last_sent, self.core.settings.now())
    }
}
