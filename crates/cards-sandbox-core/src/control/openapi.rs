//! `GET /_sandbox/openapi/{file}`: OpenAPI documents of everything served.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use cards_model::{Method, ProviderId};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::engine::answer::{Answer, Rejection};
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::openapi::Document;
use crate::engine::plugin::Plugins;
use crate::engine::problem::{Problem, rejected};

pub(super) const OPENAPI: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/openapi/{file}",
    id: "openapi",
    summary: "The OpenAPI document of one API",
    text: "The same text every time, but for the address in a world beside the first; `cards openapi` \
           prints it too.",
    serve: |method| on(method, openapi),
    describe: |document, operation| {
        let names = document.providers.ids().map(ProviderId::as_str);
        let files: Vec<_> = names
            .chain([CONTROL])
            .map(|name| format!("{name}.json"))
            .collect();
        operation
            .with_path_parameter(
                "file",
                &format!("One of {}.", files.join(", ")),
                &files[0].as_str().into(),
            )
            .responds(200, document.reply::<OpenApi>("The document."))
            .responds(404, document.failure("There is no such document."))
    },
};

/// An OpenAPI document.
struct OpenApi;

impl JsonSchema for OpenApi {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OpenApi".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "openapi": {"type": "string", "const": "3.1.0"},
                "info": {"type": "object"},
                "paths": {"type": "object"},
                "components": {"type": "object"},
            },
            "required": ["openapi", "info", "paths", "components"],
            "additionalProperties": true,
        })
    }
}

/// The name of the control API's own document.
const CONTROL: &str = "control";

async fn openapi(
    State(app): State<App>,
    Extension(plugins): Extension<Plugins>,
    Path(file): Path<String>,
) -> Response {
    let name = file.strip_suffix(".json");
    match name.and_then(|name| text_within(&app.prefix(), name, &plugins)) {
        Some(text) => Answer::accepted_json(text.into_bytes()).into_response(),
        None => rejected(Rejection::UnknownPath).into_response(),
    }
}

/// Writes the document of a provider, or of the control API.
pub fn text(name: &str, plugins: &Plugins) -> Option<String> {
    made(name, plugins).map(Document::text)
}

/// Writes the document whose sandbox is below this prefix.
fn text_within(prefix: &str, name: &str, plugins: &Plugins) -> Option<String> {
    let mut document = made(name, plugins)?;
    document.place(prefix);
    Some(document.text())
}

/// Makes the document of a provider, or of the control API.
fn made(name: &str, plugins: &Plugins) -> Option<Document> {
    match name {
        CONTROL => Some(document(plugins)),
        provider => plugins.document(provider),
    }
}

/// Makes the document of the control API from the same table as its router.
fn document(plugins: &Plugins) -> Document {
    let servers = json!([
        {"url": "/", "description": "The sandbox that serves this document"},
        {"url": "http://127.0.0.1:8484", "description": "`cards sandbox` without options"},
    ]);
    let mut document = Document::new::<Problem<'_>>(
        "Cards sandbox control",
        "What the sandbox tells about itself, for developers and tests. It has no credentials: \
         keep the sandbox on the loopback interface. These calls stay out of the journal. A path \
         without an operation is answered with 404, another method with 405; every failure is an \
         object with the text `error` and, where one field is wrong, its name in `field`.",
        &servers,
    );
    document.operations = plugins.operations();
    document.is_control = true;
    document.providers = plugins.providers();
    document.tag("control", "The sandbox itself.");
    for endpoint in plugins.endpoints() {
        let described = (endpoint.describe)(&mut document, endpoint.blank());
        document.add(described);
    }
    document
}
