use serde_json::{Value, json};

use crate::providers::paysafe::stored_as_listed;
use crate::testing::{Harness, Reply, everything};
use cards_sandbox_core::store::StoreError;

const BEARER: (&str, &str) = ("authorization", "Bearer sandbox-paysafe-token");
const JSON: (&str, &str) = ("content-type", "application/json");
const CARDS: &str = "/customers/12345678/prepaid/cards";

async fn post(sandbox: &Harness, body: &str) -> Reply {
    sandbox.post(CARDS, &[BEARER, JSON], body).await
}

async fn created(sandbox: &Harness, body: &Value) -> Value {
    let reply = post(sandbox, &body.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    serde_json::from_str(&reply.body).unwrap()
}

/// The fields that a refusal names, each with its error.
async fn wrong(sandbox: &Harness, body: &Value) -> Vec<(String, String)> {
    let reply = post(sandbox, &body.to_string()).await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    let refusal: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(refusal["error"]["code"], "5068");
    let fields = refusal["error"]["fieldErrors"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pair = |field: &Value| (text(&field["field"]), text(&field["error"]));
    fields.iter().map(pair).collect()
}

async fn read(sandbox: &Harness, target: &str) -> Value {
    let reply = sandbox.get(target, &[BEARER]).await;
    serde_json::from_str(&reply.body).unwrap()
}

async fn count(sandbox: &Harness) -> u64 {
    let page = read(sandbox, &format!("{CARDS}?limit=50")).await;
    page["meta"]["numberOfRecords"].as_u64().unwrap()
}

fn address() -> Value {
    json!({
        "address1": "Tsarigradsko Shose 73", "city": "Sofia", "countryCode": "BG",
        "postalCode": "1000",
    })
}

fn physical() -> Value {
    json!({
        "programName": "BRAND-PHYSICAL-VISA", "currency": "EUR", "deliveryAddress": address(),
    })
}

fn virtual_card() -> Value {
    json!({"programName": "BRAND-VIRTUAL-MC", "currency": "EUR"})
}

/// The list's last, by itself, in the world that the control API shows, on the page, and
/// for whatever can be done with a card.
#[tokio::test]
async fn a_new_card_is_everywhere() {
    let sandbox = Harness::new();
    let card = created(&sandbox, &physical()).await;
    let id = card["cardId"].as_str().unwrap();
    assert_eq!(card["status"], "ISSUED");
    assert_eq!(
        (&card["bin"], &card["scheme"]),
        (&"424242".into(), &"VISA".into())
    );
    assert_eq!(card["createdDate"], "2026-11-21T08:00:00.000Z");
    assert_eq!(card["expiry"], json!({"month": 11, "year": 2030}));
    assert_eq!(card["deliveryAddress"], address());
    assert_eq!(card["customerId"], "12345678");
    let last = read(&sandbox, &format!("{CARDS}?offset=16")).await;
    assert_eq!(last["cards"], json!([card]));
    assert_eq!(read(&sandbox, &format!("{CARDS}/{id}")).await, card);
    let world = sandbox.get_json("/_sandbox/world").await;
    assert_eq!(world["paysafe"]["customers"][0]["cards"][16]["cardId"], id);
    let page = sandbox.get("/_sandbox/page/customers", &[]).await;
    assert!(page.body.contains(id));
    let actions = format!("/_sandbox/paysafe/cards/{id}/actions");
    let reply = sandbox
        .control("POST", &actions, r#"{"action":"ACTIVATE"}"#)
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(
        read(&sandbox, &format!("{CARDS}/{id}")).await["status"],
        "ACTIVE"
    );
    stored_as_listed(&sandbox.app.store).await;
}

#[tokio::test]
async fn a_card_of_each_programme() {
    let sandbox = Harness::new();
    for (programme, card_type, scheme, bin, status) in [
        ("BRAND-VIRTUAL-MC", "VIRTUAL", "MC", "555555", "ACTIVE"),
        ("BRAND-VIRTUAL-VISA", "VIRTUAL", "VISA", "424242", "ACTIVE"),
        ("BRAND-PHYSICAL-MC", "PHYSICAL", "MC", "555555", "ISSUED"),
        (
            "BRAND-PHYSICAL-VISA",
            "PHYSICAL",
            "VISA",
            "424242",
            "ISSUED",
        ),
    ] {
        let mut asked = virtual_card();
        asked["programName"] = programme.into();
        asked["externalId"] = "x-1".into();
        if card_type == "PHYSICAL" {
            asked["deliveryAddress"] = address();
        }
        let card = created(&sandbox, &asked).await;
        for (key, value) in [
            ("programName", programme),
            ("cardType", card_type),
            ("scheme", scheme),
            ("bin", bin),
            ("status", status),
            ("externalId", "x-1"),
        ] {
            assert_eq!(card[key], value, "{programme} {key}");
        }
    }
    for other in [
        "BRAND-VIRTUAL",
        "BRAND-METAL-MC",
        "BRAND-VIRTUAL-AMEX",
        "VIRTUAL-MC",
        "BRAND-VIRTUAL-MC-1",
    ] {
        let mut asked = virtual_card();
        asked["programName"] = other.into();
        let wrong = wrong(&sandbox, &asked).await;
        assert_eq!(wrong[0].0, "programName", "{other}");
        assert!(
            wrong[0].1.starts_with("one of BRAND-VIRTUAL-MC, "),
            "{wrong:?}"
        );
    }
    assert_eq!(count(&sandbox).await, 20);
}

/// It is neither in the store nor in the journal: only that there is one.
#[tokio::test]
async fn a_pin_is_noted_and_not_kept() {
    let sandbox = Harness::new();
    let mut asked = virtual_card();
    assert_eq!(created(&sandbox, &asked).await["isPinSet"], false);
    asked["cardPin"] = "7141".into();
    asked["programName"] = "BRAND-VIRTUAL-VISA".into();
    let mut card = created(&sandbox, &asked).await;
    assert_eq!(card["isPinSet"], true);
    // What is drawn may have these digits in a row.
    for drawn in ["cardId", "accountId", "lastFour"] {
        card[drawn].take();
    }
    assert!(!card.to_string().contains("7141"), "{card}");
    let fields = ["cardPin", "currency", "programName"];
    assert_eq!(sandbox.last().request.fields, fields);
    let told = sandbox.get_json("/_sandbox/exchanges").await;
    assert!(!told.to_string().contains("7141"), "{told}");
}

#[tokio::test]
async fn an_address_is_for_physical_cards() {
    let sandbox = Harness::new();
    let mut asked = physical();
    asked["deliveryAddress"].take();
    let needed = "must be given for a PHYSICAL card".to_owned();
    assert_eq!(
        wrong(&sandbox, &asked).await,
        [("deliveryAddress".to_owned(), needed)]
    );
    assert_eq!(sandbox.last().violations[0].field, "deliveryAddress");
    asked = virtual_card();
    asked["deliveryAddress"] = address();
    let blank = "absent for a VIRTUAL card".to_owned();
    assert_eq!(
        wrong(&sandbox, &asked).await,
        [("deliveryAddress".to_owned(), blank)]
    );
    assert_eq!(count(&sandbox).await, 16);
}

#[tokio::test]
async fn a_card_number_in_a_text_is_not_kept_whole() {
    let sandbox = Harness::new();
    let mut asked = physical();
    for field in ["address1", "address2", "address3", "postalCode"] {
        asked["deliveryAddress"][field] = "4111111111111111".into();
    }
    asked["externalId"] = "x 4111 1111 1111 1111".into();
    let card = created(&sandbox, &asked).await;
    assert_eq!(card["externalId"], "x 4111 11** **** 1111");
    for field in ["address1", "address2", "address3", "postalCode"] {
        assert_eq!(card["deliveryAddress"][field], "411111******1111");
    }
    let stored = stored_as_listed(&sandbox.app.store).await;
    assert!(stored.iter().any(|one| card["cardId"] == one.card_id));
    // The number of a house may stand before it.
    asked["deliveryAddress"]["address1"] = "7 4111 1111 1111 1111".into();
    let card = created(&sandbox, &asked).await;
    let kept = "7 4111 11** **** 1111";
    assert_eq!(card["deliveryAddress"]["address1"], kept);
    let rows = sandbox.app.store.read_all(everything).await.unwrap();
    assert!(!rows.join("\n").contains("1111 1111"));
    // Its first 13 digits are no card number, though they would be one by themselves.
    let uuid = concat!("96066848-93", "63-4eb4-9378-8aa18b15698a");
    asked["externalId"] = uuid.into();
    assert_eq!(created(&sandbox, &asked).await["externalId"], uuid);
}

#[tokio::test]
async fn an_empty_mobile_number_is_not_taken_for_an_absent_one() {
    let sandbox = Harness::new();
    let mut asked = virtual_card();
    asked["mobile"] = "".into();
    assert_eq!(wrong(&sandbox, &asked).await[0].0, "mobile");
    assert_eq!(count(&sandbox).await, 16);
}

#[tokio::test]
async fn a_field_of_the_address_is_named_with_its_object() {
    let sandbox = Harness::new();
    let mut asked = physical();
    asked["deliveryAddress"]["city"] = "7".into();
    asked["deliveryAddress"]["countryCode"] = 5.into();
    asked["currency"].take();
    let fields: Vec<_> = wrong(&sandbox, &asked)
        .await
        .into_iter()
        .map(|one| one.0)
        .collect();
    let expected = [
        "currency",
        "deliveryAddress.city",
        "deliveryAddress.countryCode",
    ];
    assert_eq!(fields, expected);
    let told: Vec<_> = sandbox
        .last()
        .violations
        .iter()
        .map(|one| one.field.clone())
        .collect();
    assert_eq!(told, expected);
    asked["deliveryAddress"] = "Sofia".into();
    let fields: Vec<_> = wrong(&sandbox, &asked)
        .await
        .into_iter()
        .map(|one| one.0)
        .collect();
    assert_eq!(fields, ["currency", "deliveryAddress"]);
}

#[tokio::test]
async fn null_is_absent_and_what_nobody_knows_is_passed_over() {
    let sandbox = Harness::new();
    let asked = json!({
        "programName": "BRAND-VIRTUAL-MC", "currency": "EUR", "mobile": null, "cardPin": null,
        "externalId": null, "deliveryAddress": null, "other": [1],
    });
    let card = created(&sandbox, &asked).await;
    assert_eq!(card["isPinSet"], false);
    assert_eq!(card["mobile"], "+359 888333333");
    assert!(card.get("externalId").is_none());
}

#[tokio::test]
async fn what_is_no_object_and_nobodys_card_change_nothing() {
    let sandbox = Harness::new();
    for body in ["", "[]", "\"x\"", "{", "{\"programName\":}", "{}{}"] {
        let reply = post(&sandbox, body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(
            reply.body.contains(r#""code":"5023""#),
            "{body}: {}",
            reply.body
        );
        assert_eq!(sandbox.why(), "the body is no JSON object");
    }
    let asked = virtual_card().to_string();
    let plain = ("content-type", "text/plain");
    let reply = sandbox.post(CARDS, &[BEARER, plain], &asked).await;
    assert_eq!(
        (reply.status.as_u16(), &*sandbox.why()),
        (400, "the content type has to be application/json")
    );
    let nobodys = "/customers/nobody/prepaid/cards";
    let reply = sandbox.post(nobodys, &[BEARER, JSON], &asked).await;
    assert_eq!(reply.status, 404, "{}", reply.body);
    let reply = sandbox.post(CARDS, &[JSON], &asked).await;
    assert_eq!(reply.status, 401);
    assert_eq!(count(&sandbox).await, 16);
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
    let reply = post(&sandbox, &virtual_card().to_string()).await;
    assert_eq!(reply.status, 409, "{}", reply.body);
    assert!(
        reply.body.contains("50000") || reply.body.contains("50,000"),
        "{}",
        reply.body
    );
    assert_eq!(count(&sandbox).await, 16);
}
