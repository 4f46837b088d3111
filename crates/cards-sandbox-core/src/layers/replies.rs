//! The layer that counts the sandbox's own large replies, such as a whole world.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use crate::engine::app::App;
use crate::engine::large_replies::{Room, Turn, held, large};
use crate::engine::problem::problem;
use crate::engine::surface::Surface;

/// Answers as the sandbox does, once there is room for the reply. One that only shows something is
/// not held meanwhile, but made anew.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    if !matches!(request.extensions().get(), Some(Surface::Own)) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let again = (head.method == Method::GET).then(|| (next.clone(), head.clone()));
    let mut response = next.run(Request::from_parts(head, body)).await;
    let turn = response.extensions_mut().remove::<Turn>();
    let Some(size) = large(&response) else {
        return response;
    };
    if let Some(room) = app.large_replies.room(size) {
        return held(response, room).await;
    }
    let Some((next, head)) = again else {
        // What was done has to be told, and the next has to wait for it; any other reply has not.
        return match (within_time(&app, size).await, turn) {
            (Some(room), _) => held(response, room).await,
            (None, Some(turn)) => held(response, turn).await,
            (None, None) => no_room(),
        };
    };
    drop(response);
    let Some(room) = within_time(&app, size).await else {
        return no_room();
    };
    let request = Request::from_parts(head, Body::empty());
    let response = next.run(request).await;
    // It may have become larger meanwhile.
    let now = large(&response).unwrap_or_default();
    match app.large_replies.growth(now, size) {
        0 => held(response, room).await,
        more => match within_time(&app, more).await {
            Some(more) => held(response, (room, more)).await,
            None => no_room(),
        },
    }
}

/// Waits for room for as long as a body may take.
async fn within_time(app: &App, size: u64) -> Option<Room> {
    let room = app.large_replies.wait_for_room(size);
    timeout(app.config.limits.body_time, room).await.ok()?
}

fn no_room() -> Response {
    let error = "too many other large replies are on their way; ask again later".to_owned();
    let answer = problem(StatusCode::SERVICE_UNAVAILABLE, error);
    answer.header(header::RETRY_AFTER, "1").into_response()
}
