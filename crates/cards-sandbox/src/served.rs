//! One row for each operation of a provider: its routes, its name, what OpenAPI says of it, how
//! it fails on order, and what a checksum of it is made from. Whatever has to know which
//! operations there are reads these rows.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::routing::{MethodFilter, MethodRouter};
use cards_model::Operation;

use crate::answer::Answer;
use crate::app::App;
use crate::openapi::{Described, Document};
use crate::provider_id::ProviderId;

/// An operation as it is served.
pub(crate) struct Served {
    pub(crate) operation: &'static Operation,
    /// The beginnings of the paths that it is served at: the operation's own path follows each.
    pub(crate) prefixes: &'static [&'static str],
    /// The handler, for the operation's method.
    pub(crate) serve: fn(MethodFilter) -> MethodRouter<App>,
    /// Tells what it takes and answers.
    pub(crate) describe: fn(&mut Document) -> Described,
    /// Makes its documented failure, as a fault orders it.
    pub(crate) fail: fn(StatusCode) -> Answer,
    /// The names of its fields as the document's example sends them, where the values are signed.
    pub(crate) signed: Option<&'static [&'static str]>,
}

impl Served {
    fn filter(&self) -> MethodFilter {
        match self.operation.method.as_str() {
            "GET" => MethodFilter::GET,
            "PUT" => MethodFilter::PUT,
            "PATCH" => MethodFilter::PATCH,
            "DELETE" => MethodFilter::DELETE,
            _ => MethodFilter::POST,
        }
    }

    fn is_at(&self, route: &str, method: &str) -> bool {
        let is_path = |prefix: &&str| route.strip_prefix(prefix) == Some(self.operation.path);
        self.operation.method.as_str() == method && self.prefixes.iter().any(is_path)
    }
}

/// Makes the routes of these operations.
pub(crate) fn routes(operations: &'static [Served]) -> Router<App> {
    let mut router = Router::new();
    for served in operations {
        for prefix in served.prefixes {
            let path = format!("{prefix}{}", served.operation.path);
            router = router.route(&path, (served.serve)(served.filter()));
        }
    }
    router
}

/// The operations of all providers, in the order in which they are listed to people; a clone is
/// a reference.
#[derive(Clone, Default)]
pub(crate) struct Operations(Arc<[(ProviderId, &'static [Served])]>);

impl Operations {
    pub(crate) fn new(
        providers: impl IntoIterator<Item = (ProviderId, &'static [Served])>,
    ) -> Self {
        Self(providers.into_iter().collect())
    }

    /// Lists them provider by provider.
    pub(crate) fn by_provider(&self) -> impl Iterator<Item = (ProviderId, &'static [Served])> {
        self.0.iter().copied()
    }

    /// Lists those of one provider, or, where none is named, of all.
    pub(crate) fn of(&self, provider: Option<ProviderId>) -> impl Iterator<Item = &'static Served> {
        self.by_provider()
            .filter(move |(id, _)| provider.is_none_or(|one| one == *id))
            .flat_map(|(_, operations)| operations)
    }

    /// Finds the one of this name.
    pub(crate) fn named(
        &self,
        provider: Option<ProviderId>,
        name: &str,
    ) -> Option<&'static Served> {
        self.of(provider)
            .find(|served| served.operation.name == name)
    }

    /// Finds the one that a route and a method lead to; HEAD is served as a GET without its body.
    pub(crate) fn at(&self, route: &str, method: &Method) -> Option<&'static Served> {
        let method = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        self.of(None)
            .find(|served| served.is_at(route, method.as_str()))
    }
}

/// Shows the names alone.
impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.of(None).map(|served| served.operation.name);
        f.debug_list().entries(names).finish()
    }
}
