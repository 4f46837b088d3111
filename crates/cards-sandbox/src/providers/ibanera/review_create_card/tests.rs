use serde_json::{Value, json};

use crate::providers::ibanera::testing::{BEARER, otp};
use crate::testing::{Harness, Reply};

async fn review(sandbox: &Harness, query: &str) -> Reply {
    let target = format!("/api/v1/customer/cards/reviewcreatecard{query}");
    let code = otp(sandbox);
    sandbox.get(&target, &[BEARER, ("otp", &code)]).await
}

/// Asks for a card of a customer with these details beside what must be given. Gives
/// the status, and the fields that are named.
async fn create(sandbox: &Harness, customers_id: i64, details: &Value) -> (u16, Vec<String>) {
    let mut body = json!({
        "customersId": customers_id, "currency": "USD", "cardReferenceId": "C",
        "shippingMethod": "Standard", "cardProgramID": 1002,
        "shippingAddress": {
            "shippingAddressLine1": "Suite 500", "shippingAddressCity": "New York",
            "shippingAddressState": "Texas", "shippingAddressPostcode": "55050",
            "shippingAddressCountry": "USA",
        },
    });
    for (name, value) in details.as_object().unwrap() {
        body[name] = value.clone();
    }
    let code = otp(sandbox);
    let headers = [
        BEARER,
        ("otp", &*code),
        ("content-type", "application/json"),
    ];
    let path = "/api/v1/customer/cards/create";
    let reply = sandbox.post(path, &headers, &body.to_string()).await;
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    let errors = answer["errors"].as_array().unwrap().iter();
    let fields = errors.map(|error| {
        assert_eq!(error["messageCode"], "Required", "{error}");
        error["fieldName"].as_str().unwrap().to_owned()
    });
    (reply.status.as_u16(), fields.collect())
}

fn business() -> Value {
    json!({
        "legalEntityName": "Acme Corporation", "doingBusinessAs": "Acme Co", "entityType": "LLC",
        "registeredAddressStreet": "123 Main St", "registeredAddressCity": "Austin",
        "registeredAddressState": "TX", "registeredAddressPostcode": "73301",
    })
}

#[tokio::test]
async fn a_person_has_the_details_of_the_sample() {
    let reply = review(&Harness::new(), "?customersId=11057").await;
    assert_eq!(
        reply.body,
        r#"{"id":0,"details":{"personalReviewDetails":{"sourceOfFunds":["Salary"],"estimatedGrossAnnualIncome":10000.00,"estimatedNetWorth":200000.00,"activelyEmployed":true,"employedCompanyName":"ABC Technologies","employedJobTitle":"Software Engineer"},"types":{"sourceOfFunds":["Salary","Savings","Self Employed","Loans/Borrowed Funds"]},"requiredDocuments":[]},"status":"1","errors":[]}"#
    );
}

#[tokio::test]
async fn an_id_that_is_missing_or_nobodys() {
    let sandbox = Harness::new();
    for (query, code) in [
        ("", "Required"),
        ("?customersId=", "Required"),
        ("?customersId=x", "Invalid"),
        ("?customersId=0", "Invalid"),
        ("?customersId=11056", "Invalid"),
        ("?customersId=99999999999999999999", "Invalid"),
    ] {
        let reply = review(&sandbox, query).await;
        let failure = format!(
            r#"{{"status":"0","errors":[{{"fieldName":"customersId","messageCode":"{code}"}}],"id":0,"details":null}}"#
        );
        assert_eq!(
            (reply.status.as_u16(), reply.body),
            (400, failure),
            "{query}"
        );
    }
    assert_eq!(review(&sandbox, "?CUSTOMERSID=11057").await.status, 200);
}

/// Once told, nothing has to be told again for half a year; and of a young customer
/// nothing at all, whatever is told.
#[tokio::test]
async fn an_older_customer_tells_details_again() {
    let sandbox = Harness::new();
    let personal = json!({"personalReviewDetails": {"activelyEmployed": true}});
    let both = json!({"personalReviewDetails": {}, "businessReviewDetails": business()});
    let field = "personalReviewDetails".to_owned();
    assert_eq!(
        create(&sandbox, 11078, &json!({})).await,
        (400, vec![field.clone()])
    );
    let other = json!({"businessReviewDetails": business()});
    assert_eq!(
        create(&sandbox, 11078, &other).await,
        (400, vec![field.clone()])
    );
    assert_eq!(sandbox.last().violations[0].field, field);
    assert_eq!(create(&sandbox, 11078, &personal).await, (200, vec![]));
    assert_eq!(create(&sandbox, 11078, &json!({})).await, (200, vec![]));
    sandbox.advance(200 * 86_400);
    assert_eq!(
        create(&sandbox, 11078, &json!({})).await,
        (400, vec![field])
    );
    let field = "businessReviewDetails".to_owned();
    assert_eq!(create(&sandbox, 11079, &personal).await, (400, vec![field]));
    assert_eq!(create(&sandbox, 11079, &both).await, (200, vec![]));
    assert_eq!(create(&sandbox, 11057, &json!({})).await, (200, vec![]));
    assert_eq!(create(&sandbox, 11057, &both).await, (200, vec![]));
}

/// A call that is refused for another reason leaves the time as it is.
#[tokio::test]
async fn a_review_counts_with_its_card_only() {
    let sandbox = Harness::new();
    let wrong = json!({"personalReviewDetails": {}, "cardProgramID": 7});
    let code = otp(&sandbox);
    let headers = [
        BEARER,
        ("otp", &*code),
        ("content-type", "application/json"),
    ];
    let path = "/api/v1/customer/cards/create";
    let mut body = json!({
        "customersId": 11078, "currency": "USD", "cardReferenceId": "C",
        "shippingMethod": "Standard",
        "shippingAddress": {
            "shippingAddressLine1": "1", "shippingAddressCity": "1", "shippingAddressState": "1",
            "shippingAddressPostcode": "1", "shippingAddressCountry": "1",
        },
    });
    for (name, value) in wrong.as_object().unwrap() {
        body[name] = value.clone();
    }
    let reply = sandbox.post(path, &headers, &body.to_string()).await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    let refused = create(&sandbox, 11078, &json!({})).await;
    assert_eq!(refused.0, 400);
}

/// The review of a customer goes into a saved world and out of it.
#[tokio::test]
async fn a_world_has_reviews() {
    let sandbox = Harness::new();
    let customer = r#"{"customersId":7,"review":{"kind":"Business","since":"2020-02-29"}}"#;
    let path = "/_sandbox/world/ibanera/customers";
    assert_eq!(sandbox.control("POST", path, customer).await.status, 200);
    let reply = review(&sandbox, "?customersId=7").await;
    assert!(
        !reply.body.contains("personalReviewDetails"),
        "{}",
        reply.body
    );
    assert_eq!(create(&sandbox, 7, &json!({})).await.0, 400);
    let page = sandbox.get("/_sandbox/page/customers", &[]).await;
    assert!(page.body.contains("Business, six months from 2020-02-29"));
    let file = sandbox.get("/_sandbox/world/file", &[]).await;
    let review = r#""review":{"kind":"Business","since":"2020-02-29"}"#;
    assert!(file.body.contains(review), "{}", file.body);
    let wrong = r#"{"review":{"kind":"Business","since":"2020-02-30"}}"#;
    let reply = sandbox.control("POST", path, wrong).await;
    assert!(
        reply.status == 400 && reply.body.contains("review.since"),
        "{}",
        reply.body
    );
}
