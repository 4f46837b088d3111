//! The refusals of the sandbox's own paths, and of those that nobody has.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::answer::{Answer, Rejection};
use crate::engine::store::StoreError;
use crate::engine::world_error::WorldError;

/// Turns a request away before anything else about it is judged.
pub(crate) fn rejected(rejection: Rejection) -> Answer {
    problem(rejection.status(), rejection.why().into_owned())
}

/// 500, and a line in the log.
pub fn store_trouble(error: &StoreError) -> Answer {
    tracing::error!(%error, "the store failed");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    problem(status, format!("{}; the log has more", error.verdict()))
}

/// Answers that something was not added, changed or taken away, and why.
pub fn refused(error: WorldError) -> Answer {
    match error {
        WorldError::Field(error) => wrong(&error.field, error.what),
        WorldError::NotFound(what) => unknown(what),
        WorldError::Store(StoreError::OverQuota(limit)) => {
            problem(StatusCode::CONFLICT, limit.to_string())
        }
        WorldError::Store(error) => store_trouble(&error),
    }
}

/// Describes the 409 of a request that adds something, for OpenAPI.
pub const OVER_QUOTA: &str =
    "There would be more than a world may hold; the error names the limit.";

/// 404: there is nothing of this name.
pub(crate) fn unknown(what: &str) -> Answer {
    problem(StatusCode::NOT_FOUND, what.to_owned())
}

/// Makes the answer to a refused control request.
pub fn problem(status: StatusCode, error: String) -> Answer {
    refusal(status, error, None)
}

/// 400: a field of a control request is wrong.
pub fn wrong(field: &str, what: impl std::fmt::Display) -> Answer {
    let error = format!("{field}: {what}");
    refusal(StatusCode::BAD_REQUEST, error, Some(field))
}

/// The body of every reply of the control API that is no success.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Problem<'a> {
    /// Sentence that says what is wrong.
    error: &'a str,
    /// The field that is wrong, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    field: Option<&'a str>,
}

fn refusal(status: StatusCode, error: String, field: Option<&str>) -> Answer {
    let body = Problem {
        error: &error,
        field,
    };
    Answer::refused(status, &body, error.clone())
}
