use serde_json::Value;

use crate::Sandbox;
use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{EXTREMES, Harness, Reply};
use cards_model::Rule;

async fn list(sandbox: &Harness, query: &str) -> Reply {
    let target = format!("/api/v1/customer/cards/transactions{query}");
    let code = otp(sandbox);
    sandbox.get(&target, &[BEARER, ("otp", &code)]).await
}

async fn ids(sandbox: &Harness, query: &str) -> Vec<i64> {
    let reply = list(sandbox, query).await;
    assert_eq!(reply.status, 200, "{query}: {}", sandbox.why());
    let page: Value = serde_json::from_str(&reply.body).unwrap();
    let details = page["details"].as_array().unwrap().iter();
    details.map(|one| one["id"].as_i64().unwrap()).collect()
}

/// A card with amounts of several times, the last two of one.
async fn with_amounts() -> Harness {
    let sandbox = Harness::new();
    let card = r#"{"id": 7, "transactions": [
        {"id": 1, "amount": 10.10, "dateTime": "2026-01-01T00:00:00Z", "description": "First"},
        {"id": 2, "amount": -0.10, "dateTime": "2026-01-02T00:00:00.001Z"},
        {"id": 3, "amount": 5, "dateTime": "2026-01-03T00:00:00Z", "bPending": true},
        {"id": 4, "amount": 0.10, "dateTime": "2026-01-03T00:00:00Z", "RefundTransactionsID": 2}
    ]}"#;
    let path = "/_sandbox/world/ibanera/customers/11057/cards";
    let reply = sandbox.control("POST", path, card).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    sandbox
}

#[tokio::test]
async fn the_keys_of_the_sample_in_their_order() {
    let reply = list(&Harness::new(), "?CardsId=1001").await;
    assert_eq!(
        reply.body,
        r#"{"id":0,"details":[{"id":5002,"cardsId":1001,"amount":50.50,"currency":"usd","description":"Pending at the opening","dateTime":"2026-01-01T00:00:00.000Z","bPending":true,"RefundTransactionsID":null},{"id":5001,"cardsId":1001,"amount":1200.25,"currency":"usd","description":"Opening balance","dateTime":"2026-01-01T00:00:00.000Z","bPending":false,"RefundTransactionsID":null}],"pageSize":10,"pageNumber":1,"numberOfPages":1,"status":"1"}"#
    );
    let sandbox = with_amounts().await;
    let reply = list(&sandbox, "?CardsId=7&PageSize=1").await;
    let refund = r#""amount":0.10,"currency":"usd","description":"","dateTime":"2026-01-03T00:00:00.000Z","bPending":false,"RefundTransactionsID":2}],"pageSize":1,"pageNumber":1,"numberOfPages":4"#;
    assert!(reply.body.contains(refund), "{}", reply.body);
}

#[tokio::test]
async fn the_newest_come_first_on_as_many_pages_as_there_are() {
    let sandbox = with_amounts().await;
    assert_eq!(ids(&sandbox, "?cardsid=7").await, [4, 3, 2, 1]);
    assert_eq!(ids(&sandbox, "?CardsId=7&PageSize=3").await, [4, 3, 2]);
    assert_eq!(
        ids(&sandbox, "?CardsId=7&PageSize=3&PageNumber=2").await,
        [1]
    );
    assert!(
        ids(&sandbox, "?CardsId=7&PageSize=3&PageNumber=3")
            .await
            .is_empty()
    );
    assert!(ids(&sandbox, "?CardsId=1002").await.is_empty());
}

#[tokio::test]
async fn both_ends_of_a_span_are_in_it() {
    let sandbox = with_amounts().await;
    for (from, to, expected) in [
        ("2026-01-02T00:00:00.001Z", "", &[4, 3, 2][..]),
        ("2026-01-02T00:00:00.002Z", "", &[4, 3]),
        ("", "2026-01-02T00:00:00.001Z", &[2, 1]),
        ("", "2026-01-02T00:00:00Z", &[1]),
        ("2026-01-02T00:00:00.001Z", "2026-01-02T00:00:00.001Z", &[2]),
        (
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
            &[4, 3, 2, 1],
        ),
    ] {
        let mut query = "?CardsId=7".to_owned();
        for (name, text) in [("fromDate", from), ("toDate", to)] {
            if !text.is_empty() {
                query.push_str(&format!("&{name}={text}"));
            }
        }
        assert_eq!(ids(&sandbox, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_all_at_once() {
    let sandbox = Harness::new();
    for (query, expected) in [
        ("", &[("CardsId", "Required")][..]),
        ("?CardsId=", &[("CardsId", "Invalid")]),
        ("?CardsId=7", &[("CardsId", "Invalid")]),
        (
            "?CardsId=1001&fromDate=2026-01-02",
            &[("fromDate", "Invalid")],
        ),
        (
            "?CardsId=1001&fromDate=2026-02-30T00:00:00Z",
            &[("fromDate", "Invalid")],
        ),
        (
            "?CardsId=1001&toDate=2026-01-02T00:00:00",
            &[("toDate", "Invalid")],
        ),
        (
            "?CardsId=1001&toDate=2026-01-02T00:00:00%2B01:00",
            &[("toDate", "Invalid")],
        ),
        (
            "?CardsId=1001&fromDate=2026-01-02T00:00:00.001Z&toDate=2026-01-02T00:00:00Z",
            &[("toDate", "Invalid")],
        ),
        (
            "?CardsId=0&fromDate=x&toDate=y&PageNumber=0&PageSize=z",
            &[
                ("CardsId", "Invalid"),
                ("fromDate", "Invalid"),
                ("toDate", "Invalid"),
                ("PageNumber", "Invalid"),
                ("PageSize", "Invalid"),
            ],
        ),
    ] {
        let reply = list(&sandbox, query).await;
        assert_eq!(reply.status, 400, "{query}");
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        let errors = body["errors"].as_array().unwrap().iter();
        let mut named: Vec<_> = errors
            .map(|error| {
                let text = |name: &str| error[name].as_str().unwrap().to_owned();
                (text("fieldName"), text("messageCode"))
            })
            .collect();
        let mut expected: Vec<_> = expected
            .iter()
            .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
            .collect();
        named.sort();
        expected.sort();
        assert_eq!(named, expected, "{query}");
    }
    for number in EXTREMES {
        let query = format!("?CardsId={number}&PageNumber={number}&PageSize={number}");
        let status = list(&sandbox, &query).await.status;
        assert!(status == 200 || status == 400, "{query}: {status}");
    }
}

#[tokio::test]
async fn an_end_of_a_span_that_is_no_time_is_open_where_that_is_waived() {
    let builder = Sandbox::builder().waive(("list-card-transactions/fromDate", Rule::Format));
    let sandbox = Harness::with(builder);
    assert_eq!(
        ids(&sandbox, "?CardsId=1001&fromDate=yesterday")
            .await
            .len(),
        2
    );
}
