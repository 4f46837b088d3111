use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use cards_model::ProviderId;
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

/// A client has one address of this provider: all its calls are below it.
#[tokio::test]
async fn it_is_served_wherever_the_cards_are() {
    let sandbox = Harness::new();
    let operations = sandbox.app.operations.of(Some(ProviderId::PAYSAFE));
    let prefixes: Vec<_> = operations.map(|known| known.prefixes).collect();
    assert!(
        prefixes.iter().all(|one| *one == prefixes[0]),
        "{prefixes:?}"
    );
    let client = "sandbox-client:sandbox-client-secret";
    for prefix in prefixes[0] {
        let path = format!("{prefix}/auth/brands/sandbox/token");
        let reply = ask(&sandbox, &path, client, "grant_type=client_credentials").await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        let bearer = format!("Bearer {}", body["access_token"].as_str().unwrap());
        let cards = format!("{prefix}/customers/12345678/prepaid/cards");
        let reply = sandbox.get(&cards, &[("authorization", &bearer)]).await;
        assert_eq!(reply.status, 200, "{cards}");
    }
    let reply = sandbox.get("/auth/other", &[]).await;
    assert!(
        reply.body.contains("fieldErrors"),
        "it is Paysafe's: {}",
        reply.body
    );
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

/// Later logins do not make it one that nobody knows.
#[tokio::test]
async fn a_token_that_was_ended_by_command_has_expired() {
    let sandbox = Harness::new();
    let ended = token(&sandbox).await;
    let path = "/_sandbox/credentials/tokens";
    assert_eq!(sandbox.control("DELETE", path, "").await.status, 200);
    for _ in 0..2 {
        let other = token(&sandbox).await;
        assert_eq!(list_with(&sandbox, &other).await.status, 200);
        let reply = list_with(&sandbox, &ended).await;
        assert!(reply.body.contains(r#""code":"5275""#), "{}", reply.body);
        assert_eq!(sandbox.why(), "the token has expired");
        sandbox.advance(7 * 86_400);
    }
}

#[tokio::test]
async fn its_lifetime_can_be_set() {
    let lifetime = Duration::from_secs(2);
    let sandbox = Harness::with(Sandbox::builder().token_lifetime(ProviderId::PAYSAFE, lifetime));
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
