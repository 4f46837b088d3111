//! The kinds of errors, each from a cause and from what came back.

use cards_model::Effect;
use http::StatusCode;

use crate::cause::Cause;
use crate::reply::RawReply;
use crate::transport::TransportErrorKind;

/// The kinds of [`Error`](crate::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request breaks documented rules; nothing was sent.
    Invalid,
    /// Credentials are missing or cannot be sent.
    Config,
    /// A [`TokenSource`](crate::TokenSource) brought no token; the call did not
    /// take effect.
    TokenSource,
    /// No connection at the last attempt. See [`Error::is_not_sent`](crate::Error::is_not_sent) for those
    /// before.
    Connect,
    /// A time limit ran out: on a read, or before a mutation was sent.
    Timeout,
    /// The reply did not arrive whole or is not HTTP, on a read.
    Interrupted,
    /// A mutation may or may not have taken effect: neither a documented
    /// success nor a documented refusal came back. It is the kind of every
    /// such call, whatever else is known of it: [`Error::status`](crate::Error::status),
    /// [`Error::refusal`](crate::Error::refusal) and [`Error::raw`](crate::Error::raw) tell.
    OutcomeUnknown,
    /// The reply is larger than the limit, on a read.
    TooLarge,
    /// The provider understood and said no: the call did not take effect.
    Refused,
    /// The provider does not take the credentials (HTTP 401, and at Airpay 401
    /// and 403 in the body, but under HTTP 408, 429 and 5xx): the call did not take effect.
    Unauthorized,
    /// An HTTP status that is no success, without a refusal that can be read;
    /// of a mutation, one of the 4xx, so that it did not take effect. Of a read also an answer
    /// that may say no and is none: under a 5xx, with a status in the body that is no 4xx, or with a
    /// word on the credentials under 408, 429 or a 5xx, the provider has failed, and a refusal in it
    /// proves nothing.
    Http,
    /// A success whose body is not what the document describes, on a read.
    Malformed,
    /// The pages of a list contradict each other.
    Paging,
}

impl ErrorKind {
    /// The kind as one word, such as `outcome_unknown`: for logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Config => "config",
            Self::TokenSource => "token_source",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::TooLarge => "too_large",
            Self::Refused => "refused",
            Self::Unauthorized => "unauthorized",
            Self::Http => "http",
            Self::Malformed => "malformed",
            Self::Paging => "paging",
        }
    }

    /// The kind that follows from a cause and from what came back.
    pub(super) fn of(effect: Effect, cause: &Cause, raw: Option<&RawReply>) -> Self {
        use TransportErrorKind as Kind;

        let is_mutation = effect == Effect::Mutation;
        let status = raw.map(RawReply::status);
        let is_no = status.is_some_and(|status| is_refusal(status, cause));
        match cause {
            Cause::Violations(_) => Self::Invalid,
            Cause::Config(_) => Self::Config,
            Cause::TokenSource(_) => Self::TokenSource,
            Cause::Paging(_) => Self::Paging,
            Cause::Transport(error) => match (error.kind(), error.is_maybe_sent()) {
                (_, true) if is_mutation => Self::OutcomeUnknown,
                (Kind::Timeout, _) => Self::Timeout,
                (Kind::TooLarge, _) => Self::TooLarge,
                (Kind::Request, _) => Self::Config,
                (Kind::Resolve | Kind::Connect | Kind::Tls, _) | (_, false) => Self::Connect,
                _ => Self::Interrupted,
            },
            _ if is_mutation && !is_no => Self::OutcomeUnknown,
            Cause::Json(_) => Self::Malformed,
            // A provider that has failed says nothing of the credentials, whatever its body does.
            Cause::Refusal(refusal) if refusal.is_about_credentials() => {
                match status.is_some_and(is_passing) {
                    true => Self::Http,
                    false => Self::Unauthorized,
                }
            }
            _ if status == Some(StatusCode::UNAUTHORIZED) => Self::Unauthorized,
            Cause::Refusal(_) if is_no => Self::Refused,
            Cause::Refusal(_) | Cause::Contradiction | Cause::Status => Self::Http,
        }
    }
}

/// Tells whether the provider failed in passing, by its status.
pub(super) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500..)
}

/// Tells whether an answer says no, so that a mutation was not carried out: a refusal in the body
/// of a 2xx, or a 4xx whose body says nothing else. Of 408 the server itself does not know how far
/// it got.
fn is_refusal(status: StatusCode, cause: &Cause) -> bool {
    let is_client_error = status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT;
    match cause {
        Cause::Refusal(refusal) => {
            (status.is_success() || is_client_error) && !refusal.leaves_outcome_open(status)
        }
        Cause::Status => is_client_error,
        _ => false,
    }
}
