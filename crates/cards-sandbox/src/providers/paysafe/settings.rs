//! The provider's value, which holds its settings.

use std::time::Duration;

/// The provider, with what can be set about it.
#[derive(Clone, Debug)]
pub(crate) struct Paysafe {
    pub(crate) token_lifetime: Duration,
}

impl Default for Paysafe {
    fn default() -> Self {
        Self {
            token_lifetime: Duration::from_secs(36_000),
        }
    }
}
