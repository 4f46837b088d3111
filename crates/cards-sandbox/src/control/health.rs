//! `GET /_sandbox/health`: whether the server and its store answer.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use rusqlite::Connection;
use serde::Serialize;

use super::store_trouble;
use crate::answer::Answer;
use crate::app::App;
use crate::store::StoreError;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/_sandbox/health", get(health))
}

async fn health(State(app): State<App>) -> Answer {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Health {
        status: &'static str,
        version: &'static str,
        uptime_seconds: u64,
    }
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
