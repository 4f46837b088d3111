//! The error object of every Paysafe reply that is not a success.

use serde::{Deserialize, Serialize};

use crate::lenient;

/// Paysafe, Get customer prepaid cards, Responses 500. No part of it is
/// marked as required, so none is relied on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorBody {
    /// The error itself.
    #[serde(default)]
    pub error: Option<ErrorDetails>,
}

/// What went wrong, as Paysafe tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrorDetails {
    /// For instance `DW-INTERNAL-SERVER-ERROR`.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub code: Option<String>,
    /// A sentence.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub message: Option<String>,
    /// More sentences, on any parameter.
    #[serde(default, deserialize_with = "lenient::list")]
    pub details: Vec<String>,
    /// The fields at fault.
    #[serde(default, deserialize_with = "lenient::list")]
    pub field_errors: Vec<FieldError>,
}

/// One field at fault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldError {
    /// The JSON field.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub field: Option<String>,
    /// What is wrong with it.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub error: Option<String>,
}
