//! The reasons why an issuer does not do what was ordered.

use std::borrow::Cow;
use std::fmt;

use crate::engine::field_error::FieldError;
use crate::engine::store::StoreError;
use crate::engine::world_error::WorldError;

/// The reason why an issuer does not do something; nothing has changed.
#[derive(Debug)]
pub enum IssuerError {
    /// The order is incomplete, or one of its fields is wrong.
    Field(FieldError),
    /// There is no such customer, card, transaction or request.
    NotFound(&'static str),
    /// The state of the card, of the money or of the plastic forbids it.
    Conflict(Cow<'static, str>),
    /// The store failed, or holds as much as it may.
    Store(StoreError),
}

impl IssuerError {
    /// Says that the state of something forbids it.
    pub fn conflict(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Conflict(why.into())
    }

    /// Says that a field is wrong, and what belongs there.
    pub fn field(field: &'static str, what: impl Into<Cow<'static, str>>) -> Self {
        Self::Field(FieldError::at(field, what))
    }
}

impl fmt::Display for IssuerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(error) => error.fmt(f),
            Self::NotFound(what) => f.write_str(what),
            Self::Conflict(why) => f.write_str(why),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for IssuerError {}

impl From<FieldError> for IssuerError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<StoreError> for IssuerError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for IssuerError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<WorldError> for IssuerError {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::Field(error) => Self::Field(error),
            WorldError::NotFound(what) => Self::NotFound(what),
            WorldError::Store(error) => Self::Store(error),
        }
    }
}
