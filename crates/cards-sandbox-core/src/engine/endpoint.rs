//! One operation of the control API.

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter};
use cards_model::Method;

use crate::engine::app::App;
use crate::engine::openapi::{Described, Document};

/// Serves and describes one method of one path. The router and the OpenAPI
/// document are both made from these: what is served is described.
pub struct Endpoint {
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{name}` for parameters.
    pub path: &'static str,
    /// The name that generated clients give it.
    pub id: &'static str,
    /// One line for the OpenAPI document.
    pub summary: &'static str,
    /// Sentences of Markdown for the OpenAPI document: what it does, and does not.
    pub text: &'static str,
    /// The handler, for the method.
    pub serve: fn(MethodFilter) -> MethodRouter<App>,
    /// Adds what the operation takes and answers.
    pub describe: fn(&mut Document, Described) -> Described,
}

impl Endpoint {
    /// The operation, of which nothing is described yet.
    pub(crate) fn blank(&self) -> Described {
        let method = self.method.as_str().to_ascii_lowercase();
        Described::new(&method, self.path, self.id, "control", self.summary).text(self.text, None)
    }
}

/// Gives the router's word for a method.
pub(crate) const fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

/// Makes the routes of these.
pub(crate) fn routes(endpoints: &[Endpoint]) -> Router<App> {
    endpoints.iter().fold(Router::new(), |router, endpoint| {
        router.route(endpoint.path, (endpoint.serve)(filter(endpoint.method)))
    })
}
