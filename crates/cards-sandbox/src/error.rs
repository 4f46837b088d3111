//! The one error of this crate: a sandbox that cannot start.

use std::borrow::Cow;
use std::fmt;
use std::io;

use crate::store::StoreError;

/// A sandbox could not be started.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Listen(String, io::Error),
    Store(StoreError),
    Runtime(io::Error),
    Settings(Cow<'static, str>),
    Tls(io::Error),
}

impl Error {
    /// The address cannot be listened on: in use, not ours, not allowed.
    pub fn is_listen(&self) -> bool {
        matches!(self.kind, Kind::Listen(..))
    }

    /// The store cannot be opened: no folder, no right, no sandbox's file, or
    /// one of a newer version. Nothing was changed in it.
    pub fn is_store(&self) -> bool {
        matches!(self.kind, Kind::Store(_))
    }

    /// The builder was given a setting that makes no sense.
    pub fn is_settings(&self) -> bool {
        matches!(self.kind, Kind::Settings(_))
    }

    pub(crate) fn listen(address: impl fmt::Display, source: io::Error) -> Self {
        Self {
            kind: Kind::Listen(address.to_string(), source),
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

    pub(crate) fn settings(what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: Kind::Settings(what.into()),
        }
    }
}

impl From<StoreError> for Error {
    fn from(source: StoreError) -> Self {
        Self {
            kind: Kind::Store(source),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Listen(address, _) => write!(f, "cannot listen on {address}"),
            Kind::Store(_) => f.write_str("cannot open the store"),
            Kind::Runtime(_) => f.write_str("cannot start the server's thread"),
            Kind::Settings(what) => f.write_str(what),
            Kind::Tls(_) => f.write_str("cannot make a certificate"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Listen(_, source) | Kind::Runtime(source) | Kind::Tls(source) => Some(source),
            Kind::Store(source) => Some(source),
            Kind::Settings(_) => None,
        }
    }
}
