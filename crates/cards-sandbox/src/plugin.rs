//! Plugins hang in above the state: all that a provider serves.

use std::sync::Arc;

use axum::Router;

use crate::app::App;
use crate::endpoint::{self, Endpoint};
use crate::openapi::Document;
use crate::operations::Operations;
use crate::provider::{Provider, Providers};
use crate::served::{self, Served};
use crate::view::View;

/// A provider with all that it serves.
#[derive(Clone)]
pub(crate) struct Plugin {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) operations: &'static [Served],
    /// The endpoints that it adds to the control API.
    pub(crate) endpoints: &'static [Endpoint],
    /// The views that it adds to the page.
    pub(crate) views: &'static [AddedView],
    /// Begins its OpenAPI document, to which the operations are added.
    pub(crate) document: fn() -> Document,
}

/// A view that a provider adds to the page.
pub(crate) struct AddedView {
    pub(crate) view: View,
    pub(crate) routes: fn() -> Router<App>,
}

/// The plugins of one sandbox, in the order in which they are listed to people.
#[derive(Clone)]
pub(crate) struct Plugins(Arc<[Plugin]>);

impl Plugins {
    pub(crate) fn new(plugins: impl IntoIterator<Item = Plugin>) -> Self {
        Self(plugins.into_iter().collect())
    }

    pub(crate) fn providers(&self) -> Providers {
        Providers::new(self.0.iter().map(|plugin| Arc::clone(&plugin.provider)))
    }

    pub(crate) fn operations(&self) -> Operations {
        let each = self.0.iter();
        Operations::new(each.map(|plugin| (plugin.provider.id(), served::known(plugin.operations))))
    }

    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &'static Endpoint> {
        self.0.iter().flat_map(|plugin| plugin.endpoints)
    }

    pub(crate) fn views(&self) -> Vec<View> {
        let views = self.0.iter().flat_map(|plugin| plugin.views);
        views.map(|added| added.view).collect()
    }

    /// Writes the OpenAPI document of one provider.
    pub(crate) fn document(&self, provider: &str) -> Option<Document> {
        let plugin = self
            .0
            .iter()
            .find(|plugin| plugin.provider.id().as_str() == provider)?;
        Some(served::describe((plugin.document)(), plugin.operations))
    }

    /// Makes the routes of all.
    pub(crate) fn routes(&self) -> Router<App> {
        self.0.iter().fold(Router::new(), |router, plugin| {
            let router = router
                .merge(served::routes(plugin.operations))
                .merge(endpoint::routes(plugin.endpoints));
            let views = plugin.views.iter();
            views.fold(router, |router, added| router.merge((added.routes)()))
        })
    }
}
