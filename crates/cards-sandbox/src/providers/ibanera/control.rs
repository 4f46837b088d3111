//! `PUT /_sandbox/ibanera/cards/{id}`: an Ibanera card's balances, and whether
//! it is suppressed. What is not given stays; the answer is the card's owner
//! with all cards.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::on;
use cards_model::Method;
use serde_json::json;

use super::customers::{Customer, find};
use super::numbered::id_of;
use super::section::Change;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::control::input;
use cards_sandbox_core::endpoint::Endpoint;
use cards_sandbox_core::problem::{OVER_QUOTA, problem, refused};
use cards_sandbox_core::world_error::WorldError;

pub(super) const CHANGE: Endpoint = Endpoint {
    method: Method::Put,
    path: "/_sandbox/ibanera/cards/{id}",
    id: "change-ibanera-card",
    summary: "Sets an Ibanera card's balances, and whether it is suppressed",
    text: "What is not given stays as it is.",
    serve: |method| on(method, change),
    describe: |document, operation| {
        let id = json!({"type": "integer", "minimum": 1, "maximum": i64::MAX});
        operation
            .with_parameter("path", "id", "The card's id.", &id)
            .body(document.json::<Change>())
            .responds(
                200,
                document.reply::<Customer>("The card's owner with all cards."),
            )
            .responds(404, document.failure("There is no card of this id."))
            .responds(409, document.failure(OVER_QUOTA))
    },
};

async fn change(State(app): State<App>, Path(id): Path<String>, request: Request) -> Answer {
    let change: Change = match input::json(&app, request).await {
        Ok(change) => change,
        Err(answer) => return answer,
    };
    if let Err(error) = change.check() {
        return refused(error);
    }
    let Some(id) = id_of(&id) else {
        let error = "there is no card of this id".to_owned();
        return problem(StatusCode::NOT_FOUND, error);
    };
    let now = app.now_millis();
    let write = move |transaction: &rusqlite::Transaction<'_>| {
        let customer = change.make(transaction, id, now)?;
        Ok::<_, WorldError>(find(transaction, customer)?)
    };
    match app.store.write(write).await {
        Ok(customer) => Answer::accepted(&customer),
        Err(error) => refused(error),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;

    #[tokio::test]
    async fn balances_keep_their_digits_and_the_rest_stays() {
        let sandbox = Harness::new();
        let body = r#"{"availableBalance":-0.10,"bSuppressed":true}"#;
        let reply = sandbox
            .control("PUT", "/_sandbox/ibanera/cards/1005", body)
            .await;
        let changed = r#"{"customersId":11058,"customersReference":"customer-ref-2","cards":[{"id":1005,"currency":"usd","cardNumber":"424242******4242","totalBalance":1250.75,"availableBalance":-0.10,"pendingBalance":50.50,"bSuppressed":true}]}"#;
        assert_eq!((reply.status.as_u16(), &*reply.body), (200, changed));
        let body = r#"{"totalBalance":99999999999999999999999999.10}"#;
        let reply = sandbox
            .control("PUT", "/_sandbox/ibanera/cards/1005", body)
            .await;
        assert!(
            reply.body.contains(":99999999999999999999999999.10,"),
            "{}",
            reply.body
        );
    }

    #[tokio::test]
    async fn unknown_cards_and_malformed_changes() {
        let sandbox = Harness::new();
        for (id, body, status, error) in [
            (
                "1",
                r#"{"bSuppressed":true}"#,
                404,
                r#"{"error":"there is no card of this id"}"#,
            ),
            (
                "x",
                r#"{"bSuppressed":true}"#,
                404,
                r#"{"error":"there is no card of this id"}"#,
            ),
            (
                "1005",
                "{}",
                400,
                r#"{"error":"body: bSuppressed, a balance or several of them have to be given","field":"body"}"#,
            ),
            (
                "1005",
                r#"{"totalBalance":"1"}"#,
                400,
                r#"{"error":"totalBalance: a number of at most 28 digits, without an exponent","field":"totalBalance"}"#,
            ),
            (
                "1005",
                r#"{"totalBalance":1e400}"#,
                400,
                r#"{"error":"totalBalance: a number of at most 28 digits, without an exponent","field":"totalBalance"}"#,
            ),
            (
                "1005",
                r#"{"pendingBalance":99999999999999999999999999999}"#,
                400,
                r#"{"error":"pendingBalance: a number of at most 28 digits, without an exponent","field":"pendingBalance"}"#,
            ),
            (
                "1005",
                r#"{"bSuppressed":1}"#,
                400,
                r#"{"error":"bSuppressed: expected a boolean","field":"bSuppressed"}"#,
            ),
        ] {
            let path = format!("/_sandbox/ibanera/cards/{id}");
            let reply = sandbox.control("PUT", &path, body).await;
            assert_eq!(
                (reply.status.as_u16(), &*reply.body),
                (status, error),
                "{body}"
            );
        }
    }
}
