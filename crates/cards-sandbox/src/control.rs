//! `/_sandbox/...`: what the sandbox tells about itself, for developers.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use rusqlite::Connection;
use serde::Serialize;

use crate::answer::{Answer, Fault};
use crate::app::App;
use crate::journal::Exchange;
use crate::store::StoreError;
use crate::{airpay, ibanera, paysafe};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/_sandbox/health", get(health))
        .route("/_sandbox/world", get(world))
        .route("/_sandbox/exchanges", get(exchanges))
}

/// Whether a path is one of these, and so stays out of the journal.
pub(crate) fn is_control(path: &str) -> bool {
    path == "/_sandbox" || path.starts_with("/_sandbox/")
}

pub(crate) fn fault(fault: Fault) -> Answer {
    problem(fault.status(), fault.why().into_owned())
}

/// `GET /_sandbox/health`: whether the server and its store answer.
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

/// `GET /_sandbox/world`: every customer and card of every provider, redacted.
async fn world(State(app): State<App>) -> Answer {
    #[derive(Serialize)]
    struct World {
        airpay: airpay::World,
        paysafe: paysafe::World,
        ibanera: ibanera::World,
    }
    let read = |connection: &Connection| -> Result<World, StoreError> {
        Ok(World {
            airpay: airpay::world(connection)?,
            paysafe: paysafe::world(connection)?,
            ibanera: ibanera::world(connection)?,
        })
    };
    match app.store.read(read).await {
        Ok(world) => Answer::accepted(&world),
        Err(error) => store_trouble(&error),
    }
}

/// `GET /_sandbox/exchanges`: the journal, the oldest exchange first.
async fn exchanges(State(app): State<App>) -> Answer {
    #[derive(Serialize)]
    struct Exchanges {
        exchanges: Vec<Exchange>,
    }
    Answer::accepted(&Exchanges {
        exchanges: app.journal.exchanges(),
    })
}

fn store_trouble(error: &StoreError) -> Answer {
    tracing::error!(%error, "the store failed");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    problem(status, "the store failed; the log says why".to_owned())
}

fn problem(status: StatusCode, error: String) -> Answer {
    #[derive(Serialize)]
    struct Problem<'a> {
        error: &'a str,
    }
    Answer::refused(status, &Problem { error: &error }, error.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::Sandbox;
    use crate::testing::{Harness, request};

    async fn get(sandbox: &Harness, path: &str) -> Value {
        let reply = sandbox.get(path, &[]).await;
        assert_eq!(reply.status, 200);
        serde_json::from_str(&reply.body).unwrap()
    }

    #[tokio::test]
    async fn health() {
        let health = get(&Harness::new(), "/_sandbox/health").await;
        assert_eq!(health["status"], "ok");
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        assert!(health["uptimeSeconds"].is_u64());
    }

    #[tokio::test]
    async fn the_world_has_every_providers_customers_and_cards() {
        let world = get(&Harness::new(), "/_sandbox/world").await;
        let customers = |provider: &str| world[provider]["customers"].as_array().unwrap().len();
        assert_eq!(customers("airpay"), 2);
        assert_eq!(customers("paysafe"), 2);
        assert_eq!(customers("ibanera"), 23);
        assert_eq!(
            world["airpay"]["customers"][1],
            serde_json::json!({
                "entity_id": "AIRPAYCUST0001",
                "kyc_status": "MIN_KYC",
                "kyc_expiry_date": "2028-11-21",
                "mobile_no": "[redacted]",
                "first_name": "[redacted]",
                "last_name": "[redacted]",
                "email": "[redacted]",
                "cards": [{
                    "card_no": "462294******0979",
                    "kit_no": "100000000978",
                    "card_type": "V",
                    "card_expiry": "12/49",
                }],
                "preferences": {},
            })
        );
    }

    #[tokio::test]
    async fn the_journal_tells_what_was_asked_and_forgets_the_oldest() {
        let sandbox = Harness::with(Sandbox::builder().journal(2));
        for name in ["register-user", "update-customer", "customer-preference"] {
            sandbox.airpay(name, &[]).await;
        }
        let journal = get(&sandbox, "/_sandbox/exchanges").await;
        let exchanges = journal["exchanges"].as_array().unwrap();
        assert_eq!(exchanges.len(), 2, "and none of them this call itself");
        let mut last = exchanges[1].clone();
        assert!(last["micros"].take().is_u64());
        assert_eq!(
            last,
            serde_json::json!({
                "id": 3,
                "at": "2026-11-21T08:00:00.000Z",
                "provider": "airpay",
                "operation": "customer-preference",
                "method": "POST",
                "path": "/airpay/ms/cards/api/customer-preference",
                "status": 200,
                "accepted": false,
                "verdict": "entity_id: must be given",
                "violations": [{
                    "provider": "airpay",
                    "operation": "customer-preference",
                    "field": "entity_id",
                    "rule": "required",
                    "limit": "must be given",
                    "source": "Airpay Customer Preference, Parameter, entity_id",
                }],
                "checksum": {"result": "right"},
                "micros": null,
            })
        );
    }

    #[tokio::test]
    async fn unknown_paths_and_wrong_methods_in_each_providers_shape() {
        let sandbox = Harness::new();
        let airpay = r#"{"status":400,"message":"fail"}"#;
        let paysafe = r#""fieldErrors":[]}}"#;
        let ibanera = r#"{"status":"0","errors":[{"fieldName":"request","messageCode":"Invalid"}],"id":0,"details":null}"#;
        for (method, target, status, body) in [
            ("POST", "/airpay/ms/cards/api/other", 404, airpay),
            ("GET", "/airpay", 404, airpay),
            ("GET", "/airpay/ms/cards/api/register-user", 405, airpay),
            ("POST", "/airpay/ms/cards/api/register-user/", 404, airpay),
            ("GET", "/customers/1/other", 404, paysafe),
            ("DELETE", "/customers/1/prepaid/cards", 405, paysafe),
            (
                "GET",
                "/digitalwallets/v1/auth/brands/sandbox/token",
                405,
                paysafe,
            ),
            ("GET", "/api/v1/other", 404, ibanera),
            ("PUT", "/api/v1/public/auth/login", 405, ibanera),
            ("POST", "/api/v1/customer/cards/byuser", 405, ibanera),
            ("GET", "/", 404, "{\"error\":\"no provider has this path\"}"),
            (
                "GET",
                "/airpayother",
                404,
                "{\"error\":\"no provider has this path\"}",
            ),
            (
                "GET",
                "/_sandbox",
                404,
                "{\"error\":\"no provider has this path\"}",
            ),
            (
                "POST",
                "/_sandbox/health",
                405,
                "{\"error\":\"this path is not for this method\"}",
            ),
            ("GET", "/airpay/%zz", 400, airpay),
            ("GET", "/customers/%ff/prepaid/cards", 400, paysafe),
            ("GET", "/customers/1/prepaid/cards?limit=%", 400, paysafe),
            (
                "GET",
                "/api/v1/customer/cards/byuser?customersId=%e2%82",
                400,
                ibanera,
            ),
        ] {
            let reply = sandbox.send(request(method, target, &[], "")).await;
            assert_eq!(reply.status, status, "{method} {target}");
            assert!(
                reply.body.ends_with(body),
                "{method} {target}: {}",
                reply.body
            );
            assert_eq!(reply.headers["content-type"], "application/json");
        }
    }
}
