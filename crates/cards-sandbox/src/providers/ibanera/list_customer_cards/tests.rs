use serde_json::Value;

use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{EXTREMES, Harness, Reply};

/// The headers that the document prints.
const SAMPLE: [(&str, &str); 2] = [("authorization", "YOUR_API_KEY"), ("otp", "text")];

async fn list(sandbox: &Harness, query: &str) -> Reply {
    let target = format!("/api/v1/customer/cards/byuser/list{query}");
    sandbox
        .get(&target, &[BEARER, ("otp", &otp(sandbox))])
        .await
}

#[tokio::test]
async fn the_keys_of_the_generated_sample_in_their_order() {
    let reply = list(&Harness::new(), "?pageSize=1").await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.body,
        r#"{"status":"1","errors":[],"id":0,"details":[{"customersId":11057,"customersReference":"customer-ref-1","cards":[{"id":1001,"currency":"usd","cardNumber":"424242******4242","totalBalance":1250.75,"availableBalance":1200.25,"pendingBalance":50.50,"bSuppressed":false},{"id":1002,"currency":"usd","cardNumber":"424242******1881","totalBalance":0,"availableBalance":0,"pendingBalance":0,"bSuppressed":false},{"id":1003,"currency":"eur","cardNumber":"424242******4444","totalBalance":89.10,"availableBalance":89.10,"pendingBalance":0.00,"bSuppressed":false},{"id":1004,"currency":"usd","cardNumber":"424242******0002","totalBalance":15.00,"availableBalance":0,"pendingBalance":15.00,"bSuppressed":true}]}],"pageSize":1,"pageNumber":1,"numberOfPages":23}"#
    );
}

#[tokio::test]
async fn pages_hold_every_customer_once() {
    let sandbox = Harness::new();
    let mut ids = Vec::new();
    for (query, number, records) in [
        ("", 1, 10),
        ("?pageNumber=2", 2, 10),
        ("?PageNumber=3&PageSize=10", 3, 3),
        ("?pageNumber=4", 4, 0),
    ] {
        let reply = list(&sandbox, query).await;
        let page: Value = serde_json::from_str(&reply.body).unwrap();
        let details = page["details"].as_array().unwrap();
        assert_eq!(details.len(), records, "{query}");
        assert_eq!(page["pageNumber"], number);
        assert_eq!(
            (&page["pageSize"], &page["numberOfPages"]),
            (&10.into(), &3.into())
        );
        ids.extend(
            details
                .iter()
                .map(|customer| customer["customersId"].as_i64().unwrap()),
        );
    }
    assert_eq!(ids, (11057..11080).collect::<Vec<_>>());
    let reply = list(&sandbox, "?pageNumber=4294967295&pageSize=4294967295").await;
    assert!(reply.body.contains(r#""details":[],"#), "{}", reply.body);
}

#[tokio::test]
async fn no_number_is_too_extreme() {
    let sandbox = Harness::new();
    for number in EXTREMES {
        for size in EXTREMES {
            let query = format!("?pageNumber={number}&pageSize={size}");
            let status = list(&sandbox, &query).await.status;
            assert!(status == 200 || status == 400, "{query}: {status}");
        }
    }
}

#[tokio::test]
async fn a_bad_page_is_invalid_and_named() {
    let sandbox = Harness::new();
    for (query, field) in [
        ("?pageNumber=0", "pageNumber"),
        ("?pageNumber=-1", "pageNumber"),
        ("?pageNumber=x", "pageNumber"),
        ("?pageSize=0", "pageSize"),
        ("?pageSize=", "pageSize"),
        ("?pageSize=1e3", "pageSize"),
    ] {
        let reply = list(&sandbox, query).await;
        assert_eq!(reply.status, 400, "{query}");
        assert_eq!(
            reply.body,
            format!(
                r#"{{"status":"0","errors":[{{"errorType":"Validation","fieldName":"{field}","messageCode":"Invalid"}}],"id":0,"details":null}}"#
            )
        );
    }
}

#[tokio::test]
async fn pages_are_right_wherever_the_ids_are() {
    let sandbox = Harness::new();
    let mut ids: Vec<i64> = vec![
        1,
        31,
        32,
        33,
        1023,
        1024,
        32_767,
        32_768,
        1 << 40,
        (1 << 53) - 1,
    ];
    ids.extend(5000..5040);
    ids.sort_unstable();
    let one = |id: &i64| format!(r#"{{"customersId":{id},"cards":[{{"id":{id}}}]}}"#);
    let customers: Vec<_> = ids.iter().map(one).collect();
    let world = format!(r#"{{"ibanera":{{"customers":[{}]}}}}"#, customers.join(","));
    let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    for gone in [0, 1 << 40, 5000, 5017, 1024] {
        let path = format!("/_sandbox/world/ibanera/customers/{gone}");
        let status = if gone == 0 { 404 } else { 200 };
        assert_eq!(sandbox.control("DELETE", &path, "").await.status, status);
        ids.retain(|id| *id != gone);
    }
    for (path, field) in [("byuser/list", "customersId"), ("balances", "id")] {
        for size in [1, 7, 32, 100] {
            let mut found = Vec::new();
            let pages = ids.len().div_ceil(size);
            // One more than there are is empty.
            for number in 1..=pages + 1 {
                let path =
                    format!("/api/v1/customer/cards/{path}?pageNumber={number}&pageSize={size}");
                let page: Value =
                    serde_json::from_str(&sandbox.get(&path, &SAMPLE).await.body).unwrap();
                assert_eq!(page["numberOfPages"], pages, "{path}");
                let details = page["details"].as_array().unwrap();
                found.extend(details.iter().map(|one| one[field].as_i64().unwrap()));
            }
            assert_eq!(found, ids, "{path} by {size}");
        }
    }
}
