//! The name of a provider. Which there are, only the list of them knows.

use std::fmt;

use serde::Serialize;

/// A provider's name in lower case, as in `airpay`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ProviderId(&'static str);

impl ProviderId {
    /// Names a provider, in lower case.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<cards_model::Provider> for ProviderId {
    fn from(provider: cards_model::Provider) -> Self {
        Self(provider.as_str())
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
