//! A world that is put in the place of another, of which nothing is left: not a row of any table, and no
//! number of those that were given.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{held, load, rows, save};
use crate::providers::ibanera::testing::otp;
use crate::testing::{Harness, REGISTRATION, call, registration};
use crate::world::airpay::{CUSTOMER, MOBILE_NO, PASSWORD};
use crate::{IbaneraCardApproval, OneTimePasswords, Sandbox, World};

/// Orders the control API something, which it does.
async fn order(sandbox: &Harness, method: &str, path: &str, body: &Value) -> Value {
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let reply = sandbox.control(method, path, &body).await;
    assert_eq!(reply.status, 200, "{method} {path}: {}", reply.body);
    serde_json::from_str(&reply.body).unwrap()
}

/// A sandbox that has a row in every table.
async fn full() -> Harness {
    let builder = Sandbox::builder()
        .one_time_passwords(OneTimePasswords::SingleUse)
        .ibanera_card_approval(IbaneraCardApproval::Manual);
    let sandbox = Harness::with(builder);
    let none = Value::Null;
    for (name, fields) in [
        ("register-user", &REGISTRATION[..]),
        ("topup", &[("entity_id", CUSTOMER), ("amount", "5")]),
        (
            "customer-preference",
            &[("entity_id", CUSTOMER), ("status", "ALLOWED")],
        ),
        (
            "user-login",
            &[("mobile_no", MOBILE_NO), ("password", PASSWORD)],
        ),
        (
            "forgot-password",
            &[("mobile_no", MOBILE_NO), ("dob", "1990-01-31")],
        ),
    ] {
        let reply = sandbox.airpay(name, fields).await;
        assert!(reply.body.contains("success"), "{name}: {}", sandbox.why());
    }
    order(
        &sandbox,
        "POST",
        "/_sandbox/airpay/one-time-passwords",
        &json!({}),
    )
    .await;
    let customers = "/_sandbox/world/paysafe/customers";
    let gone = json!({"customerId": "20000000"});
    order(&sandbox, "POST", customers, &gone).await;
    order(&sandbox, "DELETE", &format!("{customers}/20000000"), &none).await;
    let paysafe = "/_sandbox/world/paysafe/customers/12345678/cards";
    let card = json!({"cardType": "PHYSICAL", "cardId": "plastic", "status": "ISSUED"});
    order(&sandbox, "POST", paysafe, &card).await;
    let ship = json!({"action": "ship", "card": "plastic"});
    order(&sandbox, "POST", "/_sandbox/issuer/paysafe", &ship).await;
    let ship = json!({"action": "ship", "card": "1001"});
    order(&sandbox, "POST", "/_sandbox/issuer/ibanera", &ship).await;
    let code = otp(&sandbox);
    let bearer = [
        ("authorization", "Bearer sandbox-ibanera-token"),
        ("otp", &*code),
    ];
    let listed = sandbox
        .get("/api/v1/customer/cards/byuser/list", &bearer)
        .await;
    assert_eq!(listed.status, 200, "{}", listed.body);
    call(&sandbox, "create-card").await;
    let customers = "/_sandbox/world/ibanera/customers";
    let customer = json!({
        "customersId": 20000, "review": {"kind": "Personal", "since": "2026-01-01"},
        "documents": ["Tax Document"], "cards": [{"id": 3000, "totalBalance": 5, "availableBalance": 5}],
    });
    order(&sandbox, "POST", customers, &customer).await;
    let pay = json!({"action": "authorise", "card": "3000", "amount": 1});
    order(&sandbox, "POST", "/_sandbox/issuer/ibanera", &pay).await;
    let gone = json!({"customersId": 20001, "cards": [{"id": 3001, "totalBalance": 5}]});
    order(&sandbox, "POST", customers, &gone).await;
    order(&sandbox, "DELETE", &format!("{customers}/20001"), &none).await;
    sandbox
}

#[tokio::test]
async fn nothing_is_left_of_the_world_before() {
    let sandbox = full().await;
    let tables = |rows: BTreeSet<String>| -> BTreeSet<String> {
        let names = rows.iter().filter_map(|row| row.split('|').next());
        names.map(str::to_owned).collect()
    };
    let all = sandbox
        .app
        .store
        .read_all(|connection: &rusqlite::Connection| {
            let sql =
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'event*'
            AND name NOT GLOB 'sqlite_stat*'";
            let mut names = connection.prepare(sql)?;
            let names = names.query_map([], |row| row.get(0))?;
            Ok::<_, cards_sandbox_core::store::StoreError>(
                names.collect::<Result<BTreeSet<String>, _>>()?,
            )
        });
    let all = all.await.unwrap();
    // A table without a row would prove nothing.
    let empty: Vec<_> = all
        .difference(&tables(rows(&sandbox).await))
        .cloned()
        .collect();
    assert_eq!(empty, [""; 0]);
    let before = lasting(&sandbox).await;
    held(&sandbox).await;
    let after = lasting(&sandbox).await;
    let lost: Vec<_> = before.symmetric_difference(&after).collect();
    assert_eq!(lost, [""; 0]);

    let sandbox = full().await;
    let start = save(&Harness::new()).await;
    let reply = load(&sandbox, &start).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let new = Harness::with(Sandbox::builder().world(World::from_json(&start).unwrap()));
    assert_eq!(rows(&sandbox).await, rows(&new).await);
}

