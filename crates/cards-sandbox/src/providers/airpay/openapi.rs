//! Airpay's document.

use serde_json::{Map, Value, json};

use super::call::Handle;
use super::reply::{Failure, Success};
use cards_sandbox_core::openapi::{Described, Document, form_schema, with_examples};

pub(crate) fn document() -> Document {
    let servers = json!([
        {"url": "/", "description": "The sandbox that serves this document"},
        {"url": "http://127.0.0.1:8484", "description": "`cards sandbox` without options"},
        {"url": "https://kraken.airpay.co.in", "description": "Airpay"},
    ]);
    let mut document = Document::of_provider::<Failure>(
        "Airpay prepaid cards",
        "Form posts. Whether a call succeeded stands in the body: `status` is 200 or 400 \
         there, while the documents name no HTTP status but 200; the sandbox can be set to \
         refuse with another one. A refusal never tells its reason.",
        &servers,
    );
    document.tag("customers", "Registering customers and changing them.");
    document.tag("money", "Loading cards and reading balances.");
    document.tag("login", "Getting a token.");
    security(&mut document);
    document
}

fn security(document: &mut Document) {
    let header = |name: &str, description: &str| json!({"type": "apiKey", "in": "header", "name": name, "description": description});
    document.security_scheme(
        "affiliate",
        header(
            "affiliate",
            "Issued by Airpay. The sandbox's is `sandboxaff`.",
        ),
    );
    document.security_scheme(
        "processorKey",
        header(
            "processor-key",
            "Issued by Airpay. The sandbox's is `sandbox-processor-key`.",
        ),
    );
    document.security_scheme(
        "token",
        header(
            "token",
            "From `user-login`, good for 30 minutes. `sandbox-token` is good for ever in the \
             sandbox.",
        ),
    );
    document.security_scheme(
        "checksum",
        header(
            "checksum",
            "Proves that the caller knows the secret key, and that nothing was changed on the \
             way: the values of all form fields as they were before encoding, one after the \
             other in the order of the body and with nothing between them, then the secret key; \
             of that text in UTF-8 the SHA-256, as 64 hexadecimal digits in small letters. No \
             document states the order: the sandbox can be set to another one. Its key is \
             `sandbox-secret-key`. What a wrong checksum was made from stands in the journal.",
        ),
    );
}

/// Describes an operation, whose replies differ from the others' by their `data` alone.
pub(super) fn describe<H: Handle>(document: &mut Document) -> Described {
    let success = document.schema::<Success<H::Data>>();
    let failure = document.schema::<Failure>();
    let reply = document.reply_of(
        "The call was judged: `status` in the body tells how.",
        &json!({"oneOf": [success, failure]}),
    );
    let success = json!({"status": 200, "message": H::MESSAGE, "data": H::example()});
    let fail = json!({"status": 400, "message": "fail"});
    let reply = with_examples(reply, &[("success", success), ("fail", fail)]);
    let described = Described::of(H::OPERATION, &H::ABOUT)
        .secured_by(H::ACCESS.schemes())
        .body(json!({"application/x-www-form-urlencoded": {
            "schema": form_schema::<H>(),
            "example": example::<H>(),
        }}))
        .responds(200, reply);
    H::describe(described)
}

/// Gives the fields that the document's own request example sends.
fn example<H: Handle>() -> Map<String, Value> {
    let sample = |name: &str| {
        let sample = H::OPERATION.field(name).and_then(|field| field.sample);
        let own = H::VALUES.iter().find(|(field, _)| *field == name);
        sample.or(own.map(|(_, value)| *value)).unwrap_or_default()
    };
    H::EXAMPLE_ORDER
        .iter()
        .map(|name| ((*name).to_owned(), sample(name).into()))
        .collect()
}
