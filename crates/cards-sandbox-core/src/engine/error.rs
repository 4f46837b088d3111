//! The one error of this crate: a sandbox that cannot start, or cannot do what
//! its handle was asked to.

use std::borrow::Cow;
use std::fmt;
use std::io;

use crate::engine::field_error::FieldError;
use crate::engine::settings::Storage;
use crate::engine::store::StoreError;
use crate::engine::world_error::WorldError;

/// A sandbox could not be started, or what a running one was asked through
/// [`Running`](crate::Running) or [`WorldFile`](crate::world::file::WorldFile) could not be done.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Listen(String, io::Error),
    Store(Storage, StoreError),
    Runtime(io::Error),
    Settings(Cow<'static, str>),
    Tls(io::Error),
    World(FieldError),
    Reset(StoreError),
}

impl Error {
    /// The address cannot be listened on: in use, not ours, not allowed.
    pub fn is_listen(&self) -> bool {
        matches!(self.kind, Kind::Listen(..))
    }

    /// The store cannot be opened: no folder, no right, no sandbox's file, one
    /// that is in use, damaged or of a newer version, or no room. Or an open
    /// one cannot be written to. Nothing was changed in it; the
    /// [source](std::error::Error::source) says what to do.
    pub fn is_store(&self) -> bool {
        self.of_store().is_some()
    }

    /// Tells whether another sandbox has the store's file open, here or in another process.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("sandbox.db");
    /// use cards_sandbox_core::{Setup, Storage};
    ///
    /// let mut setup = Setup::default();
    /// setup.store = Storage::File(path);
    /// let first = setup.clone().start_blocking([])?;
    /// assert!(setup.clone().start_blocking([]).unwrap_err().is_store_in_use());
    ///
    /// first.shutdown_blocking();
    /// setup.start_blocking([])?;
    /// # Ok::<(), cards_sandbox_core::Error>(())
    /// ```
    pub fn is_store_in_use(&self) -> bool {
        matches!(self.of_store(), Some(StoreError::InUse))
    }

    /// The store's file was written by a newer version of the sandbox.
    pub fn is_store_newer(&self) -> bool {
        matches!(self.of_store(), Some(StoreError::Newer { .. }))
    }

    /// The store's file is a sandbox's, but damaged.
    pub fn is_store_corrupt(&self) -> bool {
        matches!(self.of_store(), Some(StoreError::Corrupt(_)))
    }

    /// Tells whether there is no room on the disk for the store's file.
    pub fn is_store_full(&self) -> bool {
        matches!(self.of_store(), Some(StoreError::Full))
    }

    fn of_store(&self) -> Option<&StoreError> {
        match &self.kind {
            Kind::Store(_, error) | Kind::Reset(error) => Some(error),
            _ => None,
        }
    }

    /// A setting makes no sense.
    pub fn is_settings(&self) -> bool {
        matches!(self.kind, Kind::Settings(_))
    }

    /// The world that was given, at the start or as text, breaks a rule or is no
    /// world; the message names the field.
    pub fn is_world(&self) -> bool {
        matches!(self.kind, Kind::World(_))
    }

    /// Makes the error of a world that breaks a rule.
    pub fn world(wrong: FieldError) -> Self {
        Self {
            kind: Kind::World(wrong),
        }
    }

    pub(crate) fn listen(address: impl fmt::Display, source: io::Error) -> Self {
        Self {
            kind: Kind::Listen(address.to_string(), source),
        }
    }

    pub(crate) fn store(place: Storage, source: StoreError) -> Self {
        Self {
            kind: Kind::Store(place, source),
        }
    }

    pub(crate) fn runtime(source: io::Error) -> Self {
        Self {
            kind: Kind::Runtime(source),
        }
    }

    pub(crate) fn tls(source: io::Error) -> Self {
        Self {
            kind: Kind::Tls(source),
        }
    }

    /// Makes the error of a setting that makes no sense, said in a sentence without a full stop.
    pub fn settings(what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: Kind::Settings(what.into()),
        }
    }
}

impl Error {
    /// Makes the error for a store or a world that is refused at the start.
    pub(crate) fn at_start(store: &Storage, refused: WorldError) -> Self {
        match refused {
            WorldError::Store(source @ StoreError::OverQuota(_)) => {
                WorldError::Store(source).into()
            }
            WorldError::Store(source) => Self::store(store.clone(), source),
            other => other.into(),
        }
    }
}

impl From<WorldError> for Error {
    fn from(refused: WorldError) -> Self {
        match refused {
            WorldError::Field(wrong) => Self::world(wrong),
            WorldError::NotFound(what) => Self::world(FieldError::at("world", what)),
            WorldError::Store(StoreError::OverQuota(limit)) => {
                Self::world(FieldError::at("world", limit.to_string()))
            }
            WorldError::Store(source) => Self {
                kind: Kind::Reset(source),
            },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Listen(address, _) => write!(f, "cannot listen on {address}"),
            Kind::Store(Storage::Memory, _) => f.write_str("cannot make a store in memory"),
            Kind::Store(Storage::File(path), _) => {
                write!(f, "cannot open the store {}", path.display())
            }
            Kind::Runtime(_) => f.write_str("cannot start the server's thread"),
            Kind::Settings(what) => f.write_str(what),
            Kind::Tls(_) => f.write_str("cannot make a certificate"),
            Kind::Reset(_) => f.write_str("the store cannot be written to"),
            Kind::World(wrong) => write!(f, "the world cannot be loaded: {wrong}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Listen(_, source) | Kind::Runtime(source) | Kind::Tls(source) => Some(source),
            Kind::Store(_, source) | Kind::Reset(source) => Some(source),
            Kind::Settings(_) | Kind::World(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_that_fails_is_the_stores_error() {
        let of = |error| Error::from(WorldError::Store(error));
        assert!(of(StoreError::Gone).is_store());
        let full = of(StoreError::Full);
        assert!(full.is_store() && full.is_store_full() && !full.is_store_corrupt());
        let damaged = of(StoreError::Corrupt(String::new()));
        assert!(damaged.is_store() && damaged.is_store_corrupt() && !damaged.is_store_full());
        assert!(!damaged.is_world() && !damaged.is_settings());
    }
}
