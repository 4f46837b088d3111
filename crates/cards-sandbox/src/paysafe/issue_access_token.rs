//! `POST /digitalwallets/v1/auth/brands/{brandIdentity}/token`
//!
//! Paysafe, Issue access token. A bearer token for a client's id and secret
//! (HTTP Basic, both parts percent-encoded).

use cards_model::paysafe::AccessToken;
use cards_model::{Operation, Provider, Rules};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::access::Access;
use super::call::{Handle, Written};
use super::error::{FieldError, UNKNOWN_ID, refused, refused_fields, store_trouble};
use crate::answer::Answer;
use crate::app::App;
use crate::incoming::{Incoming, Takes};
use crate::intake::Pairs;
use crate::openapi::{About, Described, Document};
use crate::store::{StoreError, tokens};
use crate::world::paysafe::{BRAND, PREFIX};

/// Asks for a token; the client, the brand and the grant are right.
pub(super) struct IssueAccessToken;

/// The reply, without a refresh token: the page shows none for this grant.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PaysafeToken")]
pub(super) struct Token {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// Its lifetime in seconds.
    expires_in: u64,
    #[schemars(extend("const" = "Bearer"))]
    token_type: &'static str,
    scope: &'static str,
}

impl Handle for IssueAccessToken {
    const OPERATION: &'static Operation = AccessToken::OPERATION;

    const PREFIXES: &'static [&'static str] = &[PREFIX];

    const ACCESS: Access = Access::Client;

    const TAKES: Takes = Takes::Form;

    const ABOUT: About = About {
        tag: "login",
        summary: "Get a token",
        text: "A bearer token of 10 hours for a client's id and secret.",
        page: None,
    };

    type Data = Token;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let brand = "The brand that the client belongs to.";
        operation
            .with_path_parameter("brandIdentity", brand, &json!(BRAND))
            .body(json!({"application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {"grant_type": {
                        "type": "string",
                        "const": GRANT,
                        "description": "The only grant that the sandbox has; given once.",
                    }},
                    "required": ["grant_type"],
                },
                "example": {"grant_type": GRANT},
            }}))
            .responds(200, document.reply::<Token>("A token."))
            .responds(
                400,
                document.failure(
                    "The grant is missing, repeated or none of the sandbox's; or malformed: \
                     another content type than the documented one, or percent-encoding that is \
                     none.",
                ),
            )
            .responds(404, document.failure("There is no such brand."))
    }

    fn read(incoming: &Incoming, _: &Rules) -> Result<Self, Answer> {
        if incoming.parameter("brandIdentity") != BRAND {
            return Err(refused(UNKNOWN_ID, "there is no such brand"));
        }
        verify_grant(incoming.form())?;
        Ok(Self)
    }

    async fn carry_out(self, app: &App) -> Result<Written<Token>, Answer> {
        let (now, lifetime) = (app.now(), app.token_lifetime(Provider::Paysafe));
        let access_token = app
            .store
            .write(move |transaction| {
                tokens::issue(transaction, Provider::Paysafe, BRAND, now, lifetime)
                    .map_err(StoreError::from)
            })
            .await
            .map_err(|error| store_trouble(&error))?;
        Ok(Written::of(&Token {
            access_token,
            expires_in: lifetime,
            token_type: "Bearer",
            scope: "whitelabelWallet",
        }))
    }
}

/// The one grant of the sandbox.
const GRANT: &str = "client_credentials";

