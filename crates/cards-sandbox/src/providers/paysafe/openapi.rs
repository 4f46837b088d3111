//! Paysafe's document.

use serde_json::{Value, json};

use super::call::Handle;
use super::error::ErrorBody;
use crate::world::paysafe::PREFIX;
use cards_sandbox_core::openapi::{Described, Document, with_examples};

pub(crate) fn document() -> Document {
    let servers = json!([
        {"url": PREFIX, "description": "The sandbox that serves this document"},
        {
            "url": format!("http://127.0.0.1:8484{PREFIX}"),
            "description": "`cards sandbox` without options",
        },
        {"url": "https://api.paysafe.com/digitalwallets/v1", "description": "Paysafe"},
    ]);
    let mut document = Document::of_provider::<ErrorBody<'_>>(
        "Paysafe Embedded Wallets prepaid cards",
        "A customer's prepaid cards, listed page by page, read one by one and created, behind a \
         bearer token. The provider's document of the list \
         shows the answers 200 and 500 only; the other ones are the sandbox's, in the documented \
         shape and with the codes that Paysafe published for an earlier version. The sandbox \
         serves all of them without the prefix of these servers too, and the card calls below `/v2`. \
         Where it is set to, it checks a header `Signature`: HMAC-SHA-256 of the body, or of the \
         path without prefix and query, in base64. Assumption: a wrong one is answered with 401.",
        &servers,
    );
    document.tag("cards", "Prepaid cards.");
    document.tag("login", "Getting a token.");
    document.security_scheme(
        "bearer",
        json!({
            "type": "http",
            "scheme": "bearer",
            "description": "From `issue-access-token`. `sandbox-paysafe-token` is good for ever \
                in the sandbox.",
        }),
    );
    document.security_scheme(
        "client",
        json!({
            "type": "http",
            "scheme": "basic",
            "description": "The client's id and secret, both percent-encoded before they are \
                joined. The sandbox's are `sandbox-client` and `sandbox-client-secret`.",
        }),
    );
    document
}

/// Describes an operation; what it says itself, its replies above all, it adds.
pub(super) fn describe<H: Handle>(document: &mut Document) -> Described {
    let described = Described::of(H::OPERATION, &H::ABOUT)
        .secured_by(&[H::ACCESS.scheme()])
        .responds(401, unauthorized(document, H::ACCESS.challenge()))
        .responds(500, internal(document));
    H::describe(document, described)
}

fn unauthorized(document: &mut Document, challenge: &str) -> Value {
    let mut reply = document.failure("The credentials are absent, wrong or expired.");
    reply["headers"]["www-authenticate"] = json!({
        "required": true,
        "description": "The credentials that are wanted.",
        "schema": {"type": "string", "const": challenge},
    });
    reply
}

/// The one error that the provider's document shows.
fn internal(document: &mut Document) -> Value {
    let reply = document.failure("An internal error; here, the sandbox's store failed.");
    let example = json!({"error": {
        "code": "DW-INTERNAL-SERVER-ERROR",
        "message": "Internal Server Error.",
        "details": ["Internal Server Error."],
        "fieldErrors": [],
    }});
    with_examples(reply, &[("INTERNAL_ERROR", example)])
}
