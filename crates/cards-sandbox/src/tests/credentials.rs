//! Checks that a credential that is nearly right is refused, at every operation.

use std::collections::BTreeSet;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue};

use crate::testing::{Harness, accepted, send, sent, with};

/// The text without its last character, and with one more.
fn near(text: &str) -> [String; 2] {
    [text[..text.len() - 1].to_owned(), format!("{text}7")]
}

#[tokio::test]
async fn a_header_that_is_nearly_right_is_refused() {
    let all = Harness::new();
    let mut tried = BTreeSet::new();
    for known in all.app.operations.of(None) {
        let operation = known.operation;
        let of = |sandbox: &Harness| sent(known, &accepted(sandbox, operation));
        let names = of(&all).headers().clone();
        for (name, value) in names.iter().filter(|(name, _)| *name != CONTENT_TYPE) {
            let place = format!("{operation}, {name}");
            let without = Harness::new();
            let mut request = of(&without);
            request.headers_mut().remove(name);
            without.send(request).await;
            if without.last().accepted {
                continue;
            }
            let sandbox = Harness::new();
            for near in near(value.to_str().unwrap()) {
                let mut request = of(&sandbox);
                let near = HeaderValue::from_str(&near).unwrap();
                request.headers_mut().insert(name, near);
                sandbox.send(request).await;
                assert!(!sandbox.last().accepted, "{place}");
            }
            // Nothing but the header was wrong.
            sandbox.send(of(&sandbox)).await;
            assert!(sandbox.last().accepted, "{place}: {}", sandbox.why());
            tried.insert((operation.provider, HeaderName::as_str(name).to_owned()));
        }
    }
    let tried: Vec<_> = tried
        .iter()
        .map(|(of, name)| format!("{of} {name}"))
        .collect();
    assert_eq!(
        tried,
        [
            "airpay affiliate",
            "airpay checksum",
            "airpay processor-key",
            "airpay token",
            "ibanera authorization",
            "ibanera otp",
            "paysafe authorization",
        ]
    );
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
