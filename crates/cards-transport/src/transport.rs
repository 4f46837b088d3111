//! The trait that a backend implements, and its errors.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

/// Sends one request and reads its whole reply, without blocking.
///
/// Implemented by [`ReqwestTransport`](crate::ReqwestTransport) and by every
/// function of the same shape, so that a test needs no server. An
/// implementation follows no redirects, treats no status as an error and keeps
/// to the [`Limits`].
///
/// Where the type of a transport is known when the program runs only, it goes
/// into an `Arc<dyn DynAsyncTransport>` or a `Box` of one, which are transports
/// too. See [`DynAsyncTransport`].
pub trait AsyncTransport: Send + Sync {
    /// Sends once; trying again is not its business.
    fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send;

    /// Waits before the next attempt.
    fn sleep(&self, pause: Duration) -> impl Future<Output = ()> + Send;
}

/// Sends one request and reads its whole reply on the calling thread.
///
/// Implemented by [`UreqTransport`](crate::UreqTransport) and by every function
/// of the same shape; and by an `Arc` of any, `Arc<dyn BlockingTransport>` and
/// `Box<dyn BlockingTransport>` included. The same rules hold as for
/// [`AsyncTransport`].
///
/// ```
/// use cards_transport::{BlockingTransport, blocking::Client, paysafe::Paysafe};
/// use std::sync::Arc;
///
/// fn client(transport: Arc<dyn BlockingTransport>) -> Client<Paysafe, Arc<dyn BlockingTransport>> {
///     let base = "http://localhost".parse().expect("a base URL");
///     Client::new(Paysafe::new(base).token("fake-token"), transport)
/// }
/// ```
pub trait BlockingTransport: Send + Sync {
    /// Sends once; trying again is not its business.
    fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError>;

    /// Waits before the next attempt.
    fn sleep(&self, pause: Duration);
}

/// Limits the time and the size of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The time from the start of the attempt to the last byte of the reply.
    pub total: Duration,
    /// The largest body of a reply, in bytes.
    pub reply_bytes: usize,
}

impl Limits {
    /// Limits for one attempt, whose time is a year at most.
    pub const fn new(total: Duration, reply_bytes: usize) -> Self {
        let total = bounded(total);
        Self { total, reply_bytes }
    }
}

/// Caps a duration at one year, so that adding it to a clock cannot overflow.
pub(crate) const fn bounded(duration: Duration) -> Duration {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    if duration.as_secs() < YEAR.as_secs() {
        duration
    } else {
        YEAR
    }
}

/// The reason why a backend brought no whole reply. `Debug` shows no header and
/// no body.
pub struct TransportError {
    kind: TransportErrorKind,
    sent: bool,
    partial: Option<Box<Response<Bytes>>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of failure that keep a backend from bringing a whole reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The host's name could not be looked up.
    Resolve,
    /// No connection: nobody listens there, or the way is closed.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// A time limit ran out.
    Timeout,
    /// The connection ended before the reply did.
    Interrupted,
    /// The reply is no HTTP.
    Protocol,
    /// The reply is larger than the limit.
    TooLarge,
    /// The request cannot be sent at all.
    Request,
}

impl TransportErrorKind {
    /// Says in words what happened.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "the name could not be looked up",
            Self::Connect => "no connection",
            Self::Tls => "the TLS handshake failed",
            Self::Timeout => "the time limit ran out",
            Self::Interrupted => "the connection ended before the reply did",
            Self::Protocol => "the reply is not HTTP",
            Self::TooLarge => "the reply is larger than the limit",
            Self::Request => "the request cannot be sent",
        }
    }
}

impl TransportError {
    /// A failure before the first byte of the request left: it is certain that
    /// the provider knows nothing of it.
    pub fn not_sent(kind: TransportErrorKind) -> Self {
        Self {
            kind,
            sent: false,
            partial: None,
            source: None,
        }
    }

    /// A failure after which the provider may have acted on the request.
    pub fn maybe_sent(kind: TransportErrorKind) -> Self {
        Self {
            kind,
            sent: true,
            partial: None,
            source: None,
        }
    }

