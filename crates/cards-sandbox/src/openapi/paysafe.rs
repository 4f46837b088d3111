//! Paysafe's document.

use cards_model::Request;
use cards_model::paysafe::{AccessToken, ListPrepaidCards};
use serde_json::{Value, json};

use super::{Described, Document, with_examples};
use crate::paysafe::{BASIC, BEARER, Error, GRANT, Page, Token};
use crate::world::paysafe::{BRAND, PREFIX};

pub(super) fn document() -> Document {
    let servers = json!([
        {"url": PREFIX, "description": "The sandbox that serves this document"},
        {
            "url": format!("http://127.0.0.1:8484{PREFIX}"),
            "description": "`cards sandbox` without options",
        },
        {"url": "https://api.paysafe.com/digitalwallets/v1", "description": "Paysafe"},
    ]);
    let mut document = Document::of_provider::<Error<'_>>(
        "Paysafe Embedded Wallets prepaid cards",
        "A customer's prepaid cards, page by page, behind a bearer token. The provider's document \
         shows the answers 200 and 500 only; the other ones are the sandbox's, in the documented \
         shape and with the codes that Paysafe published for an earlier version. The sandbox \
         serves the list of cards without the prefix of these servers too.",
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
    list(&mut document);
    token(&mut document);
    document
}

fn list(document: &mut Document) {
    let field = |wire| ListPrepaidCards::OPERATION.field(wire);
    let page = document.reply::<Page>("One page of the customer's cards.");
    let page = with_examples(page, &[("GET_PREPAID_CARDS_TOKENIZATIONS", example_page())]);
    let operation = Described::of(ListPrepaidCards::OPERATION, "cards", "List prepaid cards")
        .text(
            &format!(
                "All the cards of one customer, in the order in which they were made, filtered by \
                 state and type where asked for. A page with fewer records than `limit` is the \
                 last one; one beyond the end is empty. The total is never told.\n\n{}.",
                ListPrepaidCards::OPERATION.document
            ),
            None,
        )
        .secured_by(&["bearer"])
        .parameter(field("customerId"), "example", &"12345678".into())
        .parameter(
            field("limit"),
            "default",
            &ListPrepaidCards::DEFAULT_LIMIT.into(),
        )
        .parameter(field("offset"), "default", &0.into())
        .responds(200, page)
        .responds(
            400,
            document.failure(
                "A parameter breaks a documented rule: `fieldErrors` names each. Or \
                 percent-encoding that is none.",
            ),
        )
        .responds(401, unauthorized(document, BEARER))
        .responds(404, document.failure("There is no such customer."))
        .responds(500, internal(document));
    document.add(operation);
}

fn token(document: &mut Document) {
    let token = document.reply::<Token>("A token.");
    let operation = Described::of(AccessToken::OPERATION, "login", "Get a token")
        .text(
            &format!(
                "A bearer token of 10 hours for a client's id and secret.\n\n{}.",
                AccessToken::OPERATION.document
            ),
            None,
        )
        .secured_by(&["client"])
        .with_path_parameter(
            "brandIdentity",
            "The brand that the client belongs to.",
            &json!(BRAND),
        )
        .body(json!({"application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "properties": {"grant_type": {
                    "type": "string",
                    "const": GRANT,
                    "description": "The only grant that the sandbox has; given once.",
                }},
                "required": ["grant_type"],
            },
            "example": {"grant_type": GRANT},
        }}))
        .responds(200, token)
        .responds(
            400,
            document.failure(
                "The grant is missing, repeated or none of the sandbox's; or malformed: another \
                 content type than the documented one, or percent-encoding that is none.",
            ),
        )
        .responds(401, unauthorized(document, BASIC))
        .responds(404, document.failure("There is no such brand."))
        .responds(500, internal(document));
    document.add(operation);
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

/// The provider's example, with the key `offset` that its schema has and that
/// the sandbox sends.
fn example_page() -> Value {
    json!({
        "cards": [{
            "cardId": "f16ba382-eb42-481a-b08f-c57bdc9aae24",
            "status": "ACTIVE",
            "expiry": {"month": 3, "year": 2028},
            "bin": "533944",
            "lastFour": "7009",
            "customerId": "12345678",
            "cardType": "VIRTUAL",
            "programName": "BRAND-VIRTUAL-MC",
            "currency": "EUR",
            "mobile": "+359 888333333",
            "createdDate": "2019-08-24T14:15:22Z",
            "accountId": "127623047",
            "scheme": "MC",
            "activationDate": "2019-08-24T14:15:22Z",
            "isPinSet": true,
            "tokenizations": {"mobileWalletTokenizations": [{
                "dpanRef": "DAPLMC00002125433c0c34a2821f4f86866e7576963baf8b",
                "walletId": "NMZlGi8-DezZZKaU06orvl0f",
                "walletType": "GOOGLE_PAY",
                "status": "COMPLETED",
            }]},
        }],
        "meta": {"numberOfRecords": 1, "limit": 10, "offset": 0, "page": 1},
    })
}
