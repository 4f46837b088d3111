use serde_json::{Value, json};

use super::with_a_decimal;
use crate::Sandbox;
use crate::testing::Harness;
use crate::world::airpay::{CUSTOMER, PLACEHOLDER};

async fn data(sandbox: &Harness, entity_id: &str) -> Value {
    let reply = sandbox
        .airpay("card-balance", &[("entity_id", entity_id)])
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let reply: Value = serde_json::from_str(&reply.body).unwrap();
    reply["data"].clone()
}

async fn load(sandbox: &Harness, amount: &str) {
    let fields = [("entity_id", CUSTOMER), ("amount", amount)];
    let reply = sandbox.airpay("topup", &fields).await;
    assert!(reply.body.contains("AIRPAYTXN"), "{}", sandbox.why());
}

#[tokio::test]
async fn a_balance_is_the_sum_of_the_loads_as_the_sample_writes_it() {
    let sandbox = Harness::new();
    for (amount, balance) in [
        (None, "0.0"),
        (Some("440"), "440.0"),
        (Some("0.5"), "440.5"),
        (Some("0.05"), "440.55"),
        (Some("0.45"), "441.0"),
        (Some("0.01"), "441.01"),
    ] {
        if let Some(amount) = amount {
            load(&sandbox, amount).await;
        }
        let expected = json!({"entityId": CUSTOMER, "balance": balance, "productId": "GENERAL"});
        assert_eq!(data(&sandbox, CUSTOMER).await, expected);
    }
    assert_eq!(data(&sandbox, PLACEHOLDER).await["balance"], "0.0");
}

#[tokio::test]
async fn a_sandbox_answers_as_the_table_where_it_is_set_so() {
    let sandbox = Harness::with(Sandbox::builder().table_replies());
    for (amount, balance) in [("100", "100"), ("0.5", "100.5"), ("0.05", "100.55")] {
        load(&sandbox, amount).await;
        let expected = json!({"entity_id": CUSTOMER, "balance": balance, "product_id": "General"});
        assert_eq!(data(&sandbox, CUSTOMER).await, expected);
    }
}

#[tokio::test]
async fn nobody_has_no_balance_and_a_blocked_card_keeps_one() {
    let sandbox = Harness::new();
    let reply = sandbox
        .airpay("card-balance", &[("entity_id", "nobody")])
        .await;
    assert_eq!(reply.body, r#"{"status":400,"message":"fail"}"#);
    assert_eq!(sandbox.why(), "entity_id: there is no such customer");
    load(&sandbox, "1").await;
    let kit = ("kit_no", "100000000978");
    let fields = [
        ("entity_id", CUSTOMER),
        kit,
        ("flag", "BL"),
        ("reason", "Lost"),
    ];
    sandbox.airpay("lock-unlock", &fields).await;
    assert_eq!(data(&sandbox, CUSTOMER).await["balance"], "1.0");
}

#[test]
fn decimals_are_those_that_are_needed() {
    for (paise, text) in [
        (0, "0.0"),
        (1, "0.01"),
        (10, "0.1"),
        (99, "0.99"),
        (100, "1.0"),
        (110, "1.1"),
        (101, "1.01"),
        (99_999_999_999_999, "999999999999.99"),
    ] {
        assert_eq!(with_a_decimal(paise), text);
    }
}
