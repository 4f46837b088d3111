//! The layer that holds a provider's calls to so many in a time.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::called;
use crate::engine::app::App;
use crate::engine::intake;
use crate::engine::rate_limit::Excess;
use crate::engine::surface::Surface;

/// Carries a call on, or answers it with 429 and `Retry-After`.
pub(crate) async fn ration(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(Surface::Provider(provider)) = request.extensions().get().cloned() else {
        return next.run(request).await;
    };
    let Err(Excess { limit, seconds }) = app.rate_limits.count(provider.id(), || app.now_millis())
    else {
        return next.run(request).await;
    };
    let known = called::operation_of(&app, &request);
    // For the journal, which notes what is read.
    intake::drain(request.into_body(), app.config.limits).await;
    let why = format!(
        "not carried out: the rate limit of {}, {limit}, is used up for {seconds} s more",
        provider.id()
    );
    let answer = called::failure(&*provider, known, StatusCode::TOO_MANY_REQUESTS).because(why);
    let mut response = answer.into_response();
    let retry_after = HeaderValue::from(seconds);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, retry_after);
    response
}
