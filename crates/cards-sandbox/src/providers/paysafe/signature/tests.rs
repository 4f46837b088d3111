use base64::prelude::{BASE64_STANDARD, Engine as _};
use cards_sign::SignatureKey;
use serde_json::Value;

use crate::testing::{Harness, Reply, request};
use crate::world::paysafe::SIGNATURE_KEY;
use crate::{PaysafeSignatures, Sandbox};

const BEARER: (&str, &str) = ("authorization", "Bearer sandbox-paysafe-token");
const JSON: (&str, &str) = ("content-type", "application/json");
const CARDS: &str = "/customers/12345678/prepaid/cards";
const BODY: &str = r#"{"programName":"BRAND-VIRTUAL-MC","currency":"EUR"}"#;

fn key() -> SignatureKey {
    SIGNATURE_KEY.parse().unwrap()
}

fn checking(signatures: PaysafeSignatures) -> Harness {
    Harness::with(Sandbox::builder().paysafe_signatures(signatures))
}

async fn post(sandbox: &Harness, target: &str, signature: Option<&str>) -> Reply {
    let signature = signature.map(|signature| ("signature", signature));
    let headers: Vec<_> = [BEARER, JSON].into_iter().chain(signature).collect();
    sandbox.send(request("POST", target, &headers, BODY)).await
}

fn code(reply: &Reply) -> (u16, String) {
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    let code = body["error"]["code"].as_str().unwrap_or_default();
    (reply.status.as_u16(), code.to_owned())
}

#[tokio::test]
async fn nothing_is_checked_where_nothing_is_said() {
    let sandbox = Harness::new();
    for signature in [None, Some("x")] {
        assert_eq!(post(&sandbox, CARDS, signature).await.status, 200);
    }
}

#[tokio::test]
async fn a_body_has_to_be_signed_and_a_path_where_it_is_said() {
    for signatures in [PaysafeSignatures::Bodies, PaysafeSignatures::BodiesAndPaths] {
        let sandbox = checking(signatures);
        for prefix in ["", "/digitalwallets/v1", "/v2"] {
            let target = format!("{prefix}{CARDS}");
            let right = key().sign(BODY.as_bytes()).to_string();
            assert_eq!(post(&sandbox, &target, Some(&right)).await.status, 200);
            assert_eq!(
                code(&post(&sandbox, &target, None).await),
                (401, "5280".to_owned())
            );
            let target = format!("{target}?limit=1");
            let bare = sandbox.get(&target, &[BEARER]).await;
            let is_taken = signatures == PaysafeSignatures::Bodies;
            assert_eq!(bare.status == 200, is_taken, "{}", bare.body);
            let of_path = key().sign(CARDS.as_bytes()).to_string();
            let signed = sandbox
                .get(&target, &[BEARER, ("signature", &of_path)])
                .await;
            assert_eq!(signed.status, 200, "{}", signed.body);
        }
    }
}

#[tokio::test]
async fn a_wrong_one_is_refused_with_its_mistake() {
    let sandbox = checking(PaysafeSignatures::BodiesAndPaths);
    let as_text = BASE64_STANDARD.encode(SIGNATURE_KEY);
    let as_text: SignatureKey = as_text.parse().unwrap();
    let spaced = r#"{"programName": "BRAND-VIRTUAL-MC", "currency": "EUR"}"#;
    for (signature, says) in [
        (
            as_text.sign(BODY.as_bytes()).to_string(),
            "base64 has to be decoded first",
        ),
        (
            key().sign(spaced.as_bytes()).to_string(),
            "with other white space",
        ),
        (
            key().sign(CARDS.as_bytes()).to_string(),
            "the path without its prefix",
        ),
        (key().sign(b"x").to_string(), "are others"),
        ("x".to_owned(), "no base64"),
    ] {
        let reply = post(&sandbox, CARDS, Some(&signature)).await;
        assert_eq!(code(&reply), (401, "5279".to_owned()));
        assert!(reply.body.contains(says), "{says}: {}", reply.body);
        assert!(sandbox.why().contains(says));
        assert!(reply.headers.contains_key("www-authenticate"));
    }
    let target = format!("/v2{CARDS}");
    let whole = key().sign(target.as_bytes()).to_string();
    let reply = sandbox.get(&target, &[BEARER, ("signature", &whole)]).await;
    assert!(
        reply.body.contains("the path with its prefix"),
        "{}",
        reply.body
    );
}

/// The token comes first, and the login is not signed.
#[tokio::test]
async fn other_credentials_are_as_without() {
    let sandbox = checking(PaysafeSignatures::BodiesAndPaths);
    let reply = sandbox.get(CARDS, &[]).await;
    assert!(reply.body.contains("Authorization"), "{}", reply.body);
    let reply = sandbox
        .post(
            "/auth/brands/sandbox/token",
            &[("content-type", "application/x-www-form-urlencoded")],
            "grant_type=client_credentials",
        )
        .await;
    assert!(!reply.body.contains("Signature"), "{}", reply.body);
}
