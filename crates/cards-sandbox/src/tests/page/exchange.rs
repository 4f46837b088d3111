//! Checks one exchange on the page.

use crate::testing::{Harness, registration};
use crate::world::airpay::{CUSTOMER, SECRET_KEY, TOKEN};

async fn opened(sandbox: &Harness) -> String {
    let id = sandbox.last().id;
    let reply = sandbox.get(&format!("/?exchange={id}"), &[]).await;
    assert_eq!(reply.status, 200);
    let detail = reply.body.split("<article").nth(1).unwrap();
    detail.split("</article>").next().unwrap().to_owned()
}

#[tokio::test]
async fn a_refusal_names_rules_their_rows_and_the_fields_that_came() {
    let sandbox = Harness::new();
    let fields = registration(&[("first_name", "Canary7"), ("card_no", "4111")]);
    let fields = [&fields[..], &[("canary", "1")]].concat();
    sandbox.airpay("register-user", &fields).await;
    let detail = opened(&sandbox).await;
    for part in [
        "✗ refused",
        "HTTP 200",
        "2026-11-21T08:00:00.000Z",
        "<code>first_name</code>",
        "Airpay User Registration, Request Body, card_no",
        "<code>POST /airpay/ms/cards/api/register-user</code>",
        "<code>processor-key</code>",
        "1 other</span>",
        "Values are not kept.",
    ] {
        assert!(detail.contains(part), "{part} in {detail}");
    }
    for secret in ["Canary", "canary", "4111", "sandbox-processor-key"] {
        assert!(!detail.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_wrong_checksum_is_shown_order_by_order() {
    let sandbox = Harness::new();
    let fields = [
        ("type", "ATM"),
        ("entity_id", CUSTOMER),
        ("status", "ALLOWED"),
    ];
    let table = [CUSTOMER, "ALLOWED", "ATM"];
    let sum = cards_sign::checksum(table, SECRET_KEY.as_bytes()).to_string();
    let headers = [("token", TOKEN), ("checksum", &*sum)];
    sandbox
        .airpay_with("customer-preference", &headers, &fields)
        .await;
    let detail = opened(&sandbox).await;
    assert!(detail.contains("The checksum is wrong."));
    assert!(detail.contains("in the order of the parameter table"));
    let received = detail.find("As received").unwrap();
    let matching = detail.find("✓ matches<").unwrap();
    assert!(received < matching);
    assert_eq!(detail.matches("✓ matches<").count(), 1);
    assert!(!detail.contains(CUSTOMER) && !detail.contains(&sum));
}

#[tokio::test]
async fn names_that_a_call_did_not_use_are_shown_under_why() {
    let sandbox = Harness::new();
    let fields = [("entity_id", CUSTOMER), ("City", "Canary7")];
    sandbox.airpay("update-customer", &fields).await;
    assert!(sandbox.last().accepted);
    let detail = opened(&sandbox).await;
    let why = detail.find(">Why<").unwrap();
    let remark =
        "A field of the body differs from <code>city</code> only by letter case: it is not used.";
    assert!(detail.find(remark).unwrap() > why, "{detail}");
    assert!(!detail.contains("City") && !detail.contains("Canary"));
    let request = &detail[detail.find(">Request<").unwrap()..];
    assert!(!request.contains("<code>city</code>") && request.contains("1 other</span>"));

    let token = [("authorization", "Bearer sandbox-paysafe-token")];
    let target = "/customers/12345678/prepaid/cards?status[]=Canary&canary=1";
    sandbox.get(target, &token).await;
    let detail = opened(&sandbox).await;
    for remark in [
        "A parameter of the query differs from <code>status</code> only by brackets behind it: it is not used.",
        "1 parameter of the query is not in the documents of this call: it is not used.",
    ] {
        assert!(detail.contains(remark), "{detail}");
    }
    // The list tells of it too, in letters that a phone shows.
    let list = sandbox.get("/", &[]).await.body;
    let row = "<td class=\"why\"><div>accepted; a parameter of the query differs from <code>status</code>";
    assert!(list.contains(row), "{list}");
    assert!(!list.contains("anary") && !list.contains("status[]"));
}
