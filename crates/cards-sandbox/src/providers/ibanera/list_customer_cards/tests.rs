use serde_json::Value;

use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{EXTREMES, Harness, Reply};

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
