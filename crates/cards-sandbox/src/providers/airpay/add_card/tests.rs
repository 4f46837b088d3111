use serde_json::{Value, json};

use crate::testing::Harness;
use crate::world::airpay::{CUSTOMER, PLACEHOLDER};

const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

async fn add(sandbox: &Harness, entity_id: &str, kit_no: &str, card_no: &str) -> String {
    with_expiry(sandbox, entity_id, kit_no, card_no, "12/2030").await
}

async fn with_expiry(
    sandbox: &Harness,
    entity_id: &str,
    kit_no: &str,
    card_no: &str,
    card_expiry: &str,
) -> String {
    let fields = [
        ("entity_id", entity_id),
        ("card_type", "P"),
        ("kit_no", kit_no),
        ("card_no", card_no),
        ("card_expiry", card_expiry),
    ];
    let reply = sandbox.airpay("add-card", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

async fn cards(sandbox: &Harness) -> Value {
    let world = sandbox.get_json("/_sandbox/world").await;
    world["airpay"]["customers"][1]["cards"].clone()
}

#[tokio::test]
async fn a_card_is_attached_behind_those_that_are_there() {
    let sandbox = Harness::new();
    assert_eq!(
        add(&sandbox, CUSTOMER, "100000001236", "4622940000003713").await,
        SUCCESS
    );
    let second = json!({
        "card_no": "462294******3713", "kit_no": "100000001236", "card_type": "P",
        "card_expiry": "12/30",
    });
    assert_eq!(cards(&sandbox).await[1], second);
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert!(!saved.contains("4622940000003713"));
    assert!(
        sandbox
            .control("PUT", "/_sandbox/world", &saved)
            .await
            .status
            .is_success()
    );
    assert_eq!(cards(&sandbox).await[1], second);
    // Its kit is locked and shown like any other.
    let flag = [("flag", "L"), ("reason", "Lost")];
    let fields = [
        ("entity_id", CUSTOMER),
        ("kit_no", "100000001236"),
        flag[0],
        flag[1],
    ];
    assert_eq!(sandbox.airpay("lock-unlock", &fields).await.body, SUCCESS);
    let details = sandbox
        .airpay("card-details", &[("entity_id", CUSTOMER)])
        .await;
    let details: Value = serde_json::from_str(&details.body).unwrap();
    assert_eq!(details["data"][1]["card_status"], "L");
    assert_eq!(details["data"][1]["expiry_date"], "12/30");
}

#[tokio::test]
async fn card_and_kit_are_one_customers_and_are_taken_once() {
    let sandbox = Harness::new();
    let taken = "4622940000000514";
    for (entity_id, kit_no, card_no, why) in [
        (
            "nobody",
            "1",
            "4622940000003713",
            "entity_id: there is no such customer",
        ),
        (
            CUSTOMER,
            "1",
            taken,
            "card_no: the card is registered already",
        ),
        (
            CUSTOMER,
            "100000000513",
            "4622940000003713",
            "kit_no: the kit is registered already",
        ),
        (
            PLACEHOLDER,
            "100000000513",
            "4622940000003713",
            "kit_no: the kit is registered already",
        ),
        (
            CUSTOMER,
            "1",
            "9000000000000000",
            "only test card numbers are taken: 13 to 19 digits, the first six of a test range",
        ),
    ] {
        assert_eq!(add(&sandbox, entity_id, kit_no, card_no).await, FAIL);
        assert_eq!(sandbox.why(), why);
    }
    assert_eq!(cards(&sandbox).await.as_array().unwrap().len(), 1);
    assert_eq!(
        add(&sandbox, CUSTOMER, "1", "4622940000003713").await,
        SUCCESS
    );
    assert_eq!(add(&sandbox, CUSTOMER, "1", "4622940000003713").await, FAIL);
    assert_eq!(
        add(&sandbox, PLACEHOLDER, "2", "4622940000003713").await,
        FAIL
    );
    assert_eq!(sandbox.why(), "card_no: the card is registered already");
}

#[tokio::test]
async fn an_expiry_is_a_month_to_25_years_ahead() {
    let sandbox = Harness::new();
    for (kit_no, expiry, body) in [
        ("1", "12/2026", SUCCESS),
        ("2", "11/2051", SUCCESS),
        ("3", "12/2022", SUCCESS),
        ("4", "11/2026", FAIL),
        ("4", "12/2051", FAIL),
        ("4", "12/30", FAIL),
        ("4", "13/2030", FAIL),
    ] {
        let card_no = format!("462294000000371{kit_no}");
        let told = with_expiry(&sandbox, CUSTOMER, kit_no, &card_no, expiry).await;
        assert_eq!(told, body, "{expiry}");
    }
    assert_eq!(cards(&sandbox).await[2]["card_expiry"], "11/51");
}
