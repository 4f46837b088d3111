//! One error, whatever went wrong.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use cards_model::{Effect, Operation, Violations};
use http::StatusCode;

use crate::json::JsonTrouble;
use crate::paging::PagingTrouble;
use crate::provider::ConfigError;
use crate::refusal::Refusal;
use crate::reply::RawReply;
use crate::transport::{TransportError, TransportErrorKind};

/// Why a call brought no value.
///
/// Ask [`kind`](Self::kind) or the `is_*` predicates; read what the server sent
/// with [`status`](Self::status) and [`raw`](Self::raw). The text names the
/// operation and what to do, and holds no value of the request or the reply.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request breaks documented rules; nothing was sent.
    Invalid,
    /// Credentials are missing or cannot be sent.
    Config,
    /// No connection at the last attempt. See [`Error::is_not_sent`] for those
    /// before.
    Connect,
    /// A time limit ran out: on a read, or before a mutation was sent.
    Timeout,
    /// The reply did not arrive whole or is not HTTP, on a read.
    Interrupted,
    /// A mutation may or may not have taken effect.
    OutcomeUnknown,
    /// The reply is larger than the limit, on a read.
    TooLarge,
    /// The provider understood and said no.
    Refused,
    /// The provider does not take the credentials (HTTP 401).
    Unauthorized,
    /// An HTTP status that is no success, without a refusal that can be read.
    Http,
    /// A success whose body is not what the document describes.
    Malformed,
    /// The pages of a list contradict each other.
    Paging,
}

struct Inner {
    kind: ErrorKind,
    operation: &'static Operation,
    attempts: u32,
    /// Whether any attempt may have reached the provider.
    sent: bool,
    raw: Option<RawReply>,
    cause: Cause,
}

enum Cause {
    Violations(Violations),
    Config(ConfigError),
    Transport(TransportError),
    Refusal(Refusal),
    Json(JsonTrouble),
    Paging(PagingTrouble),
    Status,
}

/// Why a 2xx reply brings no value.
#[derive(Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// The body says no.
    Refused(Refusal),
    /// The body is not what the document describes.
    Malformed(JsonTrouble),
}

impl Error {
    pub(crate) fn invalid(operation: &'static Operation, violations: Violations) -> Self {
        let cause = Cause::Violations(violations);
        Self::new(ErrorKind::Invalid, operation, 0, false, None, cause)
    }

    pub(crate) fn config(
        operation: &'static Operation,
        attempts: u32,
        sent: bool,
        error: ConfigError,
    ) -> Self {
        let cause = Cause::Config(error);
        Self::new(ErrorKind::Config, operation, attempts, sent, None, cause)
    }

    pub(crate) fn paging(
        operation: &'static Operation,
        trouble: PagingTrouble,
        raw: RawReply,
    ) -> Self {
        let attempts = raw.attempts();
        let cause = Cause::Paging(trouble);
        Self::new(
            ErrorKind::Paging,
            operation,
            attempts,
            true,
            Some(raw),
            cause,
        )
    }

    pub(crate) fn transport(
        operation: &'static Operation,
        attempts: u32,
        sent: bool,
        error: TransportError,
        raw: Option<RawReply>,
    ) -> Self {
        let kind = match (error.kind(), error.is_maybe_sent(), operation.effect) {
            (_, true, Effect::Mutation) => ErrorKind::OutcomeUnknown,
            (TransportErrorKind::Timeout, ..) => ErrorKind::Timeout,
            (TransportErrorKind::TooLarge, ..) => ErrorKind::TooLarge,
            (TransportErrorKind::Request, ..) => ErrorKind::Config,
            (TransportErrorKind::Connect | TransportErrorKind::Tls, ..) | (_, false, _) => {
                ErrorKind::Connect
            }
            _ => ErrorKind::Interrupted,
        };
        Self::new(
            kind,
            operation,
            attempts,
            sent,
            raw,
            Cause::Transport(error),
        )
    }

    pub(crate) fn rejected(
        operation: &'static Operation,
        rejection: Rejection,
        raw: RawReply,
    ) -> Self {
        let (kind, cause) = match rejection {
            Rejection::Refused(refusal) => (ErrorKind::Refused, Cause::Refusal(refusal)),
            Rejection::Malformed(json) => (ErrorKind::Malformed, Cause::Json(json)),
        };
        Self::new(kind, operation, raw.attempts(), true, Some(raw), cause)
    }

    pub(crate) fn status_code(
        operation: &'static Operation,
        refusal: Option<Refusal>,
        raw: RawReply,
    ) -> Self {
        let kind = match (raw.status(), &refusal) {
            (StatusCode::UNAUTHORIZED, _) => ErrorKind::Unauthorized,
            (_, Some(_)) => ErrorKind::Refused,
            (_, None) => ErrorKind::Http,
        };
        let cause = refusal.map_or(Cause::Status, Cause::Refusal);
        Self::new(kind, operation, raw.attempts(), true, Some(raw), cause)
    }

