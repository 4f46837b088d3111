//! The one error type for whatever goes wrong, built in one place.

mod kind;

pub use kind::ErrorKind;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cards_model::{Effect, Operation, Violations};
use http::StatusCode;

use crate::cause::{Cause, ConfigError, JsonTrouble};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::reply::RawReply;
use crate::transport::TransportErrorKind;

/// The reason why a call brought no value.
///
/// Ask [`kind`](Self::kind) or the `is_*` predicates, which never contradict
/// it; read what the server sent with [`status`](Self::status),
/// [`refusal`](Self::refusal) and [`raw`](Self::raw). The text names the
/// operation and what to do, and holds no value of the request and nothing
/// sensitive of the reply.
///
/// A caller decides like this about a mutation that failed:
///
/// ```
/// use cards_transport::model::airpay::RegisterUser;
/// use cards_transport::{BlockingTransport, ErrorKind, airpay::Airpay, blocking::Client};
///
/// enum Next { Done(String), AskAgain, FindOut, Repair }
///
/// fn register(client: &Client<Airpay, impl BlockingTransport>, user: &RegisterUser) -> Next {
///     let error = match client.send(user) {
///         Ok(reply) => return Next::Done(reply.entity_id.clone()),
///         Err(error) => error,
///     };
///     match error.kind() {
///         // It may have taken effect: a second one would register twice.
///         ErrorKind::OutcomeUnknown => Next::FindOut,
///         // The provider had no time for it, whatever else it says.
///         _ if error.is_rate_limited() => Next::AskAgain,
///         // The login failed, as one that is down does, and nothing was carried out.
///         _ if error.is_failed_in_passing() => Next::AskAgain,
///         // It did not leave for want of a connection.
///         ErrorKind::Connect | ErrorKind::Timeout if error.is_not_sent() => Next::AskAgain,
///         // It did not take effect, and would not if it were sent again.
///         _ => Next::Repair,
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error {
    inner: Arc<Inner>,
    /// The progress of the call whose login failed. `None`: the error is the
    /// call's own.
    call: Option<Progress>,
}

struct Inner {
    kind: ErrorKind,
    progress: Progress,
    raw: Option<RawReply>,
    cause: Cause,
    /// The seconds by which this machine's clock is ahead of the server's,
    /// where one-time codes were refused and that may be why.
    clock: Option<i64>,
    /// The reason for which there was no other one-time code, where the one that was refused may be why.
    no_code: Option<ConfigError>,
    /// Set where the call would have been tried again, had it had the time.
    is_in_a_hurry: bool,
}

impl Error {
    /// Makes an error of how far a call got, why it ends and what came back.
    /// The kind follows from these.
    pub(crate) fn new(progress: Progress, cause: Cause, raw: Option<RawReply>) -> Self {
        let kind = ErrorKind::of(progress.operation.effect, &cause, raw.as_ref());
        let inner = Inner {
            kind,
            progress,
            raw,
            cause,
            clock: None,
            no_code: None,
            is_in_a_hurry: false,
        };
        Self {
            inner: Arc::new(inner),
            call: None,
        }
    }

    /// Makes the error of a login that of the call which needed it.
    #[must_use]
    pub(crate) fn in_login_for(self, call: Progress) -> Self {
        Self {
            call: Some(call),
            ..self
        }
    }

