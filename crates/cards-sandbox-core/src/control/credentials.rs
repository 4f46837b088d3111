//! Serves what a client needs to call the sandbox.
//!
//! `GET /_sandbox/credentials` tells everything: none of it is secret. `DELETE
//! /_sandbox/credentials/tokens` ends every token that a login brought.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::on;
use cards_model::{Method, ProviderId};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, json};

use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::problem::{store_trouble, wrong};
use crate::engine::provider::{Credentials, Providers};
use crate::engine::store::{StoreError, tokens};
use crate::engine::world::section::named;

pub(super) const CREDENTIALS: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/credentials",
    id: "credentials",
    summary: "What clients need to call the sandbox: none of it is secret",
    text: "Ids, keys, tokens and addresses of each provider, and the environment variables of the `cards` program. They are good at this sandbox only.",
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
    method: Method::Delete,
    path: "/_sandbox/credentials/tokens",
    id: "expire-tokens",
    summary: "Ends every token that a login brought",
    text: "Calls with one of them are refused from then on, so that a client has to log in again. The tokens that are good for ever stay.",
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
    let Some(url) = app.origin(&headers) else {
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
        let Credentials { json, env, .. } = provider.credentials(&url, app.now());
        shown.providers.push((provider.id(), json));
        shown.env.extend(env);
    }
    Answer::accepted(&shown)
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
