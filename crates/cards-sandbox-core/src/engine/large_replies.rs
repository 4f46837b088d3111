//! The bytes of large replies that are in memory at one time, so that clients that take nothing of
//! them do not fill it together.

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::response::Parts;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// The bytes from which on a reply is counted: the usual ones pass, however many large ones are on
/// their way.
pub(crate) const LARGE: u64 = 1024 * 1024;

/// Counts the large replies of all worlds of a sandbox.
pub(crate) struct LargeReplies {
    budget: Arc<Semaphore>,
    most: usize,
}

/// A right to have a reply in memory, until it is dropped.
pub(crate) type Room = OwnedSemaphorePermit;

/// Goes beside the reply to a write that is done, which is given whatever room there is: the right
/// to make the next one. It stays with a reply for which there is no room.
#[derive(Clone)]
pub(crate) struct Turn(#[expect(dead_code, reason = "it is held")] pub(crate) Arc<Room>);

impl LargeReplies {
    /// The most bytes that a budget may have.
    pub(crate) const MOST: usize = Semaphore::MAX_PERMITS;

    /// Allows so many bytes.
    pub(crate) fn new(most: usize) -> Self {
        let budget = Arc::new(Semaphore::new(most));
        Self { budget, most }
    }

    /// Gives room for a reply of so many bytes where there is some.
    pub(crate) fn room(&self, bytes: u64) -> Option<Room> {
        let bytes = self.counted(bytes);
        Arc::clone(&self.budget).try_acquire_many_owned(bytes).ok()
    }

    /// Gives room for a reply of so many bytes once there is some.
    pub(crate) async fn wait_for_room(&self, bytes: u64) -> Option<Room> {
        let bytes = self.counted(bytes);
        let room = Arc::clone(&self.budget).acquire_many_owned(bytes);
        // It fails once the semaphore is closed, which nobody does.
        room.await.ok()
    }

    /// Gives the bytes by which a reply counts more than one of `before` bytes.
    pub(crate) fn growth(&self, bytes: u64, before: u64) -> u64 {
        self.counted(bytes)
            .saturating_sub(self.counted(before))
            .into()
    }

    /// Gives the bytes that are counted of a reply: one that is larger than all may be is there
    /// alone.
    fn counted(&self, bytes: u64) -> u32 {
        let most = u64::try_from(self.most).unwrap_or(u64::MAX);
        u32::try_from(bytes.min(most)).unwrap_or(u32::MAX)
    }
}

/// Gives the size of a reply that is counted. `None`: it is small, or is made while it is sent.
pub(crate) fn large(response: &Response) -> Option<u64> {
    let size = response.body().size_hint().exact();
    size.filter(|size| *size > LARGE)
}

/// Lets something go with the bytes of a reply that is in memory: it is dropped with the last of
/// them. They leave in frames, as of a frame the connection makes a copy at once.
pub(crate) async fn held(response: Response, held: impl Send + Sync + 'static) -> Response {
    let (head, body) = response.into_parts();
    let bytes = whole(&head, body).await;
    goes_along(head, bytes, Arc::new(held))
}

/// Puts other bytes in the place of a reply's, and lets go with them what went with those.
pub(crate) async fn replaced(response: Response, bytes: impl FnOnce(Bytes) -> Bytes) -> Response {
    let (mut head, body) = response.into_parts();
    let large = head.extensions.remove::<Large>();
    let (before, along) = match large {
        Some(Large { bytes, along }) => (bytes, Some(along)),
        None => (whole(&head, body).await, None),
    };
    let bytes = bytes(before);
    match along {
        Some(along) => goes_along(head, bytes, along),
        None => Response::from_parts(head, Body::from(bytes)),
    }
}

/// Gives all bytes of a reply that is in memory; of a large one without a copy of them.
pub(crate) async fn whole(head: &Parts, body: Body) -> Bytes {
    match head.extensions.get::<Large>() {
        Some(large) => large.bytes.clone(),
        None => to_bytes(body, usize::MAX).await.unwrap_or_default(),
    }
}

/// Makes a body of bytes that leave in frames.
pub(crate) fn framed(bytes: Bytes) -> Body {
    Body::new(InFrames(bytes))
}

/// A large reply, as an extension of it: for whoever replaces its bytes, and for its connection.
#[derive(Clone)]
pub(crate) struct Large {
    /// The bytes of the whole reply. Its `along` is dropped with the last copy of them.
    bytes: Bytes,
    along: Along,
}

type Along = Arc<dyn Send + Sync>;

impl Large {
    /// The bytes of a reply that a client has to take in a second, on the whole.
    const PACE: u64 = 64 * 1024;

    /// Gives the time by which the reply has to be taken, where a client may take nothing for so
    /// long. Who takes a byte now and then would keep it in memory for hours.
    pub(crate) fn lasting(self, write_time: Duration) -> Lasting {
        let seconds = (self.bytes.len() as u64).div_ceil(Self::PACE);
        let time = write_time.saturating_add(Duration::from_secs(seconds));
        Lasting {
            along: Arc::downgrade(&self.along),
            until: Instant::now().checked_add(time),
        }
    }
}

/// A large reply on its way.
pub(crate) struct Lasting {
    along: Weak<dyn Send + Sync>,
    until: Option<Instant>,
}

impl Lasting {
    /// Waits until the time is over in which the reply has to be taken, where it is not taken then.
    pub(crate) async fn is_not_taken(&self) {
        match self.until {
            Some(until) => sleep_until(until).await,
            None => pending().await,
        }
        if self.along.strong_count() == 0 {
            pending::<()>().await;
        }
    }
}

fn goes_along(mut head: Parts, bytes: Bytes, along: Along) -> Response {
    let bytes = Bytes::from_owner(Held {
        bytes,
        _along: Arc::clone(&along),
    });
    let body = framed(bytes.clone());
    head.extensions.insert(Large { bytes, along });
    Response::from_parts(head, body)
}

struct Held {
    bytes: Bytes,
    _along: Along,
}

/// The bytes of a body that are not sent yet.
struct InFrames(Bytes);

impl HttpBody for InFrames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        const FRAME: usize = 64 * 1024;
        let size = self.0.len().min(FRAME);
        let frame = (size > 0).then(|| Ok(Frame::data(self.0.split_to(size))));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reply_is_large_beyond_a_size_and_stays_as_it_is() {
        let of = |bytes: usize| {
            let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(bytes).collect();
            (Response::new(Body::from(bytes.clone())), bytes)
        };
        let edge = usize::try_from(LARGE).unwrap();
        for size in [0, 1, edge, edge + 1, 3 * edge] {
            let (response, bytes) = of(size);
            let is_large = (size > edge).then_some(size as u64);
            assert_eq!(large(&response), is_large, "{size}");
            let response = held(response, ()).await;
            let all = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            assert!(all == bytes, "{size}");
        }
        let streamed = Body::from_stream(futures_util::stream::iter([Ok::<_, Infallible>("a")]));
        assert_eq!(large(&Response::new(streamed)), None);
    }
}