fn verify_grant(form: &Pairs) -> Result<(), Answer> {
    let mut grants = form.iter().filter(|(name, _)| name == "grant_type");
    let error = match (grants.next(), grants.next()) {
        (Some((_, grant)), None) if grant == GRANT => return Ok(()),
        (Some((_, grant)), None) if !grant.is_empty() => {
            format!("{GRANT} is the only grant of the sandbox")
        }
        (Some(_), Some(_)) => "must be given once".to_owned(),
        _ => "must be given".to_owned(),
    };
    Err(refused_fields(&[FieldError {
        field: "grant_type",
        error,
    }]))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::prelude::{BASE64_STANDARD, Engine};
    use cards_model::Provider;
    use serde_json::Value;

    use crate::Sandbox;
    use crate::testing::{Harness, Reply};

    const PATH: &str = "/digitalwallets/v1/auth/brands/sandbox/token";
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

    async fn ask(sandbox: &Harness, path: &str, client: &str, body: &str) -> Reply {
        let basic = format!("Basic {}", BASE64_STANDARD.encode(client));
        sandbox
            .post(path, &[("authorization", &basic), FORM], body)
            .await
    }

    async fn token(sandbox: &Harness) -> String {
        let client = "sandbox-client:sandbox-client-secret";
        let reply = ask(sandbox, PATH, client, "grant_type=client_credentials").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        let token = body["access_token"].as_str().unwrap().to_owned();
        let rest = reply.body.replace(&token, "T");
        assert_eq!(
            rest,
            r#"{"access_token":"T","expires_in":36000,"token_type":"Bearer","scope":"whitelabelWallet"}"#
        );
        token
    }

    async fn list_with(sandbox: &Harness, token: &str) -> Reply {
        let bearer = format!("bearer {token}");
        let target = "/customers/12345678/prepaid/cards";
        sandbox.get(target, &[("authorization", &bearer)]).await
    }

    #[tokio::test]
    async fn the_token_works_until_it_expires() {
        let sandbox = Harness::new();
        let token = token(&sandbox).await;
        sandbox.advance(35_999);
        assert_eq!(list_with(&sandbox, &token).await.status, 200);
        sandbox.advance(1);
        let reply = list_with(&sandbox, &token).await;
        assert_eq!(reply.status, 401);
        assert!(reply.body.contains(r#""code":"5275""#), "{}", reply.body);
        assert_eq!(sandbox.why(), "the token has expired");
    }

    #[tokio::test]
    async fn its_lifetime_can_be_set() {
        let lifetime = Duration::from_secs(2);
        let sandbox = Harness::with(Sandbox::builder().token_lifetime(Provider::Paysafe, lifetime));
        let client = "sandbox%2Dclient:sandbox-client-secret";
        let reply = ask(&sandbox, PATH, client, "grant_type=client_credentials").await;
        assert!(reply.body.contains(r#""expires_in":2,"#), "{}", reply.body);
    }

    #[tokio::test]
    async fn clients_brands_and_grants_that_are_refused() {
        let sandbox = Harness::new();
        let right = "sandbox-client:sandbox-client-secret";
        let grant = "grant_type=client_credentials";
        let other_brand = "/digitalwallets/v1/auth/brands/other/token";
        for (path, client, body, status, why) in [
            (
                PATH,
                "sandbox-client:other",
                grant,
                401,
                "the client's id or secret is not the sandbox's",
            ),
            (
                PATH,
                "other:sandbox-client-secret",
                grant,
                401,
                "the client's id or secret is not the sandbox's",
            ),
            (other_brand, right, grant, 404, "there is no such brand"),
            (PATH, right, "", 400, "grant_type: must be given"),
            (PATH, right, "grant_type=", 400, "grant_type: must be given"),
            (
                PATH,
                right,
                "grant_type=password",
                400,
                "grant_type: client_credentials is the only grant of the sandbox",
            ),
            (
                PATH,
                right,
                "grant_type=client_credentials&grant_type=a",
                400,
                "grant_type: must be given once",
            ),
            (
                PATH,
                right,
                "grant_type=%",
                400,
                "not percent-encoded UTF-8: a % without two hex digits, or a byte that is no text",
            ),
        ] {
            let reply = ask(&sandbox, path, client, body).await;
            assert_eq!(reply.status, status, "{}", reply.body);
            let challenged = reply.headers.contains_key("www-authenticate");
            assert_eq!(challenged, status == 401);
            assert_eq!(sandbox.why(), why);
            let body: Value = serde_json::from_str(&reply.body).unwrap();
            assert!(body["error"]["fieldErrors"].is_array());
        }
        let challenge = "Basic realm=\"sandbox\"";
        let reply = sandbox.post(PATH, &[FORM], grant).await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.headers["www-authenticate"], challenge);
        assert!(reply.body.contains(r#""code":"5280""#));
        let reply = sandbox
            .post(PATH, &[FORM, ("authorization", "Basic x")], grant)
            .await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.headers["www-authenticate"], challenge);
        let reply = sandbox.post(PATH, &[], grant).await;
        assert_eq!(reply.status, 400, "no content type");
    }
}
