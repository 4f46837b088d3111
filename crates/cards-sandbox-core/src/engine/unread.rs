//! Request bodies that no handler looks at.
//!
//! A server that answers before a body has arrived has to close the connection:
//! what comes next on it would be that body. The client may have sent its next
//! request by then, and never learns what became of it. So a body that nobody
//! has begun to read is read before the answer leaves, within the limits; but
//! not where the client waits to be asked for it.

use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{EXPECT, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};

use crate::engine::app::App;
use crate::engine::intake;
use crate::engine::meter::Meter;

/// Stands around every route.
pub(crate) async fn drain(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    // Counted until the reply is made.
    let meter = Meter::new(Arc::clone(&app.bodies));
    request.extensions_mut().insert(meter.clone());
    let mut response = answer(&app, request, next).await;
    if meter.is_full() {
        let soon = HeaderValue::from_static("1");
        response.headers_mut().insert(RETRY_AFTER, soon);
    }
    response
}

async fn answer(app: &App, request: Request, next: Next) -> Response {
    if request.headers().contains_key(EXPECT) {
        return next.run(request).await;
    }
    let left = Arc::default();
    let request = request.map(|body| {
        let left = Some(Arc::clone(&left));
        Body::new(Unread { body, left })
    });
    let response = next.run(request).await;
    let unread = mem::take(&mut *lock(&left));
    intake::drain(unread, app.config.limits).await;
    response
}

/// A body that is left behind where it is dropped before anybody reads it.
struct Unread {
    body: Body,
    left: Option<Arc<Mutex<Body>>>,
}

impl Drop for Unread {
    fn drop(&mut self) {
        if let Some(left) = self.left.take() {
            *lock(&left) = mem::take(&mut self.body);
        }
    }
}

impl HttpBody for Unread {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // From here on it is the reader's, which has its own ways with what is
        // too large or too slow.
        self.left = None;
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn lock(left: &Mutex<Body>) -> MutexGuard<'_, Body> {
    left.lock().unwrap_or_else(PoisonError::into_inner)
}
