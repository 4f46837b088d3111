use cards_model::Request;

use super::*;
use crate::Sandbox;
use crate::builder::Builder;
use crate::testing::{Harness, registration};

const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

#[tokio::test]
async fn a_registration_is_answered_with_the_documented_keys_in_their_order() {
    let sandbox = Harness::new();
    let reply = sandbox.airpay("register-user", &registration(&[])).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(
        reply.body,
        r#"{"status":200,"message":"success","data":{"entity_id":"AIRPAYCUST0002","kyc_status":"MIN_KYC","kyc_expiry_date":"2028-11-21","kycRefNo":null}}"#
    );
    assert!(sandbox.last().accepted);
}

#[tokio::test]
async fn ids_count_up() {
    let sandbox = Harness::new();
    for (number, card, kit, email) in [
        (2, "4111111111111111", "1", "a@b.example"),
        (3, "4242424242424242", "2", "b@b.example"),
        (4, "5555555555554444", "3", "c@b.example"),
    ] {
        let fields = registration(&[("card_no", card), ("kit_no", kit), ("email", email)]);
        let reply = sandbox.airpay("register-user", &fields).await;
        let id = format!("\"AIRPAYCUST{number:04}\"");
        assert!(reply.body.contains(&id), "{}", reply.body);
    }
}

#[tokio::test]
async fn card_kit_and_email_are_taken_once_whatever_the_case() {
    let sandbox = Harness::new();
    let others = [
        ("card_no", "4242424242424242"),
        ("kit_no", "2"),
        ("email", "other@example.com"),
    ];
    sandbox.airpay("register-user", &registration(&[])).await;
    for (at, repeated, why) in [
        (
            0,
            ("card_no", "4111111111111111"),
            "card_no: the card is registered already",
        ),
        (
            1,
            ("kit_no", "100000007777"),
            "kit_no: the kit is registered already",
        ),
        (
            2,
            ("email", "ASHA@example.com"),
            "email: another customer has it",
        ),
    ] {
        let mut changes = others;
        changes[at] = repeated;
        let reply = sandbox
            .airpay("register-user", &registration(&changes))
            .await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (200, FAIL));
        assert_eq!(sandbox.why(), why);
    }
    let reply = sandbox
        .airpay("register-user", &registration(&others))
        .await;
    assert!(
        reply.body.contains("success"),
        "a refusal leaves nothing behind"
    );
    // Everything else may be the same: mobile number, name, document.
}

#[tokio::test]
async fn a_wrong_one_time_password_is_refused_and_an_empty_one_is_the_documents() {
    let sandbox = Harness::new();
    let reply = sandbox
        .airpay("register-user", &registration(&[("otp", "4321")]))
        .await;
    assert_eq!(reply.body, FAIL);
    assert_eq!(sandbox.why(), "the one-time password is not the sandbox's");
    let reply = sandbox
        .airpay("register-user", &registration(&[("otp", "")]))
        .await;
    assert!(reply.body.contains("success"), "{}", reply.body);
}

#[tokio::test]
async fn a_card_of_no_test_range_is_refused() {
    let operation = RegisterUser::OPERATION;
    let rules = operation.rules_of(operation.field("card_no").unwrap());
    let waive = |builder: Builder, rule| builder.waive(("register-user/card_no", rule));
    let sandbox = Harness::with(rules.into_iter().fold(Sandbox::builder(), waive));
    for number in ["4929000000000006", "411111", "411111-1111111111"] {
        let fields = registration(&[("card_no", number)]);
        let reply = sandbox.airpay("register-user", &fields).await;
        assert_eq!(reply.body, FAIL);
        assert_eq!(
            sandbox.why(),
            "only test card numbers are taken: 13 to 19 digits, the first six of a test range"
        );
    }
}

#[tokio::test]
async fn every_documented_rule_is_applied_and_named() {
    let sandbox = Harness::new();
    let fields: Vec<_> = registration(&[])
        .into_iter()
        .map(|(name, _)| (name, "?\u{e9}"))
        .collect();
    let reply = sandbox.airpay("register-user", &fields).await;
    assert_eq!(reply.body, FAIL);
    let broken: std::collections::BTreeSet<_> = sandbox
        .last()
        .violations
        .into_iter()
        .map(|v| v.field)
        .collect();
    // Any text of at most 16 and 20 characters is a kit and a document number.
    assert_eq!(broken.len(), 19, "{broken:?}");
}

#[tokio::test]
async fn expiries_follow_the_sandboxs_clock() {
    let sandbox = Harness::new();
    sandbox.advance(4 * 366 * 86_400);
    let reply = sandbox.airpay("register-user", &registration(&[])).await;
    assert_eq!(reply.body, FAIL);
    assert_eq!(sandbox.last().violations[0].field, "card_expiry");
}

#[tokio::test]
async fn a_field_that_is_left_out_is_named() {
    let sandbox = Harness::new();
    let mut fields = registration(&[]);
    fields.retain(|(name, _)| *name != "dob");
    let reply = sandbox.airpay("register-user", &fields).await;
    assert_eq!(reply.body, FAIL);
    let [violation] = &sandbox.last().violations[..] else {
        panic!("one violation");
    };
    assert_eq!(
        (&*violation.field, violation.rule.as_str()),
        ("dob", "required")
    );
}

#[test]
fn the_kyc_of_a_leap_day_ends_on_the_28th() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    assert_eq!(kyc_expiry(day("2019-06-18")), day("2021-06-18"));
    assert_eq!(kyc_expiry(day("2028-02-29")), day("2030-02-28"));
    assert_eq!(kyc_expiry(day("9999-12-31")), day("9999-12-31"));
}
