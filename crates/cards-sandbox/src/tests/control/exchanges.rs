//! Checks the journal as the control API shows it.

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
            "called": null,
            "nearest": null,
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
            "remarks": [],
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
async fn who_asks_too_late_is_told_how_many_are_forgotten() {
    let sandbox = Harness::with(Sandbox::builder().journal(2));
    for _ in 0..5 {
        sandbox.airpay("customer-preference", &[]).await;
    }
    for (query, missed) in [
        ("", None),
        ("?after=0", Some(3)),
        ("?after=1&provider=paysafe", Some(2)),
        ("?after=2&limit=1", Some(1)),
        ("?after=3", None),
        ("?after=9", None),
    ] {
        let target = format!("/_sandbox/exchanges{query}");
        let journal = sandbox.get_json(&target).await;
        assert_eq!(
            journal.get("missed").and_then(Value::as_u64),
            missed,
            "{query}"
        );
        assert_eq!(journal["lastId"], 5);
    }
}

#[tokio::test]
async fn a_wrong_parameter_is_named() {
    let sandbox = Harness::new();
    for (query, named) in [
        ("?provider=other", "provider: "),
        ("?provider=", "provider: "),
        ("?operation=", "operation: "),
        (
            "?operation=other",
            "operation: has to be one of register-user, ",
        ),
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
            assert_eq!(body["field"], named.split(": ").next().unwrap());
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
