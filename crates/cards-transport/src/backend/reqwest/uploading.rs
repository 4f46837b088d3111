//! A long body whose sending is seen: a server that takes it slowly is not silent.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::connecting::Watch;

/// The bytes that are handed over at one time.
const PIECE: usize = 64 * 1024;

/// Makes the body of a request. One of a single piece is handed over as it is.
pub(super) fn body(bytes: Bytes, watch: &Arc<Watch>) -> reqwest::Body {
    if bytes.len() <= PIECE {
        return bytes.into();
    }
    reqwest::Body::wrap(Uploading {
        left: bytes,
        watch: Arc::clone(watch),
    })
}

/// Hands pieces over as the connection has room for them, and tells the watch.
struct Uploading {
    left: Bytes,
    watch: Arc<Watch>,
}

impl Body for Uploading {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.watch.moved();
        let length = self.left.len().min(PIECE);
        let piece = (length > 0).then(|| Ok(Frame::data(self.left.split_to(length))));
        Poll::Ready(piece)
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}
