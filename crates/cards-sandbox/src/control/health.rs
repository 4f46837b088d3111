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
    /// How many lines of the log could not be written, where the program that
    /// runs the sandbox counts them. It is up all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    lost_log_lines: Option<u64>,
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
            lost_log_lines: app.config.lost_log_lines.as_ref().map(|lost| lost()),
        }),
        Err(error) => store_trouble(&error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use crate::Sandbox;
    use crate::testing::Harness;

    #[tokio::test]
    async fn health() {
        let health = Harness::new().get_json("/_sandbox/health").await;
        assert_eq!(health["status"], "ok");
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        assert!(health["uptimeSeconds"].is_u64());
        assert!(health.get("lostLogLines").is_none(), "nobody counts");
    }

    #[tokio::test]
    async fn a_log_that_is_lost_is_told_and_does_not_end_it() {
        let lost = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&lost);
        let builder = Sandbox::builder().lost_log_lines(move || count.load(Ordering::SeqCst));
        let sandbox = Harness::with(builder);
        for lines in [0, 1, u64::MAX] {
            lost.store(lines, Ordering::SeqCst);
            let health = sandbox.get_json("/_sandbox/health").await;
            assert_eq!(health["status"], "ok");
            assert_eq!(health["lostLogLines"], lines);
        }
    }
}
