//! `POST /api/v1/public/auth/login`
//!
//! Ibanera, Authentication and authorization: a page beside the five
//! documents, without which nobody gets a bearer token.

use serde::{Deserialize, Serialize};

use crate::capability::{Capability, Source};
use crate::lenient;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::sensitive::{Personal, Secret};

/// Asks for an access token. The one-time code travels in the body here and
/// in the `otp` header everywhere else.
///
/// Its JSON is written by [`Login::to_json`] and by nothing else: `Serialize`
/// would redact it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Login {
    /// The principal user's name.
    pub username: Personal,
    /// The password.
    pub password: Secret,
    /// Six digits, by time and shared secret.
    pub otp: Secret,
}

impl Login {
    /// The operation.
    pub const OPERATION: &Operation = &Operation::new(
        ProviderId::IBANERA,
        "login",
        Method::Post,
        "/api/v1/public/auth/login",
        Effect::Read,
        "Ibanera Authentication and authorization",
    )
    .offers(&[Capability::LogIn])
    .known_from(Source::Reference);

    /// The body to send, with the secrets in the clear.
    pub fn to_json(&self) -> String {
        serde_json::json!({
            "username": self.username.expose(),
            "password": self.password.expose(),
            "otp": self.otp.expose(),
        })
        .to_string()
    }
}

/// An access token (`details` of the reply).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoggedIn {
    /// The token that `Authorization: Bearer` carries.
    pub access_token: Secret,
    /// Lifetime in seconds, 3600 in the page's example.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub expires_in: Option<i64>,
}