    /// Names the clock as a reason for refused one-time codes.
    #[must_use]
    pub(crate) fn with_clock(mut self, ahead: Option<i64>) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.clock = ahead;
        }
        self
    }

    /// Notes that another attempt was not made for want of another one-time code.
    #[must_use]
    pub(crate) fn with_no_code(mut self, why: ConfigError) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.no_code = Some(why);
        }
        self
    }

    /// Notes that another attempt was not made for want of time.
    #[must_use]
    pub(crate) fn in_a_hurry(mut self) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.is_in_a_hurry = true;
        }
        self
    }

    /// Tells whether the failure is the provider's answer, which it would give to
    /// the next caller too, however much time that one has.
    pub(crate) fn is_answer(&self) -> bool {
        let is_said = matches!(
            self.inner.cause,
            Cause::Refusal(_) | Cause::Status | Cause::Json(_) | Cause::Contradiction
        );
        is_said && !self.inner.is_in_a_hurry
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The operation that failed. Where a call needs a token and the login for
    /// it failed, it is the login: kind, attempts, status, refusal and raw reply
    /// are then the login's too, and [`is_not_sent`](Self::is_not_sent) alone is
    /// the call's.
    pub fn operation(&self) -> &'static Operation {
        self.inner.progress.operation
    }

    /// The number of times that the request was sent.
    pub fn attempts(&self) -> u32 {
        self.inner.progress.attempts
    }

    /// The HTTP status, where a reply came.
    pub fn status(&self) -> Option<StatusCode> {
        self.raw().map(RawReply::status)
    }

    /// The server's reply, whole or as far as it came. The body may hold
    /// personal data.
    pub fn raw(&self) -> Option<&RawReply> {
        self.inner.raw.as_ref()
    }

    /// The broken rules of a request that was not sent.
    pub fn violations(&self) -> Option<&Violations> {
        match &self.inner.cause {
            Cause::Violations(violations) => Some(violations),
            _ => None,
        }
    }

    /// The provider's refusal, where the error is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.inner.cause {
            Cause::Refusal(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The place where the body is not what was expected.
    pub fn json(&self) -> Option<&JsonTrouble> {
        match &self.inner.cause {
            Cause::Json(json) => Some(json),
            _ => None,
        }
    }

    /// The kind of failure that the backend met, where the error is one.
    pub fn transport_kind(&self) -> Option<TransportErrorKind> {
        match &self.inner.cause {
            Cause::Transport(error) => Some(error.kind()),
            _ => None,
        }
    }

    /// The request breaks documented rules.
    pub fn is_invalid(&self) -> bool {
        self.kind() == ErrorKind::Invalid
    }

    /// Tells whether it is certain that no attempt of the call has reached the provider. A login
    /// that the call needed may have.
    pub fn is_not_sent(&self) -> bool {
        let call = self.call.unwrap_or(self.inner.progress);
        !call.is_sent
    }

    /// A mutation may or may not have taken effect: the connection failed
    /// after sending, or the answer is neither a documented success nor a
    /// documented refusal (5xx, 3xx, 408, a 2xx other than 200, 201 and 204, one
    /// that cannot be read). Find out before sending it again.
    pub fn is_outcome_unknown(&self) -> bool {
        self.kind() == ErrorKind::OutcomeUnknown
    }

    /// A time limit ran out.
    pub fn is_timeout(&self) -> bool {
        self.transport_kind() == Some(TransportErrorKind::Timeout)
    }

    /// Tells whether no connection could be made.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// The provider understood and said no.
    pub fn is_refused(&self) -> bool {
        self.kind() == ErrorKind::Refused
    }

    /// The provider has had too many calls: HTTP 429, or that status in the body,
    /// where Airpay has it. [`retry_after`](Self::retry_after) says when to come
    /// back, where the provider told.
    pub fn is_rate_limited(&self) -> bool {
        let in_body = self.refusal().and_then(|refusal| refusal.status);
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS) || in_body == Some(429)
    }

    /// The provider failed in passing at a read, by HTTP 408, 429 or 5xx or by a word of the body
    /// that is no refusal: the same read may bring its value later. The client has tried it again
    /// as often as [`Retry`](crate::Retry) lets it, but for a 5xx that seldom passes, such as 501.
    ///
    /// ```
    /// use cards_transport::model::airpay::CardBalance;
    /// use cards_transport::{Retry, Settings, airpay::Airpay, blocking::Client, http};
    ///
    /// let down = |_request: http::Request<_>, _limits| {
    ///     Ok(http::Response::new(r#"{"status":503,"message":"fail"}"#.into()))
    /// };
    /// let airpay = Airpay::new("http://localhost".parse()?, "fake-secret").token("fake-token");
    /// let settings = Settings::new().retry(Retry::never());
    /// let client = Client::with_settings(airpay, down, settings);
    /// let error = client.send(&CardBalance::new("AIRPAYCUST0001")).unwrap_err();
    /// assert!(error.is_failed_in_passing() && !error.is_refused());
    /// # Ok::<(), cards_transport::BaseUrlError>(())
    /// ```
    pub fn is_failed_in_passing(&self) -> bool {
        let is_read = self.inner.progress.operation.effect == Effect::Read;
        let by_status = matches!(self.kind(), ErrorKind::Refused | ErrorKind::Http)
            && self.status().is_some_and(kind::is_passing);
        is_read && (by_status || self.is_failed_in_body())
    }

    /// Tells whether a new token may bring another answer. A read loses nothing by one, whatever
    /// stands around the word on it (E-X-16).
    pub(crate) fn is_about_token(&self) -> bool {
        let is_told = |refusal: &Refusal| refusal.has_credentials();
        let is_read = self.inner.progress.operation.effect == Effect::Read;
        self.is_unauthorized() || is_read && self.refusal().is_some_and(is_told)
    }

    /// Tells whether the body says that the provider failed or had too many calls, or has a word of
    /// which nobody knows what it means.
    pub(crate) fn is_failed_in_body(&self) -> bool {
        let (Some(refusal), Some(status)) = (self.refusal(), self.status()) else {
            return false;
        };
        match self.kind() {
            ErrorKind::Http => refusal.leaves_outcome_open(status),
            ErrorKind::Refused => refusal.status == Some(429),
            _ => false,
        }
    }

    /// The time that the reply asks to wait for (`Retry-After`, RFC 9110,
    /// 10.2.3), in seconds or until a date, counted from now by the client's clock
    /// ([`Settings::clock`](crate::Settings::clock)). `None`: it asks for none, or its time has
    /// passed.
    ///
    /// The client keeps to it between its own attempts where the call's time
    /// allows for that. This is for the caller who comes back later.
    ///
    /// ```
    /// use cards_transport::model::paysafe::ListPrepaidCards;
    /// use cards_transport::{blocking::Client, http, paysafe::Paysafe};
    /// use std::time::Duration;
    ///
    /// let busy = |_request: http::Request<_>, _limits| {
    ///     let reply = http::Response::builder().status(429).header("retry-after", "120");
    ///     Ok(reply.body("{}".into()).unwrap())
    /// };
    /// let paysafe = Paysafe::new("http://localhost".parse()?).token("t");
    /// let error = Client::new(paysafe, busy).send(&ListPrepaidCards::new("1")).unwrap_err();
    /// assert!(error.is_rate_limited());
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    /// # Ok::<(), cards_transport::BaseUrlError>(())
    /// ```
    pub fn retry_after(&self) -> Option<Duration> {
        self.raw()?.asked_wait()
    }

    /// The provider does not take the credentials.
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }
}

