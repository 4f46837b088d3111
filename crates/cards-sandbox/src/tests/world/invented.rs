//! Ids and numbers that are made up beside those that are given.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::testing::{Harness, registration};

/// Ids are counted on, and at the end of what an id may be they are found
/// further down.
#[tokio::test]
async fn ids_next_to_the_last_one() {
    let sandbox = Harness::new();
    let highest = (1_i64 << 53) - 1;
    let world = json!({
        "paysafe": {"customers": [
            {"customerId": "999999999999"}, {"customerId": "10000000"}, {"customerId": "999999999999999"}
        ]},
        "ibanera": {"customers": [
            {"customersId": highest, "cards": [{"id": highest}]}, {"customersId": 1, "cards": [{"id": 2}]}
        ]},
    });
    let reply = sandbox
        .control("PUT", "/_sandbox/world", &world.to_string())
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let mut ids = BTreeSet::new();
    for (provider, id) in [("paysafe", "/customerId"), ("ibanera", "/customersId")] {
        for _ in 0..20 {
            let path = format!("/_sandbox/world/{provider}/customers");
            let reply = sandbox.control("POST", &path, r#"{"cards":[{},{}]}"#).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            let added: Value = serde_json::from_str(&reply.body).unwrap();
            ids.insert(added.pointer(id).unwrap().to_string());
        }
    }
    assert_eq!(ids.len(), 40);
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    let reply = sandbox.control("PUT", "/_sandbox/world", &saved).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(sandbox.get("/_sandbox/world/file", &[]).await.body, saved);
}

/// A number or id that is given comes first, also where it stands behind somebody
/// for whom it could be made up.
#[tokio::test]
async fn what_is_given_is_not_taken_by_what_is_made_up() {
    let sandbox = Harness::new();
    let world = r#"{
        "airpay": {"customers": [{}, {"number": 1, "entity_id": "AIRPAYCUST0002"}, {}, {"number": 2}]},
        "paysafe": {"customers": [{}, {"customerId": "10000000"}, {}]},
        "ibanera": {"customers": [
            {"cards": [{}]}, {"customersId": 1, "cards": [{}, {"id": 1}]}, {"cards": [{"id": 2}]}
        ]}
    }"#;
    let reply = sandbox.control("PUT", "/_sandbox/world", world).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let world: Value = serde_json::from_str(&reply.body).unwrap();
    for (provider, count) in [("airpay", 4), ("paysafe", 3), ("ibanera", 3)] {
        let customers = world[provider]["customers"].as_array().unwrap();
        assert_eq!(customers.len(), count);
    }
}

/// A number is given out once, and none that a file could not have.
#[tokio::test]
async fn after_the_last_number_nobody_is_registered() {
    let sandbox = Harness::new();
    let world = json!({
        "fingerprintKey": "00".repeat(32),
        "airpay": {"last_number": 999_999_999_998_i64},
    });
    let reply = sandbox
        .control("PUT", "/_sandbox/world", &world.to_string())
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let path = "/_sandbox/world/airpay/customers";
    assert_eq!(sandbox.control("POST", path, "{}").await.status, 200);
    let reply = sandbox.control("POST", path, "{}").await;
    assert_eq!(reply.status, 400);
    assert!(
        reply.body.contains("number: every number is given out"),
        "{}",
        reply.body
    );
    let reply = sandbox.airpay("register-user", &registration(&[])).await;
    assert_eq!(reply.body, r#"{"status":400,"message":"fail"}"#);
    assert_eq!(sandbox.why(), "entity_id: every number is given out");
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert!(saved.contains("AIRPAYCUST999999999999"), "{saved}");
    let reply = sandbox.control("PUT", "/_sandbox/world", &saved).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}
