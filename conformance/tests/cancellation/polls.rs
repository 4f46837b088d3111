//! Drops a future after a number of polls, and runs what the scenarios need.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use cards_transport::{
    AttemptEnd, CallEvent, CallOptions, Hooks, Limits, Sent, TransportError, TransportErrorKind,
};
use http::Request;
use tokio::runtime::{Builder, Runtime};

/// Polls a future so many times at most, and drops it then. `None`: it was dropped.
pub(crate) async fn polled<F: Future>(future: F, most: usize) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = most;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Polls a future once and leaves it where it is then.
pub(crate) async fn begun<F: Future + Unpin>(future: &mut F) {
    assert!(polled(future, 1).await.is_none(), "it is over at once");
}

/// More polls than any call takes.
pub(crate) const MANY: usize = 200;

/// Time enough for a call on a busy machine. Whoever waits for something that was lost
/// with another call uses it up.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) fn within(limit: Duration) -> CallOptions {
    CallOptions::new().total_timeout(limit)
}

pub(crate) fn runtime() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.unwrap()
}

/// Never answers, and gives up when the attempt's time is over.
pub(crate) async fn stalls(limits: Limits) -> Sent {
    tokio::time::sleep(limits.total).await;
    Err(TransportError::maybe_sent(TransportErrorKind::Timeout))
}

/// The path of a request.
pub(crate) fn path(request: &Request<Bytes>) -> &str {
    request.uri().path()
}

/// The one-time code of a request: in a header, or of a login in its body.
pub(crate) fn code(request: &Request<Bytes>) -> Option<String> {
    if let Some(code) = request.headers().get("otp") {
        return code.to_str().ok().map(str::to_owned);
    }
    let body: serde_json::Value = serde_json::from_slice(request.body()).ok()?;
    body["otp"].as_str().map(str::to_owned)
}

/// Counts what hooks are told.
#[derive(Clone, Default)]
pub(crate) struct Counted {
    pub(crate) sent: Arc<AtomicUsize>,
    pub(crate) ended: Arc<AtomicUsize>,
}

impl Hooks for Counted {
    fn before_send(&self, _: &CallEvent<'_>) {
        self.sent.fetch_add(1, Ordering::SeqCst);
    }

    fn after_reply(&self, _: &CallEvent<'_>, _: AttemptEnd, _: Duration) {
        self.ended.fetch_add(1, Ordering::SeqCst);
    }
}
