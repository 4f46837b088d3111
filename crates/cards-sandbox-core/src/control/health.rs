//! `GET /_sandbox/health`: whether the server and its store answer.

use axum::extract::State;
use axum::routing::on;
use cards_model::Method;
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::problem::store_trouble;
use crate::engine::store::StoreError;

pub(super) const HEALTH: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/health",
    id: "health",
    summary: "Whether the server and its store answer",
    text: "Reads from the store, and tells the version and for how long the sandbox has run. While events cannot be read that wait to be sent, or put that time brings about, or the store's file is not where it was, that is told instead.",
    serve: |method| on(method, health),
    describe: |document, operation| operation.responds(200, document.reply::<Health>("They do.")),
};

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Health {
    #[schemars(extend("const" = "ok"))]
    status: &'static str,
    /// The sandbox's version.
    version: &'static str,
    uptime_seconds: u64,
    /// Number of lines of the log that could not be written, where the program that runs the
    /// sandbox counts them. It is up all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    lost_log_lines: Option<u64>,
}

async fn health(State(app): State<App>) -> Answer {
    let ping = |connection: &Connection| -> Result<i64, StoreError> {
        Ok(connection.query_row("SELECT 1", [], |row| row.get(0))?)
    };
    let is_well = match app.outbox_trouble.last() {
        None => app.store.is_in_place(),
        Some(error) => Err(error),
    };
    match app.store.read(ping).await.and(is_well) {
        Ok(()) => Answer::accepted(&Health {
            status: "ok",
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: app.uptime().as_secs(),
            lost_log_lines: app.config.lost_log_lines.as_ref().map(|lost| lost()),
        }),
        Err(error) => store_trouble(&error),
    }
}
