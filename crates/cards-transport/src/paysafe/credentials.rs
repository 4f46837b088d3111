//! The client credentials that a token is asked for with.

use cards_model::Secret;
use serde::Deserialize;

/// Asks for a bearer token. A client does it by itself; sending it shows the
/// token's lifetime.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueAccessToken {
    pub(super) brand: String,
    pub(super) client_id: Secret,
    pub(super) client_secret: Secret,
}

impl IssueAccessToken {
    /// Client credentials of a brand.
    pub fn new(
        brand: impl Into<String>,
        client_id: impl Into<Secret>,
        client_secret: impl Into<Secret>,
    ) -> Self {
        Self {
            brand: brand.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
        }
    }
}
