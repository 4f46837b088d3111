use serde_json::Value;

use crate::Sandbox;
use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{Harness, Reply};
use cards_model::Rule;

const PATH: &str = "/api/v1/customer/cards/activate";

async fn activate(sandbox: &Harness, body: &str) -> Reply {
    let code = otp(sandbox);
    let json = ("content-type", "application/json");
    sandbox
        .post(PATH, &[BEARER, ("otp", &code), json], body)
        .await
}

/// The flag of the first customer's last card, by the list.
async fn is_suppressed(sandbox: &Harness) -> Value {
    let world = sandbox.get_json("/_sandbox/world").await;
    world["ibanera"]["customers"][0]["cards"][3]["bSuppressed"].clone()
}

#[tokio::test]
async fn a_card_is_active_from_now_on_and_only_once() {
    let sandbox = Harness::new();
    assert_eq!(is_suppressed(&sandbox).await, true);
    let reply = activate(&sandbox, r#"{"cardsId":1004}"#).await;
    assert_eq!(
        reply.body,
        r#"{"status":"1","errors":[],"id":1004,"details":{"customersId":11057,"customerReference":"customer-ref-1","card":{"id":1004,"currency":"usd","cardNumber":"424242******0002","totalBalance":15.00,"availableBalance":0,"pendingBalance":15.00,"bSuppressed":false}}}"#
    );
    assert_eq!(is_suppressed(&sandbox).await, false);
    let again = activate(&sandbox, r#"{"cardsId":1004}"#).await;
    assert_eq!(
        (again.status.as_u16(), &*again.body),
        (
            400,
            r#"{"status":"0","errors":[{"fieldName":"cardsId","messageCode":"Card_Active"}],"id":0,"details":null}"#
        )
    );
    assert_eq!(sandbox.why(), "the card is active already");
}

/// A card that the control API suppresses can be activated again.
#[tokio::test]
async fn a_card_that_is_suppressed_once_more_is_activated_once_more() {
    let sandbox = Harness::new();
    for _ in 0..2 {
        assert_eq!(
            activate(&sandbox, r#"{"cardsId":1004}"#).await.status,
            200,
            "{}",
            sandbox.why()
        );
        let body = r#"{"bSuppressed":true}"#;
        let path = "/_sandbox/ibanera/cards/1004";
        assert_eq!(sandbox.control("PUT", path, body).await.status, 200);
    }
}

#[tokio::test]
async fn what_is_no_cards_id_is_named_and_changes_nothing() {
    let sandbox = Harness::new();
    for (body, field, code) in [
        ("{}", "cardsId", "Required"),
        (r#"{"cardsId":null}"#, "cardsId", "Required"),
        (r#"{"cardsid":1004}"#, "cardsId", "Required"),
        (r#"{"cardsId":0}"#, "cardsId", "Invalid"),
        (r#"{"cardsId":-1004}"#, "cardsId", "Invalid"),
        (r#"{"cardsId":"1004"}"#, "cardsId", "Invalid"),
        (r#"{"cardsId":1004.5}"#, "cardsId", "Invalid"),
        (r#"{"cardsId":2147483648}"#, "cardsId", "Invalid"),
        (r#"{"cardsId":1e400}"#, "request", "Invalid"),
        (r#"{"cardsId":2147483647}"#, "cardsId", "Invalid"),
        (r#"{"cardsId":[1004]}"#, "cardsId", "Invalid"),
        ("[]", "request", "Invalid"),
        ("{", "request", "Invalid"),
        ("", "request", "Invalid"),
    ] {
        let reply = activate(&sandbox, body).await;
        let failure = format!(
            r#"{{"status":"0","errors":[{{"fieldName":"{field}","messageCode":"{code}"}}],"id":0,"details":null}}"#
        );
        assert_eq!(
            (reply.status.as_u16(), reply.body),
            (400, failure),
            "{body}"
        );
    }
    assert_eq!(is_suppressed(&sandbox).await, true);
}

#[tokio::test]
async fn both_content_types_are_taken_and_both_headers_needed() {
    let sandbox = Harness::new();
    let code = otp(&sandbox);
    let otp = ("otp", &*code);
    let body = r#"{"cardsId":1}"#;
    for (headers, status) in [
        (
            &[BEARER, otp, ("content-type", "application/json-patch+json")][..],
            400,
        ),
        (
            &[
                BEARER,
                otp,
                ("content-type", "application/x-www-form-urlencoded"),
            ],
            400,
        ),
        (&[BEARER, ("content-type", "application/json")], 401),
        (&[otp, ("content-type", "application/json")], 401),
    ] {
        assert_eq!(sandbox.post(PATH, headers, body).await.status, status);
    }
    let patch = [BEARER, otp, ("content-type", "application/json-patch+json")];
    let reply = sandbox.post(PATH, &patch, r#"{"cardsId":1004}"#).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

#[tokio::test]
async fn the_bound_of_32_bits_can_be_waived() {
    let builder = Sandbox::builder().waive(("activate-card/cardsId", Rule::Range));
    let sandbox = Harness::with(builder);
    activate(&sandbox, r#"{"cardsId":2147483648}"#).await;
    assert_eq!(sandbox.why(), "there is no such card");
}
