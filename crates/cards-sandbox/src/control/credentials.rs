//! Serves what a client needs to call the sandbox.
//!
//! `GET /_sandbox/credentials` tells everything: none of it is secret. `DELETE
//! /_sandbox/credentials/tokens` ends every token that a login brought.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use axum::routing::on;
use cards_model::ProviderId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, json};

use super::{Endpoint, store_trouble, wrong};
use crate::answer::Answer;
use crate::app::App;
use crate::intake::{self, HeaderValue};
use crate::provider::{Credentials, Providers};
use crate::store::{StoreError, tokens};
use crate::world::section::named;

pub(super) const CREDENTIALS: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/credentials",
    id: "credentials",
    summary: "What clients need to call the sandbox: none of it is secret",
    serve: |method| on(method, credentials),
    describe: |document, operation| {
        operation
            .responds(
                200,
                document.reply_by("Credentials, ids and addresses.", schema),
            )
            .responds(
                400,
                document.failure("No `Host`, from which the addresses are made."),
            )
    },
};

pub(super) const EXPIRE_TOKENS: Endpoint = Endpoint {
    method: "delete",
    path: "/_sandbox/credentials/tokens",
    id: "expire-tokens",
    summary: "Ends every token that a login brought",
    serve: |method| on(method, expire_tokens),
    describe: |document, operation| {
        operation.responds(200, document.reply::<Expired>("How many were ended."))
    },
};

/// Each provider's under its name, and the environment variables of them all.
struct Shown {
    providers: Vec<(ProviderId, Option<Box<RawValue>>)>,
    env: BTreeMap<&'static str, String>,
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.providers.len() + 1))?;
        for (provider, credentials) in &self.providers {
            map.serialize_entry(provider, credentials)?;
        }
        map.serialize_entry("env", &self.env)?;
        map.end()
    }
}

/// Describes [`Shown`].
fn schema(providers: &Providers, generator: &mut SchemaGenerator) -> Schema {
    let mut properties = Map::new();
    for provider in providers.iter() {
        let schema = provider.credentials_schema(generator);
        properties.insert(provider.id().to_string(), schema.to_value());
    }
    let env = json!({
        "type": "object",
        "description": "Environment variables for the clients.",
        "additionalProperties": {"type": "string"},
    });
    properties.insert("env".to_owned(), env);
    let required = providers.ids().map(ProviderId::as_str).chain(["env"]);
    let required: Vec<_> = required.collect();
    let schema = json_schema!({
        "type": "object",
        "properties": properties,
        "required": required,
    });
    named(generator, "Credentials", schema)
}

async fn credentials(State(app): State<App>, headers: HeaderMap) -> Answer {
    let Some(url) = origin(&app, &headers) else {
        return wrong(
            "Host",
            "the header is needed: it is where the sandbox is reached",
        );
    };
    let mut shown = Shown {
        providers: Vec::new(),
        env: BTreeMap::new(),
    };
    for provider in app.providers.iter() {
        let Credentials { json, env } = provider.credentials(&url, app.now());
        shown.providers.push((provider.id(), json));
        shown.env.extend(env);
    }
    Answer::accepted(&shown)
}

/// Gives the URL at which the caller reached the sandbox: that need not be the
/// address that it listens on, as from outside a container.
fn origin(app: &App, headers: &HeaderMap) -> Option<String> {
    let HeaderValue::Text(host) = intake::header(headers, header::HOST.as_str()) else {
        return None;
    };
    let authority: Authority = host.parse().ok()?;
    let scheme = app.config.tls.as_ref().map_or("http", |_| "https");
    (!host.contains('@')).then(|| format!("{scheme}://{authority}"))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TokensExpired")]
struct Expired {
    expired: usize,
}

async fn expire_tokens(State(app): State<App>) -> Answer {
    let now = app.now();
    let expire = move |transaction: &rusqlite::Transaction<'_>| {
        tokens::expire_all(transaction, now).map_err(StoreError::from)
    };
    match app.store.write(expire).await {
        Ok(expired) => Answer::accepted(&Expired { expired }),
        Err(error) => store_trouble(&error),
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(env.as_object().unwrap().len(), 15);
        insta::assert_snapshot!(serde_json::to_string_pretty(&told).unwrap(), @r#"
        {
          "airpay": {
            "affiliate": "sandboxaff",
            "baseUrl": "http://cards.example:8484",
            "entityId": "AIRPAYCUST0001",
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
            "username": "sandbox"
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
            "token": "sandbox-paysafe-token"
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
            (&[("host", "a b")], 403),
            (&[("host", "user@cards.example")], 403),
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
}
