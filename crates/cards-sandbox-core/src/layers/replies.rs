//! The layer that counts large replies, such as a whole world or a page of all cards.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cards_model::Effect;
use tokio::time::timeout;

use super::called;
use crate::engine::app::App;
use crate::engine::large_replies::{Room, Turn, held, large};
use crate::engine::operations::KnownOperation;
use crate::engine::problem::problem;
use crate::engine::surface::Surface;

/// Gives a reply once there is room for it. One of the sandbox's own that only shows something is not
/// held meanwhile, but made anew; a provider's is refused, as what it was asked with may serve once.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&app, &request);
    let (head, body) = request.into_parts();
    let may_be_again = head.method == Method::GET && !asked.is_of_a_provider();
    let again = may_be_again.then(|| (next.clone(), head.clone()));
    let mut response = next.run(Request::from_parts(head, body)).await;
    let turn = response.extensions_mut().remove::<Turn>();
    let Some(size) = large(&response) else {
        return response;
    };
    if let Some(room) = app.large_replies.room(size) {
        return held(response, room).await;
    }
    let Some((next, head)) = again else {
        if asked.is_read() {
            return asked.no_room();
        }
        // What was done has to be told, and the next has to wait for it; any other reply has not.
        return match (within_time(&app, size).await, turn) {
            (Some(room), _) => held(response, room).await,
            (None, Some(turn)) => held(response, turn).await,
            // Not in the room of all, but at a pace all the same.
            (None, None) if asked.is_change() => held(response, ()).await,
            (None, None) => asked.no_room(),
        };
    };
    drop(response);
    let Some(room) = within_time(&app, size).await else {
        return asked.no_room();
    };
    let request = Request::from_parts(head, Body::empty());
    let response = next.run(request).await;
    // It may have become larger meanwhile.
    let now = large(&response).unwrap_or_default();
    match app.large_replies.growth(now, size) {
        0 => held(response, room).await,
        more => match within_time(&app, more).await {
            Some(more) => held(response, (room, more)).await,
            None => asked.no_room(),
        },
    }
}

/// Says what was asked, and of whom.
struct Asked {
    surface: Option<Surface>,
    known: Option<&'static KnownOperation>,
}

impl Asked {
    fn of(app: &App, request: &Request) -> Self {
        Self {
            surface: request.extensions().get().cloned(),
            known: called::operation_of(app, request),
        }
    }

    fn is_of_a_provider(&self) -> bool {
        matches!(self.surface, Some(Surface::Provider(_)))
    }

    fn has(&self, effect: Effect) -> bool {
        self.known
            .is_some_and(|known| known.operation.effect == effect)
    }

    /// Tells whether a provider was asked to show something, and may be asked again by its client.
    fn is_read(&self) -> bool {
        self.has(Effect::Read)
    }

    /// Tells whether a provider was asked to do something, which is done by the time of its reply.
    fn is_change(&self) -> bool {
        self.has(Effect::Mutation)
    }

    /// Tells to ask again later, in the words of whom was asked.
    fn no_room(&self) -> Response {
        const WHY: &str = "too many other large replies are on their way; ask again later";
        const STATUS: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
        let answer = match &self.surface {
            Some(Surface::Provider(provider)) => {
                called::failure(&**provider, self.known, STATUS).because(WHY)
            }
            _ => problem(STATUS, WHY.to_owned()),
        };
        answer.header(header::RETRY_AFTER, "1").into_response()
    }
}

/// Waits for room for as long as a body may take.
async fn within_time(app: &App, size: u64) -> Option<Room> {
    let room = app.large_replies.wait_for_room(size);
    timeout(app.config.limits.body_time, room).await.ok()?
}
