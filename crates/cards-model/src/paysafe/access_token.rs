//! The reply of `POST /auth/brands/{brandIdentity}/token`.
//!
//! Paysafe, Issue access token: a page beside the five documents.

use serde::{Deserialize, Serialize};

use crate::capability::{Capability, Source};
use crate::lenient;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::sensitive::Secret;

/// A bearer token obtained with client credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token that `Authorization: Bearer` carries.
    pub access_token: Secret,
    /// Lifetime in seconds; the pages show 36000 and 900, and do not require it.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub expires_in: Option<i64>,
    /// `Bearer`.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub token_type: Option<String>,
    /// The scope that the token is good for.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub scope: Option<String>,
}

impl AccessToken {
    /// The operation that brings a token, below `/digitalwallets/v1`.
    pub const OPERATION: &Operation = &Operation::new(
        ProviderId::PAYSAFE,
        "issue-access-token",
        Method::Post,
        "/auth/brands/{brandIdentity}/token",
        Effect::Read,
        "Paysafe Issue access token",
    )
    .offers(&[Capability::LogIn])
    .known_from(Source::Reference);
}
