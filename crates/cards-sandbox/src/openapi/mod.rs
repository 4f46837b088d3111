//! OpenAPI 3.1 documents of the APIs that the sandbox serves, which no
//! provider has published.
//!
//! Requests come from the documented rules (`cards_model::Field`), replies from
//! the very types that the handlers serialise, the control API's paths from
//! the table that its router is made of.

mod control;
mod described;
mod draft;
mod field;
pub(crate) mod listed;
mod render;

use std::fmt;
use std::str::FromStr;

pub(crate) use described::{About, Described};
pub(crate) use draft::{Document, with_examples};
pub(crate) use field::form as form_schema;

use crate::{airpay, ibanera, paysafe};

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
    let document = match api {
        Api::Airpay => airpay::document().with(airpay::OPERATIONS),
        Api::Paysafe => paysafe::document().with(paysafe::OPERATIONS),
        Api::Ibanera => ibanera::document().with(ibanera::OPERATIONS),
        Api::Control => control::document(),
    };
    render::render(&document.finish())
}
