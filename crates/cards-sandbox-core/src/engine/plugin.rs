//! Plugins hang in above the state: all that a provider serves.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use rusqlite::Connection;

use crate::engine::app::App;
use crate::engine::endpoint::{self, Endpoint};
use crate::engine::openapi::Document;
use crate::engine::operations::Operations;
use crate::engine::provider::{Provider, Providers};
use crate::engine::served::{self, Served};
use crate::engine::showing::Showing;
use crate::engine::store::{Counted, StoreError};
use crate::engine::view::{CardRefusal, CustomerEntry, View};
use crate::engine::world::section::Who;

/// A provider with all that it serves.
#[derive(Clone)]
pub struct Plugin {
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// The operations that it serves, in the order in which they are listed.
    pub operations: &'static [Served],
    /// The endpoints that it adds to the control API.
    pub endpoints: &'static [Endpoint],
    /// The views that it adds to the page.
    pub views: &'static [AddedView],
    /// Its part of the page's view of all customers; `None` where it shows none.
    pub customers: Option<CustomersView>,
    /// Begins its OpenAPI document, to which the operations are added.
    pub document: fn() -> Document,
}

impl Plugin {
    /// Hangs a provider in with its operations and nothing else.
    pub fn new(
        provider: impl Provider,
        operations: &'static [Served],
        document: fn() -> Document,
    ) -> Self {
        Self {
            provider: Arc::new(provider),
            operations,
            endpoints: &[],
            views: &[],
            customers: None,
            document,
        }
    }
}

/// A view that a provider adds to the page.
pub struct AddedView {
    /// Its place in the navigation.
    pub view: View,
    /// Makes the routes that serve it.
    pub routes: fn() -> Router<App>,
}

/// Shows a provider's customers and their cards on the page.
#[derive(Clone)]
pub struct CustomersView {
    /// The provider's name as people write it.
    pub title: &'static str,
    /// The heads of a card's cells.
    pub heads: &'static [&'static str],
    /// Counts the customers.
    pub counted: Counted,
    /// Reads what is shown.
    pub list: ListCustomers,
    /// Serves what the forms among the cells are sent to.
    pub routes: fn() -> Router<App>,
}

/// Lists customers, and beside the card of a refusal, the refusal.
type ListCustomers = fn(
    &Connection,
    Showing,
    Who<'_>,
    Option<&CardRefusal>,
) -> Result<Vec<CustomerEntry>, StoreError>;

/// The plugins of one sandbox, in the order in which they are listed to people; a clone is a
/// reference.
#[derive(Clone)]
pub struct Plugins {
    /// The endpoints that the control API has of itself.
    own: &'static [Endpoint],
    all: Arc<[Plugin]>,
}

/// Names that members of the sandbox's own JSON and its own OpenAPI document have.
const RESERVED: [&str; 3] = ["control", "env", "version"];

impl Plugins {
    pub(crate) fn new(own: &'static [Endpoint], plugins: impl IntoIterator<Item = Plugin>) -> Self {
        Self {
            own,
            all: plugins.into_iter().collect(),
        }
    }

    /// Checks that the plugins can stand side by side. Gives what cannot be.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut names = BTreeSet::from(RESERVED);
        let mut served = BTreeSet::new();
        for plugin in self.iter() {
            let provider = plugin.provider.id();
            if !names.insert(provider.as_str()) {
                return Err(format!(
                    "two providers, or the sandbox itself, are named {provider}"
                ));
            }
            let prefixes = plugin.provider.prefixes();
            for known in served::known(plugin.operations) {
                let operation = known.operation;
                for prefix in known.prefixes {
                    let path = format!("{prefix}{}", operation.path);
                    if !prefixes
                        .iter()
                        .any(|own| path.starts_with(&format!("{own}/")))
                    {
                        return Err(format!(
                            "{operation} is outside of its provider's prefixes: {path}"
                        ));
                    }
                    if !served.insert((operation.method, path.clone())) {
                        let method = operation.method.as_str();
                        return Err(format!("two operations are at {method} {path}"));
                    }
                }
            }
        }
        Ok(())
    }

    /// Goes through all, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Plugin> {
        self.all.iter()
    }

    /// Lists the providers.
    pub fn providers(&self) -> Providers {
        Providers::new(self.all.iter().map(|plugin| Arc::clone(&plugin.provider)))
    }

    /// Lists the operations of all.
    pub fn operations(&self) -> Operations {
        let each = self.all.iter();
        Operations::new(each.map(|plugin| (plugin.provider.id(), served::known(plugin.operations))))
    }

    /// Lists all endpoints of the control API.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &'static Endpoint> {
        let added = self.all.iter().flat_map(|plugin| plugin.endpoints);
        self.own.iter().chain(added)
    }

    pub(crate) fn views(&self) -> Vec<View> {
        let views = self.all.iter().flat_map(|plugin| plugin.views);
        views.map(|added| added.view).collect()
    }

    /// Writes the OpenAPI document of one provider.
    pub(crate) fn document(&self, provider: &str) -> Option<Document> {
        let plugin = self
            .all
            .iter()
            .find(|plugin| plugin.provider.id().as_str() == provider)?;
        Some(served::describe((plugin.document)(), plugin.operations))
    }

    /// Makes the routes of all.
    pub(crate) fn routes(&self) -> Router<App> {
        let own = endpoint::routes(self.own);
        self.all.iter().fold(own, |router, plugin| {
            let router = router
                .merge(served::routes(plugin.operations))
                .merge(endpoint::routes(plugin.endpoints))
                .merge(
                    plugin
                        .customers
                        .as_ref()
                        .map_or_else(Router::new, |one| (one.routes)()),
                );
            let views = plugin.views.iter();
            views.fold(router, |router, added| router.merge((added.routes)()))
        })
    }
}
