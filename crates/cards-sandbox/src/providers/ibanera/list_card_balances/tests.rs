use serde_json::Value;

use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{EXTREMES, Harness, Reply};
use crate::{IbaneraBalanceNames, Sandbox};

async fn list(sandbox: &Harness, query: &str) -> Reply {
    let target = format!("/api/v1/customer/cards/balances{query}");
    let code = otp(sandbox);
    sandbox.get(&target, &[BEARER, ("otp", &code)]).await
}

#[tokio::test]
async fn the_names_of_both_copies_in_the_order_of_the_sample() {
    let newer = list(&Harness::new(), "?PageSize=1&PageNumber=4").await;
    assert_eq!(newer.status, 200);
    assert_eq!(
        newer.body,
        r#"{"id":0,"details":[{"id":1004,"customersReference":"customer-ref-1","cardHolderName":"John Doe","cardLast4":"0002","customersID":"11057","currency":"usd","totalBalance":15.00,"availableBalance":0,"pendingBalance":15.00,"status":"Deactivated"}],"pageSize":1,"pageNumber":4,"numberOfPages":26,"status":"1","errors":[]}"#
    );
    let builder = Sandbox::builder().ibanera_balance_names(IbaneraBalanceNames::Older);
    let older = list(&Harness::with(builder), "?PageSize=1&PageNumber=3").await;
    let item = r#"{"id":1003,"CustomersReference":"customer-ref-1","CardHolderName":"John Doe","CardLast4":"4444","CustomersID":11057,"currency":"eur","totalBalance":89.10,"availableBalance":89.10,"pendingBalance":0.00,"status":"Active"}"#;
    assert!(older.body.contains(item), "{}", older.body);
}

#[tokio::test]
async fn pages_hold_every_card_once_or_those_of_one_customer() {
    let sandbox = Harness::new();
    let mut ids = Vec::new();
    for (query, number, records, pages) in [
        ("", 1, 10, 3),
        ("?PageNumber=2", 2, 10, 3),
        ("?pagenumber=3&PAGESIZE=10", 3, 6, 3),
        ("?PageNumber=4", 4, 0, 3),
        ("?CustomersID=11058&PageNumber=1", 1, 1, 1),
        ("?customersid=11060&PageNumber=1", 1, 0, 0),
    ] {
        let reply = list(&sandbox, query).await;
        let page: Value = serde_json::from_str(&reply.body).unwrap();
        let details = page["details"].as_array().unwrap();
        assert_eq!(details.len(), records, "{query}");
        assert_eq!(page["pageNumber"], number);
        assert_eq!(page["numberOfPages"], pages, "{query}");
        if !query.to_ascii_lowercase().contains("customersid") {
            ids.extend(details.iter().map(|card| card["id"].as_i64().unwrap()));
        }
    }
    assert_eq!(ids, (1001..1027).collect::<Vec<_>>());
}

#[tokio::test]
async fn whoever_is_nobody_and_whatever_is_no_page_is_named() {
    let sandbox = Harness::new();
    for (query, fields) in [
        ("?CustomersID=7", &["CustomersID"][..]),
        ("?CustomersID=x", &["CustomersID"]),
        ("?CustomersID=0", &["CustomersID"]),
        ("?PageSize=0&PageNumber=-1", &["PageSize", "PageNumber"]),
        ("?PageSize=&PageNumber=1e3", &["PageSize", "PageNumber"]),
    ] {
        let reply = list(&sandbox, query).await;
        assert_eq!(reply.status, 400, "{query}");
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        let errors = body["errors"].as_array().unwrap();
        let named: Vec<_> = errors
            .iter()
            .map(|error| error["fieldName"].clone())
            .collect();
        assert_eq!(named, fields, "{query}");
        assert!(errors.iter().all(|error| error["messageCode"] == "Invalid"));
    }
    for number in EXTREMES {
        let query = format!("?PageNumber={number}&PageSize={number}&CustomersID={number}");
        let status = list(&sandbox, &query).await.status;
        assert!(status == 200 || status == 400, "{query}: {status}");
    }
}
