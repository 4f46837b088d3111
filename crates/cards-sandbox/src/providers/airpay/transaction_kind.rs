//! The kinds of Airpay's transactions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kinds of transactions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TransactionKind {
    /// Money was loaded.
    #[default]
    Load,
    /// Somebody pays, and the amount is held back.
    Authorised,
    /// A payment is settled.
    Cleared,
    /// A payment was given back, or a part of it.
    Refund,
}

impl TransactionKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Authorised => "authorised",
            Self::Cleared => "cleared",
            Self::Refund => "refund",
        }
    }

    pub(crate) fn of(word: &str) -> Self {
        let all = [Self::Authorised, Self::Cleared, Self::Refund];
        let known = all.into_iter().find(|kind| kind.as_str() == word);
        known.unwrap_or_default()
    }

    /// Tells whether it takes money away.
    pub(crate) const fn is_payment(self) -> bool {
        matches!(self, Self::Authorised | Self::Cleared)
    }

    // Serde passes a reference.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "so serde calls it")]
    pub(crate) fn is_load(&self) -> bool {
        matches!(self, Self::Load)
    }
}
