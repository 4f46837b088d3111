use cards_model::paysafe::CardStatus;
use serde_json::{Value, json};

use crate::providers::paysafe::stored_as_listed;
use crate::testing::{Harness, Reply, request};
use crate::{PaysafePhysicalUpdates, PaysafeUpdateRefusal, PaysafeUpdateReply, Sandbox};

const BEARER: (&str, &str) = ("authorization", "Bearer sandbox-paysafe-token");
const JSON: (&str, &str) = ("content-type", "application/json");

/// The seeded customer's card at a position.
fn path(position: u32) -> String {
    format!("/customers/12345678/prepaid/cards/12345678-0000-4000-8000-{position:012}")
}

/// Physical: active, in the post, good online. Virtual: locked.
const ACTIVE: u32 = 1;
const ISSUED: u32 = 2;
const DIGITAL: u32 = 3;
const LOCKED: u32 = 4;

async fn patch(sandbox: &Harness, target: &str, body: &Value) -> Reply {
    let request = request("PATCH", target, &[BEARER, JSON], &body.to_string());
    sandbox.send(request).await
}

async fn put(sandbox: &Harness, position: u32, status: &str) -> (u16, Value) {
    let body = json!({"status": status, "statusReason": "because"});
    let reply = patch(sandbox, &path(position), &body).await;
    let read = serde_json::from_str(&reply.body).unwrap();
    (reply.status.as_u16(), read)
}

async fn card(sandbox: &Harness, position: u32) -> Value {
    let reply = sandbox.get(&path(position), &[BEARER]).await;
    serde_json::from_str(&reply.body).unwrap()
}

/// The fields that a refusal names, each with its error.
fn wrong(reply: &Reply) -> Vec<(String, String)> {
    let refusal: Value = serde_json::from_str(&reply.body).unwrap();
    let fields = refusal["error"]["fieldErrors"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pair = |field: &Value| (text(&field["field"]), text(&field["error"]));
    fields.iter().map(pair).collect()
}

#[tokio::test]
async fn a_card_lives_from_the_post_to_its_end() {
    let sandbox = Harness::new();
    assert!(card(&sandbox, ISSUED).await.get("activationDate").is_none());
    for status in [
        "ACTIVE",
        "LOCKED",
        "SUSPENDED",
        "LOCKED",
        "ACTIVE",
        "ACTIVE",
    ] {
        let (code, updated) = put(&sandbox, ISSUED, status).await;
        assert_eq!((code, &updated["status"]), (200, &json!(status)));
        assert_eq!(updated["activationDate"], "2026-11-21T08:00:00.000Z");
        assert_eq!(card(&sandbox, ISSUED).await, updated, "as it is shown");
        sandbox.advance(60);
    }
    let (code, cancelled) = put(&sandbox, ISSUED, "CANCELLED").await;
    assert_eq!((code, &cancelled["status"]), (200, &json!("CANCELLED")));
    assert_eq!(put(&sandbox, ISSUED, "CANCELLED").await.0, 200);
    let (code, refusal) = put(&sandbox, ISSUED, "ACTIVE").await;
    assert_eq!(code, 409);
    let expected = json!([{"field": "status", "error": "a CANCELLED card stays so"}]);
    assert_eq!(refusal["error"]["fieldErrors"], expected);
    assert_eq!(sandbox.why(), "a CANCELLED card stays so");
    assert_eq!(card(&sandbox, ISSUED).await, cancelled);
    stored_as_listed(&sandbox.app.store).await;
}

#[tokio::test]
async fn a_lock_is_undone_into_what_was_locked() {
    let sandbox = Harness::new();
    assert_eq!(put(&sandbox, DIGITAL, "LOCKED").await.0, 200);
    let (code, refusal) = put(&sandbox, DIGITAL, "ACTIVE").await;
    assert_eq!(code, 409, "{refusal}");
    assert_eq!(put(&sandbox, DIGITAL, "DIGITAL").await.0, 200);
    let (code, unlocked) = put(&sandbox, LOCKED, "ACTIVE").await;
    assert_eq!((code, &unlocked["cardType"]), (200, &json!("VIRTUAL")));
    assert!(put(&sandbox, ISSUED, "LOCKED").await.0 == 409);
}

/// Every update of a card in every status that the world has is done and shown, or refused
/// and changes nothing.
#[tokio::test]
async fn all_or_nothing() {
    for physical in [
        PaysafePhysicalUpdates::All,
        PaysafePhysicalUpdates::ActiveOrCancelled,
    ] {
        for position in 1..=15 {
            for status in CardStatus::VALUES {
                let sandbox = Sandbox::builder().paysafe_physical_updates(physical);
                let sandbox = Harness::with(sandbox);
                let before = card(&sandbox, position).await;
                let (code, said) = put(&sandbox, position, status).await;
                let after = card(&sandbox, position).await;
                if code == 200 {
                    assert_eq!((&after, &after["status"]), (&said, &json!(status)));
                    continue;
                }
                assert_eq!(after, before, "{status}");
                let is_virtual = before["cardType"] == "VIRTUAL";
                let is_narrow = is_virtual || physical != PaysafePhysicalUpdates::All;
                let is_taken = !is_narrow || matches!(*status, "ACTIVE" | "CANCELLED");
                assert_eq!(code, if is_taken { 409 } else { 400 }, "{status}: {said}");
                assert_eq!(said["error"]["fieldErrors"][0]["field"], "status");
            }
        }
    }
}

#[tokio::test]
async fn the_answer_is_the_card_or_nothing() {
    let setting = Sandbox::builder().paysafe_update_reply(PaysafeUpdateReply::NoContent);
    let sandbox = Harness::with(setting);
    let body = json!({"status": "CANCELLED", "statusReason": "lost"});
    let reply = patch(&sandbox, &path(ACTIVE), &body).await;
    assert_eq!((reply.status.as_u16(), &*reply.body), (204, ""));
    assert!(!reply.headers.contains_key("content-type"));
    assert_eq!(card(&sandbox, ACTIVE).await["status"], "CANCELLED");
}

#[tokio::test]
async fn what_a_life_forbids_is_refused_under_either_status() {
    for (refusal, status, code) in [
        (PaysafeUpdateRefusal::Conflict, 409, "DW-CUSTOMER-CONFLICT"),
        (PaysafeUpdateRefusal::BadRequest, 400, "5068"),
    ] {
        let sandbox = Harness::with(Sandbox::builder().paysafe_update_refusal(refusal));
        put(&sandbox, ACTIVE, "CANCELLED").await;
        let (got, said) = put(&sandbox, ACTIVE, "SUSPENDED").await;
        assert_eq!((got, &said["error"]["code"]), (status, &json!(code)));
    }
}

#[tokio::test]
async fn a_status_and_its_reason_go_together() {
    let sandbox = Harness::new();
    let before = card(&sandbox, ACTIVE).await;
    for (body, field) in [
        (json!({"status": "CANCELLED"}), "statusReason"),
        (
            json!({"status": "CANCELLED", "statusReason": ""}),
            "statusReason",
        ),
        (
            json!({"status": "CANCELLED", "statusReason": null}),
            "statusReason",
        ),
        (json!({"statusReason": "lost"}), "status"),
        (json!({"status": null, "statusReason": "lost"}), "status"),
        (json!({"status": "", "statusReason": "lost"}), "status"),
    ] {
        let reply = patch(&sandbox, &path(ACTIVE), &body).await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.body);
        let fields: Vec<_> = wrong(&reply).into_iter().map(|one| one.0).collect();
        assert_eq!(fields, [field], "{body}");
    }
    for body in [
        json!({}),
        json!({"userAgent": "x"}),
        json!({"status": null, "other": 1}),
    ] {
        let reply = patch(&sandbox, &path(ACTIVE), &body).await;
        assert_eq!(reply.status, 200, "{body}");
        assert_eq!(serde_json::from_str::<Value>(&reply.body).unwrap(), before);
    }
    assert_eq!(card(&sandbox, ACTIVE).await, before);
}

