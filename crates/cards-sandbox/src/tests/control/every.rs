//! Checks paths and methods, those included that there are not.

use crate::testing::{Harness, request};

#[tokio::test]
async fn unknown_paths_and_wrong_methods_in_each_providers_shape() {
    let sandbox = Harness::new();
    let airpay = r#"{"status":400,"message":"fail"}"#;
    let paysafe = r#""fieldErrors":[]}}"#;
    let ibanera = r#"{"status":"0","errors":[{"fieldName":"request","messageCode":"Invalid"}],"id":0,"details":null}"#;
    for (method, target, status, body) in [
        ("POST", "/airpay/ms/cards/api/other", 404, airpay),
        ("GET", "/airpay", 404, airpay),
        ("GET", "/airpay/ms/cards/api/register-user", 405, airpay),
        ("POST", "/airpay/ms/cards/api/register-user/", 404, airpay),
        ("GET", "/customers/1/other", 404, paysafe),
        ("DELETE", "/customers/1/prepaid/cards", 405, paysafe),
        (
            "GET",
            "/digitalwallets/v1/auth/brands/sandbox/token",
            405,
            paysafe,
        ),
        ("GET", "/api/v1/other", 404, ibanera),
        ("PUT", "/api/v1/public/auth/login", 405, ibanera),
        ("POST", "/api/v1/customer/cards/byuser", 405, ibanera),
        (
            "POST",
            "/",
            405,
            "{\"error\":\"this path is not for this method\"}",
        ),
        (
            "GET",
            "/airpayother",
            404,
            "{\"error\":\"no provider has this path: `GET /{...}`; no documented one is near\"}",
        ),
        (
            "GET",
            "/_sandbox",
            404,
            "{\"error\":\"no provider has this path\"}",
        ),
        (
            "POST",
            "/_sandbox/health",
            405,
            "{\"error\":\"this path is not for this method\"}",
        ),
        ("GET", "/airpay/%zz", 400, airpay),
        ("GET", "/customers/%ff/prepaid/cards", 400, paysafe),
        ("GET", "/customers/1/prepaid/cards?limit=%", 400, paysafe),
        (
            "GET",
            "/api/v1/customer/cards/byuser?customersId=%e2%82",
            400,
            ibanera,
        ),
    ] {
        let reply = sandbox.send(request(method, target, &[], "")).await;
        assert_eq!(reply.status, status, "{method} {target}");
        assert!(
            reply.body.ends_with(body),
            "{method} {target}: {}",
            reply.body
        );
        assert_eq!(reply.headers["content-type"], "application/json");
    }
}
