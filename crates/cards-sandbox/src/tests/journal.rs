//! Checks what the journal keeps of a request.

use crate::testing::{Harness, encoded};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn documented_names_in_their_order_and_the_number_of_others() {
    let sandbox = Harness::new();
    let fields = [
        ("type", "ATM"),
        ("Canary", "1"),
        ("entity_id", "Canary"),
        ("type", ""),
    ];
    let body = encoded(&fields);
    let headers = [
        FORM,
        ("token", "Canary"),
        ("canary", "1"),
        ("checksum", "Canary"),
    ];
    let target = "/airpay/ms/cards/api/customer-preference?status=Canary&canary";
    sandbox.post(target, &headers, &body).await;
    let request = sandbox.last().request;
    assert_eq!(request.body_bytes, body.len() as u64);
    assert_eq!(request.content_type, Some(FORM.1));
    assert_eq!(request.headers, ["Content-Type", "token", "checksum"]);
    assert_eq!(request.other_headers, 1);
    assert_eq!(
        (&request.query[..], request.other_query),
        (&["status"][..], 1)
    );
    assert_eq!(request.fields, ["type", "entity_id", "type"]);
    assert_eq!(request.other_fields, 1);
}

#[tokio::test]
async fn the_names_of_a_json_object_and_of_a_query() {
    let sandbox = Harness::new();
    let login = "/api/v1/public/auth/login";
    let json = [("content-type", "Application/JSON; charset=utf-8")];
    let body = r#"{"password":{"otp":1},"Canary":[],"username":"é"}"#;
    sandbox.post(login, &json, body).await;
    let request = sandbox.last().request;
    assert_eq!(request.content_type, Some("application/json"));
    // The one time password belongs beside the password, not into it.
    assert_eq!(request.fields, ["password", "username"]);
    assert_eq!(request.other_fields, 2);
    for broken in ["", "[1]", r#"{"otp":"#, r#"{"otp":1"#] {
        sandbox.post(login, &json, broken).await;
        let request = sandbox.last().request;
        assert_eq!((request.fields.len(), request.other_fields), (0, 0));
    }
    let query = "/api/v1/customer/cards/byuser/list?PageSize=1&x=2&pageNumber=3";
    let headers = [
        ("authorization", "Canary"),
        ("content-type", "Canary/Canary"),
    ];
    sandbox.get(query, &headers).await;
    let request = sandbox.last().request;
    assert_eq!(
        request.query,
        ["pageNumber"],
        "in other letters it is another name"
    );
    assert_eq!(request.headers, ["Authorization", "Content-Type"]);
    assert_eq!(request.content_type, Some("other"));
    assert_eq!((request.other_query, request.body_bytes), (2, 0));
}

#[tokio::test]
async fn what_is_kept_of_a_request_is_limited() {
    let sandbox = Harness::new();
    let path = "/airpay/ms/cards/api/update-customer";
    sandbox.post(path, &[FORM], &"city&".repeat(10_000)).await;
    let request = sandbox.last().request;
    assert_eq!((request.fields.len(), request.other_fields), (64, 9_936));
    let long = "city&".repeat(20_000);
    sandbox.post(path, &[FORM], &long).await;
    let request = sandbox.last().request;
    assert_eq!((request.fields.len(), request.other_fields), (0, 0));
    assert_eq!(request.body_bytes, long.len() as u64);
}
