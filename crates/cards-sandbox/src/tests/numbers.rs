//! A whole number is read in one way, whoever reads it: a sign of plus before it makes it none, and an id
//! that names a thing of the sandbox has no zero before it either.

use cards_model::{Kind, Place};
use serde_json::json;

use crate::testing::{Harness, accepted, call, send, with};
use crate::{IbaneraCardApproval, Sandbox};

#[tokio::test]
async fn no_call_takes_a_plus_before_a_whole_number() {
    let sandbox = Harness::new();
    let all: Vec<_> = sandbox.app.operations.of(None).collect();
    let mut count = 0;
    for known in all {
        for field in known.operation.fields {
            let is_text = field.place != Place::Json;
            if !is_text || !matches!(field.kind, Kind::Integer { .. }) {
                continue;
            }
            let usual = accepted(&sandbox, known.operation);
            let given = usual.iter().find(|(name, _)| *name == field.wire);
            let given = given.map_or("1", |(_, value)| value);
            for (text, is_taken) in [(given.to_owned(), true), (format!("+{given}"), false)] {
                let sandbox = Harness::new();
                send(&sandbox, known, &with(&usual, field.wire, &text)).await;
                let place = format!(
                    "{}, {}, {text}: {}",
                    known.operation,
                    field.wire,
                    sandbox.why()
                );
                assert_eq!(sandbox.last().accepted, is_taken, "{place}");
            }
            count += 1;
        }
    }
    assert!(count > 8, "{count}");
}

#[tokio::test]
async fn an_id_is_written_in_one_way() {
    let manual = Sandbox::builder().ibanera_card_approval(IbaneraCardApproval::Manual);
    let sandbox = Harness::with(manual);
    call(&sandbox, "create-card").await;
    let orders = "/_sandbox/issuer/ibanera";
    let pay = json!({"action": "authorise", "card": "1001", "amount": 1}).to_string();
    let paid = sandbox.control("POST", orders, &pay).await;
    let paid: serde_json::Value = serde_json::from_str(&paid.body).unwrap();
    let clear = json!({"action": "clear", "transaction": paid["transaction"]}).to_string();
    let cleared = sandbox.control("POST", orders, &clear).await;
    assert_eq!(cleared.status, 200, "{}", cleared.body);
    let before = sandbox.get("/_sandbox/world/file", &[]).await.body;
    for before_it in ["+", "0", "-", "%20", "%2B"] {
        for (method, path, id, body) in [
            ("DELETE", "/_sandbox/world/ibanera/customers/", "11057", ""),
            (
                "DELETE",
                "/_sandbox/world/ibanera/customers/11057/cards/",
                "1001",
                "",
            ),
            (
                "POST",
                "/_sandbox/world/ibanera/customers/",
                "11057/cards",
                "{}",
            ),
            (
                "PUT",
                "/_sandbox/ibanera/cards/",
                "1001",
                r#"{"bSuppressed":true}"#,
            ),
        ] {
            let path = format!("{path}{before_it}{id}");
            let reply = sandbox.control(method, &path, body).await;
            assert_eq!(reply.status, 404, "{method} {path}: {}", reply.body);
        }
    }
    let transaction = paid["transaction"].as_str().unwrap();
    let all = |before_it: &str| {
        [
            json!({"action": "authorise", "card": format!("{before_it}1001"), "amount": 1}),
            json!({"action": "refund", "transaction": format!("{before_it}{transaction}"), "amount": 1}),
            json!({"action": "approve-card", "request": format!("{before_it}1")}),
            json!({"action": "expire", "card": format!("{before_it}1001")}),
        ]
    };
    for before_it in ["+", "0", "-", " "] {
        for order in all(before_it) {
            let reply = sandbox.control("POST", orders, &order.to_string()).await;
            assert_eq!(reply.status, 404, "{order}: {}", reply.body);
        }
    }
    let after = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert_eq!(after, before);
    // As the ids are written, all of it is done.
    for order in all("") {
        let reply = sandbox.control("POST", orders, &order.to_string()).await;
        assert_eq!(reply.status, 200, "{order}: {}", reply.body);
    }
}
