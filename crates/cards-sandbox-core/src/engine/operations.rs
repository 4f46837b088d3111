//! Lists the operations, for whatever needs no more than to know them: faults, the layers, the page. Their
//! handlers are in [`served`](crate::engine::served), above the state that holds this list.

use std::fmt;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use cards_model::{Operation, ProviderId};

use crate::engine::answer::Answer;
use crate::engine::test_values::{TestValue, TestValues};

/// An operation, where it is found, and how it fails on order.
pub struct KnownOperation {
    /// Its name, method, path and fields.
    pub operation: &'static Operation,
    /// The beginnings of the paths that it is served at: the operation's own path follows each.
    pub prefixes: &'static [&'static str],
    /// Makes its documented failure, as a fault orders it.
    pub fail: fn(StatusCode) -> Answer,
    /// The values that bring one of its documented refusals each.
    pub test_values: TestValues,
}

impl KnownOperation {
    /// Lists its test values.
    pub fn test_values(&self) -> impl Iterator<Item = &'static TestValue> + use<> {
        self.test_values.iter().copied().flatten()
    }

    fn is_at(&self, route: &str, method: &str) -> bool {
        let is_path = |prefix: &&str| route.strip_prefix(prefix) == Some(self.operation.path);
        self.operation.method.as_str() == method && self.prefixes.iter().any(is_path)
    }
}

/// The operations of all providers, in the order in which they are listed to people; a clone is
/// a reference.
#[derive(Clone, Default)]
pub struct Operations(Arc<[(ProviderId, Vec<&'static KnownOperation>)]>);

impl Operations {
    pub(crate) fn new(
        providers: impl IntoIterator<Item = (ProviderId, Vec<&'static KnownOperation>)>,
    ) -> Self {
        Self(providers.into_iter().collect())
    }

    /// Lists the providers.
    pub(crate) fn providers(&self) -> impl Iterator<Item = ProviderId> {
        self.0.iter().map(|(id, _)| *id)
    }

    /// Lists the operations of one provider, or, where none is named, of all.
    pub fn of(
        &self,
        provider: Option<ProviderId>,
    ) -> impl Iterator<Item = &'static KnownOperation> {
        self.0
            .iter()
            .filter(move |(id, _)| provider.is_none_or(|one| one == *id))
            .flat_map(|(_, operations)| operations)
            .copied()
    }

    /// Lists their names.
    pub(crate) fn names(&self, provider: Option<ProviderId>) -> Vec<&'static str> {
        let all = self.of(provider);
        all.map(|known| known.operation.name).collect()
    }

    /// Finds the one of this name.
    pub(crate) fn named(
        &self,
        provider: Option<ProviderId>,
        name: &str,
    ) -> Option<&'static Operation> {
        let mut all = self.of(provider).map(|known| known.operation);
        all.find(|operation| operation.name == name)
    }

    /// Finds the one that a route and a method lead to; HEAD is served as a GET without its body.
    pub(crate) fn at(&self, route: &str, method: &Method) -> Option<&'static KnownOperation> {
        let method = match *method {
            Method::HEAD => "GET",
            ref method => method.as_str(),
        };
        self.of(None).find(|known| known.is_at(route, method))
    }
}

/// Shows the names alone.
impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names(None)).finish()
    }
}
