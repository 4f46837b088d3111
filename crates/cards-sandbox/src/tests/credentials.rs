//! Checks that a credential that is nearly right is refused, at every operation.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cards_model::{Operation, ProviderId};

use crate::testing::{Harness, accepted, send, sent, with};

/// The text without its last character, and with one more.
fn near(text: &str) -> [String; 2] {
    [text[..text.len() - 1].to_owned(), format!("{text}7")]
}

/// The values of a header that are nearly this one: of a name with its secret, each of the two.
fn near_values(header: &str) -> Vec<String> {
    let Some(encoded) = header.strip_prefix("Basic ") else {
        return near(header).into();
    };
    let decoded = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    let (id, secret) = decoded.split_once(':').unwrap();
    let of_id = near(id).map(|id| format!("{id}:{secret}"));
    let of_secret = near(secret).map(|secret| format!("{id}:{secret}"));
    let both = of_id.into_iter().chain(of_secret);
    both.map(|both| format!("Basic {}", STANDARD.encode(both)))
        .collect()
}

#[tokio::test]
async fn a_header_that_is_nearly_right_is_refused() {
    let all = Harness::new();
    for known in all.app.operations.of(None) {
        let operation = known.operation;
        let of = |sandbox: &Harness| sent(known, &accepted(sandbox, operation));
        let names = of(&all).headers().clone();
        let mut needed = Vec::new();
        for (name, value) in names.iter().filter(|(name, _)| *name != CONTENT_TYPE) {
            let place = format!("{operation}, {name}");
            let without = Harness::new();
            let mut request = of(&without);
            request.headers_mut().remove(name);
            without.send(request).await;
            if without.last().accepted {
                continue;
            }
            needed.push(name.as_str());
            let sandbox = Harness::new();
            for near in near_values(value.to_str().unwrap()) {
                let mut request = of(&sandbox);
                let near = HeaderValue::from_str(&near).unwrap();
                request.headers_mut().insert(name, near);
                sandbox.send(request).await;
                assert!(!sandbox.last().accepted, "{place}");
            }
            // Nothing but the header was wrong.
            sandbox.send(of(&sandbox)).await;
            assert!(sandbox.last().accepted, "{place}: {}", sandbox.why());
        }
        needed.sort_unstable();
        assert_eq!(needed, credentials(operation), "{operation}");
    }
}

/// The headers without which an operation is refused.
fn credentials(operation: &Operation) -> &'static [&'static str] {
    match (operation.provider, operation.name) {
        (
            ProviderId::AIRPAY,
            "register-user" | "forgot-password" | "generate-otp" | "user-login",
        ) => &["affiliate", "checksum", "processor-key"],
        (ProviderId::AIRPAY, _) => &["checksum", "token"],
        (ProviderId::PAYSAFE, _) => &["authorization"],
        (_, "login") => &[],
        _ => &["authorization", "otp"],
    }
}

#[tokio::test]
async fn a_field_that_is_nearly_right_is_refused() {
    let all = Harness::new();
    for (name, field) in [
        ("register-user", "otp"),
        ("user-login", "mobile_no"),
        ("user-login", "password"),
        ("issue-access-token", "brandIdentity"),
        ("login", "username"),
        ("login", "password"),
        ("login", "otp"),
    ] {
        let mut known = all.app.operations.of(None);
        let known = known.find(|known| known.operation.name == name).unwrap();
        let sandbox = Harness::new();
        let usual = accepted(&sandbox, known.operation);
        let (_, value) = usual.iter().find(|(other, _)| *other == field).unwrap();
        for near in near(value) {
            send(&sandbox, known, &with(&usual, field, &near)).await;
            assert!(!sandbox.last().accepted, "{name}, {field}");
        }
        send(&sandbox, known, &usual).await;
        assert!(
            sandbox.last().accepted,
            "{name}, {field}: {}",
            sandbox.why()
        );
    }
}
