//! `/_sandbox/exchanges`: the journal.
//!
//! `GET` lists it, the oldest exchange first, or follows it as server-sent
//! events where `Accept` asks for `text/event-stream`; `DELETE` empties it.
//! `GET /_sandbox/exchanges/{id}` gives one exchange.

mod events;
mod query;

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::json;

use self::query::ExchangesQuery;
use super::{Endpoint, problem, wrong};
use crate::answer::Answer;
use crate::app::{App, Ending};
use crate::intake;
use crate::journal::Exchange;

pub(super) const EXCHANGES: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/exchanges",
    id: "exchanges",
    summary: "The journal: what was asked, and why it was answered so",
    serve: |method| on(method, exchanges),
    describe: |document, operation| {
        let mut reply = document.reply::<Exchanges>("The exchanges, the oldest first.");
        reply["content"]["text/event-stream"] = events::described(document);
        query::described(operation)
            .with_parameter(
                "header",
                "Last-Event-ID",
                "Of an event stream: the last exchange that was received, a whole number. \
                 Without it, the stream starts with the next exchange, or after `after`.",
                &json!({"type": "string"}),
            )
            .responds(200, reply)
    },
};

pub(super) const FORGET: Endpoint = Endpoint {
    method: "delete",
    path: "/_sandbox/exchanges",
    id: "forget-exchanges",
    summary: "Empties the journal, whose numbers go on",
    serve: |method| on(method, forget),
    describe: |document, operation| {
        operation.responds(200, document.reply::<Forgotten>("How many there were."))
    },
};

pub(super) const EXCHANGE: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/exchanges/{id}",
    id: "exchange",
    summary: "One exchange",
    serve: |method| on(method, exchange),
    describe: |document, operation| {
        let id = json!({"type": "integer", "minimum": 0, "maximum": u64::MAX});
        operation
            .with_parameter("path", "id", "Its number, as in `x-sandbox-exchange`.", &id)
            .responds(200, document.reply::<Exchange>("The exchange."))
            .responds(
                404,
                document.failure("There is none yet, or it is forgotten."),
            )
    },
};

/// What there is in the journal, as far as it was asked for.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Exchanges {
    #[serde(serialize_with = "plain")]
    #[schemars(with = "Vec<Exchange>")]
    exchanges: Vec<Arc<Exchange>>,
    /// That of the last exchange, whether it is among these or not: with
    /// `after` set to it, only later ones come.
    last_id: u64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ExchangesForgotten")]
struct Forgotten {
    /// How many exchanges the journal held.
    forgotten: usize,
}

async fn exchanges(
    State(app): State<App>,
    ending: Option<Extension<Ending>>,
    request: Request,
) -> Response {
    let asked = match query::parse(&intake::query(request.uri()), &app.providers) {
        Ok(asked) => asked,
        Err(error) => return wrong(&error.field, error.what).into_response(),
    };
    if wants_events(request.headers()) {
        return match events::resumed(request.headers()) {
            Ok(resumed) => events::follow(app, asked, resumed, ending.map(|Extension(end)| end)),
            Err(error) => wrong(&error.field, error.what).into_response(),
        };
    }
    let ExchangesQuery {
        filter,
        after,
        limit,
    } = asked;
    let limit = limit.unwrap_or(usize::MAX);
    let last_id = app.journal.last_id();
    let batch = app.journal.after(after.unwrap_or(0), &filter, limit);
    Answer::accepted(&Exchanges {
        exchanges: batch.exchanges,
        last_id,
    })
    .into_response()
}

async fn exchange(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let Some(id) = query::number(&id) else {
        return wrong("id", "has to be a whole number");
    };
    match app.journal.exchange(id) {
        Some(exchange) => Answer::accepted(&*exchange),
        None => problem(StatusCode::NOT_FOUND, no_exchange(&app, id)),
    }
}

/// Why there is no such exchange.
pub(crate) fn no_exchange(app: &App, id: u64) -> String {
    let last = app.journal.last_id();
    if id == 0 || id > last {
        format!("there is no exchange {id} yet: the last one is {last}")
    } else {
        format!("exchange {id} is forgotten: the journal keeps only the last ones")
    }
}

async fn forget(State(app): State<App>) -> Answer {
    Answer::accepted(&Forgotten {
        forgotten: app.journal.clear(),
    })
}

/// Whether one of the media types in `Accept` is that of an event stream.
fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|range| {
            let media_type = range.split(';').next().unwrap_or_default().trim();
            media_type.eq_ignore_ascii_case("text/event-stream")
        })
}