/// The advice that an error gives after "outcome unknown".
const FIND_OUT: &str = "find out whether it took effect before sending it again";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        if let Cause::Violations(violations) = &inner.cause {
            // They name the operation themselves.
            return write!(f, "not sent: {violations}");
        }
        write!(f, "{}: ", inner.progress.operation)?;
        let is_unknown = inner.kind == ErrorKind::OutcomeUnknown;
        if is_unknown {
            f.write_str("outcome unknown: ")?;
        }
        inner.cause_text(f)?;
        if let Some(ahead) = inner.clock {
            let way = if ahead > 0 { "ahead of" } else { "behind" };
            let off = Duration::from_secs(ahead.unsigned_abs());
            write!(
                f,
                "; this machine's clock is {off:?} {way} the server's, which makes one-time codes \
                 wrong"
            )?;
        }
        if let Some(why) = &inner.no_code {
            write!(f, "; the reason may be its code: {why}")?;
        }
        if is_unknown {
            write!(f, "; {FIND_OUT}")?;
        }
        if let Some(raw) = &inner.raw {
            write!(
                f,
                " (HTTP {}, {} bytes)",
                raw.status().as_u16(),
                raw.body().len()
            )?;
        }
        if inner.progress.attempts > 1 {
            write!(f, " after {} attempts", inner.progress.attempts)?;
        }
        Ok(())
    }
}

impl Inner {
    /// Writes what went wrong, without whose call it was and what to do.
    fn cause_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_unknown = self.kind == ErrorKind::OutcomeUnknown;
        match &self.cause {
            Cause::Violations(violations) => write!(f, "{violations}"),
            Cause::Config(error) if self.progress.is_sent => write!(f, "{error}"),
            Cause::Config(error) => write!(f, "not sent: {error}"),
            Cause::TokenSource(_) if self.progress.is_sent => {
                f.write_str("the token source brought none")
            }
            Cause::TokenSource(_) => f.write_str("not sent: the token source brought none"),
            Cause::Transport(error) if is_unknown => {
                write!(f, "{error} after the request may have been sent")
            }
            Cause::Transport(error) => write!(f, "{error}"),
            Cause::Refusal(refusal) if is_unknown => {
                write!(f, "the answer leaves it open: {refusal}")
            }
            Cause::Refusal(refusal) if self.kind == ErrorKind::Unauthorized => {
                write!(f, "the credentials are not accepted: {refusal}")
            }
            Cause::Refusal(refusal) if self.kind == ErrorKind::Http => {
                write!(f, "failed: {refusal}")
            }
            Cause::Refusal(refusal) => write!(f, "refused: {refusal}"),
            Cause::Json(json) => write!(f, "reply not understood: {json}"),
            Cause::Paging(trouble) => write!(f, "{trouble}"),
            Cause::Contradiction => {
                f.write_str("the body reports success under a status that is none")
            }
            Cause::Status if self.kind == ErrorKind::Unauthorized => {
                f.write_str("the credentials are not accepted")
            }
            Cause::Status => f.write_str("unexpected status"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("message", &self.to_string())
            .field("raw", &self.inner.raw)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.inner.cause {
            Cause::Transport(error) => error.source(),
            Cause::TokenSource(error) => Some(&**error),
            _ => None,
        }
    }
}
