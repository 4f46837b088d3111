//! One operation of the control API.

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter};

use crate::app::App;
use crate::openapi::{Described, Document};

/// Serves and describes one method of one path. The router and the OpenAPI
/// document are both made from these: what is served is described.
pub(crate) struct Endpoint {
    /// In small letters.
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// The name that generated clients give it.
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    /// The handler, for the method.
    pub(crate) serve: fn(MethodFilter) -> MethodRouter<App>,
    /// Adds what the operation takes and answers.
    pub(crate) describe: fn(&mut Document, Described) -> Described,
}

impl Endpoint {
    const fn filter(&self) -> MethodFilter {
        match self.method.as_bytes() {
            b"get" => MethodFilter::GET,
            b"put" => MethodFilter::PUT,
            b"post" => MethodFilter::POST,
            _ => MethodFilter::DELETE,
        }
    }

    /// The operation, of which nothing is described yet.
    pub(crate) fn blank(&self) -> Described {
        Described::new(self.method, self.path, self.id, "control", self.summary)
    }
}

/// Makes the routes of these.
pub(crate) fn routes(endpoints: &[Endpoint]) -> Router<App> {
    endpoints.iter().fold(Router::new(), |router, endpoint| {
        router.route(endpoint.path, (endpoint.serve)(endpoint.filter()))
    })
}
