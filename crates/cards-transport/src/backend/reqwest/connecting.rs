//! Connecting, watched: reqwest's connector ends in the call's time, and the
//! call knows whether it is still connecting.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tower::{Layer, Service};

type BoxError = Box<dyn StdError + Send + Sync>;

tokio::task_local! {
    /// The call whose request is being sent. reqwest shows a connector the
    /// address alone.
    static CALL: Arc<Watch>;
}

/// Shares a call's deadline and its connection's state with its connector.
pub(super) struct Watch {
    deadline: Instant,
    connect: Mutex<Connect>,
    /// The time at which the last piece of a long body was taken.
    moved: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy)]
enum Connect {
    /// No connection was asked for so far: a pooled one serves.
    None,
    /// A connection is being made.
    Running,
    /// It was made, or failed, then.
    Since(Instant),
}

impl Watch {
    pub(super) fn new(deadline: Instant) -> Self {
        Self {
            deadline,
            connect: Mutex::new(Connect::None),
            moved: Mutex::new(None),
        }
    }

    /// Sends within sight of the connector.
    pub(super) fn over<F: Future>(watch: Arc<Self>, sending: F) -> impl Future<Output = F::Output> {
        CALL.scope(watch, sending)
    }

    /// Tells when the server's silence begins to count: once a connection stands, and not while one
    /// is made, which has a limit of its own, nor while the server takes a long body. `None`: a
    /// pooled connection served, so that it counts from the start.
    pub(super) fn silence_counts_from(&self) -> Option<Instant> {
        let connected = match *self.connect() {
            Connect::None => None,
            Connect::Running => Some(Instant::now()),
            Connect::Since(at) => Some(at),
        };
        connected.max(*self.last_move())
    }

    /// Notes that a piece of a long body is taken.
    pub(super) fn moved(&self) {
        *self.last_move() = Some(Instant::now());
    }

    fn last_move(&self) -> MutexGuard<'_, Option<Instant>> {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self) -> MutexGuard<'_, Connect> {
        self.connect.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connector that ends at the call's deadline, or when its own time is over.
#[derive(Clone)]
pub(super) struct Connecting<S> {
    inner: S,
    connect_timeout: Duration,
}

impl Connecting<()> {
    /// The layer that makes one.
    pub(super) fn layer(connect_timeout: Duration) -> ConnectingLayer {
        ConnectingLayer { connect_timeout }
    }
}

/// Wraps connectors into [`Connecting`].
#[derive(Clone)]
pub(super) struct ConnectingLayer {
    connect_timeout: Duration,
}

impl<S> Layer<S> for ConnectingLayer {
    type Service = Connecting<S>;

    fn layer(&self, inner: S) -> Connecting<S> {
        Connecting {
            inner,
            connect_timeout: self.connect_timeout,
        }
    }
}

impl<S, T> Service<T> for Connecting<S>
where
    S: Service<T, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, to: T) -> Self::Future {
        let watch = CALL.try_with(Arc::clone).ok();
        let mut until = Instant::now() + self.connect_timeout;
        if let Some(watch) = &watch {
            until = until.min(watch.deadline);
            *watch.connect() = Connect::Running;
        }
        let connecting = self.inner.call(to);
        Box::pin(async move {
            let outcome = timeout_at(until, connecting).await;
            if let Some(watch) = &watch {
                *watch.connect() = Connect::Since(Instant::now());
            }
            outcome.unwrap_or_else(|_| Err(Box::new(ConnectTimedOut)))
        })
    }
}

/// The connect took longer than its time.
#[derive(Debug)]
pub(super) struct ConnectTimedOut;

impl fmt::Display for ConnectTimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connecting took longer than the time limit")
    }
}

impl StdError for ConnectTimedOut {}
