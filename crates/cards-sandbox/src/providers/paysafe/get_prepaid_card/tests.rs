use serde_json::{Value, json};

use crate::testing::{Harness, Reply};

const BEARER: (&str, &str) = ("authorization", "Bearer sandbox-paysafe-token");
const DOCUMENTED: &str = "f16ba382-eb42-481a-b08f-c57bdc9aae24";

async fn get(sandbox: &Harness, customer: &str, card: &str) -> Reply {
    let target = format!("/customers/{customer}/prepaid/cards/{card}");
    sandbox.get(&target, &[BEARER]).await
}

async fn listed(sandbox: &Harness, customer: &str, query: &str) -> Vec<Value> {
    let target = format!("/customers/{customer}/prepaid/cards?limit=50{query}");
    let reply = sandbox.get(&target, &[BEARER]).await;
    let page: Value = serde_json::from_str(&reply.body).unwrap();
    page["cards"].as_array().unwrap().clone()
}

/// Every card comes by itself as it stands in the list, with its wallets and without.
#[tokio::test]
async fn a_card_is_that_of_the_list() {
    let sandbox = Harness::new();
    for query in ["", "&include=TOKENIZATIONS"] {
        let cards = listed(&sandbox, "12345678", query).await;
        assert_eq!(cards.len(), 16);
        for card in cards {
            let id = card["cardId"].as_str().unwrap();
            let target = format!("{id}?{}", query.trim_start_matches('&'));
            let reply = get(&sandbox, "12345678", &target).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            let alone: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(alone, card);
        }
    }
}

#[tokio::test]
async fn both_paths_give_the_same() {
    let sandbox = Harness::new();
    let bare = get(&sandbox, "12345678", DOCUMENTED).await.body;
    let target = format!("/digitalwallets/v1/customers/12345678/prepaid/cards/{DOCUMENTED}");
    assert_eq!(sandbox.get(&target, &[BEARER]).await.body, bare);
    assert!(bare.starts_with(r#"{"cardId":"f16ba382"#), "{bare}");
}

#[tokio::test]
async fn nobody_elses_card_and_none_that_there_is_not() {
    let sandbox = Harness::new();
    for (customer, card) in [
        ("87654321", DOCUMENTED),
        ("nobody", DOCUMENTED),
        ("12345678", "f16ba382-eb42-481a-b08f-c57bdc9aae25"),
        ("12345678", "F16BA382-EB42-481A-B08F-C57BDC9AAE24"),
    ] {
        let reply = get(&sandbox, customer, card).await;
        assert_eq!(reply.status, 404, "{customer} {card}");
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(body["error"]["code"], "5269");
        let details = json!(["the customer has no such card"]);
        assert_eq!(body["error"]["details"], details);
    }
}

#[tokio::test]
async fn an_addition_of_lists_is_refused_and_named() {
    let sandbox = Harness::new();
    let target = format!("{DOCUMENTED}?include=TOKENIZATIONS,AVAILABLE_ACTIONS");
    let reply = get(&sandbox, "12345678", &target).await;
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(reply.status, 400, "{body}");
    let fields = json!([{"field": "include", "error": "one of TOKENIZATIONS"}]);
    assert_eq!(body["error"]["fieldErrors"], fields);
    let told = sandbox.get_json("/_sandbox/exchanges").await;
    assert_eq!(told["exchanges"][0]["violations"][0]["rule"], "allowed");
    assert_eq!(told["exchanges"][0]["operation"], "get-prepaid-card");
}

/// A change to a card through the control API, or by the clock, is seen here too.
#[tokio::test]
async fn a_card_is_as_it_is_now() {
    let sandbox = Harness::new();
    let id = "12345678-0000-4000-8000-000000000001";
    let status = async || {
        let reply = get(&sandbox, "12345678", id).await;
        let card: Value = serde_json::from_str(&reply.body).unwrap();
        card["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status().await, "ACTIVE");
    let path = format!("/_sandbox/paysafe/cards/{id}/actions");
    sandbox.control("POST", &path, r#"{"action":"LOCK"}"#).await;
    assert_eq!(status().await, "LOCKED");
    let late = r#"{"now":"2031-03-01T00:00:00Z"}"#;
    sandbox.control("PUT", "/_sandbox/clock", late).await;
    assert_eq!(status().await, "EXPIRED");
}
