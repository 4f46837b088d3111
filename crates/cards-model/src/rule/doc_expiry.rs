//! Tells whether the expiry of a customer's document may be empty.

use std::fmt;
use std::str::FromStr;

/// Airpay's User Registration requires `doc_expiry` in its table, and sends it
/// empty in its example, beside a document that does not expire. The field is
/// always sent.
///
/// ```
/// use cards_model::DocExpiry;
///
/// assert_eq!("required".parse(), Ok(DocExpiry::Required));
/// assert_eq!(DocExpiry::default().to_string(), "by-type");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DocExpiry {
    /// It may be empty beside a `doc_type` of `AADHAAR`, `PAN` or `VOTERID`, which
    /// do not expire, and must be filled beside any other.
    #[default]
    ByType,
    /// It must be filled, as the table says.
    Required,
    /// It may be empty beside any `doc_type`.
    MayBeEmpty,
}

impl DocExpiry {
    /// All readings.
    pub const ALL: [Self; 3] = [Self::ByType, Self::Required, Self::MayBeEmpty];

    /// The name: `by-type`, `required` or `may-be-empty`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ByType => "by-type",
            Self::Required => "required",
            Self::MayBeEmpty => "may-be-empty",
        }
    }
}

impl fmt::Display for DocExpiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for DocExpiry {
    type Err = DocExpiryError;

    fn from_str(text: &str) -> Result<Self, DocExpiryError> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.as_str() == text).ok_or(DocExpiryError)
    }
}

/// A text that names no [`DocExpiry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected by-type, required or may-be-empty")]
pub struct DocExpiryError;
