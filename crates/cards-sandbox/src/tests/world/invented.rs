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

/// Neither the sum nor the id of a row is looked for through all rows before it: a load's time does
/// not grow with the square of them.
#[tokio::test]
async fn many_transactions_are_loaded() {
    const MANY: usize = 20_000;
    let highest = (1_i64 << 53) - 1;
    let of_airpay =
        |number| json!({"transaction_id": format!("T{number}"), "amount": "1", "at": 7});
    let without_ids = std::iter::repeat_n(json!({"amount": 1}), MANY);
    let of_ibanera = std::iter::once(json!({"amount": 1, "id": highest})).chain(without_ids);
    let world = json!({
        "airpay": {"customers": [{
            "cards": [{}], "transactions": (0..MANY).map(of_airpay).collect::<Vec<_>>(),
        }]},
        "ibanera": {"customers": [{"cards": [{"transactions": of_ibanera.collect::<Vec<_>>()}]}]},
    });
    let sandbox = Harness::new();
    let reply = sandbox
        .control("PUT", "/_sandbox/world", &world.to_string())
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let shown: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(shown["airpay"]["customers"][0]["balance"], "20000.00");
    let card = &shown["ibanera"]["customers"][0]["cards"][0];
    assert_eq!(card["totalBalance"].to_string(), "20001");
    let file = sandbox.get_json("/_sandbox/world/file").await;
    let card = &file["ibanera"]["customers"][0]["cards"][0];
    let ids = card["transactions"].as_array().unwrap().iter();
    let ids: BTreeSet<_> = ids.filter_map(|one| one["id"].as_i64()).collect();
    assert_eq!(ids.len(), MANY + 1);
    assert_eq!(ids.iter().nth(MANY - 1), Some(&(MANY as i64)));
}
