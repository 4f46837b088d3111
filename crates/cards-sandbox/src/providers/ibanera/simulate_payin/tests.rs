use serde_json::Value;

use crate::Sandbox;
use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{Harness, Reply};
use cards_model::Rule;

async fn pay_in(sandbox: &Harness, body: &str) -> Reply {
    let code = otp(sandbox);
    let headers = [
        BEARER,
        ("otp", &*code),
        ("content-type", "application/json"),
    ];
    let path = "/api/v1/customer/simulations/payins";
    sandbox.post(path, &headers, body).await
}

fn payin(card: i64, amount: &str) -> String {
    format!(r#"{{"DestinationAccountId":{card},"TransferType":"ACH","Amount":{amount}}}"#)
}

async fn list(sandbox: &Harness, target: &str) -> String {
    let code = otp(sandbox);
    let target = format!("/api/v1/customer/cards/{target}");
    sandbox.get(&target, &[BEARER, ("otp", &code)]).await.body
}

#[tokio::test]
async fn an_amount_is_in_all_four_lists_and_a_second_call_pays_in_again() {
    let sandbox = Harness::new();
    for (amount, total, available) in [
        ("5", "1255.75", "1205.25"),
        ("5", "1260.75", "1210.25"),
        ("0.25", "1261.00", "1210.50"),
        ("999999999999.99", "1000000001260.99", "1000000001210.49"),
    ] {
        let reply = pay_in(&sandbox, &payin(1001, amount)).await;
        assert_eq!(reply.body, r#"{"id":0,"status":"1","errors":[]}"#);
        let balances = format!(
            r#""totalBalance":{total},"availableBalance":{available},"pendingBalance":50.50"#
        );
        for target in [
            "byuser/list",
            "byuser?customersId=11057",
            "balances?CustomersID=11057",
        ] {
            let list = list(&sandbox, target).await;
            assert!(list.contains(&balances), "{target}: {list}");
        }
    }
    let list = list(&sandbox, "transactions?CardsId=1001").await;
    let page: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(page["details"].as_array().unwrap().len(), 6);
    let newest = r#"{"id":0,"details":[{"id":"#;
    assert!(list.starts_with(newest), "{list}");
    let newest = r#""cardsId":1001,"amount":999999999999.99,"currency":"usd","description":"ACH pay-in","dateTime":"2026-11-21T08:00:00.000Z","bPending":false,"#;
    assert!(list.contains(newest), "{list}");
}

#[tokio::test]
async fn who_pays_is_kept_nowhere() {
    let sandbox = Harness::new();
    let body = r#"{"DestinationAccountId":1004,"TransferType":"SWIFT","Amount":1.5,"Name":"Canary Name","Reference":"4111111111111111"}"#;
    assert_eq!(pay_in(&sandbox, body).await.status, 200);
    let file = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert!(
        file.contains(r#""amount":1.5,"description":"SWIFT pay-in""#),
        "{file}"
    );
    assert!(!file.contains("Canary") && !file.contains("4111111111111111"));
    let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
    assert!(
        page.contains("1.5 SWIFT pay-in 2026-11-21T08:00:00.000Z"),
        "{page}"
    );
}

#[tokio::test]
async fn what_is_wrong_is_named_and_pays_nothing_in() {
    let sandbox = Harness::new();
    let before = sandbox.get("/_sandbox/world/file", &[]).await.body;
    for (body, expected) in [
        (
            "{}",
            &[
                ("DestinationAccountId", "Required"),
                ("TransferType", "Required"),
                ("Amount", "Required"),
            ][..],
        ),
        (
            r#"{"DestinationAccountId":0,"TransferType":"ach","Amount":0}"#,
            &[
                ("DestinationAccountId", "Invalid"),
                ("TransferType", "Invalid"),
                ("Amount", "Invalid"),
            ],
        ),
        (&payin(7, "1"), &[("DestinationAccountId", "Invalid")]),
        (&payin(1001, "-1"), &[("Amount", "Invalid")]),
        (&payin(1001, "0.001"), &[("Amount", "Invalid")]),
        (&payin(1001, "1000000000000"), &[("Amount", "Invalid")]),
        (&payin(1001, r#""1""#), &[("Amount", "Invalid")]),
        (&payin(1001, "1e400"), &[("request", "Invalid")]),
        ("[]", &[("request", "Invalid")]),
        ("", &[("request", "Invalid")]),
    ] {
        let reply = pay_in(&sandbox, body).await;
        assert_eq!(reply.status, 400, "{body}");
        let answer: Value = serde_json::from_str(&reply.body).unwrap();
        let errors = answer["errors"].as_array().unwrap();
        let named: Vec<_> = errors
            .iter()
            .map(|error| {
                let text = |name: &str| error[name].as_str().unwrap().to_owned();
                (text("fieldName"), text("messageCode"))
            })
            .collect();
        assert_eq!(named.len(), expected.len(), "{body}: {named:?}");
        for (field, code) in expected {
            let one = ((*field).to_owned(), (*code).to_owned());
            assert!(named.contains(&one), "{body}: {named:?}");
        }
    }
    assert_eq!(sandbox.get("/_sandbox/world/file", &[]).await.body, before);
}

#[tokio::test]
async fn a_balance_that_no_client_reads_is_refused() {
    let sandbox = Harness::new();
    let full = r#"{"totalBalance":9999999999999999999999999999}"#;
    sandbox
        .control("PUT", "/_sandbox/ibanera/cards/1002", full)
        .await;
    assert_eq!(pay_in(&sandbox, &payin(1002, "1")).await.status, 400);
    assert_eq!(
        sandbox.why(),
        "the card's balance would have more than 28 digits"
    );
    let one_less = r#"{"totalBalance":9999999999999999999999999998}"#;
    sandbox
        .control("PUT", "/_sandbox/ibanera/cards/1002", one_less)
        .await;
    assert_eq!(pay_in(&sandbox, &payin(1002, "1")).await.status, 200);
}

/// A rule that is waived lets no text into the ledger that is no amount.
#[tokio::test]
async fn waived_rules() {
    let mut builder = Sandbox::builder();
    for (field, rule) in [
        ("TransferType", Rule::Allowed),
        ("Amount", Rule::Range),
        ("Amount", Rule::Format),
    ] {
        builder = builder.waive((format!("simulate-payin/{field}"), rule));
    }
    let sandbox = Harness::with(builder);
    let body = r#"{"DestinationAccountId":1001,"TransferType":"4111111111111111","Amount":-0.125}"#;
    assert_eq!(
        pay_in(&sandbox, body).await.status,
        200,
        "{}",
        sandbox.why()
    );
    let list = list(&sandbox, "transactions?CardsId=1001").await;
    assert!(
        list.contains(r#""amount":-0.125,"currency":"usd","description":"Pay-in""#),
        "{list}"
    );
    let list = self::list(&sandbox, "byuser?customersId=11057").await;
    assert!(list.contains(r#""totalBalance":1250.625,"#), "{list}");
}
