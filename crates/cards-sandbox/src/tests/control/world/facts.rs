//! Checks which facts about people the world shows.

use serde_json::json;

use crate::testing::{Harness, registration};

/// Texts of one of the sandbox's own people at Airpay and of a card at Paysafe, and how each is
/// shown.
const OWN: [(&str, &str, &str); 4] = [
    ("airpay", "/customers/1/city", "Ernakulam"),
    ("airpay", "/customers/1/address", "1 Test Road"),
    (
        "paysafe",
        "/customers/0/cards/1/deliveryAddress/city",
        "Salt Lake City",
    ),
    ("paysafe", "/customers/0/cards/0/mobile", "+359 888333333"),
];

#[tokio::test]
async fn facts_are_shown_of_the_sandboxs_own_people_until_a_call_changes_them() {
    let sandbox = Harness::new();
    // The same words as the sandbox's own: whose they are counts.
    let same = [
        ("city", "Ernakulam"),
        ("address", "1 Test Road"),
        ("state", "Kerala"),
    ];
    sandbox.airpay("register-user", &registration(&same)).await;
    let made = json!({"city": "Ernakulam", "cards": [{}]}).to_string();
    let path = "/_sandbox/world/airpay/customers";
    assert_eq!(sandbox.control("POST", path, &made).await.status, 200);
    let card = json!({"cardType": "PHYSICAL", "mobile": "+359 888333333", "deliveryAddress": {
        "address1": "1 Sandbox Street", "city": "Salt Lake City", "countryCode": "US",
        "state": "UT", "postalCode": "84101",
    }});
    let path = "/_sandbox/world/paysafe/customers/12345678/cards";
    let reply = sandbox.control("POST", path, &card.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let world = sandbox.get_json("/_sandbox/world").await;
    for (provider, place, text) in OWN {
        assert_eq!(world[provider].pointer(place).unwrap(), text, "{place}");
    }
    for at in [2, 3] {
        let customer = &world["airpay"]["customers"][at];
        for field in [
            "city",
            "address",
            "state",
            "first_name",
            "dob",
            "doc_number",
            "title",
        ] {
            assert_eq!(customer[field], "[redacted]", "{field} of {at}");
        }
    }
    let cards = world["paysafe"]["customers"][0]["cards"]
        .as_array()
        .unwrap();
    let added = cards.last().unwrap();
    assert_eq!(added["mobile"], "[redacted]");
    for (name, value) in added["deliveryAddress"].as_object().unwrap() {
        assert_eq!(value, "[redacted]", "{name}");
    }

    let moved = [
        ("entity_id", "AIRPAYCUST0001"),
        ("city", "Canarycity"),
        ("country", "India"),
    ];
    let reply = sandbox.airpay("update-customer", &moved).await;
    assert!(reply.body.contains("success"));
    let world = sandbox.get_json("/_sandbox/world").await;
    let customer = &world["airpay"]["customers"][1];
    assert_eq!(customer["city"], "[redacted]");
    assert_eq!(customer["country"], "[redacted]");
    assert_eq!(customer["address"], "1 Test Road");
    let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
    assert!(page.contains("1 Test Road, hidden, Kerala"), "{page}");
    assert!(page.contains("1 Sandbox Street, Salt Lake City, UT, 84101, US"));
    assert!(!page.contains("Canarycity") && !world.to_string().contains("Canarycity"));
}

#[tokio::test]
async fn facts_are_shown_of_everybody_where_values_are_kept_and_no_secret() {
    let sandbox = Harness::with(crate::Sandbox::builder().keep_values());
    let person = [
        ("city", "Canarycity"),
        ("password", "Quiet#Sea42"),
        ("card_no", "4111111111111111"),
    ];
    sandbox
        .airpay("register-user", &registration(&person))
        .await;
    let world = sandbox.get_json("/_sandbox/world").await;
    let customer = &world["airpay"]["customers"][2];
    for (field, text) in [
        ("city", "Canarycity"),
        ("first_name", "Asha"),
        ("dob", "1990-02-28"),
    ] {
        assert_eq!(customer[field], text);
    }
    let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
    assert!(page.contains("Canarycity") && page.contains("Asha"));
    for shown in [page, world.to_string()] {
        for secret in ["Quiet#Sea42", "4111111111111111", "argon2"] {
            assert!(!shown.contains(secret), "{secret}");
        }
    }
}
