use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{Harness, Reply};

async fn by_user(sandbox: &Harness, query: &str) -> Reply {
    let target = format!("/api/v1/customer/cards/byuser{query}");
    sandbox
        .get(&target, &[BEARER, ("otp", &otp(sandbox))])
        .await
}

#[tokio::test]
async fn the_keys_of_the_generated_sample_in_their_order() {
    let reply = by_user(&Harness::new(), "?customersId=11058").await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.body,
        r#"{"status":"1","errors":[],"id":0,"details":{"customersId":11058,"customersReference":"customer-ref-2","cards":[{"id":1005,"currency":"usd","cardNumber":"424242******4242","totalBalance":1250.75,"availableBalance":1200.25,"pendingBalance":50.50,"bSuppressed":false}]}}"#
    );
}

#[tokio::test]
async fn an_id_that_is_missing_or_no_customers() {
    let sandbox = Harness::new();
    for (query, code) in [
        ("", "Required"),
        ("?customersId=", "Required"),
        ("?customersId=x", "Invalid"),
        ("?customersId=1.5", "Invalid"),
        ("?customersId=0", "Invalid"),
        ("?customersId=-11057", "Invalid"),
        ("?customersId=99999999999999999999", "Invalid"),
        ("?customersId=11056", "Invalid"),
    ] {
        let reply = by_user(&sandbox, query).await;
        assert_eq!(reply.status, 400, "{query}");
        assert_eq!(
            reply.body,
            format!(
                r#"{{"status":"0","errors":[{{"fieldName":"customersId","messageCode":"{code}"}}],"id":0,"details":null}}"#
            )
        );
    }
    assert_eq!(by_user(&sandbox, "?CustomersId=11057").await.status, 200);
}
