use serde_json::Value;

use crate::Sandbox;
use crate::testing::Harness;
use crate::world::airpay::{CUSTOMER, PLACEHOLDER};
use cards_sandbox_core::store::StoreError;

const SUCCESS: &str = r#"{"status":200,"message":"SUCCESS","data":[]}"#;
const FAIL: &str = r#"{"status":400,"message":"fail"}"#;
const KIT: &str = "100000000978";
/// The expiry of the cards that are there from the start.
const EXPIRY: &str = "1249";

async fn set(sandbox: &Harness, entity_id: &str, kit_no: &str, pin: &str, expiry: &str) -> String {
    let fields = [
        ("entity_id", entity_id),
        ("kit_no", kit_no),
        ("pin", pin),
        ("expiryDate", expiry),
    ];
    let reply = sandbox.airpay("set-pin", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

async fn card(sandbox: &Harness) -> Value {
    let world = sandbox.get_json("/_sandbox/world").await;
    world["airpay"]["customers"][1]["cards"][0].clone()
}

/// The hash that is kept of the PIN.
async fn hash(sandbox: &Harness) -> Option<String> {
    let read = |connection: &rusqlite::Connection| -> Result<Option<String>, StoreError> {
        let sql = "SELECT pin_hash FROM airpay_card WHERE kit_shown = ?1";
        Ok(connection.query_row(sql, [KIT], |row| row.get(0))?)
    };
    sandbox.app.store.read(read).await.unwrap()
}

#[tokio::test]
async fn a_pin_is_kept_as_a_hash_and_lapses_after_365_days() {
    let sandbox = Harness::new();
    assert_eq!(hash(&sandbox).await, None);
    assert_eq!(set(&sandbox, CUSTOMER, KIT, "7141", EXPIRY).await, SUCCESS);
    assert_eq!(card(&sandbox).await["pin_until"], "2027-11-21");
    let first = hash(&sandbox).await.unwrap();
    assert!(super::password::verify("7141", &first));
    assert!(!super::password::verify("7142", &first));
    sandbox.advance(86_400);
    assert_eq!(set(&sandbox, CUSTOMER, KIT, "0000", EXPIRY).await, SUCCESS);
    assert_eq!(card(&sandbox).await["pin_until"], "2027-11-22");
    let second = hash(&sandbox).await.unwrap();
    assert!(super::password::verify("0000", &second));
    for shown in [
        sandbox.get("/_sandbox/world", &[]).await.body,
        sandbox.get("/_sandbox/exchanges", &[]).await.body,
        sandbox.get("/_sandbox/page/customers", &[]).await.body,
    ] {
        assert!(
            !shown.contains("7141") && !shown.contains("argon2"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn only_the_customers_own_card_of_this_expiry_takes_a_pin() {
    let sandbox = Harness::new();
    let no_card = "kit_no: the customer has no card of this kit";
    for (entity_id, kit_no, expiry, why) in [
        (
            "nobody",
            KIT,
            EXPIRY,
            "entity_id: there is no such customer",
        ),
        (CUSTOMER, "100000000513", EXPIRY, no_card),
        (PLACEHOLDER, KIT, EXPIRY, no_card),
        (CUSTOMER, "1", EXPIRY, no_card),
        (CUSTOMER, KIT, "1149", "expiryDate: it is not the card's"),
        (CUSTOMER, KIT, "1248", "expiryDate: it is not the card's"),
    ] {
        assert_eq!(set(&sandbox, entity_id, kit_no, "7141", expiry).await, FAIL);
        assert_eq!(sandbox.why(), why);
    }
    assert_eq!(hash(&sandbox).await, None);
}

#[tokio::test]
async fn any_expiry_is_taken_where_that_is_set() {
    let sandbox = Harness::with(Sandbox::builder().any_pin_expiry());
    assert_eq!(set(&sandbox, CUSTOMER, KIT, "7141", "0224").await, SUCCESS);
    assert_eq!(set(&sandbox, CUSTOMER, KIT, "7141", "1324").await, FAIL);
}

#[tokio::test]
async fn a_locked_card_takes_a_pin_and_a_blocked_one_does_not() {
    let sandbox = Harness::new();
    for (flag, expected) in [("L", SUCCESS), ("UL", SUCCESS), ("BL", FAIL)] {
        let fields = [
            ("entity_id", CUSTOMER),
            ("kit_no", KIT),
            ("flag", flag),
            ("reason", "Lost"),
        ];
        sandbox.airpay("lock-unlock", &fields).await;
        assert_eq!(set(&sandbox, CUSTOMER, KIT, "7141", EXPIRY).await, expected);
    }
    assert_eq!(sandbox.why(), "kit_no: the card is blocked for good");
}

#[tokio::test]
async fn a_saved_world_brings_the_hash_along() {
    let sandbox = Harness::new();
    set(&sandbox, CUSTOMER, KIT, "7141", EXPIRY).await;
    let before = hash(&sandbox).await;
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    let loaded = sandbox.control("PUT", "/_sandbox/world", &saved).await;
    assert!(loaded.status.is_success(), "{}", loaded.body);
    assert_eq!(hash(&sandbox).await, before);
    assert_eq!(card(&sandbox).await["pin_until"], "2027-11-21");
}

#[tokio::test]
async fn a_hash_comes_in_a_saved_world_only_and_is_one() {
    let sandbox = Harness::new();
    set(&sandbox, CUSTOMER, KIT, "7141", EXPIRY).await;
    let cards = format!("/_sandbox/world/airpay/customers/{CUSTOMER}/cards");
    for (body, field) in [
        (r#"{"pin_hash":"7141"}"#, "pin_hash"),
        (r#"{"pin_until":"2027-02-30"}"#, "pin_until"),
        (r#"{"replaced_by":""}"#, "replaced_by"),
    ] {
        let reply = sandbox.control("POST", &cards, body).await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.body);
        let problem: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(problem["field"], field);
        assert!(!reply.body.contains("7141"), "{}", reply.body);
    }
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    let hash = hash(&sandbox).await.unwrap();
    let plain = saved.replace(&hash, "7141");
    let refused = sandbox.control("PUT", "/_sandbox/world", &plain).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(refused.body.contains("pin_hash"), "{}", refused.body);
}
