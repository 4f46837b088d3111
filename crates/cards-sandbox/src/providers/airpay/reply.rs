//! The replies that all operations have in common: the envelope of a success, and the one failure.

use std::borrow::Cow;

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::settings::Airpay;
use cards_sandbox_core::answer::{Answer, Rejection, UnmetRule};
use cards_sandbox_core::app::App;
use cards_sandbox_core::store::StoreError;

/// Every Success-Response.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpaySuccessOf{T}")]
pub(crate) struct Success<T> {
    #[schemars(extend("const" = 200))]
    status: u16,
    /// `success`; `SUCCESS` where a PIN is set. No list: generators make the same name of both.
    #[schemars(regex(pattern = "^(success|SUCCESS)$"))]
    message: &'static str,
    data: T,
}

impl<T> Success<T> {
    pub(super) const fn new(message: &'static str, data: T) -> Self {
        Self {
            status: 200,
            message,
            data,
        }
    }
}

/// Every Fail-Response.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayFailure")]
pub(crate) struct Failure {
    #[schemars(extend("const" = 400))]
    status: u16,
    #[schemars(extend("const" = "fail"))]
    message: &'static str,
}

const FAILURE: Failure = Failure {
    status: 400,
    message: "fail",
};

/// `data` of a success that brings nothing: `[]`.
pub(super) type Nothing = [(); 0];

pub(super) fn rejected(rejection: Rejection) -> Answer {
    Answer::refused(rejection.status(), &FAILURE, rejection.why())
}

/// The documented failure, ordered.
pub(super) fn failure(status: StatusCode) -> Answer {
    Answer::refused(status, &FAILURE, "")
}

/// A refusal, under the HTTP status that the sandbox was set to.
pub(super) fn refused(app: &App, refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Because(why, unmet) => {
            let status = app.providers.get::<Airpay>().failure_status;
            Answer::refused(status, &FAILURE, why).unmet(unmet)
        }
        Refusal::Store(error) => {
            tracing::error!(%error, "the store failed");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Answer::refused(status, &FAILURE, error.verdict())
        }
    }
}

/// The reason why a call is not carried out.
pub(crate) enum Refusal {
    Because(Cow<'static, str>, Option<UnmetRule>),
    Store(StoreError),
}

impl Refusal {
    pub(super) fn because(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Because(why.into(), None)
    }

    /// Adds the documented rule that the request breaks.
    pub(super) fn breaks(self, unmet: UnmetRule) -> Self {
        match self {
            Self::Because(why, _) => Self::Because(why, Some(unmet)),
            Self::Store(error) => Self::Store(error),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::OverQuota(limit) => Self::because(limit.to_string()),
            error => Self::Store(error),
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}
