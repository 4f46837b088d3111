use serde_json::{Value, json};

use crate::openapi::{Api, document};
use crate::providers::ibanera::testing::otp;
use crate::testing::{Harness, Reply};

const PATH: &str = "/api/v1/public/auth/login";
const JSON: (&str, &str) = ("content-type", "application/json");

async fn log_in(sandbox: &Harness, body: &Value) -> Reply {
    sandbox.post(PATH, &[JSON], &body.to_string()).await
}

fn right(sandbox: &Harness) -> Value {
    json!({"username": "sandbox", "password": "Sandbox@1234", "otp": otp(sandbox)})
}

fn failure(errors: &str) -> String {
    format!(r#"{{"status":"0","errors":[{errors}],"id":0,"details":null}}"#)
}

#[tokio::test]
async fn the_token_works_for_an_hour() {
    let sandbox = Harness::new();
    let reply = log_in(&sandbox, &right(&sandbox)).await;
    assert_eq!(reply.status, 200);
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    let token = body["details"]["accessToken"].as_str().unwrap();
    assert_eq!(
        reply.body.replace(token, "T"),
        r#"{"id":0,"details":{"accessToken":"T","expiresIn":3600},"status":"1","errors":[]}"#
    );
    let bearer = format!("Bearer {token}");
    for (seconds, status) in [(3599, 200), (1, 401)] {
        sandbox.advance(seconds);
        let headers = [("authorization", &*bearer), ("otp", &otp(&sandbox))];
        let target = "/api/v1/customer/cards/byuser/list";
        assert_eq!(sandbox.get(target, &headers).await.status, status);
    }
    assert_eq!(sandbox.why(), "the token has expired");
}

#[tokio::test]
async fn the_pages_own_content_type_is_taken_and_no_other() {
    let sandbox = Harness::new();
    let body = right(&sandbox).to_string();
    for (content_type, status) in [
        ("application/json-patch+json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/x-www-form-urlencoded", 400),
        ("text/json", 400),
    ] {
        let headers = [("content-type", content_type)];
        assert_eq!(sandbox.post(PATH, &headers, &body).await.status, status);
    }
    assert_eq!(sandbox.post(PATH, &[], &body).await.status, 400);
}

/// A generator makes a method for each content type, and one name for all of them.
#[test]
fn the_document_describes_one_content_type_and_names_the_other() {
    let document: Value = serde_json::from_str(&document(Api::Ibanera)).unwrap();
    let login = &document["paths"][PATH]["post"];
    let content = login["requestBody"]["content"].as_object().unwrap();
    let types: Vec<_> = content.keys().collect();
    assert_eq!(types, ["application/json"]);
    let text = login["description"].as_str().unwrap();
    assert!(text.contains("`application/json-patch+json`"), "{text}");
}

#[tokio::test]
async fn wrong_credentials() {
    let sandbox = Harness::new();
    for (field, value, error) in [
        (
            "username",
            "other",
            r#"{"fieldName":"username","messageCode":"Username_Or_Password_Incorrect"}"#,
        ),
        (
            "password",
            "other",
            r#"{"fieldName":"username","messageCode":"Username_Or_Password_Incorrect"}"#,
        ),
        (
            "otp",
            "000000",
            r#"{"fieldName":"otp","messageCode":"Invalid"}"#,
        ),
    ] {
        let mut body = right(&sandbox);
        body[field] = value.into();
        let reply = log_in(&sandbox, &body).await;
        assert_eq!((reply.status.as_u16(), reply.body), (400, failure(error)));
    }
}

#[tokio::test]
async fn fields_that_are_missing_or_no_text() {
    let sandbox = Harness::new();
    let required = r#"{"fieldName":"username","messageCode":"Required"},{"fieldName":"password","messageCode":"Required"},{"fieldName":"otp","messageCode":"Required"}"#;
    for body in [
        json!({}),
        json!({"username": null, "password": "", "Otp": "1"}),
    ] {
        let reply = log_in(&sandbox, &body).await;
        assert_eq!(
            (reply.status.as_u16(), reply.body),
            (400, failure(required))
        );
    }
    let mut body = right(&sandbox);
    body["otp"] = 123_456.into();
    let invalid = r#"{"fieldName":"otp","messageCode":"Invalid"}"#;
    assert_eq!(log_in(&sandbox, &body).await.body, failure(invalid));
}

#[tokio::test]
async fn what_is_no_json_object() {
    let sandbox = Harness::new();
    let deep = "[".repeat(60_000);
    for body in ["", "{", "[]", "null", "{\"username\":\"\\ud800\"}", &deep] {
        let reply = sandbox.post(PATH, &[JSON], body).await;
        let error = r#"{"fieldName":"request","messageCode":"Invalid"}"#;
        assert_eq!((reply.status.as_u16(), reply.body), (400, failure(error)));
    }
}
