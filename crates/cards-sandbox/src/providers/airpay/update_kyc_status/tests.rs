use serde_json::{Value, json};

use crate::Sandbox;
use crate::testing::Harness;
use crate::world::airpay::CUSTOMER;

const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

async fn update(sandbox: &Harness, changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("entity_id", CUSTOMER),
        ("doc_type", "PAN"),
        ("doc_number", "ABCDE1234F"),
        ("kyc_type", "FULL"),
        ("reg_date", "2018-10-25"),
        ("reason_desc", "MARKER"),
    ];
    for (name, value) in changes {
        match fields.iter_mut().find(|(field, _)| field == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    let reply = sandbox.airpay("update-kyc-status", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

async fn customer(sandbox: &Harness) -> Value {
    let world = sandbox.get_json("/_sandbox/world").await;
    world["airpay"]["customers"][1].clone()
}

#[tokio::test]
async fn the_level_the_document_and_the_address_change() {
    let sandbox = Harness::with(Sandbox::builder().keep_values());
    let before = customer(&sandbox).await;
    assert_eq!(before["kyc_status"], "MIN_KYC");
    assert_eq!(update(&sandbox, &[]).await, SUCCESS);
    let after = customer(&sandbox).await;
    let mut expected = before.clone();
    for (field, value) in [
        ("kyc_status", "FULL_KYC"),
        ("doc_type", "PAN"),
        ("doc_number", "ABCDE1234F"),
        ("doc_expiry", ""),
    ] {
        expected[field] = json!(value);
    }
    assert_eq!(after, expected);
    let address = [
        ("update_kyc_address", "7 New Road"),
        ("kyc_type", "PARTIAL"),
    ];
    assert_eq!(update(&sandbox, &address).await, SUCCESS);
    let after = customer(&sandbox).await;
    assert_eq!(after["address"], "7 New Road");
    assert_eq!(after["kyc_status"], "PARTIAL_KYC");
    assert_eq!(
        update(&sandbox, &[("kyc_type", "MIN"), ("update_kyc_address", "")]).await,
        SUCCESS
    );
    let after = customer(&sandbox).await;
    assert_eq!(
        (&after["address"], &after["kyc_status"]),
        (&json!("7 New Road"), &json!("MIN_KYC"))
    );
}

#[tokio::test]
async fn the_same_document_keeps_its_expiry() {
    let sandbox = Harness::with(Sandbox::builder().keep_values());
    let before = customer(&sandbox).await;
    let text = |field: &str| before[field].as_str().unwrap().to_owned();
    let (kind, number) = (text("doc_type"), text("doc_number"));
    update(&sandbox, &[("doc_type", &kind), ("doc_number", &number)]).await;
    assert_eq!(customer(&sandbox).await["doc_expiry"], before["doc_expiry"]);
}

#[tokio::test]
async fn full_comes_after_the_minimum_unless_any_order_is_set() {
    let sandbox = Harness::new();
    update(&sandbox, &[("kyc_type", "PARTIAL")]).await;
    assert_eq!(update(&sandbox, &[]).await, FAIL);
    assert_eq!(sandbox.why(), "kyc_type: MIN comes before FULL");
    assert_eq!(customer(&sandbox).await["kyc_status"], "PARTIAL_KYC");
    for level in ["MIN", "FULL"] {
        assert_eq!(update(&sandbox, &[("kyc_type", level)]).await, SUCCESS);
    }
    let sandbox = Harness::with(Sandbox::builder().any_kyc_order());
    for level in ["PARTIAL", "FULL"] {
        assert_eq!(update(&sandbox, &[("kyc_type", level)]).await, SUCCESS);
    }
}

#[tokio::test]
async fn nobody_is_refused_and_a_card_number_is_masked() {
    let sandbox = Harness::new();
    assert_eq!(update(&sandbox, &[("entity_id", "nobody")]).await, FAIL);
    assert_eq!(sandbox.why(), "entity_id: there is no such customer");
    let number = "4622940000003713";
    let all = [
        ("doc_type", number),
        ("doc_number", number),
        ("update_kyc_address", number),
    ];
    assert_eq!(update(&sandbox, &all).await, SUCCESS);
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert!(
        !saved.contains(number) && !saved.contains("MARKER"),
        "{saved}"
    );
    let loaded = sandbox.control("PUT", "/_sandbox/world", &saved).await;
    assert!(loaded.status.is_success(), "{}", loaded.body);
    assert_eq!(customer(&sandbox).await["kyc_status"], "FULL_KYC");
}

#[tokio::test]
async fn the_page_shows_the_level() {
    let sandbox = Harness::new();
    update(&sandbox, &[]).await;
    let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
    assert_eq!(page.matches("FULL_KYC until").count(), 1, "{page}");
    assert_eq!(page.matches("MIN_KYC until").count(), 1);
}
