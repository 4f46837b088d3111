//! `POST /digitalwallets/v1/auth/brands/{brandIdentity}/token`
//!
//! Paysafe, Issue access token. A bearer token for a client's id and secret
//! (HTTP Basic, both parts percent-encoded).

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, header};
use axum::routing::post;
use base64::prelude::{BASE64_STANDARD, Engine};
use cards_model::Provider;
use cards_model::paysafe::AccessToken;
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::Serialize;

use super::error::{
    BASIC, CREDENTIALS_ABSENT, CREDENTIALS_INVALID, FieldError, UNKNOWN_ID, refused,
    refused_fields, rejected, store_trouble, unauthorized,
};
use crate::answer::Answer;
use crate::app::App;
use crate::intake::{self, Given, Pairs, same};
use crate::store::{StoreError, tokens};
use crate::world::paysafe::{BRAND, CLIENT_ID, CLIENT_SECRET, PREFIX};

pub(super) fn routes() -> Router<App> {
    let path = format!("{PREFIX}{}", AccessToken::OPERATION.path);
    Router::new().route(&path, post(handle))
}

/// The reply, without a refresh token: the page shows none for this grant.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PaysafeToken")]
pub(crate) struct Token {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// Its lifetime in seconds.
    expires_in: u64,
    #[schemars(extend("const" = "Bearer"))]
    token_type: &'static str,
    scope: &'static str,
}

async fn handle(State(app): State<App>, Path(brand): Path<String>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let answer = match intake::form(&parts.headers, body, app.config.limits).await {
        Ok(form) => match answer(&app, brand, &parts.headers, &form).await {
            Ok(answer) | Err(answer) => answer,
        },
        Err(rejection) => rejected(rejection),
    };
    answer.of(AccessToken::OPERATION)
}

async fn answer(
    app: &App,
    brand: String,
    headers: &HeaderMap,
    form: &Pairs,
) -> Result<Answer, Answer> {
    verify_client(headers)?;
    if brand != BRAND {
        return Err(refused(UNKNOWN_ID, "there is no such brand"));
    }
    verify_grant(form)?;
    let (now, lifetime) = (app.now(), app.token_lifetime(Provider::Paysafe));
    let access_token = app
        .store
        .write(move |transaction| {
            tokens::issue(transaction, Provider::Paysafe, &brand, now, lifetime)
                .map_err(StoreError::from)
        })
        .await
        .map_err(|error| store_trouble(&error))?;
    Ok(Answer::accepted(&Token {
        access_token,
        expires_in: lifetime,
        token_type: "Bearer",
        scope: "whitelabelWallet",
    }))
}

fn verify_client(headers: &HeaderMap) -> Result<(), Answer> {
    let given = match intake::header(headers, header::AUTHORIZATION.as_str()) {
        Given::Text(given) => given,
        Given::Missing | Given::Unreadable(_) => {
            let why = "the header Authorization is missing, sent twice, or no plain text";
            return Err(unauthorized(CREDENTIALS_ABSENT, BASIC, why));
        }
    };
    let Some((id, secret)) = basic(given) else {
        let why = "the header Authorization has to be: Basic, a space, base64 of id:secret, \
                   both percent-encoded";
        return Err(unauthorized(CREDENTIALS_INVALID, BASIC, why));
    };
    // Both are compared, whatever the first gives.
    if same(&id, CLIENT_ID) & same(&secret, CLIENT_SECRET) {
        Ok(())
    } else {
        let why = "the client's id or secret is not the sandbox's";
        Err(unauthorized(CREDENTIALS_INVALID, BASIC, why))
    }
}

fn basic(authorization: &str) -> Option<(String, String)> {
    let encoded = intake::scheme(authorization, "Basic")?;
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let text = |part: &str| percent_decode_str(part).decode_utf8().ok().map(Into::into);
    Some((text(id)?, text(secret)?))
}

/// The one grant of the sandbox.
pub(crate) const GRANT: &str = "client_credentials";

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
    use super::*;

    #[test]
    fn both_parts_are_percent_decoded_after_base64() {
        let encoded = BASE64_STANDARD.encode("a%3Ab:c%25d");
        let parts = basic(&format!("basic {encoded}")).unwrap();
        assert_eq!(parts, ("a:b".to_owned(), "c%d".to_owned()));
        for bad in [
            "",
            "Basic",
            "Basic ",
            "Basic !",
            "Bearer YTpi",
            "Basic YQ==",
        ] {
            assert!(basic(bad).is_none(), "{bad}");
        }
    }
}

#[cfg(test)]
mod route_tests {
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
