//! One row for each operation of a provider: its name and routes, its handler, and what OpenAPI
//! says of it. Whatever has to know which operations there are is made from these rows.

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter};

use crate::engine::app::App;
use crate::engine::endpoint::filter;
use crate::engine::openapi::{Described, Document};
use crate::engine::operations::KnownOperation;

/// An operation as it is served.
pub struct Served {
    /// The part that the engine knows of it below the handlers.
    pub known: KnownOperation,
    /// The handler, for the operation's method.
    pub serve: fn(MethodFilter) -> MethodRouter<App>,
    /// Tells what it takes and answers.
    pub describe: fn(&mut Document) -> Described,
}

/// Lists these operations for whatever needs no more than to know them.
pub(crate) fn known(operations: &'static [Served]) -> Vec<&'static KnownOperation> {
    operations.iter().map(|served| &served.known).collect()
}

/// Makes the routes of these operations.
pub(crate) fn routes(operations: &'static [Served]) -> Router<App> {
    let mut router = Router::new();
    for served in operations {
        for prefix in served.known.prefixes {
            let path = format!("{prefix}{}", served.known.operation.path);
            router = router.route(&path, (served.serve)(filter(served.known.operation.method)));
        }
    }
    router
}

/// Adds these operations to the document of their provider.
pub(crate) fn describe(mut document: Document, operations: &[Served]) -> Document {
    for served in operations {
        let described = (served.describe)(&mut document);
        document.add(described);
    }
    document
}
