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

/// Saves a sandbox's world, and loads it there again.
async fn save_and_load(sandbox: &Harness) {
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    let reply = sandbox.control("PUT", "/_sandbox/world", &saved).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let again = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert_eq!(again, saved);
}

/// Those who had them may be gone, and the world may come out of a file.
#[tokio::test]
async fn an_id_of_a_customer_is_made_up_once() {
    for (provider, id) in [
        ("airpay", "entity_id"),
        ("paysafe", "customerId"),
        ("ibanera", "customersId"),
    ] {
        let path = format!("/_sandbox/world/{provider}/customers");
        for is_saved in [false, true] {
            let sandbox = Harness::new();
            let mut ids = BTreeSet::new();
            for _ in 0..4 {
                let reply = sandbox.control("POST", &path, "{}").await;
                assert_eq!(reply.status, 200, "{}", reply.body);
                let added: Value = serde_json::from_str(&reply.body).unwrap();
                let text = added[id].as_str().map(str::to_owned);
                let id = text.unwrap_or_else(|| added[id].to_string());
                let own = format!("{path}/{id}");
                assert!(ids.insert(id), "{provider}: {ids:?} {added}");
                assert_eq!(sandbox.control("DELETE", &own, "").await.status, 200);
                if is_saved {
                    save_and_load(&sandbox).await;
                }
            }
        }
    }
}

/// Holds one back with a customer's card at Airpay, and gives its id.
async fn authorise(sandbox: &Harness, customer: &str, kit: &str) -> String {
    let order = json!({"action": "authorise", "customer": customer, "card": kit, "amount": "1"});
    let path = "/_sandbox/issuer/airpay";
    let reply = sandbox.control("POST", path, &order.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let done: Value = serde_json::from_str(&reply.body).unwrap();
    done["transaction"].as_str().unwrap().to_owned()
}

async fn reverse(sandbox: &Harness, transaction: &str) {
    let order = json!({"action": "reverse", "transaction": transaction}).to_string();
    let path = "/_sandbox/issuer/airpay";
    let reply = sandbox.control("POST", path, &order).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

/// A customer with money at Airpay, whose transaction has an id of the sandbox's own form.
fn payer(id: &str, kit: &str, transaction: &str) -> Value {
    let loaded = json!([{"transaction_id": transaction, "amount": "100", "at": 7}]);
    json!({"entity_id": id, "cards": [{"kit_no": kit}], "transactions": loaded})
}

#[tokio::test]
async fn an_id_of_a_transaction_is_made_up_once() {
    let path = "/_sandbox/world/airpay/customers";
    for is_saved in [false, true] {
        let sandbox = Harness::new();
        for customer in [
            payer("7", "300000000007", "AIRPAYTXN0007"),
            payer("8", "300000000008", "AIRPAYTXN0050"),
        ] {
            let customer = customer.to_string();
            let reply = sandbox.control("POST", path, &customer).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
        }
        let mut ids = BTreeSet::from(["AIRPAYTXN0007", "AIRPAYTXN0050"].map(str::to_owned));
        for round in 0..4 {
            let (customer, kit) = match round {
                0 => ("8", "300000000008"),
                _ => ("7", "300000000007"),
            };
            let id = authorise(&sandbox, customer, kit).await;
            if round == 0 {
                // With the customer the transactions go.
                let own = format!("{path}/8");
                assert_eq!(sandbox.control("DELETE", &own, "").await.status, 200);
            } else {
                reverse(&sandbox, &id).await;
            }
            assert!(ids.insert(id.clone()), "{id} is in {ids:?}");
            if is_saved {
                save_and_load(&sandbox).await;
            }
        }
    }
}

/// After the last number those are given that nobody has.
#[tokio::test]
async fn after_the_last_number_a_transaction_has_one_that_is_free() {
    let sandbox = Harness::new();
    let world = json!({
        "fingerprintKey": "00".repeat(32),
        "airpay": {
            "last_transaction": 999_999_999_998_i64,
            "customers": [payer("7", "300000000007", "AIRPAYTXN0001")],
        },
    });
    let world = world.to_string();
    let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    // The last one is the second row of the file that is loaded.
    for expected in ["AIRPAYTXN999999999999", "AIRPAYTXN0003", "AIRPAYTXN0004"] {
        assert_eq!(authorise(&sandbox, "7", "300000000007").await, expected);
        save_and_load(&sandbox).await;
    }
}
