//! Checks `/_sandbox/world/{provider}/customers`.

use serde_json::Value;

use crate::testing::{Harness, Reply, registration};
use cards_sandbox_core::world::section::{NO_CARD, NO_CUSTOMER};

async fn call(sandbox: &Harness, method: &str, path: &str, body: &str) -> Reply {
    let path = format!("/_sandbox/world/{path}");
    sandbox.control(method, &path, body).await
}

#[tokio::test]
async fn a_customer_of_each_provider_comes_and_goes() {
    let sandbox = Harness::new();
    let before = sandbox.get_json("/_sandbox/world").await;
    for (provider, customer, id, card, card_id) in [
        (
            "airpay",
            r#"{"mobile_no":"9000000001","cards":[{"card_no":"4111111111111111"}]}"#,
            "AIRPAYCUST0002",
            r#"{"card_no":"4242424242424242","kit_no":"42"}"#,
            "42",
        ),
        (
            "paysafe",
            r#"{"cards":[{"status":"PENDING"}]}"#,
            "87654322",
            r#"{"cardId":"c-42","status":"LOCKED"}"#,
            "c-42",
        ),
        (
            "ibanera",
            r#"{"customersReference":"new","cards":[{"totalBalance":7.10}]}"#,
            "11080",
            r#"{"id":42,"currency":"eur"}"#,
            "42",
        ),
    ] {
        let path = format!("{provider}/customers");
        let reply = call(&sandbox, "POST", &path, customer).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let added: Value = serde_json::from_str(&reply.body).unwrap();
        assert!(reply.body.contains(id), "{}", reply.body);
        assert_eq!(added["cards"].as_array().unwrap().len(), 1);

        let cards = format!("{path}/{id}/cards");
        let reply = call(&sandbox, "POST", &cards, card).await;
        let with_two: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(
            with_two["cards"].as_array().unwrap().len(),
            2,
            "{}",
            reply.body
        );
        // The same once more is somebody's already.
        assert_eq!(call(&sandbox, "POST", &cards, card).await.status, 400);

        let card = format!("{cards}/{card_id}");
        for status in [200, 404] {
            assert_eq!(call(&sandbox, "DELETE", &card, "").await.status, status);
        }
        let world = sandbox.get_json("/_sandbox/world").await;
        let customers = world[provider]["customers"].as_array().unwrap();
        assert!(customers.contains(&added), "{provider}");
        let customer = format!("{path}/{id}");
        for status in [200, 404] {
            assert_eq!(call(&sandbox, "DELETE", &customer, "").await.status, status);
        }
    }
    assert_eq!(sandbox.get_json("/_sandbox/world").await, before);
    // A number is given out once.
    let reply = sandbox.airpay("register-user", &registration(&[])).await;
    assert!(reply.body.contains("AIRPAYCUST0003"), "{}", reply.body);
}

#[tokio::test]
async fn unknown_ids_and_rules_that_are_broken() {
    let sandbox = Harness::new();
    let before = sandbox.get("/_sandbox/world/file", &[]).await.body;
    let provider = "the providers are airpay, paysafe and ibanera";
    for (method, path, body, status, error) in [
        ("POST", "stripe/customers", "{}", 404, provider),
        ("POST", "stripe/customers/1/cards", "{}", 404, provider),
        ("DELETE", "stripe/customers/1", "", 404, provider),
        ("DELETE", "stripe/customers/1/cards/1", "", 404, provider),
        ("POST", "airpay/customers/1/cards", "{}", 404, NO_CUSTOMER),
        ("POST", "paysafe/customers/1/cards", "{}", 404, NO_CUSTOMER),
        ("POST", "ibanera/customers/1/cards", "{}", 404, NO_CUSTOMER),
        ("POST", "ibanera/customers/x/cards", "{}", 404, NO_CUSTOMER),
        ("DELETE", "ibanera/customers/x", "", 404, NO_CUSTOMER),
        (
            "DELETE",
            "ibanera/customers/11057/cards/1005",
            "",
            404,
            NO_CARD,
        ),
        (
            "DELETE",
            "paysafe/customers/87654321/cards/x",
            "",
            404,
            NO_CARD,
        ),
        (
            "POST",
            "airpay/customers",
            r#"{"cards":[{"card_no":"4929000000000006"}]}"#,
            400,
            "cards[0].card_no: only test card numbers are taken",
        ),
        (
            "POST",
            "airpay/customers",
            r#"{"email":"Standing@sandbox.example"}"#,
            400,
            "email: another customer has it",
        ),
        (
            "POST",
            "airpay/customers",
            r#"{"entity_id":"AIRPAYCUST0001"}"#,
            400,
            "entity_id: another customer has it",
        ),
        (
            "POST",
            "airpay/customers",
            r#"{"password_hash":"x"}"#,
            400,
            "password_hash: only in a saved world, beside the fingerprintKey with which it was made",
        ),
        (
            "POST",
            "paysafe/customers/12345678/cards",
            r#"{"status":"DIGITAL"}"#,
            400,
            "status: ISSUED and DIGITAL are statuses of PHYSICAL cards only",
        ),
        (
            "POST",
            "ibanera/customers",
            r#"{"customersId":11057}"#,
            400,
            "customersId: another customer has it",
        ),
        (
            "POST",
            "ibanera/customers",
            r#"{"cards":{}}"#,
            400,
            "cards: expected a sequence",
        ),
    ] {
        let reply = call(&sandbox, method, path, body).await;
        assert_eq!(
            reply.status, status,
            "{method} {path} {body}: {}",
            reply.body
        );
        let problem: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(problem["error"], error, "{method} {path} {body}");
    }
    assert_eq!(sandbox.get("/_sandbox/world/file", &[]).await.body, before);
}
