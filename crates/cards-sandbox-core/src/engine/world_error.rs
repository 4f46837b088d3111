//! Defines why something that a file or a request brings is not taken into the world.

use crate::engine::field_error::FieldError;
use crate::engine::store::StoreError;

/// The reason why something is not added, changed or taken away.
#[derive(Debug)]
pub enum WorldError {
    /// A field is wrong.
    Field(FieldError),
    /// There is nothing of the name that was given.
    NotFound(&'static str),
    /// The store failed, or holds as much as it may.
    Store(StoreError),
}

impl WorldError {
    /// Gives the same error of something that is a part.
    pub(crate) fn within(self, path: &str) -> Self {
        match self {
            Self::Field(error) => Self::Field(error.within(path)),
            other => other,
        }
    }
}

impl From<FieldError> for WorldError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<StoreError> for WorldError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for WorldError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
