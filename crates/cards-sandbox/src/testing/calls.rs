//! Makes requests of every operation out of named fields.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cards_model::{Kind, Operation, Place, ProviderId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{Harness, REGISTRATION, Reply, encoded, request};
use crate::providers::ibanera::testing::otp;
use crate::world;
use cards_sandbox_core::operations::KnownOperation;

pub(crate) type Fields = Vec<(&'static str, String)>;

/// Fields of a request that is accepted at each operation, as text.
#[rustfmt::skip]
const ACCEPTED: &[(&str, &[(&str, &str)])] = &[
    ("register-user", &REGISTRATION),
    ("update-customer", &[ENTITY_ID, ("email", "new@example.com"), ("mobile_no", "9000000777")]),
    ("customer-preference", &[ENTITY_ID, ("status", "ALLOWED"), ("type", "ATM")]),
    ("lock-unlock", &[ENTITY_ID, ("kit_no", KIT), ("flag", "L"), ("reason", "Lost")]),
    ("set-pin", &[ENTITY_ID, ("kit_no", KIT), ("pin", "4821"), ("expiryDate", "1249")]),
    ("card-replacement", &[ENTITY_ID, ("old_kit_no", KIT), ("new_kit_no", "200000000001")]),
    ("update-kyc-status", &[
        ENTITY_ID, ("doc_type", "PAN"), ("doc_number", "ABCDE1234F"), ("kyc_type", "MIN"),
        ("reg_date", "2018-10-25"), ("reason_desc", "Told"),
    ]),
    ("forgot-password", &[("mobile_no", world::airpay::MOBILE_NO), ("dob", "1990-01-31")]),
    ("generate-otp", &[("mobile_no", "9000000777")]),
    ("add-card", &[
        ENTITY_ID, ("card_type", "V"), ("kit_no", "100000007777"), ("card_no", "4111111111111111"),
        ("card_expiry", "12/2030"),
    ]),
    ("card-details", &[ENTITY_ID]),
    ("card-balance", &[ENTITY_ID]),
    ("topup", &[ENTITY_ID, ("amount", "100.00")]),
    ("user-login", &[
        ("mobile_no", world::airpay::MOBILE_NO), ("password", world::airpay::PASSWORD),
    ]),
    ("list-prepaid-cards", &[CUSTOMER_ID]),
    ("get-prepaid-card", &[CUSTOMER_ID, CARD_ID]),
    ("create-prepaid-card", &[
        CUSTOMER_ID, ("programName", "BRAND-VIRTUAL-MC"), ("currency", "EUR"), ("externalId", "a-1"),
    ]),
    ("update-prepaid-card", &[
        CUSTOMER_ID, CARD_ID, ("status", "CANCELLED"), ("statusReason", "lost"),
    ]),
    ("issue-access-token", &[
        ("brandIdentity", world::paysafe::BRAND), ("grant_type", "client_credentials"),
    ]),
    ("login", &[
        ("username", world::ibanera::USERNAME), ("password", world::ibanera::PASSWORD), ("otp", NOW),
    ]),
    ("list-customer-cards", &[("pageNumber", "1")]),
    ("cards-by-customer", &[("customersId", "11057")]),
    ("create-card", &[
        ("customersId", "11057"), ("currency", "USD"), ("cardReferenceId", "R-1"),
        ("shippingMethod", "Standard"), ("cardProgramID", "1002"),
        ("shippingAddress.shippingAddressLine1", "Suite 500"),
        ("shippingAddress.shippingAddressCity", "New York"),
        ("shippingAddress.shippingAddressState", "Texas"),
        ("shippingAddress.shippingAddressPostcode", "55050"),
        ("shippingAddress.shippingAddressCountry", "USA"),
    ]),
    ("activate-card", &[("cardsId", "1004")]),
    ("review-create-card", &[("customersId", "11057")]),
    ("upload-document", &[
        ("customersId", "11079"), ("type", "Tax Document"), ("documentSide", "Front"),
        ("file", "%PDF-1.7"),
    ]),
    ("list-card-balances", &[("CustomersID", "11057")]),
    ("list-card-transactions", &[("CardsId", "1001")]),
    ("simulate-payin", &[
        ("DestinationAccountId", "1001"), ("TransferType", "ACH"), ("Amount", "5"),
        ("Reference", "1234567890"),
    ]),
];

pub(crate) const ENTITY_ID: (&str, &str) = ("entity_id", world::airpay::CUSTOMER);
const KIT: &str = "100000000978";
const CUSTOMER_ID: (&str, &str) = ("customerId", world::paysafe::CUSTOMER);
const CARD_ID: (&str, &str) = ("cardId", "12345678-0000-4000-8000-000000000001");

/// Stands for the code of the sandbox's now.
const NOW: &str = "NOW";

pub(crate) fn accepted(sandbox: &Harness, operation: &Operation) -> Fields {
    let found = ACCEPTED.iter().find(|(name, _)| *name == operation.name);
    let (_, fields) = found.unwrap_or_else(|| panic!("no accepted request of {operation}"));
    let text = |value: &str| match value {
        NOW => otp(sandbox),
        value => value.to_owned(),
    };
    let fields = fields.iter();
    fields.map(|(name, value)| (*name, text(value))).collect()
}

/// The same with a value in one of its fields.
pub(crate) fn with(fields: &Fields, name: &'static str, value: &str) -> Fields {
    let mut fields = fields.clone();
    match fields.iter_mut().find(|(other, _)| *other == name) {
        Some(field) => value.clone_into(&mut field.1),
        None => fields.push((name, value.to_owned())),
    }
    fields
}

/// Tells whether a field is a number.
pub(crate) fn is_number(operation: &Operation, name: &str) -> bool {
    let field = operation.field(name);
    field.is_some_and(|field| matches!(field.kind, Kind::Integer { .. } | Kind::Decimal))
}

/// Tells where a field travels; of the two logins no table tells.
fn place(operation: &Operation, name: &str) -> Place {
    match (operation.field(name), operation.name, name) {
        (Some(field), ..) => field.place,
        (None, "login", _) => Place::Json,
        (None, _, "brandIdentity") => Place::Path,
        (None, ..) => Place::Form,
    }
}

pub(crate) fn sent(known: &KnownOperation, fields: &Fields) -> Request<Body> {
    let operation = known.operation;
    let mut target = format!("{}{}", known.prefixes[0], operation.path);
    let (mut query, mut form, mut body) = (Vec::new(), Vec::new(), json!({}));
    let mut parts = String::new();
    for (name, value) in fields {
        match place(operation, name) {
            Place::Path => {
                let value = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
                target = target.replace(&format!("{{{name}}}"), &value);
            }
            Place::Query => query.push((*name, &**value)),
            Place::Form => form.push((*name, &**value)),
            Place::Json => {
                let place = name.split('.').fold(&mut body, |at, key| &mut at[key]);
                let number = is_number(operation, name).then(|| serde_json::from_str(value).ok());
                *place = number.flatten().unwrap_or_else(|| json!(value));
            }
            Place::Part => {
                let file = if *name == "file" {
                    "; filename=a.pdf"
                } else {
                    ""
                };
                parts.push_str(&format!(
                    "--b\r\nContent-Disposition: form-data; name={name}{file}\r\n\r\n{value}\r\n"
                ));
            }
        }
    }
    if !query.is_empty() {
        target = format!("{target}?{}", encoded(&query));
    }
    let (content_type, body) = match operation.body {
        cards_model::Body::Multipart => ("multipart/form-data; boundary=b", parts + "--b--\r\n"),
        _ if !form.is_empty() => ("application/x-www-form-urlencoded", encoded(&form)),
        _ if body != json!({}) => ("application/json", body.to_string()),
        _ => ("text/plain", String::new()),
    };
    let mut headers = credentials(operation, form.iter().map(|(_, value)| *value));
    headers.push(("content-type", content_type.to_owned()));
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    request(operation.method.as_str(), &target, &headers, &body)
}

fn credentials<'a>(
    operation: &Operation,
    signed: impl Iterator<Item = &'a str>,
) -> Vec<(&'static str, String)> {
    let client = format!(
        "{}:{}",
        world::paysafe::CLIENT_ID,
        world::paysafe::CLIENT_SECRET
    );
    match (operation.provider, operation.name) {
        (ProviderId::AIRPAY, _) => {
            let sum = cards_sign::checksum(signed, world::airpay::SECRET_KEY.as_bytes());
            vec![
                ("affiliate", world::airpay::AFFILIATE.to_owned()),
                ("processor-key", world::airpay::PROCESSOR_KEY.to_owned()),
                ("token", world::airpay::TOKEN.to_owned()),
                ("checksum", sum.to_string()),
            ]
        }
        (_, "issue-access-token") => {
            vec![(
                "authorization",
                format!("Basic {}", STANDARD.encode(client)),
            )]
        }
        (ProviderId::PAYSAFE, _) => {
            vec![("authorization", format!("Bearer {}", world::paysafe::TOKEN))]
        }
        _ => vec![
            (
                "authorization",
                world::ibanera::SAMPLE_AUTHORIZATION.to_owned(),
            ),
            ("otp", world::ibanera::SAMPLE_OTP.to_owned()),
        ],
    }
}

pub(crate) async fn send(sandbox: &Harness, known: &KnownOperation, fields: &Fields) -> Reply {
    sandbox.send(sent(known, fields)).await
}

/// Makes a call of the operation of this name, which is accepted.
pub(crate) async fn call(sandbox: &Harness, name: &str) -> Reply {
    let mut all = sandbox.app.operations.of(None);
    let known = all.find(|known| known.operation.name == name).unwrap();
    let reply = send(sandbox, known, &accepted(sandbox, known.operation)).await;
    assert_eq!(reply.status, 200, "{name}: {}", reply.body);
    reply
}
