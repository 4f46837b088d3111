//! `POST /airpay/ms/cards/api/user-login`
//!
//! Airpay, Login: a page beside the five documents, without which nobody gets
//! the `token` header that two of them ask for. The token lives 30 minutes.

use serde::{Deserialize, Serialize};

use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::{Personal, Secret};

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "user-login",
        Method::Post,
        "/airpay/ms/cards/api/user-login",
        Effect::Read,
        "Airpay Login",
    )
    .offers(&[Capability::LogIn])
    .known_from(Source::Reference),
    body: form in ["mobile_no", "password"],
    /// Exchanges a customer's mobile number and password for a token.
    pub struct UserLogin {
        /// Mobile number: at most 10 digits.
        #[validate(length(max = 10), custom(function = rule::required), custom(function = rule::digits))]
        "mobile_no" in "Request Body, mobile_no" sampled "9XXXXXX978" => pub mobile_no: Personal,
        /// Password: at most 20 characters.
        #[validate(length(max = 20), custom(function = rule::required))]
        "password" in "Request Body, password" => pub password: Secret,
    }
}

/// A token for the `token` header (Success, `data`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoggedIn {
    /// Good for [`LoggedIn::LIFETIME_SECONDS`].
    pub token: Secret,
}

impl LoggedIn {
    /// 30 minutes, as the page says; the reply does not repeat it.
    pub const LIFETIME_SECONDS: u64 = 30 * 60;
}
