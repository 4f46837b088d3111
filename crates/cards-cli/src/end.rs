//! The exit code and the outcome that follow from how a request ended: one way for calls to
//! providers and for what a running sandbox is asked.

use cards_transport::{Error as CallError, ErrorKind, TransportError, TransportErrorKind};

use crate::exit::Exit;

/// The effect of the call, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Certainly nothing was sent.
    NotSent,
    /// The provider said no, or the sandbox.
    Refused,
    /// It changes something, and may have taken effect.
    Unknown,
    /// It failed, and changed nothing.
    Failed,
    /// It was carried out; what failed came after it.
    Accepted,
}

/// Holds what is known of the end of a request that failed.
pub(crate) struct End {
    pub(crate) kind: ErrorKind,
    /// The kind of failure that the backend met, where it is one.
    transport: Option<TransportErrorKind>,
    /// The HTTP status, where a reply came.
    status: Option<u16>,
    /// Says whether it only reads, and whoever answered failed in passing.
    is_passing: bool,
    /// Says whether it is certain that no attempt has reached the server.
    is_not_sent: bool,
}

impl End {
    /// Takes the end of a call to a provider.
    pub(crate) fn of_call(error: &CallError) -> Self {
        Self {
            kind: error.kind(),
            transport: error.transport_kind(),
            status: error.status().map(|status| status.as_u16()),
            is_passing: error.is_failed_in_passing(),
            is_not_sent: error.is_not_sent(),
        }
    }

    /// Takes the end of a request that was sent once and brought no whole reply.
    pub(crate) fn of_transport(error: &TransportError, is_read: bool) -> Self {
        use TransportErrorKind as Kind;
        let kind = match (error.kind(), error.is_maybe_sent()) {
            (_, true) if !is_read => ErrorKind::OutcomeUnknown,
            (Kind::Timeout, _) => ErrorKind::Timeout,
            (Kind::TooLarge, _) => ErrorKind::TooLarge,
            (Kind::Request, _) => ErrorKind::Config,
            (Kind::Resolve | Kind::Connect | Kind::Tls, _) | (_, false) => ErrorKind::Connect,
            _ => ErrorKind::Interrupted,
        };
        Self {
            kind,
            transport: Some(error.kind()),
            status: None,
            is_passing: false,
            is_not_sent: !error.is_maybe_sent(),
        }
    }

    /// Takes the end of a request whose reply is of this kind.
    pub(crate) const fn of_reply(kind: ErrorKind, status: Option<u16>, is_read: bool) -> Self {
        Self {
            kind,
            transport: None,
            status,
            is_passing: is_read && matches!(status, Some(408 | 429 | 500..)),
            is_not_sent: false,
        }
    }

    /// The exit of the program.
    pub(crate) fn exit(&self) -> Exit {
        use ErrorKind as Kind;
        let is_http = self.transport != Some(TransportErrorKind::Protocol);
        match (self.kind, self.status) {
            (Kind::OutcomeUnknown, _) => Exit::OutcomeUnknown,
            (Kind::Invalid, _) => Exit::Usage,
            (Kind::Config, _) if self.is_not_sent => Exit::Usage,
            // The call was refused, and there is no code or token to send it with.
            (Kind::Config, _) => Exit::Unauthorized,
            (Kind::Refused | Kind::Http, _) if self.is_passing => Exit::TryAgain,
            (Kind::Unauthorized, _) | (Kind::Refused | Kind::Http, Some(401 | 403)) => {
                Exit::Unauthorized
            }
            (Kind::Refused, _) => Exit::Refused,
            (Kind::Connect | Kind::Timeout, _) => Exit::TryAgain,
            (Kind::Interrupted, _) if is_http => Exit::TryAgain,
            _ => Exit::Failure,
        }
    }

    /// The effect of the request, as far as it is known.
    pub(crate) const fn outcome(&self) -> Outcome {
        match self.kind {
            ErrorKind::OutcomeUnknown => Outcome::Unknown,
            // Also where it was the login, and the call was not sent for that.
            ErrorKind::Refused | ErrorKind::Unauthorized => Outcome::Refused,
            ErrorKind::Http if !self.is_passing && matches!(self.status, Some(401 | 403)) => {
                Outcome::Refused
            }
            _ if self.is_not_sent => Outcome::NotSent,
            ErrorKind::Config => Outcome::Refused,
            _ => Outcome::Failed,
        }
    }
}
