use serde_json::{Value, json};

use crate::Sandbox;
use crate::testing::Harness;
use crate::world::airpay::{CUSTOMER, PLACEHOLDER};

async fn data(sandbox: &Harness, entity_id: &str) -> Value {
    let reply = sandbox
        .airpay("card-details", &[("entity_id", entity_id)])
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let reply: Value = serde_json::from_str(&reply.body).unwrap();
    reply["data"].clone()
}

async fn lock(sandbox: &Harness, flag: &str) {
    let kit = ("kit_no", "100000000978");
    let fields = [
        ("entity_id", CUSTOMER),
        kit,
        ("flag", flag),
        ("reason", "Lost"),
    ];
    sandbox.airpay("lock-unlock", &fields).await;
}

#[tokio::test]
async fn cards_are_shown_as_the_sample_has_them() {
    let sandbox = Harness::new();
    let card = |status: &str| {
        json!({
            "card_no": "462294XXXXXX0979", "kit_no": "100000000978", "expiry_date": "12/49",
            "card_status": status, "card_type": "V",
        })
    };
    assert_eq!(data(&sandbox, CUSTOMER).await, json!([card("A")]));
    for (flag, status) in [("L", "L"), ("UL", "A"), ("BL", "B")] {
        lock(&sandbox, flag).await;
        assert_eq!(
            data(&sandbox, CUSTOMER).await,
            json!([card(status)]),
            "{flag}"
        );
    }
    let seeded = data(&sandbox, PLACEHOLDER).await;
    assert_eq!(seeded[0]["kit_no"], "100000000513");
    let cards = format!("/_sandbox/world/airpay/customers/{CUSTOMER}/cards");
    let second = r#"{"kit_no":"7","card_type":"P","card_expiry":"03/29"}"#;
    sandbox.control("POST", &cards, second).await;
    let both = data(&sandbox, CUSTOMER).await;
    assert_eq!(both.as_array().unwrap().len(), 2);
    assert_eq!(
        (&both[0]["card_status"], &both[1]["card_status"]),
        (&json!("B"), &json!("A"))
    );
    assert_eq!(
        (&both[1]["kit_no"], &both[1]["card_type"]),
        (&json!("7"), &json!("P"))
    );
}

#[tokio::test]
async fn cards_are_shown_as_the_table_has_them_where_it_is_set_so() {
    let sandbox = Harness::with(Sandbox::builder().table_replies());
    for (flag, status) in [("UL", "ALLOCATED"), ("L", "LOCKED"), ("BL", "BLOCKED")] {
        lock(&sandbox, flag).await;
        let card = json!({
            "card_no": "462294XXXXXX0979", "kit_no": "100000000978", "expity": "12/49",
            "card_status": status, "card_type": "VIRTUAL",
        });
        assert_eq!(data(&sandbox, CUSTOMER).await, json!({"cards": [card]}));
    }
}

#[tokio::test]
async fn somebody_without_cards_has_an_empty_list_and_nobody_none() {
    let sandbox = Harness::new();
    let path = format!("/_sandbox/world/airpay/customers/{CUSTOMER}/cards/100000000978");
    sandbox.control("DELETE", &path, "").await;
    assert_eq!(data(&sandbox, CUSTOMER).await, json!([]));
    let reply = sandbox
        .airpay("card-details", &[("entity_id", "nobody")])
        .await;
    assert_eq!(reply.body, r#"{"status":400,"message":"fail"}"#);
    assert_eq!(sandbox.why(), "entity_id: there is no such customer");
}
