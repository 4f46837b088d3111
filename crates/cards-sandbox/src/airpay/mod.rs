//! Airpay: four form posts under `/airpay/ms/cards/api/`.
//!
//! A refusal is `{"status":400,"message":"fail"}` and nothing more, as the
//! documents have it; the reason goes to the journal.

mod call;
mod cards;
mod checksum;
mod credentials;
mod customer_preference;
mod customers;
mod password;
mod register_user;
mod seed;
mod update_customer;
mod user_login;

use axum::Router;
use axum::http::StatusCode;
use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer, UserLogin};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{Answer, Fault};
use crate::app::App;

pub(crate) use call::Call;
pub use checksum::{ChecksumOrder, ChecksumVerdict, ParseChecksumOrderError};
pub(crate) use credentials::Credentials;
pub(crate) use customers::{World, world};
pub(crate) use seed::seed;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(call::route::<RegisterUser>())
        .merge(call::route::<UpdateCustomer>())
        .merge(call::route::<CustomerPreference>())
        .merge(call::route::<UserLogin>())
}

/// Every Success-Response.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpaySuccessOf{T}")]
pub(crate) struct Success<T> {
    #[schemars(extend("const" = 200))]
    status: u16,
    #[schemars(extend("const" = "success"))]
    message: &'static str,
    data: T,
}

impl<T> Success<T> {
    const fn new(data: T) -> Self {
        Self {
            status: 200,
            message: "success",
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
type Nothing = [(); 0];

pub(crate) fn fault(fault: Fault) -> Answer {
    Answer::refused(fault.status(), &FAILURE, fault.why())
}

/// A refusal, under the HTTP status that the sandbox was set to.
fn refused(app: &App, refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Because(why) => Answer::refused(app.config.failure_status, &FAILURE, why),
        Refusal::Store(error) => {
            tracing::error!(%error, "the store failed");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Answer::refused(status, &FAILURE, "the store failed")
        }
    }
}

/// Why a call is not carried out.
pub(crate) enum Refusal {
    Because(std::borrow::Cow<'static, str>),
    Store(crate::store::StoreError),
}

impl Refusal {
    fn because(why: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::Because(why.into())
    }
}

impl From<crate::store::StoreError> for Refusal {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
