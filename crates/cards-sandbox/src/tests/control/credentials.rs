//! Checks what clients are told to call the sandbox with.

use serde_json::Value;

use crate::Sandbox;
use crate::testing::Harness;
use crate::world::airpay::{MOBILE_NO, PASSWORD, SECRET_KEY};

#[tokio::test]
async fn everything_that_a_client_needs() {
    let sandbox = Harness::with(Sandbox::builder().allow_host("cards.example"));
    let host = ("host", "cards.example:8484");
    let reply = sandbox.get("/_sandbox/credentials", &[host]).await;
    let mut told: Value = serde_json::from_str(&reply.body).unwrap();
    let env = told["env"].take();
    assert_eq!(
        env["CARDS_PAYSAFE_BASE_URL"],
        "http://cards.example:8484/digitalwallets/v1"
    );
    assert_eq!(env.as_object().unwrap().len(), 18);
    insta::assert_snapshot!(serde_json::to_string_pretty(&told).unwrap(), @r#"
    {
      "airpay": {
        "affiliate": "sandboxaff",
        "baseUrl": "http://cards.example:8484",
        "entityId": "AIRPAYCUST0001",
        "generateOtpPath": "/airpay/ms/cards/api/generate-otp",
        "mobileNo": "9000000978",
        "oneTimePassword": "1234",
        "password": "PaSwd@1234",
        "processorKey": "sandbox-processor-key",
        "secretKey": "sandbox-secret-key",
        "token": "sandbox-token"
      },
      "env": null,
      "ibanera": {
        "baseUrl": "http://cards.example:8484",
        "customersId": 11057,
        "otp": "606525",
        "otpSecondsLeft": 30,
        "password": "Sandbox@1234",
        "token": "sandbox-ibanera-token",
        "totpSecret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "username": "sandbox",
        "webhookSecret": "sandbox-ibanera-webhook-secret"
      },
      "paysafe": {
        "baseUrl": "http://cards.example:8484/digitalwallets/v1",
        "brand": "sandbox",
        "clientId": "sandbox-client",
        "clientSecret": "sandbox-client-secret",
        "customerIds": [
          "12345678",
          "87654321"
        ],
        "token": "sandbox-paysafe-token",
        "webhookKey": "c2FuZGJveC1zaWduYXR1cmUta2V5"
      }
    }
    "#);

    // The code works.
    let otp = told["ibanera"]["otp"].as_str().unwrap();
    let token = format!("Bearer {}", told["ibanera"]["token"].as_str().unwrap());
    let headers = [("authorization", &*token), ("otp", otp)];
    let cards = "/api/v1/customer/cards/byuser?customersId=11057";
    assert_eq!(sandbox.get(cards, &headers).await.status, 200);

    // Without a host there is no telling; others are turned away before.
    for (headers, status) in [
        (&[][..], 400),
        (&[("host", "a b")], 400),
        (&[("host", "user@cards.example")], 400),
        (&[("host", "evil.example")], 403),
    ] {
        let reply = sandbox.get("/_sandbox/credentials", headers).await;
        assert_eq!(reply.status, status, "{}", reply.body);
    }
}

#[tokio::test]
async fn every_token_ends_on_command() {
    let sandbox = Harness::new();
    let login = [("mobile_no", MOBILE_NO), ("password", PASSWORD)];
    let reply = sandbox.airpay("user-login", &login).await;
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    let token = body["data"]["token"].as_str().unwrap();
    let sum = cards_sign::checksum(["AIRPAYCUST0001"], SECRET_KEY.as_bytes()).to_string();
    let headers = [("token", token), ("checksum", &*sum)];
    let fields = [("entity_id", "AIRPAYCUST0001")];
    let update = async || {
        let reply = sandbox
            .airpay_with("update-customer", &headers, &fields)
            .await;
        reply.body.contains("success")
    };
    assert!(update().await);
    let reply = sandbox
        .control("DELETE", "/_sandbox/credentials/tokens", "")
        .await;
    assert_eq!(
        (reply.status.as_u16(), &*reply.body),
        (200, r#"{"expired":1}"#)
    );
    assert!(!update().await);
    assert_eq!(sandbox.why(), "the token has expired");
    let reply = sandbox
        .control("DELETE", "/_sandbox/credentials/tokens", "")
        .await;
    assert_eq!(reply.body, r#"{"expired":0}"#);
    // A clock that is moved back brings none of them back.
    for _ in 0..2 {
        sandbox.advance(-3_600);
        assert!(!update().await);
        assert_eq!(sandbox.why(), "the token has expired");
        // Nor does another login make it one that nobody knows.
        let reply = sandbox.airpay("user-login", &login).await;
        assert!(reply.body.contains("token"), "{}", reply.body);
        assert!(!update().await);
        assert_eq!(sandbox.why(), "the token has expired");
    }
    let reply = sandbox
        .control(
            "PUT",
            "/_sandbox/clock",
            r#"{"now":"0001-01-01T00:00:00Z"}"#,
        )
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(!update().await);
}
