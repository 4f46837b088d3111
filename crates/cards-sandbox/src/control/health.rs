//! `GET /_sandbox/health`: whether the server and its store answer.

use axum::extract::State;
use axum::routing::on;
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, store_trouble};
use crate::answer::Answer;
use crate::app::App;
use crate::store::StoreError;

pub(super) const HEALTH: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/health",
    id: "health",
    summary: "Whether the server and its store answer",
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
}

async fn health(State(app): State<App>) -> Answer {
    let ping = |connection: &Connection| -> Result<i64, StoreError> {
        Ok(connection.query_row("SELECT 1", [], |row| row.get(0))?)
    };
    match app.store.read(ping).await {
        Ok(_) => Answer::accepted(&Health {
            status: "ok",
            version: env!("CARGO_PKG_VERSION"),
            uptime_seconds: app.uptime().as_secs(),
        }),
        Err(error) => store_trouble(&error),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;

    #[tokio::test]
    async fn health() {
        let health = Harness::new().get_json("/_sandbox/health").await;
        assert_eq!(health["status"], "ok");
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        assert!(health["uptimeSeconds"].is_u64());
    }
}
