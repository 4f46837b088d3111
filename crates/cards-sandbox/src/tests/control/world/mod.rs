//! Checks a whole world, over HTTP: shown, saved, replaced.

mod facts;
mod refused;
mod turns;

use cards_model::ProviderId;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

use crate::testing::{Harness, registration};
use cards_sandbox_core::store::{StoreError, tokens};

#[tokio::test]
async fn the_world_has_every_providers_customers_and_cards() {
    let world = Harness::new().get_json("/_sandbox/world").await;
    let customers = |provider: &str| world[provider]["customers"].as_array().unwrap().len();
    assert_eq!(customers("airpay"), 2);
    assert_eq!(customers("paysafe"), 2);
    assert_eq!(customers("ibanera"), 23);
    assert_eq!(
        world["airpay"]["customers"][1],
        serde_json::json!({
            "entity_id": "AIRPAYCUST0001",
            "kyc_status": "MIN_KYC",
            "kyc_expiry_date": "2028-11-21",
            "mobile_no": "9000000978",
            "title": "Ms",
            "first_name": "Sandbox",
            "last_name": "Customer",
            "gender": "F",
            "dob": "1990-01-31",
            "email": "standing@sandbox.example",
            "address": "1 Test Road",
            "city": "Ernakulam",
            "state": "Kerala",
            "pincode": "682308",
            "doc_type": "PASSPORT",
            "doc_number": "SANDBOX1",
            "doc_expiry": "2049-12-31",
            "doc_country_issue": "India",
            "cards": [{
                "card_no": "462294******0979",
                "kit_no": "100000000978",
                "card_type": "V",
                "card_expiry": "12/49",
            }],
            "preferences": {},
        })
    );
}

async fn save(sandbox: &Harness) -> String {
    let reply = sandbox.get("/_sandbox/world/file", &[]).await;
    assert_eq!(reply.status, 200);
    reply.body
}

async fn log_in(sandbox: &Harness, mobile_no: &str, password: &str) -> bool {
    let fields = [("mobile_no", mobile_no), ("password", password)];
    let reply = sandbox.airpay("user-login", &fields).await;
    reply.body.contains("token")
}

