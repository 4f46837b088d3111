//! The reasons why the order of a fault is not taken.

use std::borrow::Cow;
use std::fmt;

/// The reason why a fault is not taken. It repeats no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError {
    field: Option<&'static str>,
    what: Cow<'static, str>,
}

impl FaultError {
    pub(super) fn new(field: &'static str, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            field: Some(field),
            what: what.into(),
        }
    }

    pub(super) const fn too_many(what: &'static str) -> Self {
        Self {
            field: None,
            what: Cow::Borrowed(what),
        }
    }

    /// The field at fault, by its name in JSON; none where there are too many
    /// faults already.
    pub const fn field(&self) -> Option<&'static str> {
        self.field
    }

    pub(crate) fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "{field}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl std::error::Error for FaultError {}
