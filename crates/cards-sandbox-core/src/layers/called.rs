//! The operation of a call, and its documented failure.

use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;

use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::operations::KnownOperation;
use crate::engine::provider::Provider;

/// Finds the operation that a request calls.
pub(super) fn operation_of(app: &App, request: &Request) -> Option<&'static KnownOperation> {
    let route = request.extensions().get::<MatchedPath>()?;
    app.operations.at(route.as_str(), request.method())
}

/// Makes the documented failure of a call, under an HTTP status.
pub(super) fn failure(
    provider: &dyn Provider,
    known: Option<&'static KnownOperation>,
    status: StatusCode,
) -> Answer {
    match known {
        Some(known) => (known.fail)(status).of(known.operation),
        None => provider.fail(status),
    }
}
