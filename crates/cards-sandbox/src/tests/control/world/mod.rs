//! Checks a whole world, over HTTP: shown, saved, replaced.

mod turns;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::testing::{Harness, registration};
use cards_sandbox_core::store::StoreError;

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
async fn what_is_wrong_is_named_and_nothing_is_changed() {
    let sandbox = Harness::new();
    let before = save(&sandbox).await;
    let airpay = |fields: &str| format!(r#"{{"airpay":{{"customers":[{{}},{{{fields}}}]}}}}"#);
    let card = |fields: &str| airpay(&format!(r#""cards":[{{{fields}}}]"#));
    let paysafe =
        |fields: &str| format!(r#"{{"paysafe":{{"customers":[{{"cards":[{{{fields}}}]}}]}}}}"#);
    let ibanera =
        |fields: &str| format!(r#"{{"ibanera":{{"customers":[{{"cards":[{{{fields}}}]}}]}}}}"#);
    let in_airpay = "airpay.customers[1].";
    let in_paysafe = "paysafe.customers[0].cards[0].";
    let in_ibanera = "ibanera.customers[0].cards[0].";
    let hash = "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHQ$";
    for (world, within, field) in [
        ("[]".to_owned(), "", "body"),
        (r#"{"version":2}"#.to_owned(), "", "version"),
        (r#"{"paysafe":[]}"#.to_owned(), "", "paysafe"),
        (
            r#"{"ibanera":{"customers":[[]]}}"#.to_owned(),
            "ibanera.",
            "customers[0]",
        ),
        (paysafe(r#""expiry":[1,2030]"#), in_paysafe, "expiry"),
        (
            r#"{"fingerprintKey":"00"}"#.to_owned(),
            "",
            "fingerprintKey",
        ),
        (
            airpay(r#""mobile_no":"12345678901""#),
            in_airpay,
            "mobile_no",
        ),
        (airpay(r#""mobile_no":1"#), in_airpay, "mobile_no"),
        (airpay(r#""first_name":"As ha""#), in_airpay, "first_name"),
        (airpay(r#""dob":"2027-01-01""#), in_airpay, "dob"),
        (airpay(r#""pincode":"12345""#), in_airpay, "pincode"),
        (airpay(r#""email":"nobody""#), in_airpay, "email"),
        (airpay(r#""password":"short""#), in_airpay, "password"),
        (airpay(r#""otp":"1234""#), "", "airpay.customers[1]"),
        (airpay(r#""number":-1"#), in_airpay, "number"),
        (airpay(r#""number":100000000000"#), in_airpay, "number"),
        (
            airpay(r#""entity_id":"AIRPAYCUST100000000000""#),
            in_airpay,
            "entity_id",
        ),
        (
            r#"{"airpay":{"last_number":100000000000}}"#.to_owned(),
            "airpay.",
            "last_number",
        ),
        (airpay(r#""entity_id":"""#), in_airpay, "entity_id"),
        (
            airpay(r#""kyc_expiry_date":"soon""#),
            in_airpay,
            "kyc_expiry_date",
        ),
        (
            airpay(r#""preferences":{"ATM":"YES"}"#),
            in_airpay,
            "preferences",
        ),
        (
            airpay(&format!(r#""password_hash":"{hash}""#)),
            in_airpay,
            "password_hash",
        ),
        (
            airpay(r#""email_fingerprint":"00""#),
            in_airpay,
            "email_fingerprint",
        ),
        (
            card(r#""card_no":"4929000000000006""#),
            in_airpay,
            "cards[0].card_no",
        ),
        (
            card(r#""card_no":"411111******1111""#),
            in_airpay,
            "cards[0].card_no",
        ),
        (card(r#""card_no":"4111""#), in_airpay, "cards[0].card_no"),
        (card(r#""card_type":"X""#), in_airpay, "cards[0].card_type"),
        (
            card(r#""card_expiry":"11/26""#),
            in_airpay,
            "cards[0].card_expiry",
        ),
        (
            card(r#""kit_no":"12345678901234567""#),
            in_airpay,
            "cards[0].kit_no",
        ),
        (
            card(r#""card_fingerprint":"00""#),
            in_airpay,
            "cards[0].card_fingerprint",
        ),
        (
            r#"{"airpay":{"customers":[{"email":"a@b.example"},{"email":"A@b.example"}]}}"#
                .to_owned(),
            in_airpay,
            "email",
        ),
        (
            r#"{"airpay":{"customers":[{"cards":[{"kit_no":"1"}]},{"cards":[{"kit_no":"1"}]}]}}"#
                .to_owned(),
            in_airpay,
            "cards[0].kit_no",
        ),
        (paysafe(r#""status":"FROZEN""#), in_paysafe, "status"),
        (paysafe(r#""status":"ISSUED""#), in_paysafe, "status"),
        (paysafe(r#""cardType":"PAPER""#), in_paysafe, "cardType"),
        (paysafe(r#""cardType":"""#), in_paysafe, "cardType"),
        (
            paysafe(r#""cardType":"4111111111111111""#),
            in_paysafe,
            "cardType",
        ),
        (
            paysafe(&format!(r#""scheme":"{}""#, "x".repeat(101))),
            in_paysafe,
            "scheme",
        ),
        (paysafe(r#""status":"""#), in_paysafe, "status"),
        (paysafe(r#""scheme":"""#), in_paysafe, "scheme"),
        (paysafe(r#""lastFour":"12345""#), in_paysafe, "lastFour"),
        (paysafe(r#""bin":"abc""#), in_paysafe, "bin"),
        (
            paysafe(r#""cardNumber":"4929000000000006""#),
            in_paysafe,
            "cardNumber",
        ),
        (
            paysafe(r#""cardNumber":"4111111111111111","bin":"411111""#),
            in_paysafe,
            "cardNumber",
        ),
        (paysafe(r#""currency":"EURO""#), in_paysafe, "currency"),
        (paysafe(r#""mobile":"0888""#), in_paysafe, "mobile"),
        (
            paysafe(r#""expiry":{"month":13,"year":2030}"#),
            in_paysafe,
            "expiry.month",
        ),
        (
            paysafe(r#""expiry":{"month":1,"year":0}"#),
            in_paysafe,
            "expiry.year",
        ),
        (
            paysafe(r#""createdDate":"yesterday""#),
            in_paysafe,
            "createdDate",
        ),
        (
            paysafe(r#""externalId":"to 4111 1111 1111 1111""#),
            in_paysafe,
            "externalId",
        ),
        (
            paysafe(r#""cardId":"4111111111111111""#),
            in_paysafe,
            "cardId",
        ),
        (paysafe(r#""cardId":"a/b""#), in_paysafe, "cardId"),
        (
            paysafe(r#""statusBeforeLock":"ACTIVE""#),
            in_paysafe,
            "statusBeforeLock",
        ),
        (
            paysafe(
                r#""cardType":"VIRTUAL","deliveryAddress":{"address1":"1 Main Road","city":"Sofia","countryCode":"BG","postalCode":"1000"}"#,
            ),
            in_paysafe,
            "deliveryAddress",
        ),
        (
            paysafe(
                r#""cardType":"PHYSICAL","deliveryAddress":{"address1":"1 Main Road","city":"Reno","countryCode":"US","postalCode":"89501"}"#,
            ),
            in_paysafe,
            "deliveryAddress.state",
        ),
        (
            paysafe(r#""tokenizations":{"mobileWalletTokenizations":[{"walletType":"PAY"}]}"#),
            in_paysafe,
            "tokenizations.mobileWalletTokenizations[0].walletType",
        ),
        (
            ibanera(r#""cardNumber":"4929000000000006""#),
            in_ibanera,
            "cardNumber",
        ),
        (ibanera(r#""totalBalance":1e3"#), in_ibanera, "totalBalance"),
        (ibanera(r#""totalBalance":null,"id":0"#), in_ibanera, "id"),
        (
            ibanera(r#""currency":"4111111111111111""#),
            in_ibanera,
            "currency",
        ),
        (
            r#"{"ibanera":{"customers":[{"customersId":1},{"customersId":1}]}}"#.to_owned(),
            "ibanera.customers[1].",
            "customersId",
        ),
    ] {
        let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
        assert_eq!(reply.status, 400, "{world}: {}", reply.body);
        let problem: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(
            problem["field"],
            format!("{within}{field}"),
            "{world}: {}",
            reply.body
        );
        assert_eq!(save(&sandbox).await, before, "{world}");
        for value in [
            "4929",
            "4111",
            "FROZEN",
            "As ha",
            "short",
            "yesterday",
            "$argon",
        ] {
            assert!(!reply.body.contains(value), "{}", reply.body);
        }
    }
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
async fn tokens_of_customers_who_are_gone_are_gone() {
    let sandbox = Harness::new();
    assert!(log_in(&sandbox, "9000000978", "PaSwd@1234").await);
    let count = async || {
        let count = |connection: &Connection| -> Result<i64, StoreError> {
            Ok(connection.query_row("SELECT count(*) FROM token", [], |row| row.get(0))?)
        };
        sandbox.app.store.read(count).await.unwrap()
    };
    let file = save(&sandbox).await;
    assert_eq!(
        sandbox
            .control("PUT", "/_sandbox/world", &file)
            .await
            .status,
        200
    );
    assert_eq!(count().await, 1, "the customer is still there");
    assert_eq!(
        sandbox.control("PUT", "/_sandbox/world", "{}").await.status,
        200
    );
    assert_eq!(count().await, 0);
}
