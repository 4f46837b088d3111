//! Functions of the caller that hear of a call while it runs.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cards_model::{Method, Operation};
use http::StatusCode;

use crate::caught::caught;
use crate::token_source::TokenNeed;
use crate::transport::TransportErrorKind;

/// Functions that are called as a call goes on, in either client: to count, to
/// measure, or to write a log of one's own.
///
/// Their arguments name no person and hold no secret, by their types: neither
/// path, query, header nor body is among them. They are called on the thread that
/// makes the call or polls it, and the call waits for them. One that panics is
/// passed over, where panics unwind; the call goes on.
///
/// Their time is the call's: where it is over when [`before_send`](Self::before_send) returns, the
/// attempt is not sent.
///
/// A hook must not make a call with the same client and wait for it: its own call holds a place under
/// the client's limits, a one-time code, or the right to renew the token meanwhile, and that other call
/// would wait for these until its time is over. [`on_renewal`](Self::on_renewal) alone may, as the
/// renewal is settled by then.
///
/// A call that is dropped is told of no more.
///
/// ```
/// use cards_transport::{AttemptEnd, CallEvent, Hooks, Settings};
/// use std::time::Duration;
///
/// struct Print;
///
/// impl Hooks for Print {
///     fn after_reply(&self, event: &CallEvent<'_>, end: AttemptEnd, took: Duration) {
///         println!("{} {} {}: {end} after {took:?}", event.call, event.method().as_str(), event.operation);
///     }
/// }
///
/// let settings = Settings::new().hooks(Print);
/// ```
pub trait Hooks: Send + Sync {
    /// Hears of each attempt before it goes out, logins included.
    fn before_send(&self, event: &CallEvent<'_>) {
        let _ = event;
    }

    /// Hears of each attempt after it came back, with its end and how long it took.
    fn after_reply(&self, event: &CallEvent<'_>, end: AttemptEnd, took: Duration) {
        let _ = (event, end, took);
    }

    /// Hears of an attempt that is to be followed by another, with the end of the one and the pause
    /// before the other; zero where it follows at once.
    fn on_retry(&self, event: &CallEvent<'_>, end: AttemptEnd, pause: Duration) {
        let _ = (event, end, pause);
    }

    /// Hears of a token that was asked for, by a login or of a [`TokenSource`](crate::TokenSource).
    /// Calls that waited for it are not told. It is settled by then, and the token in force.
    fn on_renewal(&self, event: &CallEvent<'_>, renewal: Renewed) {
        let _ = (event, renewal);
    }
}

/// Says of which call, and which attempt of it, a hook is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallEvent<'a> {
    /// The call, by a number that no other call of this process has. A login has
    /// that of the call which needs it.
    pub call: CallId,
    /// The operation: the call's, or that of its login.
    pub operation: &'static Operation,
    /// The host of the address that is called.
    pub host: &'a str,
    /// The port, written out or that of the scheme.
    pub port: u16,
    /// The attempts so far, this one included. 0: none has been made.
    pub attempt: u32,
}

impl CallEvent<'_> {
    /// The HTTP method of the operation.
    pub fn method(&self) -> Method {
        self.operation.method
    }
}

/// Tells one call of this process from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(u64);

impl CallId {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The end of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptEnd {
    /// A whole reply came, of this status.
    Reply(StatusCode),
    /// None came, and why.
    Failed(TransportErrorKind),
}

impl fmt::Display for AttemptEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(status) => status.as_u16().fmt(f),
            Self::Failed(kind) => f.write_str(kind.as_str()),
        }
    }
}

/// The renewal of a token, which is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Renewed {
    /// The reason why there had to be a new one.
    pub need: TokenNeed,
    /// Says whether there is one now.
    pub is_renewed: bool,
    /// The time that it took.
    pub took: Duration,
}

/// Calls a hook. A panic in it ends there.
pub(crate) fn told(call: impl FnOnce()) {
    if caught(call).is_none() {
        tracing::error!("a hook panicked");
    }
}
