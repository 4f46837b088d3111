use serde_json::{Value, json};

use crate::testing::Harness;
use crate::world::airpay::{CUSTOMER, PLACEHOLDER};

const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
const FAIL: &str = r#"{"status":400,"message":"fail"}"#;
const KIT: &str = "100000000978";

async fn send(sandbox: &Harness, entity_id: &str, kit_no: &str, flag: &str) -> String {
    let fields = [
        ("entity_id", entity_id),
        ("kit_no", kit_no),
        ("flag", flag),
        ("reason", "MARKER lost it"),
    ];
    let reply = sandbox.airpay("lock-unlock", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

async fn card(sandbox: &Harness) -> Value {
    let world = sandbox.get_json("/_sandbox/world").await;
    world["airpay"]["customers"][1]["cards"][0].clone()
}

#[tokio::test]
async fn a_flag_brings_a_card_into_its_state_from_any_but_blocked() {
    let sandbox = Harness::new();
    assert_eq!(card(&sandbox).await.get("lock"), None);
    for (flag, lock) in [
        ("UL", None),
        ("L", Some("L")),
        ("L", Some("L")),
        ("UL", None),
        ("L", Some("L")),
        ("BL", Some("BL")),
        ("BL", Some("BL")),
    ] {
        assert_eq!(send(&sandbox, CUSTOMER, KIT, flag).await, SUCCESS, "{flag}");
        assert!(sandbox.last().accepted);
        let lock = lock.map(|lock| json!(lock));
        assert_eq!(card(&sandbox).await.get("lock"), lock.as_ref(), "{flag}");
    }
    for flag in ["L", "UL"] {
        assert_eq!(send(&sandbox, CUSTOMER, KIT, flag).await, FAIL);
        assert_eq!(sandbox.why(), "flag: the card is blocked for good");
        assert_eq!(card(&sandbox).await["lock"], "BL");
    }
}

#[tokio::test]
async fn only_the_customers_own_card_is_locked() {
    let sandbox = Harness::new();
    for (entity_id, kit_no, why) in [
        ("nobody", KIT, "entity_id: there is no such customer"),
        (
            CUSTOMER,
            "100000000513",
            "kit_no: the customer has no card of this kit",
        ),
        (
            PLACEHOLDER,
            KIT,
            "kit_no: the customer has no card of this kit",
        ),
        (
            CUSTOMER,
            "1",
            "kit_no: the customer has no card of this kit",
        ),
    ] {
        assert_eq!(send(&sandbox, entity_id, kit_no, "BL").await, FAIL);
        assert_eq!(sandbox.why(), why);
    }
    let second = r#"{"kit_no":"100000000002"}"#;
    let cards = format!("/_sandbox/world/airpay/customers/{CUSTOMER}/cards");
    let added = sandbox.control("POST", &cards, second).await;
    assert_eq!(added.status, 200, "{}", added.body);
    assert_eq!(send(&sandbox, CUSTOMER, "100000000002", "L").await, SUCCESS);
    let world = sandbox.get_json("/_sandbox/world").await;
    let customers = &world["airpay"]["customers"];
    let locks = json!([
        customers[0]["cards"][0].get("lock"),
        customers[1]["cards"][0].get("lock"),
        customers[1]["cards"][1]["lock"],
    ]);
    assert_eq!(locks, json!([null, null, "L"]));
}

#[tokio::test]
async fn the_page_shows_the_lock() {
    let sandbox = Harness::new();
    let page = async || sandbox.get("/_sandbox/page/customers", &[]).await.body;
    let cell = |class: &str, lock: &str| format!(r#"<span class="{class}">{lock}</span>"#);
    assert_eq!(page().await.matches(&cell("state good", "none")).count(), 2);
    for flag in ["L", "BL"] {
        send(&sandbox, CUSTOMER, KIT, flag).await;
        assert!(page().await.contains(&cell("state", flag)), "{flag}");
        assert_eq!(page().await.matches(&cell("state good", "none")).count(), 1);
    }
}

#[tokio::test]
async fn a_saved_world_brings_locks_along_and_no_reason() {
    let sandbox = Harness::new();
    send(&sandbox, CUSTOMER, KIT, "BL").await;
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert!(!saved.contains("MARKER"), "{saved}");
    let journal = sandbox.get("/_sandbox/exchanges", &[]).await.body;
    assert!(journal.contains("lock-unlock") && !journal.contains("MARKER"));
    send(&sandbox, PLACEHOLDER, "100000000513", "L").await;
    let path = "/_sandbox/world";
    let loaded = sandbox.control("PUT", path, &saved).await;
    assert!(loaded.status.is_success(), "{}", loaded.body);
    assert_eq!(card(&sandbox).await["lock"], "BL");
    let world = sandbox.get_json("/_sandbox/world").await;
    assert_eq!(
        world["airpay"]["customers"][0]["cards"][0].get("lock"),
        None
    );
    assert_eq!(send(&sandbox, CUSTOMER, KIT, "UL").await, FAIL);
}

#[tokio::test]
async fn a_card_is_added_locked_and_with_no_other_lock() {
    let sandbox = Harness::new();
    let cards = format!("/_sandbox/world/airpay/customers/{CUSTOMER}/cards");
    for (lock, status) in [("L", 200), ("BL", 200), ("UL", 400), ("l", 400), ("", 400)] {
        let body = json!({"lock": lock}).to_string();
        let reply = sandbox.control("POST", &cards, &body).await;
        assert_eq!(reply.status, status, "{lock}: {}", reply.body);
        if status == 400 {
            let problem: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(
                (&problem["field"], &problem["error"]),
                (&json!("lock"), &json!("lock: L or BL"))
            );
        }
    }
}
