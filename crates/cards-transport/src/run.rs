//! Runs one call from its check to its verdict, without IO. The drivers in
//! [`client`](crate::client) and [`blocking`](crate::blocking) only do what
//! [`Run::next`] says.

mod renewals;
mod steps;
mod told;

pub(crate) use told::{driven, status};

use std::time::{Duration, Instant, SystemTime};

use backon::ExponentialBackoff;
use bytes::Bytes;
use cards_model::Effect;
use event_listener::EventListener;
use http::{Request, Response};
use tracing::Span;

use crate::call::{Attempt, Call, Provider};
use crate::cause::{Cause, ConfigError};
use crate::codes::{Bearer, Codebook, Fate, Ticket};
use crate::common::Core;
use crate::error::Error;
use crate::extra_headers::ExtraHeaders;
use crate::hooks::{AttemptEnd, CallId};
use crate::progress::Progress;
use crate::redact::Redaction;
use crate::refusal::Said;
use crate::reply::{RawReply, Reply};
use crate::retry::{Failure, Retry};
use crate::session::{Memory, Now, Renewal, Step, Token};
use crate::settings::{CallOptions, Validation};
use crate::throttle::{Place, Waiting};
use crate::transport::{Limits, TransportError, TransportErrorKind};
use crate::unreadable::Unreadable;

/// The state of one call.
pub(crate) struct Run<'a, C: Call> {
    call: &'a C,
    core: &'a Core<C::Provider>,
    progress: Progress,
    total: Duration,
    started: Instant,
    retry: Retry,
    /// Made when the first one is needed.
    pauses: Option<ExponentialBackoff>,
    /// The pause before the next attempt.
    pause: Option<Duration>,
    tokens: Memory,
    /// The token that the last attempt carried.
    token: Option<Token>,
    /// The code that the next attempt carries, or the one on its way does.
    ticket: Option<Ticket<'a>>,
    attempted: SystemTime,
    /// The number of the call, which its login shares.
    id: CallId,
    span: Span,
    /// The time at which the last attempt left, or the last renewal began.
    sent_at: Instant,
    /// The end of the last attempt.
    ended: Option<AttemptEnd>,
    /// The refusal of the last attempt, where its code is taken to be the reason.
    refused: Option<Error>,
    headers: ExtraHeaders,
    /// The place in the client's own queue, while the call has to wait there.
    waiting: Option<Waiting<'a>>,
    /// The place of the request on its way.
    place: Option<Place<'a>>,
}

/// The next thing that a driver does.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, and handed on at once: a box would be an allocation a call"
)]
pub(crate) enum Next<'a> {
    /// Sends, and has the outcome judged.
    Send(Request<Bytes>, Limits),
    /// Waits.
    Pause(Duration),
    /// Waits until another call is ready, at most so long.
    Listen(EventListener, Duration),
    /// Logs in for this call and all that wait.
    LogIn(Renewal<'a>),
}

/// The point at which a driver stops.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, and handed on at once: a box would be an allocation a call"
)]
pub(crate) enum Driven<'a, T> {
    /// The call is over, whose last attempt left at a time.
    Done(Reply<T>, Now),
    /// The call needs a token, which a login brings.
    LogIn(Renewal<'a>),
}

impl<'a, C: Call> Run<'a, C> {
    /// Checks the call and starts its clock.
    pub(crate) fn start(
        call: &'a C,
        core: &'a Core<C::Provider>,
        options: &CallOptions,
    ) -> Result<Self, Error> {
        let settings = &core.settings;
        let now = settings.now();
        let progress = Progress::new(C::operation());
        if let Some(Validation::Except(waivers)) = &options.validation {
            let flaw = |error| Cause::Config(ConfigError::new(format!("a waiver: {error}")));
            let checked = waivers.check(C::operation());
            checked.map_err(|error| Error::new(progress, flaw(error), None))?;
        }
        let validation = options.validation.as_ref().unwrap_or(&settings.validation);
        if let Some(rules) = settings.rules(validation, now, core.provider.utc_offset()) {
            call.violations(&rules)
                .map_err(|broken| Error::new(progress, Cause::Violations(broken), None))?;
        }
        let checked = core.provider.check_credentials(C::NEEDS_TOKEN);
        checked.map_err(|flaw| Error::new(progress, Cause::Config(flaw), None))?;
        let id = options.within.unwrap_or_else(CallId::next);
        let started = Instant::now();
        Ok(Self {
            id,
            span: Self::new_span(core, id),
            sent_at: started,
            ended: None,
            refused: None,
            call,
            core,
            progress,
            total: core.total::<C>(options),
            started,
            retry: options.retry.as_ref().unwrap_or(&settings.retry).clone(),
            pauses: None,
            pause: None,
            tokens: Memory::default(),
            token: None,
            ticket: None,
            attempted: now,
            headers: options.headers.clone(),
            waiting: None,
            place: None,
        })
    }

