//! Tells whose a path is: a provider's, the sandbox's own, or nobody's. It is judged once for each
//! request, by the layer that comes first, and goes with the request from there.

use std::sync::Arc;

use axum::Extension;

use crate::engine::answer::{Answer, Rejection};
use crate::engine::problem;
use crate::engine::provider::{Provider, Providers};
use crate::engine::world_name::NoWorld;

/// The owner of a path.
#[derive(Clone)]
pub(crate) enum Surface {
    /// One of a provider's.
    Provider(Arc<dyn Provider>),
    /// The page at `/`, or something under `/_sandbox/`, where the page's other views are
    /// too. It stays out of the journal.
    Own,
    /// None that anybody has.
    Unknown,
    /// A path of a world that there is not.
    NoWorld(NoWorld),
}

impl Surface {
    pub(crate) fn of(path: &str, providers: &Providers) -> Self {
        if is_own(path) {
            Self::Own
        } else if let Some(provider) = providers.of_path(path) {
            Self::Provider(Arc::clone(provider))
        } else {
            Self::Unknown
        }
    }

    /// Turns a request away, in the words of the provider whose path it is.
    pub(crate) fn reject(&self, rejection: Rejection) -> Answer {
        match self {
            Self::Provider(provider) => provider.reject(rejection),
            Self::Own | Self::Unknown => problem::rejected(rejection),
            Self::NoWorld(NoWorld { status, why, .. }) => problem::problem(*status, why.clone()),
        }
    }
}

/// Tells whether a path is the page's or the control API's.
pub(crate) fn is_own(path: &str) -> bool {
    path == "/" || path == "/_sandbox" || path.starts_with("/_sandbox/")
}

/// Answers where there is no route.
pub(crate) async fn unknown_path(Extension(surface): Extension<Surface>) -> Answer {
    surface.reject(Rejection::UnknownPath)
}

/// Answers where a route is for other methods.
pub(crate) async fn wrong_method(Extension(surface): Extension<Surface>) -> Answer {
    surface.reject(Rejection::WrongMethod)
}
