//! `POST /_sandbox/reset`: everything as it was at the start.
//!
//! Customers and cards of the world that the sandbox was started with, nobody
//! logged in, no one-time password given out or used up, the real time, an
//! empty journal whose numbers go on, no fault but those ordered from the start,
//! and no reply held back by one.

use axum::extract::State;
use axum::routing::on;
use cards_model::Method;
use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::problem::refused;

pub(super) const RESET: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/reset",
    id: "reset",
    summary: "Everything as it was at the start",
    text: "Customers and cards of the start, nobody logged in, the real time, an empty journal whose numbers go on. Faults are those of the start, and replies that were held back go out at once.",
    serve: |method| on(method, reset),
    describe: |document, operation| operation.responds(200, document.reply::<Done>("It is.")),
};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ResetDone")]
struct Done {
    #[schemars(extend("const" = "ok"))]
    status: &'static str,
}

async fn reset(State(app): State<App>) -> Answer {
    match app.reset().await {
        Ok(()) => Answer::accepted(&Done { status: "ok" }),
        Err(error) => refused(error),
    }
}