fn plain<S: Serializer>(exchanges: &[Arc<Exchange>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(exchanges.iter().map(|exchange| &**exchange))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::Sandbox;
    use crate::testing::{Harness, request};

    #[tokio::test]
    async fn the_journal_tells_what_was_asked_and_forgets_the_oldest() {
        let sandbox = Harness::with(Sandbox::builder().journal(2));
        for name in ["register-user", "update-customer", "customer-preference"] {
            sandbox.airpay(name, &[]).await;
        }
        let journal = sandbox.get_json("/_sandbox/exchanges").await;
        let exchanges = journal["exchanges"].as_array().unwrap();
        assert_eq!(exchanges.len(), 2, "and none of them this call itself");
        assert_eq!(journal["lastId"], 3);
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
                "request": {
                    "bodyBytes": 0,
                    "contentType": "application/x-www-form-urlencoded",
                    "headers": ["affiliate", "processor-key", "token", "checksum", "Content-Type"],
                    "otherHeaders": 0,
                    "query": [],
                    "otherQuery": 0,
                    "fields": [],
                    "otherFields": 0,
                },
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

    /// Six exchanges: two of each provider.
    async fn called() -> Harness {
        let sandbox = Harness::new();
        sandbox
            .airpay("update-customer", &[("entity_id", "x")])
            .await;
        sandbox.airpay("customer-preference", &[]).await;
        let cards = "/customers/12345678/prepaid/cards";
        sandbox.get(cards, &[]).await;
        let token = ("authorization", "Bearer sandbox-paysafe-token");
        sandbox.get(cards, &[token]).await;
        sandbox.get("/api/v1/customer/cards/byuser", &[]).await;
        let documented = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
        sandbox
            .get("/api/v1/customer/cards/byuser/list", &documented)
            .await;
        sandbox
    }

    #[tokio::test]
    async fn exchanges_can_be_chosen() {
        let sandbox = called().await;
        for (query, expected) in [
            ("", &[1, 2, 3, 4, 5, 6][..]),
            ("?provider=paysafe", &[3, 4]),
            ("?operation=customer-preference", &[2]),
            ("?operation=other", &[]),
            ("?accepted=true", &[4, 6]),
            ("?accepted=false", &[1, 2, 3, 5]),
            ("?status=401", &[3, 5]),
            ("?status=401&provider=ibanera", &[5]),
            ("?after=0", &[1, 2, 3, 4, 5, 6]),
            ("?after=4", &[5, 6]),
            ("?after=6", &[]),
            ("?after=18446744073709551615", &[]),
            ("?limit=1", &[1]),
            ("?limit=1000", &[1, 2, 3, 4, 5, 6]),
            ("?after=2&limit=2", &[3, 4]),
            ("?accepted=true&after=4&limit=2", &[6]),
        ] {
            let journal = sandbox
                .get_json(&format!("/_sandbox/exchanges{query}"))
                .await;
            let ids: Vec<_> = journal["exchanges"]
                .as_array()
                .unwrap()
                .iter()
                .map(|exchange| exchange["id"].as_i64().unwrap())
                .collect();
            assert_eq!(ids, expected, "{query}");
            assert_eq!(journal["lastId"], 6);
        }
    }

    #[tokio::test]
    async fn a_wrong_parameter_is_named() {
        let sandbox = Harness::new();
        for (query, named) in [
            ("?provider=other", "provider: "),
            ("?provider=", "provider: "),
            ("?operation=", "operation: "),
            ("?operation=Register+User", "operation: "),
            ("?accepted=yes", "accepted: "),
            ("?status=1000", "status: "),
            ("?status=2xx", "status: "),
            ("?after=-1", "after: "),
            ("?after=18446744073709551616", "after: "),
            ("?limit=0", "limit: "),
            ("?limit=1001", "limit: "),
            ("?limit=%2B1", "limit: "),
            ("?limit=1&limit=1", "limit: "),
            ("?page=1", "page: "),
            ("?Provider=airpay", "Provider: "),
            ("?4111111111111111=1", "the query: "),
        ] {
            let target = format!("/_sandbox/exchanges{query}");
            for accept in ["*/*", "text/event-stream"] {
                let reply = sandbox.get(&target, &[("accept", accept)]).await;
                assert_eq!(reply.status, 400, "{query}");
                let body: Value = serde_json::from_str(&reply.body).unwrap();
                let error = body["error"].as_str().unwrap();
                assert!(error.starts_with(named), "{query}: {error}");
                assert_eq!(body["field"], named.trim_end_matches(": "));
            }
        }
    }

    #[tokio::test]
    async fn one_exchange_by_its_id() {
        let sandbox = Harness::with(Sandbox::builder().journal(1));
        sandbox.airpay("update-customer", &[]).await;
        let reply = sandbox.airpay("user-login", &[]).await;
        let id = reply.headers["x-sandbox-exchange"].to_str().unwrap();
        let exchange = sandbox.get_json(&format!("/_sandbox/exchanges/{id}")).await;
        assert_eq!(exchange["operation"], "user-login");
        for (id, status, error) in [
            (
                "1",
                404,
                "exchange 1 is forgotten: the journal keeps only the last ones",
            ),
            ("3", 404, "there is no exchange 3 yet: the last one is 2"),
            ("0", 404, "there is no exchange 0 yet: the last one is 2"),
        ] {
            let reply = sandbox.get(&format!("/_sandbox/exchanges/{id}"), &[]).await;
            assert_eq!(reply.status, status);
            assert_eq!(reply.body, format!(r#"{{"error":"{error}"}}"#));
        }
        for id in ["x", "-1"] {
            let reply = sandbox.get(&format!("/_sandbox/exchanges/{id}"), &[]).await;
            assert_eq!(reply.status, 400);
            let error = r#"{"error":"id: has to be a whole number","field":"id"}"#;
            assert_eq!(reply.body, error);
        }
    }

    #[tokio::test]
    async fn an_emptied_journal_counts_on() {
        let sandbox = called().await;
        let delete = || request("DELETE", "/_sandbox/exchanges", &[], "");
        assert_eq!(sandbox.send(delete()).await.body, r#"{"forgotten":6}"#);
        assert_eq!(sandbox.send(delete()).await.body, r#"{"forgotten":0}"#);
        let journal = sandbox.get_json("/_sandbox/exchanges").await;
        assert_eq!(journal, serde_json::json!({"exchanges": [], "lastId": 6}));
        sandbox.airpay("update-customer", &[]).await;
        assert_eq!(sandbox.last().id, 7);
    }
}