    fn new(
        kind: ErrorKind,
        operation: &'static Operation,
        attempts: u32,
        sent: bool,
        raw: Option<RawReply>,
        cause: Cause,
    ) -> Self {
        Self(Arc::new(Inner {
            kind,
            operation,
            attempts,
            sent,
            raw,
            cause,
        }))
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Which operation failed. Where a login on behalf of a call failed, it is
    /// the login.
    pub fn operation(&self) -> &'static Operation {
        self.0.operation
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The HTTP status, where a reply came.
    pub fn status(&self) -> Option<StatusCode> {
        self.raw().map(RawReply::status)
    }

    /// What the server sent, whole or as far as it came. The body may hold
    /// personal data.
    pub fn raw(&self) -> Option<&RawReply> {
        self.0.raw.as_ref()
    }

    /// The broken rules of a request that was not sent.
    pub fn violations(&self) -> Option<&Violations> {
        match &self.0.cause {
            Cause::Violations(violations) => Some(violations),
            _ => None,
        }
    }

    /// What the provider said.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.0.cause {
            Cause::Refusal(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Where the body is not what was expected.
    pub fn json(&self) -> Option<&JsonTrouble> {
        match &self.0.cause {
            Cause::Json(json) => Some(json),
            _ => None,
        }
    }

    /// What the backend met.
    pub fn transport_kind(&self) -> Option<TransportErrorKind> {
        match &self.0.cause {
            Cause::Transport(error) => Some(error.kind()),
            _ => None,
        }
    }

    /// The request breaks documented rules.
    pub fn is_invalid(&self) -> bool {
        self.kind() == ErrorKind::Invalid
    }

    /// It is certain that no attempt of this call has reached the provider.
    pub fn is_not_sent(&self) -> bool {
        !self.0.sent
    }

    /// A mutation of which nobody here knows whether it took effect: the
    /// connection failed after sending, the server failed (5xx), or its answer
    /// cannot be read. Find out before sending it again.
    pub fn is_outcome_unknown(&self) -> bool {
        let is_mutation = self.operation().effect == Effect::Mutation;
        let is_server_error = self.status().is_some_and(|status| status.is_server_error());
        let is_unclear = match self.kind() {
            ErrorKind::Malformed => true,
            ErrorKind::Http | ErrorKind::Refused => is_server_error,
            _ => false,
        };
        self.kind() == ErrorKind::OutcomeUnknown || is_mutation && is_unclear
    }

    /// A time limit ran out.
    pub fn is_timeout(&self) -> bool {
        self.transport_kind() == Some(TransportErrorKind::Timeout)
    }

    /// No connection could be made.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// The provider understood and said no.
    pub fn is_refused(&self) -> bool {
        self.kind() == ErrorKind::Refused
    }

    /// The provider does not take the credentials.
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Cause::Violations(violations) = &inner.cause {
            // They name the operation themselves.
            return write!(f, "not sent: {violations}");
        }
        write!(f, "{}: ", inner.operation)?;
        match (inner.kind, &inner.cause) {
            (_, Cause::Violations(violations)) => write!(f, "{violations}")?,
            (_, Cause::Config(error)) => write!(f, "not sent: {error}")?,
            (ErrorKind::OutcomeUnknown, Cause::Transport(error)) => write!(
                f,
                "outcome unknown: {error} after the request may have been sent; \
                 find out whether it took effect before sending it again"
            )?,
            (_, Cause::Transport(error)) => write!(f, "{error}")?,
            (ErrorKind::Unauthorized, Cause::Refusal(refusal)) => {
                write!(f, "the credentials are not accepted: {refusal}")?;
            }
            (ErrorKind::Unauthorized, _) => f.write_str("the credentials are not accepted")?,
            (_, Cause::Refusal(refusal)) => write!(f, "refused: {refusal}")?,
            (_, Cause::Json(json)) => write!(f, "reply not understood: {json}")?,
            (_, Cause::Paging(trouble)) => write!(f, "{trouble}")?,
            (_, Cause::Status) => f.write_str("unexpected status")?,
        }
        if let Some(raw) = &inner.raw {
            write!(
                f,
                " (HTTP {}, {} bytes)",
                raw.status().as_u16(),
                raw.body().len()
            )?;
        }
        if inner.attempts > 1 {
            write!(f, " after {} attempts", inner.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .field("raw", &self.0.raw)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Cause::Transport(error) => error.source(),
            _ => None,
        }
    }
}