/// A world in which something has happened at every provider.
async fn lived_in() -> Harness {
    let sandbox = Harness::new();
    let registered = sandbox.airpay("register-user", &registration(&[])).await;
    assert!(registered.body.contains("AIRPAYCUST0002"));
    let masked = [
        ("card_no", "4242424242424242"),
        ("kit_no", "4000000000000002"),
        ("doc_number", "4111111111111111"),
        ("email", "4111111111111111@example.com"),
        ("mobile_no", "9000000779"),
    ];
    let registered = sandbox
        .airpay("register-user", &registration(&masked))
        .await;
    assert!(registered.body.contains("AIRPAYCUST0003"));
    let moved = [
        ("entity_id", "AIRPAYCUST0001"),
        ("country", "Bulgaria"),
        ("pincode", "1000"),
        ("email", "xyz@airpay.co.in"),
    ];
    let updated = sandbox.airpay("update-customer", &moved).await;
    assert!(updated.body.contains("success"));
    let preference = [
        ("entity_id", "AIRPAYCUST0001"),
        ("type", "ATM"),
        ("status", "ALLOWED"),
    ];
    sandbox.airpay("customer-preference", &preference).await;
    let path = "/_sandbox/world/airpay/customers/AIRPAYCUST0003";
    let extra = r#"{"card_no":"5555555555554444","kit_no":"77"}"#;
    let reply = sandbox
        .control("POST", &format!("{path}/cards"), extra)
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    for (card, action) in [(3, "LOCK"), (2, "ACTIVATE"), (15, "CANCEL")] {
        let path = format!("/_sandbox/paysafe/cards/12345678-0000-4000-8000-{card:012}/actions");
        let body = format!(r#"{{"action":"{action}"}}"#);
        assert_eq!(sandbox.control("POST", &path, &body).await.status, 200);
    }
    let body = r#"{"totalBalance":0.100,"availableBalance":-12.50}"#;
    sandbox
        .control("PUT", "/_sandbox/ibanera/cards/1001", body)
        .await;
    sandbox
}

#[tokio::test]
async fn a_world_that_is_saved_and_loaded_has_lost_nothing() {
    let sandbox = lived_in().await;
    let file = save(&sandbox).await;
    let shown = sandbox.get_json("/_sandbox/world").await;

    // In another sandbox, with another key, four years on.
    let other = Harness::new();
    other.advance(4 * 366 * 86_400);
    let reply = other.control("PUT", "/_sandbox/world", &file).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(save(&other).await, file);
    other.advance(-4 * 366 * 86_400);
    assert_eq!(other.get_json("/_sandbox/world").await, shown);

    assert!(
        log_in(&other, "9000000777", "Quiet#Sea42").await,
        "{}",
        other.why()
    );
    assert!(log_in(&other, "9000000978", "PaSwd@1234").await);
    for (changes, why) in [
        (&[][..], "email: another customer has it"),
        (
            &[("email", "4111111111111111@example.com")],
            "email: another customer has it",
        ),
        (
            &[("email", "a@b.example")],
            "card_no: the card is registered already",
        ),
        (
            &[("email", "a@b.example"), ("card_no", "5555555555554444")],
            "card_no: the card is registered already",
        ),
        (
            &[("email", "a@b.example"), ("card_no", "4012888888881881")],
            "kit_no: the kit is registered already",
        ),
        (
            &[
                ("email", "a@b.example"),
                ("card_no", "4012888888881881"),
                ("kit_no", "4000000000000002"),
            ],
            "kit_no: the kit is registered already",
        ),
    ] {
        other.airpay("register-user", &registration(changes)).await;
        assert_eq!(other.why(), why);
    }
    let new = [
        ("email", "a@b.example"),
        ("card_no", "4012888888881881"),
        ("kit_no", "1"),
    ];
    let reply = other.airpay("register-user", &registration(&new)).await;
    assert!(reply.body.contains("AIRPAYCUST0004"), "{}", reply.body);
    let path = format!(
        "/_sandbox/paysafe/cards/12345678-0000-4000-8000-{:012}/actions",
        3
    );
    let reply = other.control("POST", &path, r#"{"action":"UNLOCK"}"#).await;
    assert!(
        reply.body.contains(r#""status":"DIGITAL""#),
        "{}",
        reply.body
    );
}

#[tokio::test]
async fn a_file_holds_no_number_password_or_token() {
    let sandbox = lived_in().await;
    let reply = sandbox
        .control("POST", "/_sandbox/airpay/one-time-passwords", "{}")
        .await;
    assert_eq!(reply.status, 200);
    let file = save(&sandbox).await;
    for secret in [
        "4111111111111111",
        "4242424242424242",
        "4000000000000002",
        "5555555555554444",
        "Quiet#Sea42",
        "PaSwd@1234",
        "\"password\"",
        "token\"",
        "otp",
    ] {
        assert!(!file.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_few_lines_of_ones_own_are_a_world() {
    let sandbox = Harness::new();
    let world = r#"{
        "airpay": {"customers": [
            {"mobile_no": "9000000001", "password": "Other#Sea42", "cards": [
                {"card_no": "4111111111111111", "kit_no": "12"}, {}
            ]},
            {"entity_id": "AIRPAYCUST0040"},
            {}
        ]},
        "paysafe": {"customers": [
            {"customerId": "7", "cards": [
                {"status": "LOCKED", "statusBeforeLock": "DIGITAL", "cardType": "PHYSICAL"},
                {"cardNumber": "5555555555554444", "tokenizations": {
                    "mobileWalletTokenizations": [{"walletType": "APPLE_PAY"}]
                }}
            ]},
            {"cards": [{}]}
        ]},
        "ibanera": {"customers": [
            {"customersId": 5, "cards": [{"cardNumber": "4111111111111111", "totalBalance": 1.10}]},
            {}
        ]}
    }"#;
    let reply = sandbox.control("PUT", "/_sandbox/world", world).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let shown: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(shown, sandbox.get_json("/_sandbox/world").await);
    let ids = |provider: &str, id: &str| -> Vec<Value> {
        let customers = shown[provider]["customers"].as_array().unwrap().iter();
        customers.map(|customer| customer[id].clone()).collect()
    };
    assert_eq!(
        ids("airpay", "entity_id"),
        ["AIRPAYCUST0040", "AIRPAYCUST0041", "AIRPAYCUST0042"]
    );
    assert_eq!(ids("paysafe", "customerId"), ["10000000", "7"]);
    assert_eq!(ids("ibanera", "customersId"), [5, 6]);
    let cards = &shown["paysafe"]["customers"][1]["cards"];
    assert_eq!(
        (&cards[1]["bin"], &cards[1]["scheme"]),
        (&json!("555555"), &json!("MC"))
    );
    assert_eq!(
        shown["ibanera"]["customers"][0]["cards"][0]["cardNumber"],
        "411111******1111"
    );
    assert!(log_in(&sandbox, "9000000001", "Other#Sea42").await);
    sandbox.airpay("register-user", &registration(&[])).await;
    assert_eq!(sandbox.why(), "card_no: the card is registered already");
    // The list calls show what was made up as the documents have it.
    let bearer = ("authorization", "Bearer sandbox-paysafe-token");
    let target = "/customers/7/prepaid/cards?include=TOKENIZATIONS,AVAILABLE_ACTIONS";
    let reply = sandbox.get(target, &[bearer]).await;
    let page: cards_model::paysafe::CardPage = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(page.check(), Ok(()));
    assert_eq!(page.cards.len(), 2);
}

#[tokio::test]
async fn a_saved_customer_is_as_a_sandbox_keeps_one() {
    let saved: Value = serde_json::from_str(&save(&lived_in().await).await).unwrap();
    let sandbox = Harness::new();
    let before = save(&sandbox).await;
    let customer = "/airpay/customers/3";
    for field in [
        "mobile_no",
        "first_name",
        "last_name",
        "title",
        "gender",
        "dob",
        "email",
        "address",
        "city",
        "state",
        "pincode",
        "doc_type",
        "doc_number",
        "doc_expiry",
        "doc_country_issue",
        "cards/0/kit_no",
    ] {
        let put = async |value: &str| {
            let mut world = saved.clone();
            *world.pointer_mut(&format!("{customer}/{field}")).unwrap() = value.into();
            let world = world.to_string();
            sandbox.control("PUT", "/_sandbox/world", &world).await
        };
        let path = field.replace("cards/0/", "cards[0].");
        let reply = put("to 4111 1111-1111 1111").await;
        assert_eq!(reply.status, 400, "{field}");
        let problem: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(problem["field"], format!("airpay.customers[3].{path}"));
        assert!(!reply.body.contains("4111 1111"), "{}", reply.body);
        assert_eq!(save(&sandbox).await, before, "{field}");
    }
}

#[tokio::test]
async fn a_world_with_the_highest_number_is_saved_and_loaded() {
    let sandbox = Harness::new();
    let world = r#"{"airpay":{"customers":[{"number":99999999999}]}}"#;
    let reply = sandbox.control("PUT", "/_sandbox/world", world).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let reply = sandbox.airpay("register-user", &registration(&[])).await;
    assert!(
        reply.body.contains("AIRPAYCUST100000000000"),
        "{}",
        reply.body
    );
    let saved = save(&sandbox).await;
    let reply = sandbox.control("PUT", "/_sandbox/world", &saved).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(save(&sandbox).await, saved);
}

#[tokio::test]
async fn nobody_is_logged_in_after_a_world_is_replaced() {
    let sandbox = Harness::new();
    assert!(log_in(&sandbox, "9000000978", "PaSwd@1234").await);
    let issue = |transaction: &Transaction<'_>| -> Result<(), StoreError> {
        for provider in [ProviderId::PAYSAFE, ProviderId::IBANERA] {
            tokens::issue(transaction, provider, "sandbox", 0, 600)?;
        }
        Ok(())
    };
    sandbox.app.store.write(issue).await.unwrap();
    let count = async || {
        let count = |connection: &Connection| -> Result<i64, StoreError> {
            Ok(connection.query_row("SELECT count(*) FROM token", [], |row| row.get(0))?)
        };
        sandbox.app.store.read(count).await.unwrap()
    };
    let file = save(&sandbox).await;
    assert_eq!(count().await, 3);
    // One that is refused changes nothing.
    let refused = r#"{"airpay":7}"#;
    for (world, status, left) in [(refused, 400, 3), (&*file, 200, 0)] {
        let reply = sandbox.control("PUT", "/_sandbox/world", world).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert_eq!(count().await, left);
    }
}
