//! Ibanera's document.

use cards_model::Request;
use cards_model::ibanera::{CardsByCustomer, ListCustomerCards, Login};
use serde_json::{Map, Value, json};

use super::{Described, Document, with_examples};
use crate::ibanera::{ByCustomer, DEFAULT_PAGE_SIZE, Failure, LOGIN_FIELDS, LoggedIn, Page};
use crate::world::ibanera::{CUSTOMER, PASSWORD, USERNAME};

pub(super) fn document() -> Document {
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
    list(&mut document);
    by_customer(&mut document);
    login(&mut document);
    document
}

fn list(document: &mut Document) {
    let field = |wire| ListCustomerCards::OPERATION.field(wire);
    let page = document.reply::<Page>("One page of all managed customers.");
    let page = with_examples(page, &[("success", example_page())]);
    let operation = Described::of(
        ListCustomerCards::OPERATION,
        "cards",
        "List all customers with their cards",
    )
    .text(
        &format!(
            "Customers by id, each with all cards. A page past the last one is empty.\n\n{}.",
            ListCustomerCards::OPERATION.document
        ),
        None,
    )
    .secured_by(&["bearer", "otp"])
    .parameter(field("pageNumber"), "default", &1.into())
    .parameter(field("pageSize"), "default", &DEFAULT_PAGE_SIZE.into())
    .responds(200, page)
    .responds(
        400,
        document
            .failure("A parameter is no whole number from 1 on. Or percent-encoding that is none."),
    )
    .responds(401, unauthorized(document));
    document.add(operation);
}

fn by_customer(document: &mut Document) {
    let field = |wire| CardsByCustomer::OPERATION.field(wire);
    let reply = document.reply::<ByCustomer>("The customer with all cards.");
    let operation = Described::of(
        CardsByCustomer::OPERATION,
        "cards",
        "Get one customer with all cards",
    )
    .text(&format!("{}.", CardsByCustomer::OPERATION.document), None)
    .secured_by(&["bearer", "otp"])
    .parameter(field("customersId"), "example", &CUSTOMER.into())
    .responds(200, reply)
    .responds(
        400,
        document.failure(
            "The customer's id is missing (`Required`), no whole number from 1 on, or nobody's \
             (`Invalid`). Or percent-encoding that is none.",
        ),
    )
    .responds(401, unauthorized(document));
    document.add(operation);
}

fn login(document: &mut Document) {
    let properties: Map<String, Value> = LOGIN_FIELDS
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                json!({"type": "string", "minLength": 1}),
            )
        })
        .collect();
    let schema = json!({"type": "object", "properties": properties, "required": LOGIN_FIELDS});
    let content = json!({
        "schema": schema,
        "example": {"username": USERNAME, "password": PASSWORD, "otp": "123456"},
    });
    let reply = document.reply::<LoggedIn>("A token.");
    let operation = Described::of(Login::OPERATION, "login", "Get a token")
        .text(
            &format!(
                "A bearer token of an hour for user name, password and a one-time password. The \
                 provider's page shows the answers 200 and 400 only, so that wrong credentials \
                 are a 400 too.\n\n{}.",
                Login::OPERATION.document
            ),
            None,
        )
        .body(json!({
            "application/json": content,
            "application/json-patch+json": content,
        }))
        .responds(200, reply)
        .responds(
            400,
            document.failure(
                "A text is missing, or the credentials are wrong. Or malformed: no JSON object, \
                 or another content type than the documented ones.",
            ),
        );
    document.add(operation);
}

fn unauthorized(document: &mut Document) -> Value {
    document.failure("One of the two headers is missing (`Required`) or wrong (`Invalid`).")
}

/// The provider's success example, with the keys of its generated sample.
fn example_page() -> Value {
    json!({
        "status": "1",
        "errors": [],
        "id": 0,
        "details": [{
            "customersId": 0,
            "customersReference": "string",
            "cards": [{
                "id": 0,
                "currency": "usd",
                "cardNumber": "text",
                "totalBalance": 0,
                "availableBalance": 0,
                "pendingBalance": 0,
                "bSuppressed": true,
            }],
        }],
        "pageSize": 10,
        "pageNumber": 1,
        "numberOfPages": 1,
    })
}
