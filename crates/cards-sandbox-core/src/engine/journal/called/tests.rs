//! Checks what is shown of paths that nobody has.

use axum::http::StatusCode;
use cards_model::{Effect, Method, Operation};
use serde_json::json;

use super::*;
use crate::engine::answer::Answer;

const ACME: ProviderId = ProviderId::new("acme");

const LIST: &Operation = &Operation::new(
    ACME,
    "list-cards",
    Method::Get,
    "/customers/{customerId}/cards",
    Effect::Read,
    "Acme",
);
const LOCK: &Operation = &Operation::new(
    ACME,
    "lock-card",
    Method::Put,
    "/cards/{cardId}/lock-state",
    Effect::Mutation,
    "Acme",
);

fn fail(status: StatusCode) -> Answer {
    Answer::refused(status, &json!({}), "failed")
}

static KNOWN: [KnownOperation; 2] = [
    KnownOperation {
        operation: LIST,
        prefixes: &["/acme/v1"],
        fail,
        test_values: &[],
    },
    KnownOperation {
        operation: LOCK,
        prefixes: &["/acme/v1"],
        fail,
        test_values: &[],
    },
];

fn operations() -> Operations {
    Operations::new([(ACME, KNOWN.iter().collect())])
}

#[test]
fn a_slip_shows_itself_and_what_is_meant() {
    for (method, path, shown, nearest) in [
        (
            "GET",
            "/acme/v1/customers/canary/card",
            "/acme/v1/customers/{customerId}/card",
            "list-cards",
        ),
        (
            "GET",
            "/acme/v1/Customers/7/cards",
            "/acme/v1/Customers/{customerId}/cards",
            "list-cards",
        ),
        (
            "GET",
            "/acme/v2/customers/7/cards",
            "/acme/v2/customers/{customerId}/cards",
            "list-cards",
        ),
        (
            "GET",
            "/customers/7/cards",
            "/customers/{customerId}/cards",
            "list-cards",
        ),
        (
            "GET",
            "/acme/v1/customers/7/cards/",
            "/acme/v1/customers/{customerId}/cards/",
            "list-cards",
        ),
        (
            "GET",
            "/acme/v1//customers/7/cards",
            "/acme/v1//customers/{customerId}/cards",
            "list-cards",
        ),
        (
            "GET",
            "/acme/v1/customers/cards",
            "/acme/v1/customers/cards",
            "list-cards",
        ),
        (
            "GET",
            "/acme/v1/customers/7/canary/cards",
            "/acme/v1/customers/{customerId}/{...}/cards",
            "list-cards",
        ),
        (
            "POST",
            "/acme/v1/customers/7/cards",
            "/acme/v1/customers/{customerId}/cards",
            "list-cards",
        ),
        (
            "PUT",
            "/acme/v1/cards/7/lock_state",
            "/acme/v1/cards/{cardId}/lock_state",
            "lock-card",
        ),
        (
            "GET",
            "/acme/v1/cards/7/lockstate",
            "/acme/v1/cards/{cardId}/lockstate",
            "lock-card",
        ),
    ] {
        let called = called(&operations(), Some(ACME), method, path);
        let found = called.nearest.map(|nearest| nearest.operation);
        assert_eq!(
            (&*called.path, found),
            (shown, Some(nearest)),
            "{method} {path}"
        );
    }
}

#[test]
fn what_is_like_no_path_is_masked() {
    for (path, shown) in [
        ("/", "/"),
        ("/canary", "/{...}"),
        ("/canary/cards/4622940000003713", "/{...}/cards/{...}"),
        ("/%zz/<script>", "/{...}/{...}"),
    ] {
        let called = called(&operations(), None, "GET", path);
        assert_eq!((&*called.path, called.nearest), (shown, None));
    }
    let long = "/acme".repeat(1000);
    let called = called(&operations(), None, "GET", &long);
    assert_eq!(
        called.path,
        format!("{}/...", "/acme".repeat(MOST_SEGMENTS))
    );
}
