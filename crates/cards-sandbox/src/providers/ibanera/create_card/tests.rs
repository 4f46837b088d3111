use serde_json::{Value, json};

use crate::Sandbox;
use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{Harness, Reply};
use cards_model::Rule;
use cards_sandbox_core::store::StoreError;

const PATH: &str = "/api/v1/customer/cards/create";
const JSON: (&str, &str) = ("content-type", "application/json");

async fn post(sandbox: &Harness, body: &str) -> Reply {
    let code = otp(sandbox);
    sandbox
        .post(PATH, &[BEARER, ("otp", &code), JSON], body)
        .await
}

async fn created(sandbox: &Harness, body: &Value) -> Value {
    let reply = post(sandbox, &body.to_string()).await;
    assert_eq!(reply.status, 200, "{} {}", reply.body, sandbox.why());
    serde_json::from_str(&reply.body).unwrap()
}

/// The fields that a refusal names, each with its code.
async fn wrong(sandbox: &Harness, body: &Value) -> Vec<(String, String)> {
    let reply = post(sandbox, &body.to_string()).await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    let refusal: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(
        (&refusal["status"], &refusal["details"]),
        (&json!("0"), &Value::Null)
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = refusal["errors"].as_array().unwrap().iter();
    errors
        .map(|error| (text(&error["fieldName"]), text(&error["messageCode"])))
        .collect()
}

/// A request for a card of the second customer.
fn valid() -> Value {
    json!({
        "customersId": 11058, "currency": "USD", "cardReferenceId": "CARD-REF-001",
        "shippingMethod": "Standard", "cardProgramID": 1002, "cardType": "Physical",
        "shippingAddress": {
            "shippingAddressLine1": "Suite 500", "shippingAddressCity": "New York",
            "shippingAddressState": "Texas", "shippingAddressPostcode": "55050",
            "shippingAddressCountry": "USA",
        },
    })
}

async fn cards(sandbox: &Harness) -> Vec<Value> {
    let world = sandbox.get_json("/_sandbox/world").await;
    world["ibanera"]["customers"][1]["cards"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn a_new_card_is_deactivated_and_empty_and_then_activated() {
    let sandbox = Harness::new();
    let reply = post(&sandbox, &valid().to_string()).await;
    let all = cards(&sandbox).await;
    let id = all.last().unwrap()["id"].as_i64().unwrap();
    assert_eq!(
        reply.body,
        format!(
            r#"{{"id":{id},"details":{{"customersId":11058,"customersReference":"customer-ref-2","card":{{"id":{id},"currency":"USD","totalBalance":0,"availableBalance":0,"pendingBalance":0,"status":"Deactivated"}}}},"status":"1","errors":[]}}"#
        )
    );
    assert_eq!(all.len(), 2);
    let card = &all[1];
    assert_eq!(
        (&card["bSuppressed"], &card["totalBalance"]),
        (&json!(true), &json!(0))
    );
    assert!(
        card["cardNumber"]
            .as_str()
            .unwrap()
            .starts_with("424242******"),
        "{card}"
    );
    let page = sandbox.get("/_sandbox/page/customers", &[]).await;
    assert!(page.body.contains(&format!("{id}")));
    let code = otp(&sandbox);
    let headers = [BEARER, ("otp", &*code), JSON];
    let body = json!({ "cardsId": id }).to_string();
    let activate = "/api/v1/customer/cards/activate";
    assert_eq!(sandbox.post(activate, &headers, &body).await.status, 200);
    assert_eq!(cards(&sandbox).await[1]["bSuppressed"], false);
}

/// A reference may come twice, as no page says that it is unique: each call makes a card.
#[tokio::test]
async fn the_same_reference_twice_makes_two_cards() {
    let sandbox = Harness::new();
    let first = created(&sandbox, &valid()).await;
    let second = created(&sandbox, &valid()).await;
    assert_ne!(first["id"], second["id"]);
    assert_eq!(cards(&sandbox).await.len(), 3);
}

/// They are neither in the world nor in the journal.
#[tokio::test]
async fn address_and_reference_are_not_kept() {
    let sandbox = Harness::new();
    let mut asked = valid();
    asked["cardReferenceId"] = "Marker-7141".into();
    asked["shippingAddress"]["shippingAddressLine1"] = "7141 Marker Road".into();
    asked["personalReviewDetails"] = json!({
        "sourceOfFunds": ["Marker"], "estimatedGrossAnnualIncome": 71417141.25,
        "employedCompanyName": "Marker",
    });
    created(&sandbox, &asked).await;
    for path in ["/_sandbox/world", "/_sandbox/exchanges"] {
        let told = sandbox.get_json(path).await.to_string();
        assert!(
            !told.contains("Marker") && !told.contains("71417141"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let sandbox = Harness::new();
    let required = |field: &str| (field.to_owned(), "Required".to_owned());
    let invalid = |field: &str| (field.to_owned(), "Invalid".to_owned());
    assert_eq!(
        wrong(&sandbox, &json!({})).await,
        [
            required("customersId"),
            required("currency"),
            required("cardReferenceId"),
            required("shippingMethod"),
            required("cardProgramID"),
            required("shippingAddress"),
        ]
    );
    let mut asked = valid();
    asked["customersId"] = "11058".into();
    asked["currency"] = "EUR".into();
    asked["shippingMethod"] = "Priority".into();
    asked["cardType"] = "Metal".into();
    asked["shippingAddress"]["shippingAddressCity"] = 5.into();
    asked["businessReviewDetails"] = json!({"entityType": "Club"});
    asked["personalReviewDetails"] = json!({
        "estimatedNetWorth": "much", "activelyEmployed": "yes", "sourceOfFunds": "Salary",
    });
    let wrong = wrong(&sandbox, &asked).await;
    for field in [
        "customersId",
        "currency",
        "shippingMethod",
        "cardType",
        "shippingAddress.shippingAddressCity",
        "businessReviewDetails.entityType",
        "personalReviewDetails.estimatedNetWorth",
        "personalReviewDetails.activelyEmployed",
        "personalReviewDetails.sourceOfFunds",
    ] {
        assert!(wrong.contains(&invalid(field)), "{field}: {wrong:?}");
    }
    assert!(wrong.contains(&required("businessReviewDetails.legalEntityName")));
    assert_eq!(cards(&sandbox).await.len(), 1);
}

#[tokio::test]
async fn nobodys_card_and_a_programme_that_there_is_not() {
    let sandbox = Harness::new();
    for (field, value) in [
        ("customersId", json!(1)),
        ("customersId", json!(0)),
        ("customersId", json!(i64::MAX)),
        ("cardProgramID", json!(1003)),
        ("cardProgramID", json!(0)),
        ("cardProgramID", json!(1002.5)),
    ] {
        let mut asked = valid();
        asked[field] = value;
        let wrong = wrong(&sandbox, &asked).await;
        assert_eq!(wrong, [(field.to_owned(), "Invalid".to_owned())], "{asked}");
    }
    for program in [1001, 1002] {
        let mut asked = valid();
        asked["cardProgramID"] = program.into();
        created(&sandbox, &asked).await;
    }
}

/// The older copies of the page.
#[tokio::test]
async fn another_currency_and_way_are_taken_where_the_rules_are_waived() {
    let builder = Sandbox::builder()
        .waive(("create-card/currency", Rule::Allowed))
        .waive(("create-card/shippingMethod", Rule::Allowed));
    let sandbox = Harness::with(builder);
    let mut asked = valid();
    asked["currency"] = "EUR".into();
    asked["shippingMethod"] = "Priority".into();
    let card = created(&sandbox, &asked).await;
    assert_eq!(card["details"]["card"]["currency"], "EUR");
    for currency in ["4111 1111 1111 1111".to_owned(), "x".repeat(1_000)] {
        asked["currency"] = currency.into();
        let wrong = wrong(&sandbox, &asked).await;
        assert_eq!(wrong, [("currency".to_owned(), "Invalid".to_owned())]);
    }
}

#[tokio::test]
async fn null_is_absent_and_what_nobody_knows_is_passed_over() {
    let sandbox = Harness::new();
    let mut asked = valid();
    for field in ["cardType", "businessReviewDetails", "personalReviewDetails"] {
        asked[field] = Value::Null;
    }
    asked["other"] = json!([1]);
    asked["shippingAddress"]["other"] = json!({});
    created(&sandbox, &asked).await;
    for body in ["", "[]", "{", "\"x\"", "{}{}"] {
        let reply = post(&sandbox, body).await;
        let named = reply
            .body
            .contains(r#""fieldName":"request","messageCode":"Invalid""#);
        assert!(reply.status == 400 && named, "{body}: {}", reply.body);
    }
    let code = otp(&sandbox);
    let body = valid().to_string();
    let plain = [BEARER, ("otp", &*code), ("content-type", "text/plain")];
    assert_eq!(sandbox.post(PATH, &plain, &body).await.status, 400);
    assert_eq!(sandbox.post(PATH, &[BEARER, JSON], &body).await.status, 401);
    assert_eq!(cards(&sandbox).await.len(), 2);
}

/// A full sandbox says so, which is no failure of its store.
#[tokio::test]
async fn there_is_an_end_to_cards() {
    let sandbox = Harness::new();
    let fill = |transaction: &rusqlite::Transaction<'_>| {
        transaction.execute("UPDATE held SET cards = 50000", [])?;
        Ok::<_, StoreError>(())
    };
    sandbox.app.store.write(fill).await.unwrap();
    let reply = post(&sandbox, &valid().to_string()).await;
    assert_eq!(reply.status, 409, "{}", reply.body);
    let why = "a world holds at most 50000 cards, of all customers";
    assert_eq!(sandbox.why(), why);
    assert_eq!(cards(&sandbox).await.len(), 1);
}
