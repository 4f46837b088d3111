//! The name of a world beside the first, and why a path leads to none.

use std::fmt;
use std::sync::Arc;

use axum::http::StatusCode;

use crate::engine::error::Error;

/// The path below which the worlds are: `/_worlds/{name}` stands before the paths of one.
pub(crate) const PREFIX: &str = "/_worlds/";

/// Names a world: 1 to 64 letters, digits, dots, hyphens and underscores, a letter or a digit
/// first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WorldName(Arc<str>);

impl WorldName {
    const MOST: usize = 64;

    /// Reads one. `None` where it is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric());
        let is_name = begins && text.len() <= Self::MOST && text.bytes().all(is_taken);
        is_name.then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives what stands before the paths of the world.
    pub(crate) fn prefix(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }
}

impl fmt::Display for WorldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says why a path leads to no world.
#[derive(Clone, Debug)]
pub(crate) struct NoWorld {
    pub(crate) status: StatusCode,
    pub(crate) why: String,
    /// The reason for which it could not be opened, for who asks in the same process.
    pub(crate) error: Option<Arc<Error>>,
}

impl NoWorld {
    fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self {
            status,
            why: why.into(),
            error: None,
        }
    }

    /// The name is none.
    pub(crate) fn named_wrongly() -> Self {
        let why = "the name of a world has 1 to 64 letters, digits, dots, hyphens and underscores, \
                   and begins with a letter or a digit";
        Self::new(StatusCode::NOT_FOUND, why)
    }

    pub(crate) fn too_many(most: usize) -> Self {
        let why = match most {
            0 => "this sandbox has no worlds beside the first: its limit of worlds (--worlds) allows none"
                .to_owned(),
            most => format!(
                "this sandbox has {most} worlds beside the first, the most that it may have: remove \
                 one with DELETE /_sandbox/worlds/{{name}}, or raise the limit of worlds \
                 (--worlds)"
            ),
        };
        Self::new(StatusCode::CONFLICT, why)
    }

    /// A page of another site asks.
    pub(crate) fn asked_from_elsewhere(why: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, format!("{why} makes no world"))
    }

    /// The request is none that any world would answer as it asks.
    pub(crate) fn refused(status: StatusCode, why: &str) -> Self {
        Self::new(status, format!("{why}; such a request makes no world"))
    }

    /// A browser's stream asks, which asks again by itself once its world has ended.
    pub(crate) fn followed() -> Self {
        let why = "there is no world of this name, and a stream of the page makes none";
        Self::new(StatusCode::NOT_FOUND, why)
    }

    pub(crate) fn stopping() -> Self {
        let why = "the sandbox is stopping";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, why)
    }

    pub(crate) fn failed(error: Option<Error>) -> Self {
        let why = "the world cannot be opened; the log says why";
        Self {
            error: error.map(Arc::new),
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, why)
        }
    }
}

/// Gives the URL of a world beside the first of a sandbox at this URL, which stands before all its
/// paths.
///
/// # Errors
///
/// The name is none. See [`Error::is_settings`].
///
/// ```
/// use cards_sandbox_core::url_beside;
///
/// let url = url_beside("http://127.0.0.1:8484", "checkout-tests")?;
/// assert_eq!(url, "http://127.0.0.1:8484/_worlds/checkout-tests");
/// # Ok::<(), cards_sandbox_core::Error>(())
/// ```
pub fn url_beside(url: &str, name: &str) -> Result<String, Error> {
    let found = WorldName::read(name).ok_or_else(NoWorld::named_wrongly);
    let name = found.map_err(|no_world| Error::settings(no_world.why))?;
    Ok(format!("{}{}", url.trim_end_matches('/'), name.prefix()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_others() {
        for name in ["a", "7", "checkout-tests", "A.b_c-9", &"x".repeat(64)] {
            assert!(WorldName::read(name).is_some(), "{name}");
        }
        for other in [
            "",
            ".",
            "..",
            "-a",
            "_a",
            ".a",
            "a b",
            "a/b",
            "a%20b",
            "\u{e9}",
            &"x".repeat(65),
        ] {
            assert!(WorldName::read(other).is_none(), "{other}");
        }
        let name = WorldName::read("a").unwrap();
        assert_eq!((name.as_str(), &*name.prefix()), ("a", "/_worlds/a"));
    }
}