/// Every row of a table that a file has, whatever came into it: all but tokens and codes, which end by
/// themselves, and what is counted of them.
async fn lasting(sandbox: &Harness) -> BTreeSet<String> {
    const PASSING: [&str; 6] = [
        "token",
        "used_code",
        "airpay_one_time_password",
        "airpay_password_reset",
        "row_count",
        "setting",
    ];
    let is_lasting = |row: &String| {
        let table = row.split('|').next().unwrap_or_default();
        !PASSING.contains(&table)
    };
    rows(sandbox).await.into_iter().filter(is_lasting).collect()
}

/// A card that waits for its approval and the way of each provider's plastic go with a file: the request
/// can be settled by its id, and no card is shipped again.
#[tokio::test]
async fn what_waits_and_what_is_on_its_way_goes_with_a_file() {
    let sandbox = full().await;
    let kit = json!({"kit_no": "PLASTIC1", "card_type": "P"});
    let cards = format!("/_sandbox/world/airpay/customers/{CUSTOMER}/cards");
    order(&sandbox, "POST", &cards, &kit).await;
    let of = |provider: &str, action: &str| {
        let mut order = json!({"action": action});
        order["card"] = match provider {
            "airpay" => "PLASTIC1",
            "paysafe" => "plastic",
            _ => "1001",
        }
        .into();
        if provider == "airpay" {
            order["customer"] = CUSTOMER.into();
        }
        (format!("/_sandbox/issuer/{provider}"), order)
    };
    let (target, ship) = of("airpay", "ship");
    order(&sandbox, "POST", &target, &ship).await;
    let file = save(&sandbox).await;
    let other = Harness::new();
    let reply = load(&other, &file).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    for provider in ["airpay", "paysafe", "ibanera"] {
        let (target, ship) = of(provider, "ship");
        let again = other.control("POST", &target, &ship.to_string()).await;
        assert!(again.body.contains("has been shipped"), "{}", again.body);
        let (target, deliver) = of(provider, "deliver");
        order(&other, "POST", &target, &deliver).await;
    }
    let settle = json!({"action": "approve-card", "request": "1"});
    let target = "/_sandbox/issuer/ibanera";
    order(&other, "POST", target, &settle).await;
    let again = other.control("POST", target, &settle.to_string()).await;
    assert_eq!(again.status, 404, "{}", again.body);
    // Neither is its id given again, after another file.
    let file = held(&other).await;
    assert!(file.contains(r#""requestedCards":1"#), "{file}");
    assert_eq!(file.matches(r#""shipment":"delivered""#).count(), 3);
    for (provider, card) in [
        ("airpay", json!({"card_type": "V", "shipment": "shipped"})),
        (
            "paysafe",
            json!({"cardType": "VIRTUAL", "shipment": "shipped"}),
        ),
    ] {
        let of = if provider == "airpay" {
            CUSTOMER
        } else {
            "12345678"
        };
        let cards = format!("/_sandbox/world/{provider}/customers/{of}/cards");
        let reply = other.control("POST", &cards, &card.to_string()).await;
        assert_eq!(reply.status, 400, "{}", reply.body);
        assert!(reply.body.contains("shipment: for a"), "{}", reply.body);
    }
}

/// Ids go on after those of what went, in the sandbox, after a file that has them, and not after a reset.
#[tokio::test]
async fn an_id_is_given_once() {
    let sandbox = Harness::new();
    let start = save(&sandbox).await;
    let customers = "/_sandbox/world/ibanera/customers";
    let new = json!({"cards": [{"totalBalance": 1}]});
    let added = async |sandbox: &Harness| {
        let added = order(sandbox, "POST", customers, &new).await;
        let [customer, card] = [&added["customersId"], &added["cards"][0]["id"]];
        let target = format!("/api/v1/customer/cards/transactions?CardsId={card}");
        let printed = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
        let listed = sandbox.get(&target, &printed).await.body;
        let listed: Value = serde_json::from_str(&listed).unwrap();
        [customer, card, &listed["details"][0]["id"]].map(|id| id.as_i64().unwrap())
    };
    let remove = async |customer: i64| {
        let path = format!("{customers}/{customer}");
        order(&sandbox, "DELETE", &path, &Value::Null).await;
    };
    let first = added(&sandbox).await;
    remove(first[0]).await;
    let second = added(&sandbox).await;
    assert_eq!(second, first.map(|id| id + 1));
    let card = format!("{customers}/{}/cards/{}", second[0], second[1]);
    order(&sandbox, "DELETE", &card, &Value::Null).await;
    remove(second[0]).await;

    let saved = save(&sandbox).await;
    for (file, next) in [(&saved, first.map(|id| id + 2)), (&start, first)] {
        let file: Value = serde_json::from_str(file).unwrap();
        order(&sandbox, "PUT", "/_sandbox/world", &file).await;
        assert_eq!(added(&sandbox).await, next);
    }
    order(&sandbox, "POST", "/_sandbox/reset", &Value::Null).await;
    assert_eq!(added(&sandbox).await, first);
    let registered = sandbox.airpay("register-user", &registration(&[])).await;
    assert!(registered.body.contains("AIRPAYCUST0002"));
}
