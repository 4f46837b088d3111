//! Checks faults that the control API orders.

use cards_model::ProviderId;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::providers::operations;
use crate::testing::{Harness, request};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn answer(sandbox: &Harness, method: &str, path: &str, body: &str) -> (u16, String) {
    let reply = sandbox.send(request(method, path, &[JSON], body)).await;
    (reply.status.as_u16(), reply.body)
}

#[tokio::test]
async fn faults_are_ordered_listed_counted_and_removed() {
    let sandbox = Harness::new();
    let (faults, first) = ("/_sandbox/faults", "/_sandbox/faults/1");
    let order =
        r#"{"fault":"delay","millis":1,"provider":"airpay","operation":"register-user","times":3}"#;
    let (status, body) = answer(&sandbox, "POST", faults, order).await;
    assert_eq!(status, 201);
    insta::assert_snapshot!(body, @r#"{"id":1,"fault":"delay","provider":"airpay","operation":"register-user","times":3,"millis":1,"matched":0,"fired":0,"spent":false}"#);
    let order = r#"{"fault":"status","status":503,"probability":0.25}"#;
    let (status, body) = answer(&sandbox, "POST", faults, order).await;
    assert_eq!(status, 201);
    insta::assert_snapshot!(body, @r#"{"id":2,"fault":"status","probability":0.25,"seed":0,"carryOut":false,"status":503,"matched":0,"fired":0,"spent":false}"#);

    sandbox.airpay("register-user", &[]).await;
    let (status, body) = answer(&sandbox, "GET", faults, "").await;
    assert_eq!(status, 200);
    insta::assert_snapshot!(body, @r#"{"faults":[{"id":1,"fault":"delay","provider":"airpay","operation":"register-user","times":3,"millis":1,"matched":1,"fired":1,"spent":false},{"id":2,"fault":"status","probability":0.25,"seed":0,"carryOut":false,"status":503,"matched":1,"fired":0,"spent":false}]}"#);

    let (status, shown) = answer(&sandbox, "GET", first, "").await;
    assert_eq!(status, 200);
    assert!(body.contains(&shown), "{shown}");
    assert_eq!(answer(&sandbox, "DELETE", first, "").await, (200, shown));
    let gone = (404, r#"{"error":"no fault has this id"}"#.to_owned());
    assert_eq!(answer(&sandbox, "GET", first, "").await, gone);
    assert_eq!(answer(&sandbox, "DELETE", first, "").await, gone);

    let removed = (200, r#"{"removed":1}"#.to_owned());
    assert_eq!(answer(&sandbox, "DELETE", faults, "").await, removed);
    let empty = (200, r#"{"faults":[]}"#.to_owned());
    assert_eq!(answer(&sandbox, "GET", faults, "").await, empty);
}

#[tokio::test]
async fn refusals_name_the_field_and_repeat_no_value() {
    let sandbox = Harness::new();
    let mut said = String::new();
    for order in [
        "",
        "[]",
        "{}",
        r#"{"fault":"4622940000003713"}"#,
        r#"{"fault":"garbage","4622940000003713":1}"#,
        r#"{"fault":"garbage","provider":"4622940000003713"}"#,
        r#"{"fault":"garbage","operation":"4622940000003713"}"#,
        r#"{"fault":"garbage","provider":"paysafe","operation":"register-user"}"#,
        r#"{"fault":"garbage","times":-1}"#,
        r#"{"fault":"garbage","times":0}"#,
        r#"{"fault":"garbage","times":1.5}"#,
        r#"{"fault":"garbage","probability":"4622940000003713"}"#,
        r#"{"fault":"garbage","probability":1.01}"#,
        r#"{"fault":"garbage","probability":-0.01}"#,
        r#"{"fault":"garbage","probability":0.5,"seed":-1}"#,
        r#"{"fault":"garbage","carryOut":"yes"}"#,
        r#"{"fault":"delay","millis":300001}"#,
        r#"{"fault":"delay","millis":99999999999999999999999}"#,
        r#"{"fault":"oversized-body","bytes":1073741825}"#,
        r#"{"fault":"status","status":70000}"#,
        r#"{"fault":"status","status":100}"#,
        r#"{"fault":"status","status":500,"headers":{"4622940000003713":1}}"#,
        r#"{"fault":"status","status":500,"headers":[]}"#,
        r#"{"fault":"status","status":500,"headers":{"4622 9400 0000 3713":"a"}}"#,
        r#"{"fault":"status","status":500,"body":{}}"#,
    ] {
        let (status, body) = answer(&sandbox, "POST", "/_sandbox/faults", order).await;
        assert_eq!(status, 400, "{order} {body}");
        assert!(!body.contains("4622"), "{body}");
        said.push_str(&format!("{body}\n"));
    }
    let names = |provider| {
        let known = operations();
        let names: Vec<_> = known.of(provider).map(|it| it.operation.name).collect();
        names.join(", ")
    };
    let said = said.replace(&names(None), "[all]");
    let said = said.replace(&names(Some(ProviderId::PAYSAFE)), "[own]");
    insta::assert_snapshot!(said, @r#"
    {"error":"body: not JSON: line 1, column 0","field":"body"}
    {"error":"body: expected an object","field":"body"}
    {"error":"body: missing field `fault`","field":"body"}
    {"error":"fault: an unknown word, expected one of `delay`, `drip`, `reset-before-headers`, `reset-after-headers`, `reset-in-body`, `truncated-body`, `wrong-length`, `garbage`, `invalid-json`, `oversized-body`, `status`, `lost-reply`","field":"fault"}
    {"error":"body: an unknown field, expected one of `fault`, `provider`, `operation`, `times`, `probability`, `seed`, `carryOut`, `millis`, `bytes`, `difference`, `status`, `headers`, `body`","field":"body"}
    {"error":"provider: an unknown word, expected one of `airpay`, `paysafe`, `ibanera`","field":"provider"}
    {"error":"operation: one of [all]","field":"operation"}
    {"error":"operation: one of paysafe's [own]","field":"operation"}
    {"error":"times: expected u64","field":"times"}
    {"error":"times: at least 1","field":"times"}
    {"error":"times: expected u64","field":"times"}
    {"error":"probability: expected f64","field":"probability"}
    {"error":"probability: from 0 to 1","field":"probability"}
    {"error":"probability: from 0 to 1","field":"probability"}
    {"error":"seed: expected u64","field":"seed"}
    {"error":"carryOut: expected a boolean","field":"carryOut"}
    {"error":"millis: from 1 to 300000","field":"millis"}
    {"error":"millis: expected u64","field":"millis"}
    {"error":"bytes: from 1 to 1073741824","field":"bytes"}
    {"error":"status: expected u16","field":"status"}
    {"error":"status: from 200 to 999","field":"status"}
    {"error":"headers: an object of texts belongs here","field":"headers"}
    {"error":"headers: an object of texts belongs here","field":"headers"}
    {"error":"headers: one of the names is no header's","field":"headers"}
    {"error":"body: expected a string","field":"body"}
    "#);
    let (status, _) = answer(&sandbox, "GET", "/_sandbox/faults/x", "").await;
    assert_eq!(status, 400);
    let plain = request("POST", "/_sandbox/faults", &[], "{}");
    assert_eq!(sandbox.send(plain).await.status, 400);
    assert!(sandbox.app.faults.list().is_empty());
}

#[tokio::test]
async fn more_than_100_are_a_conflict() {
    let sandbox = Harness::new();
    let order = r#"{"fault":"garbage"}"#;
    for _ in 0..100 {
        assert_eq!(
            answer(&sandbox, "POST", "/_sandbox/faults", order).await.0,
            201
        );
    }
    let refused = answer(&sandbox, "POST", "/_sandbox/faults", order).await;
    let said = r#"{"error":"there are 100 faults already: remove some"}"#;
    assert_eq!(refused, (409, said.to_owned()));
}

/// Settings with values from both sides of every limit.
fn order() -> impl Strategy<Value = Value> {
    let fault = prop::sample::select(vec![
        "delay",
        "drip",
        "reset-before-headers",
        "reset-after-headers",
        "reset-in-body",
        "truncated-body",
        "wrong-length",
        "garbage",
        "invalid-json",
        "oversized-body",
        "status",
        "lost-reply",
        "other",
    ]);
    let settings: Vec<(&str, Value)> = vec![
        ("millis", json!(1)),
        ("millis", json!(0)),
        ("bytes", json!(9)),
        ("bytes", json!(u64::MAX)),
        ("difference", json!(-3)),
        ("difference", json!(i64::MIN)),
        ("status", json!(503)),
        ("status", json!(99)),
        ("headers", json!({"retry-after": "1"})),
        ("headers", json!({"host\n": "1"})),
        ("body", json!("text")),
        ("body", json!(null)),
        ("provider", json!("ibanera")),
        ("provider", json!("Ibanera")),
        ("operation", json!("login")),
        ("operation", json!("")),
        ("times", json!(2)),
        ("times", json!(0.5)),
        ("probability", json!(0.5)),
        ("probability", json!(-0.0)),
        ("probability", json!(1e300)),
        ("seed", json!(u64::MAX)),
        ("carryOut", json!(true)),
        ("carryOut", json!(false)),
        ("id", json!(1)),
    ];
    let settings = prop::collection::vec(prop::sample::select(settings), 0..5);
    (fault, settings).prop_map(|(fault, settings)| {
        let mut order = json!({ "fault": fault });
        for (name, value) in settings {
            order[name] = value;
        }
        order
    })
}

proptest! {
    #[test]
    fn what_is_taken_is_listed_in_a_form_that_is_taken_again(order in order()) {
        thread_local! {
            static SANDBOX: (tokio::runtime::Runtime, Harness) = (
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
                Harness::new(),
            );
        }
        let post = |order: &Value| {
            let request = request("POST", "/_sandbox/faults", &[JSON], &order.to_string());
            SANDBOX.with(|(runtime, sandbox)| {
                let reply = runtime.block_on(sandbox.send(request));
                sandbox.app.faults.clear();
                reply
            })
        };
        let first = post(&order);
        let mut listed: Value = serde_json::from_str(&first.body).unwrap();
        if first.status != 201 {
            prop_assert_eq!(first.status, 400);
            prop_assert!(listed["field"].is_string());
            return Ok(());
        }
        let object = listed.as_object_mut().unwrap();
        for name in ["id", "matched", "fired", "spent"] {
            prop_assert!(object.remove(name).is_some());
        }
        let again = post(&listed);
        prop_assert_eq!(again.status, 201, "{}", again.body);
        let mut again: Value = serde_json::from_str(&again.body).unwrap();
        let object = again.as_object_mut().unwrap();
        object.retain(|name, _| listed.get(name).is_some());
        prop_assert_eq!(&again, &listed);
    }
}
