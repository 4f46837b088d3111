//! The order of the server: the layers that a request goes through on its way in, and its
//! reply on its way out.

mod called;
mod inject;
mod ration;
mod record;
mod replies;

use axum::middleware::from_fn_with_state as layer;
use axum::{Extension, Router};
use tower::ServiceBuilder;

use crate::engine::app::App;
use crate::engine::plugin::Plugins;
use crate::engine::{guard, surface, unread};
use crate::page;

/// Serves every route behind every layer.
pub fn router(app: &App, plugins: &Plugins) -> Router {
    // From the outside in: a request goes down this list, its reply up.
    let layers = ServiceBuilder::new()
        // Reads what is left of a body once the reply is made.
        .layer(layer(app.clone(), unread::drain))
        // Judges whose the path is, turns away what is not even text, and journals.
        .layer(layer(app.clone(), record::record))
        // Keeps other sites' pages away from the sandbox's own paths.
        .layer(layer(app.clone(), guard::protect))
        // Turns away what is more than a provider takes in a time.
        .layer(layer(app.clone(), ration::ration))
        // Applies the faults that were ordered.
        .layer(layer(app.clone(), inject::inject))
        // Counts large replies; who has to wait is counted by no layer above it twice.
        .layer(layer(app.clone(), replies::count));
    Router::new()
        .merge(plugins.routes())
        .merge(page::routes())
        .layer(Extension(plugins.clone()))
        .fallback(surface::unknown_path)
        .method_not_allowed_fallback(surface::wrong_method)
        .layer(layers)
        .with_state(app.clone())
}