    /// Adds the cause. Its text must hold neither body nor header values.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// Adds what had arrived by then, so that nothing is lost.
    #[must_use]
    pub fn with_partial(self, partial: Response<Bytes>) -> Self {
        Self {
            partial: Some(Box::new(partial)),
            ..self
        }
    }

    /// The kind of failure.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Tells whether the provider may have received the request.
    pub fn is_maybe_sent(&self) -> bool {
        self.sent
    }

    /// The part of the reply that had arrived: the head and some of the body.
    pub fn partial(&self) -> Option<&Response<Bytes>> {
        self.partial.as_deref()
    }

    pub(crate) fn take_partial(&mut self) -> Option<Response<Bytes>> {
        self.partial.take().map(|partial| *partial)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrived = self.partial.as_ref().map(|partial| partial.body().len());
        f.debug_struct("TransportError")
            .field("kind", &self.kind)
            .field("maybe_sent", &self.sent)
            .field("bytes_arrived", &arrived)
            .field("source", &self.source)
            .finish()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl<F, Fut> AsyncTransport for F
where
    F: Fn(Request<Bytes>, Limits) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Response<Bytes>, TransportError>> + Send,
{
    fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send {
        self(request, limits)
    }

    fn sleep(&self, pause: Duration) -> impl Future<Output = ()> + Send {
        futures_timer::Delay::new(pause)
    }
}

impl<F> BlockingTransport for F
where
    F: Fn(Request<Bytes>, Limits) -> Result<Response<Bytes>, TransportError> + Send + Sync,
{
    fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        self(request, limits)
    }

    fn sleep(&self, pause: Duration) {
        std::thread::sleep(pause);
    }
}

/// An [`AsyncTransport`] of any type, behind one pointer.
///
/// Every transport is one. It costs one allocation for each request and each
/// pause, for the future's box.
///
/// ```
/// use cards_transport::{Client, DynAsyncTransport, paysafe::Paysafe};
/// use std::sync::Arc;
///
/// fn client(transport: Arc<dyn DynAsyncTransport>) -> Client<Paysafe, Arc<dyn DynAsyncTransport>> {
///     let base = "http://localhost".parse().expect("a base URL");
///     Client::new(Paysafe::new(base).token("fake-token"), transport)
/// }
/// ```
pub trait DynAsyncTransport: Send + Sync {
    /// Does as [`AsyncTransport::send`], in a box.
    fn send_boxed(&self, request: Request<Bytes>, limits: Limits) -> Boxed<'_, Sent>;

    /// Does as [`AsyncTransport::sleep`], in a box.
    fn sleep_boxed(&self, pause: Duration) -> Boxed<'_, ()>;
}

/// A future in a box.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The outcome of sending one request.
pub type Sent = Result<Response<Bytes>, TransportError>;

impl<T: AsyncTransport> DynAsyncTransport for T {
    fn send_boxed(&self, request: Request<Bytes>, limits: Limits) -> Boxed<'_, Sent> {
        Box::pin(self.send(request, limits))
    }

    fn sleep_boxed(&self, pause: Duration) -> Boxed<'_, ()> {
        Box::pin(self.sleep(pause))
    }
}

/// Passes on to a transport behind a pointer.
macro_rules! behind_a_pointer {
    ($($pointer:ty),+) => {$(
        impl AsyncTransport for $pointer {
            fn send(
                &self,
                request: Request<Bytes>,
                limits: Limits,
            ) -> impl Future<Output = Sent> + Send {
                (**self).send_boxed(request, limits)
            }

            fn sleep(&self, pause: Duration) -> impl Future<Output = ()> + Send {
                (**self).sleep_boxed(pause)
            }
        }
    )+};
}

// For any lifetime: for `'static` alone, a future that holds one over an `await` would not be
// known to be `Send`.
behind_a_pointer!(
    Arc<dyn DynAsyncTransport + '_>,
    Box<dyn DynAsyncTransport + '_>
);

impl<T: BlockingTransport + ?Sized> BlockingTransport for Arc<T> {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> Sent {
        (**self).send(request, limits)
    }

    fn sleep(&self, pause: Duration) {
        (**self).sleep(pause);
    }
}

impl BlockingTransport for Box<dyn BlockingTransport> {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> Sent {
        (**self).send(request, limits)
    }

    fn sleep(&self, pause: Duration) {
        (**self).sleep(pause);
    }
}
