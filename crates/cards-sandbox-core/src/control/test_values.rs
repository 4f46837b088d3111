//! `GET /_sandbox/test-values`: the values that bring documented refusals, for people who test
//! through a screen.

use axum::extract::{Request, State};
use axum::routing::on;
use cards_model::{Method, ProviderId};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::field_error::FieldError;
use crate::engine::intake::{self, Pairs};
use crate::engine::problem::wrong;
use crate::engine::tried::{self, ListedTestValue};

pub(super) const LIST: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/test-values",
    id: "test-values",
    summary: "The values that bring documented refusals",
    text: "A request that has one of them in its field, and is right in every other way, is refused, and nothing is changed: for whoever tests through an app's screen, without faults on order. None where the sandbox was started without them.",
    serve: |method| on(method, list),
    describe: |document, operation| {
        let names: Vec<_> = document.providers.ids().map(ProviderId::as_str).collect();
        operation
            .with_parameter(
                "query",
                "provider",
                "Only the values of this provider.",
                &json!({"type": "string", "enum": names}),
            )
            .responds(
                200,
                document.reply::<List>("The values, by provider and operation."),
            )
    },
};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TestValuesList")]
struct List {
    values: Vec<ListedTestValue>,
}

async fn list(State(app): State<App>, request: Request) -> Answer {
    let provider = match provider(&app, &intake::query(request.uri())) {
        Ok(provider) => provider,
        Err(error) => return wrong(&error.field, error.what),
    };
    Answer::accepted(&List {
        values: tried::list(&app, provider),
    })
}

/// Reads the one parameter of the query.
fn provider(app: &App, query: &Pairs) -> Result<Option<ProviderId>, FieldError> {
    let [(name, value)] = &query[..] else {
        return match query.is_empty() {
            true => Ok(None),
            false => Err(FieldError::at("provider", "is the only parameter, once")),
        };
    };
    if name != "provider" {
        return Err(FieldError::at("the query", "there is provider"));
    }
    let found = app.providers.named(value);
    found
        .map(Some)
        .map_err(|what| FieldError::at("provider", what))
}
