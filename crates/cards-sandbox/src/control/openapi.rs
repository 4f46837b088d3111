//! `GET /_sandbox/openapi/{file}`: OpenAPI documents of everything served.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Endpoint, rejected};
use crate::answer::{Answer, Rejection};
use crate::openapi::{Api, document};

pub(super) const OPENAPI: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/openapi/{file}",
    id: "openapi",
    summary: "The OpenAPI document of one API",
    serve: |method| on(method, openapi),
    describe: |document, operation| {
        let files: Vec<_> = Api::ALL.iter().map(|api| format!("{api}.json")).collect();
        operation
            .with_path_parameter(
                "file",
                &format!("One of {}.", files.join(", ")),
                &"airpay.json".into(),
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

async fn openapi(Path(file): Path<String>) -> Response {
    let named = file
        .strip_suffix(".json")
        .and_then(|name| name.parse::<Api>().ok());
    match named {
        Some(api) => Answer::accepted_json(document(api).into_bytes()).into_response(),
        None => rejected(Rejection::UnknownPath).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Harness;

    #[tokio::test]
    async fn each_document_is_served_as_it_is_made() {
        let sandbox = Harness::new();
        for api in Api::ALL {
            let path = format!("/_sandbox/openapi/{api}.json");
            let reply = sandbox.get(&path, &[]).await;
            assert_eq!(reply.status, 200);
            assert_eq!(reply.headers["content-type"], "application/json");
            assert_eq!(reply.body, document(*api));
        }
        for other in [
            "airpay",
            "airpay.yaml",
            "other.json",
            ".json",
            "a/airpay.json",
        ] {
            let path = format!("/_sandbox/openapi/{other}");
            assert_eq!(sandbox.get(&path, &[]).await.status, 404, "{other}");
        }
    }
}