/// It is refused beside all that is wrong, and neither kept nor shown.
#[tokio::test]
async fn a_pin_is_not_changed_here() {
    let sandbox = Harness::with(Sandbox::builder().keep_values());
    let body = json!({"pin": "7141", "status": "MELTED", "statusReason": "a".repeat(201)});
    let reply = patch(&sandbox, &path(ACTIVE), &body).await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    let fields: Vec<_> = wrong(&reply).into_iter().map(|one| one.0).collect();
    assert_eq!(fields, ["status", "statusReason", "pin"]);
    let violations = sandbox.last().violations;
    let told: Vec<_> = violations.iter().map(|one| &*one.field).collect();
    assert_eq!(told, ["status", "statusReason", "pin"]);
    for pin in [json!("7141"), json!(7141), json!({"a": "7141"})] {
        let reply = patch(&sandbox, &path(ACTIVE), &json!({ "pin": pin })).await;
        assert_eq!(reply.status, 400, "{pin}");
        assert!(!reply.body.contains("7141"), "{}", reply.body);
    }
    let told = sandbox.get_json("/_sandbox/exchanges").await;
    assert!(!told.to_string().contains("7141"), "{told}");
    let reply = patch(&sandbox, &path(ACTIVE), &json!({"pin": null})).await;
    assert_eq!(reply.status, 200, "null is as good as absent");
}

#[tokio::test]
async fn nobody_elses_card_and_what_is_no_request() {
    let sandbox = Harness::new();
    let right = json!({"status": "CANCELLED", "statusReason": "lost"});
    let id = "12345678-0000-4000-8000-000000000001";
    for target in [
        format!("/customers/87654321/prepaid/cards/{id}"),
        format!("/customers/nobody/prepaid/cards/{id}"),
        path(99),
    ] {
        let reply = patch(&sandbox, &target, &right).await;
        assert_eq!(reply.status, 404, "{target}");
        assert!(reply.body.contains(r#""code":"5269""#), "{}", reply.body);
    }
    for body in [json!([]), json!("x"), json!(1), json!(null)] {
        let reply = patch(&sandbox, &path(ACTIVE), &body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.body.contains(r#""code":"5023""#), "{}", reply.body);
    }
    let bare = request("PATCH", &path(ACTIVE), &[JSON], &right.to_string());
    assert_eq!(sandbox.send(bare).await.status, 401);
    let plain = ("content-type", "text/plain");
    let plain = request("PATCH", &path(ACTIVE), &[BEARER, plain], &right.to_string());
    assert_eq!(sandbox.send(plain).await.status, 400);
    assert_eq!(card(&sandbox, ACTIVE).await["status"], "ACTIVE");
}
