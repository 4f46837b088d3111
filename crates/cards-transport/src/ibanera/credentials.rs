//! The user's name and password that a token is asked for with.

use cards_model::{Personal, Secret};
use serde::Deserialize;

/// Logs in with a fresh one-time code. A client does it by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginCall {
    pub(super) username: Personal,
    pub(super) password: Secret,
}

impl LoginCall {
    /// A principal user.
    pub fn new(username: impl Into<Personal>, password: impl Into<Secret>) -> Self {
        Self {
            username: username.into(),
            password: password.into(),
        }
    }
}
