//! Airpay's document.

use cards_model::Form;
use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer, UserLogin};
use serde_json::{Map, Value, json};

use super::{Described, Document, field, with_examples};
use crate::airpay::{Call, Credentials, Failure, Success};
use crate::world::airpay::{PASSWORD, PLACEHOLDER};

const PAGES: &str = "https://docs.airpay.co.in/v4/prepaid-card";

pub(super) fn document() -> Document {
    let servers = json!([
        {"url": "/", "description": "The sandbox that serves this document"},
        {"url": "http://127.0.0.1:8484", "description": "`cards sandbox` without options"},
        {"url": "https://kraken.airpay.co.in", "description": "Airpay"},
    ]);
    let mut document = Document::of_provider::<Failure>(
        "Airpay prepaid cards",
        "Four form posts. Whether a call succeeded stands in the body: `status` is 200 or 400 \
         there, while the documents name no HTTP status but 200; the sandbox can be set to \
         refuse with another one. A refusal never tells its reason.",
        &servers,
    );
    document.tag("customers", "Registering customers and changing them.");
    document.tag("login", "Getting a token.");
    security(&mut document);

    add::<RegisterUser>(
        &mut document,
        "customers",
        "Register a customer",
        "Registers a customer with full KYC details and allocates a card. E-mail address, card \
         and kit must be new. The sandbox takes published test card numbers only, the one-time \
         password 1234 and, as in the document's example, an empty one.",
        Some("user-registration"),
        &json!({
            "entity_id": PLACEHOLDER,
            "kyc_status": "MIN_KYC",
            "kyc_expiry_date": "2021-06-18",
            "kycRefNo": null,
        }),
    );
    add::<UpdateCustomer>(
        &mut document,
        "customers",
        "Change a customer",
        "Changes what is given and leaves the rest as it is; what is empty counts as not given. \
         The e-mail address must be nobody else's.",
        Some("update-customer"),
        &json!([]),
    );
    add::<CustomerPreference>(
        &mut document,
        "customers",
        "Allow or forbid uses of a card",
        "Sets whether a customer's card may be used in one kind of place. Without a type the \
         sandbox sets it for every kind, without a status it changes nothing.",
        None,
        &json!([]),
    );
    add::<UserLogin>(
        &mut document,
        "login",
        "Get a token",
        "A token of 30 minutes for a customer's mobile number and password.",
        Some("login"),
        &json!({"token": "12w234"}),
    );
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

fn add<C: Call>(
    document: &mut Document,
    tag: &str,
    summary: &str,
    text: &str,
    page: Option<&str>,
    data: &Value,
) {
    let success = document.schema::<Success<C::Data>>();
    let failure = document.schema::<Failure>();
    let reply = document.reply_of(
        "The call was judged: `status` in the body tells how.",
        &json!({"oneOf": [success, failure]}),
    );
    let reply = with_examples(
        reply,
        &[
            (
                "success",
                json!({"status": 200, "message": "success", "data": data}),
            ),
            ("fail", json!({"status": 400, "message": "fail"})),
        ],
    );
    let page = page.map(|page| format!("{PAGES}/{page}/"));
    let schemes: &[&str] = match C::CREDENTIALS {
        Credentials::Affiliate => &["affiliate", "processorKey", "checksum"],
        Credentials::Token => &["token", "checksum"],
    };
    let description = format!("{text}\n\n{}.", C::OPERATION.document);
    let operation = Described::of(C::OPERATION, tag, summary)
        .text(&description, page.as_deref())
        .secured_by(schemes)
        .body(json!({"application/x-www-form-urlencoded": {
            "schema": field::form::<C>(),
            "example": example::<C>(),
        }}))
        .responds(200, reply);
    document.add(operation);
}

/// Gives the fields that the document's own request example sends.
fn example<F: Form>() -> Map<String, Value> {
    let sample = |name: &str| {
        let sample = F::OPERATION.field(name).and_then(|field| field.sample);
        // The one page that shows no value of its own.
        sample.unwrap_or(PASSWORD)
    };
    F::EXAMPLE_ORDER
        .iter()
        .map(|name| ((*name).to_owned(), sample(name).into()))
        .collect()
}
