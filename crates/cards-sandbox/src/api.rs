//! The OpenAPI documents by their names.

use std::fmt;
use std::str::FromStr;

use crate::providers;
use cards_sandbox_core::control;

/// An API that the sandbox serves and describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Api {
    /// Airpay's calls.
    Airpay,
    /// Paysafe's calls.
    Paysafe,
    /// Ibanera's calls.
    Ibanera,
    /// The sandbox's own, under `/_sandbox/`.
    Control,
}

impl Api {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Airpay, Self::Paysafe, Self::Ibanera, Self::Control];

    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Airpay => "airpay",
            Self::Paysafe => "paysafe",
            Self::Ibanera => "ibanera",
            Self::Control => "control",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Api {
    type Err = ParseApiError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|api| api.as_str() == word);
        found.copied().ok_or(ParseApiError { _private: () })
    }
}

/// A word that names no [`Api`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown API: expected `airpay`, `paysafe`, `ibanera` or `control`")]
pub struct ParseApiError {
    _private: (),
}

/// The OpenAPI 3.1 document of an API: JSON, indented, the same text every
/// time. A running sandbox serves it at `/_sandbox/openapi/NAME.json`.
///
/// ```
/// use cards_sandbox::openapi::{Api, document};
///
/// let document: serde_json::Value = serde_json::from_str(&document(Api::Airpay))?;
/// assert_eq!(document["openapi"], "3.1.0");
/// let path = "/airpay/ms/cards/api/register-user";
/// assert_eq!(document["paths"][path]["post"]["operationId"], "register-user");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn document(api: Api) -> String {
    control::text(api.as_str(), &providers::as_documented()).unwrap_or_default()
}
