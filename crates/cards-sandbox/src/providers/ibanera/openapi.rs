//! Ibanera's document.

use serde_json::json;

use super::call::Handle;
use super::envelope::Failure;
use cards_sandbox_core::openapi::{Described, Document};

pub(crate) fn document() -> Document {
    let servers = json!([
        {"url": "/", "description": "The sandbox that serves this document"},
        {"url": "http://127.0.0.1:8484", "description": "`cards sandbox` without options"},
        {"url": "https://public-api.ibanera.com", "description": "Ibanera"},
    ]);
    let mut document = Document::of_provider::<Failure<'_>>(
        "Ibanera customer cards",
        "The cards of a manager's customers, behind a bearer token and a one-time password. Every \
         reply is one envelope, whose `status` is the text 1 for success and 0 for failure. The \
         names of query parameters have no case, as the provider's documents spell them in two \
         ways; of one that comes twice the first counts.",
        &servers,
    );
    document.tag("cards", "Customers and their cards.");
    document.tag(
        "simulations",
        "What the provider's own sandbox can make happen.",
    );
    document.tag("login", "Getting a token.");
    document.security_scheme(
        "bearer",
        json!({
            "type": "http",
            "scheme": "bearer",
            "description": "From `login`. `sandbox-ibanera-token` is good for ever in the \
                sandbox, which takes the documented `YOUR_API_KEY` too, without a scheme and \
                together with the documented one-time password.",
        }),
    );
    document.security_scheme(
        "otp",
        json!({
            "type": "apiKey",
            "in": "header",
            "name": "otp",
            "description": "A one-time password by time (RFC 6238): six digits of SHA-1 every 30 \
                seconds; the neighbouring steps are taken too. Its shared secret in the sandbox \
                is GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ in base32.",
        }),
    );
    document
}

/// Describes an operation; what it says itself, its replies above all, it adds.
pub(super) fn describe<H: Handle>(document: &mut Document) -> Described {
    let mut described = Described::of(H::OPERATION, &H::ABOUT);
    let schemes = H::ACCESS.schemes();
    if !schemes.is_empty() {
        let why = "One of the two headers is missing (`Required`) or wrong (`Invalid`).";
        described = described
            .secured_by(schemes)
            .responds(401, document.failure(why));
    }
    H::describe(document, described)
}