    /// Says what to do next.
    pub(crate) fn next(&mut self) -> Result<Next<'a>, Error> {
        if let Some(pause) = self.pause.take() {
            return Ok(Next::Pause(pause));
        }
        let left = self.left();
        if left.is_zero() {
            return Err(self.out_of_time());
        }
        // Those behind this call may be what it waits for before its own turn.
        let waiting = self.waiting.take();
        let looked = Instant::now();
        let mut now = self.core.settings.now();
        let token = match C::NEEDS_TOKEN {
            false => None,
            true => match self.token_step(now, left)? {
                Step::Use(token) => Some(token),
                // In both cases the login needs a code before this call does, and
                // may have to wait for the one that this call holds.
                Step::Wait(ended, most) => {
                    self.ticket = None;
                    return Ok(Next::Listen(ended, most.min(left)));
                }
                Step::Renew(renewal) => {
                    self.ticket = None;
                    self.sent_at = Instant::now();
                    return Ok(Next::LogIn(renewal));
                }
            },
        };
        if C::NEEDS_CODE
            && let Some(next) = self.code_step(&mut now, looked, left)?
        {
            return Ok(next);
        }
        self.waiting = waiting;
        if let Some(next) = self.turn_step(now)? {
            return Ok(next);
        }
        if self.left().is_zero() {
            return Err(self.out_of_time());
        }
        self.leaves(token, now)
    }

    /// Makes the request of the next attempt.
    fn leaves(&mut self, token: Option<Token>, now: SystemTime) -> Result<Next<'a>, Error> {
        let attempt = Attempt {
            provider: &self.core.provider,
            token: token.as_ref().map(|token| &token.secret),
            code: self.ticket.as_ref().map(Ticket::code),
            now,
        };
        let request = self.request(&attempt);
        let request = request.map_err(|error| self.config(error))?;
        self.token = token;
        if let Some(ticket) = &mut self.ticket {
            ticket.leaves();
        }
        self.progress.attempts += 1;
        self.attempted = now;
        let Progress {
            operation,
            attempts,
            ..
        } = self.progress;
        tracing::debug!(%operation, attempt = attempts, "sending");
        self.tells_of_sending();
        // Whoever was told has taken of the call's time, and perhaps all of it.
        let left = self.left();
        if left.is_zero() {
            self.place = None;
            self.tells_of_end(AttemptEnd::Failed(TransportErrorKind::Timeout));
            self.progress.attempts -= 1;
            self.code_returns(Fate::NotSent);
            return Err(self.out_of_time());
        }
        let limits = Limits::new(left, self.core.settings.reply_bytes);
        Ok(Next::Send(request, limits))
    }

    /// The request of an attempt, with the caller's own headers.
    fn request(&self, attempt: &Attempt<'_, C::Provider>) -> Result<Request<Bytes>, ConfigError> {
        let mut request = self.call.request(attempt)?;
        self.core.settings.headers.add_to(request.headers_mut());
        self.headers.add_to(request.headers_mut());
        Ok(request)
    }

    /// Judges what came of an attempt. `None`: there is more to do.
    pub(crate) fn judge(
        &mut self,
        outcome: Result<Response<Bytes>, TransportError>,
    ) -> Result<Option<Reply<C::Reply>>, Error> {
        let operation = self.progress.operation;
        let elapsed = self.started.elapsed();
        let received = (self.core.settings.now(), Instant::now());
        // Others need not wait until the reply is read.
        self.place = None;
        let is_maybe_sent = outcome
            .as_ref()
            .err()
            .is_none_or(TransportError::is_maybe_sent);
        self.progress.is_sent |= is_maybe_sent;
        self.tells_of_end(match &outcome {
            Ok(response) => AttemptEnd::Reply(response.status()),
            Err(error) => AttemptEnd::Failed(error.kind()),
        });
        let response = match outcome {
            Ok(response) => response,
            Err(error) => {
                tracing::debug!(%operation, kind = error.kind().as_str(), "failed");
                self.code_returns(if is_maybe_sent {
                    Fate::Sent
                } else {
                    Fate::NotSent
                });
                return self.failed(error, elapsed, received);
            }
        };
        let raw = RawReply::new(response, elapsed, self.progress.attempts, received);
        let status = raw.status();
        tracing::debug!(%operation, status = status.as_u16(), ?elapsed, "reply");
        let cause = if status.is_success() {
            match C::parse(raw.body()) {
                Ok(_) if !raw.is_done(operation.effect) => Cause::Status,
                Ok(value) => {
                    self.code_returns(Fate::Taken);
                    let warnings = self.call.warnings(&value);
                    return Ok(Some(Reply::new(value, raw, warnings)));
                }
                Err(Unreadable::Malformed(trouble)) => Cause::Json(trouble),
                Err(Unreadable::Refused(refusal)) => Cause::Refusal(*refusal),
            }
        } else {
            match C::Provider::said(raw.body()) {
                Said::No(refusal) => Cause::Refusal(refusal),
                Said::Yes => Cause::Contradiction,
                Said::Nothing => Cause::Status,
            }
        };
        self.refused(cause, raw).map(|()| None)
    }

    /// Decides after an attempt without a whole reply.
    fn failed(
        &mut self,
        mut error: TransportError,
        elapsed: Duration,
        received: (SystemTime, Instant),
    ) -> Result<Option<Reply<C::Reply>>, Error> {
        let failure = Failure::of(&error);
        let attempts = self.progress.attempts;
        let partial = error.take_partial();
        let raw = partial.map(|partial| RawReply::new(partial, elapsed, attempts, received));
        let error = Error::new(self.progress, Cause::Transport(error), raw);
        self.try_again(failure, None, error).map(|()| None)
    }

    /// Decides after an answer that is no success.
    fn refused(&mut self, cause: Cause, raw: RawReply) -> Result<(), Error> {
        let status = raw.status();
        let cause = self.without_values(cause);
        let asked = raw.asked_wait();
        let ahead = raw.clock_ahead(self.attempted);
        let error = Error::new(self.progress, cause, Some(raw));
        // A change that may have taken effect is not sent again, whatever else it may mean.
        let doubts_code = |effect| {
            self.ticket.is_some()
                && !error.is_outcome_unknown()
                && C::Provider::doubts_code(effect, status, error.refusal())
        };
        let is_code_doubted = doubts_code(self.progress.operation.effect);
        // What a change would be made again for.
        let is_code_told = doubts_code(Effect::Mutation);
        // To tell of the clock sends nothing again.
        let ahead = ahead.filter(|_| doubts_code(Effect::Read));
        let error = error.with_clock(ahead);

        let is_token_over = error.is_about_token() && self.is_token_replaceable();
        let can_renew = is_token_over && self.retry.is_on();
        let is_code_used = self.code_returns(match is_code_doubted {
            true => Fate::Doubted {
                is_token_next: can_renew,
                is_told: is_code_told,
            },
            false => Fate::Sent,
        });
        if is_code_used {
            return match self.retry.is_on() {
                true => {
                    let refused = self.again_after(asked.unwrap_or_default(), error)?;
                    self.refused = Some(refused);
                    Ok(())
                }
                false => Err(error),
            };
        }
        if is_token_over && let Some(token) = &self.token {
            let session = &self.core.session;
            session.token_refused(&mut self.tokens, token.serial);
        }
        // A token that is over is no reason to wait, whatever the answer asks.
        if can_renew {
            return self.again_after(Duration::ZERO, error).map(drop);
        }
        let failure = match error.is_failed_in_body() {
            true => Failure::Body,
            // A success that is none comes again.
            false if status.is_success() => Failure::Final,
            false => Failure::Status(status),
        };
        self.try_again(failure, asked, error)
    }

    /// Sets another attempt up where this failure allows for one.
    fn try_again(
        &mut self,
        failure: Failure,
        asked: Option<Duration>,
        error: Error,
    ) -> Result<(), Error> {
        if !failure.may_try_again(self.progress.operation.effect) {
            return Err(error);
        }
        let pauses = self.pauses.get_or_insert_with(|| self.retry.pauses());
        match pauses.next() {
            Some(pause) => {
                let pause = pause.max(asked.unwrap_or_default());
                self.again_after(pause, error).map(drop)
            }
            None => Err(error),
        }
    }

    /// Sets another attempt up, where the call's time allows for it. Gives back the error that the last
    /// one ended with.
    fn again_after(&mut self, pause: Duration, error: Error) -> Result<Error, Error> {
        let wait = match self.core.provider.codes() {
            Some((maker, _)) if C::NEEDS_CODE => {
                let looked = Instant::now();
                let now = self.core.settings.now();
                self.codebook().wait_after(maker, (now, looked), pause)
            }
            _ => Duration::ZERO,
        };
        if pause.saturating_add(wait) >= self.left() {
            return Err(error.in_a_hurry());
        }
        self.pause = Some(pause).filter(|pause| !pause.is_zero());
        self.tells_of_retry(pause);
        Ok(error)
    }

    /// The time at which the last attempt left.
    pub(crate) fn sent(&self) -> Now {
        Now::at(self.attempted, self.sent_at)
    }

    /// The time that is left to the call.
    pub(crate) fn left(&self) -> Duration {
        self.total.saturating_sub(self.started.elapsed())
    }

    fn codebook(&self) -> &'a Codebook {
        &self.core.session.codes
    }

    /// Gives the code of the last attempt back, and says whether it is taken to
    /// be the reason of a refusal.
    fn code_returns(&mut self, fate: Fate) -> bool {
        let token = self.token.as_ref();
        let bearer = token.map_or(Bearer::Login, |token| Bearer::Token(token.serial));
        let ticket = self.ticket.take();
        ticket.is_some_and(|ticket| ticket.returns(fate, bearer))
    }

    /// Takes out of a refusal's words what this request held.
    fn without_values(&self, mut cause: Cause) -> Cause {
        if let Cause::Refusal(refusal) = &mut cause {
            refusal.redact(&self.redaction());
        }
        cause
    }

    /// Lists the values of the request, which is made once more: a refusal is
    /// worth it.
    fn redaction(&self) -> Redaction {
        let attempt = Attempt {
            provider: &self.core.provider,
            token: self.token.as_ref().map(|token| &token.secret),
            code: self.ticket.as_ref().map(Ticket::code),
            now: self.attempted,
        };
        match self.request(&attempt) {
            Ok(request) => Redaction::of(self.progress.operation, &request),
            Err(_) => Redaction::default(),
        }
    }

    fn config(&self, error: ConfigError) -> Error {
        Error::new(self.progress, Cause::Config(error), None)
    }

    /// The error of a call whose time ran out between two attempts.
    fn out_of_time(&self) -> Error {
        if self.waiting.is_some() {
            return self.no_turn_in_time();
        }
        let error = TransportError::not_sent(TransportErrorKind::Timeout);
        Error::new(self.progress, Cause::Transport(error), None)
    }

    /// The error of a call whose time is over before the client's own limits let
    /// it go.
    fn no_turn_in_time(&self) -> Error {
        let error = TransportError::not_sent(TransportErrorKind::Timeout)
            .with_source("it waited for its turn under the client's own limits");
        Error::new(self.progress, Cause::Transport(error), None)
    }

    fn no_code_in_time(&self, wait: Duration) -> Error {
        let error = TransportError::not_sent(TransportErrorKind::Timeout).with_source(format!(
            "each one-time code is taken once, and the next free one begins in {} s",
            wait.as_secs() + 1
        ));
        Error::new(self.progress, Cause::Transport(error), None)
    }
}
