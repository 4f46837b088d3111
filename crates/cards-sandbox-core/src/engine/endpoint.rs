//! One operation of the control API.

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter};

use crate::engine::app::App;
use crate::engine::openapi::{Described, Document};

/// Serves and describes one method of one path. The router and the OpenAPI
/// document are both made from these: what is served is described.
pub struct Endpoint {
    /// In small letters.
    pub method: &'static str,
    /// The path, with `{name}` for parameters.
    pub path: &'static str,
    /// The name that generated clients give it.
    pub id: &'static str,
    /// One line for the OpenAPI document.
    pub summary: &'static str,
    /// The handler, for the method.
    pub serve: fn(MethodFilter) -> MethodRouter<App>,
    /// Adds what the operation takes and answers.
    pub describe: fn(&mut Document, Described) -> Described,
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
