//! No secret of any operation is kept, however its body is written.

use std::collections::BTreeSet;

use cards_model::airpay::{
    AddCard, CardBalance, CardDetails, CardReplacement, CustomerPreference, ForgotPassword,
    GenerateOtp, LockUnlock, RegisterUser, SetPin, TopUp, UpdateCustomer, UpdateKycStatus,
    UserLogin,
};
use cards_model::ibanera::{
    ActivateCard, CardsByCustomer, CreateCard, ListCardBalances, ListCardTransactions,
    ListCustomerCards, Login, ReviewCreateCard, SimulatePayin, UploadDocument,
};
use cards_model::paysafe::{
    AccessToken, CreatePrepaidCard, GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard,
};
use cards_model::{Operation, Place, Request as _, Sensitivity};
use cards_sandbox::openapi::{Api, document};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{FORM, JSON, keeping, shown};
use crate::common::{self, airpay, exchange, registration, request};

const OPERATIONS: &[&Operation] = &[
    RegisterUser::OPERATION,
    UpdateCustomer::OPERATION,
    CustomerPreference::OPERATION,
    LockUnlock::OPERATION,
    SetPin::OPERATION,
    CardReplacement::OPERATION,
    UpdateKycStatus::OPERATION,
    ForgotPassword::OPERATION,
    GenerateOtp::OPERATION,
    AddCard::OPERATION,
    CardDetails::OPERATION,
    CardBalance::OPERATION,
    TopUp::OPERATION,
    UserLogin::OPERATION,
    ListPrepaidCards::OPERATION,
    GetPrepaidCard::OPERATION,
    CreatePrepaidCard::OPERATION,
    UpdatePrepaidCard::OPERATION,
    AccessToken::OPERATION,
    ListCustomerCards::OPERATION,
    CardsByCustomer::OPERATION,
    CreateCard::OPERATION,
    ReviewCreateCard::OPERATION,
    ListCardBalances::OPERATION,
    ListCardTransactions::OPERATION,
    SimulatePayin::OPERATION,
    UploadDocument::OPERATION,
    ActivateCard::OPERATION,
    Login::OPERATION,
];

/// A new operation has to come into the list.
#[test]
fn no_operation_is_forgotten() {
    let listed: BTreeSet<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
    let mut described = BTreeSet::new();
    for api in [Api::Airpay, Api::Paysafe, Api::Ibanera] {
        let document: Value = serde_json::from_str(&document(api)).unwrap();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for operation in methods.as_object().unwrap().values() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(described.insert(name.to_owned()), "{path}: {name} again");
            }
        }
    }
    assert_eq!(described, listed.into_iter().map(str::to_owned).collect());
}

/// The way in which a body is written.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Form,
    /// A form without percent-encoding, as a client sends it that forgets to escape.
    Unescaped,
    /// Each byte escaped.
    Escaped,
    /// Without an escape of what needs none, and without its content type.
    Raw,
    Json,
    /// Each character of a text escaped.
    EscapedJson,
    /// Inside objects and lists.
    Nested,
    /// As a text in a field of a form.
    InField,
    /// As a text in JSON.
    InText,
    /// Without its end.
    Broken,
}

const SHAPES: [Shape; 10] = [
    Shape::Form,
    Shape::Unescaped,
    Shape::Escaped,
    Shape::Raw,
    Shape::Json,
    Shape::EscapedJson,
    Shape::Nested,
    Shape::InField,
    Shape::InText,
    Shape::Broken,
];

impl Shape {
    /// The content type and the body.
    fn of(self, fields: &[(String, String)]) -> (&'static str, String) {
        let form = || {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(fields).finish()
        };
        let object = || {
            let mut object = json!({});
            for (name, value) in fields {
                let mut at = &mut object;
                for step in name.split('.') {
                    if !at.is_object() {
                        *at = json!({});
                    }
                    at = &mut at[step];
                }
                *at = value.as_str().into();
            }
            object
        };
        let escaped = |text: &str| {
            text.bytes()
                .map(|byte| format!("%{byte:02X}"))
                .collect::<String>()
        };
        match self {
            Self::Form => (FORM, form()),
            Self::Escaped => {
                let pairs = fields.iter();
                let pairs =
                    pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
                (FORM, pairs.collect::<Vec<_>>().join("&"))
            }
            Self::Unescaped => {
                let pairs = fields.iter().map(|(name, value)| format!("{name}={value}"));
                (FORM, pairs.collect::<Vec<_>>().join("&"))
            }
            Self::Raw => ("text/plain", form()),
            Self::Json => (JSON, object().to_string()),
            Self::EscapedJson => {
                let unit = |unit: u16| format!("\\u{unit:04x}");
                let text = |text: &str| text.encode_utf16().map(unit).collect::<String>();
                let members = fields.iter();
                let members =
                    members.map(|(name, value)| format!("\"{}\":\"{}\"", text(name), text(value)));
                (
                    JSON,
                    format!("{{{}}}", members.collect::<Vec<_>>().join(",")),
                )
            }
            Self::Nested => (
                JSON,
                json!({"data": [{"x": [object(), object()]}]}).to_string(),
            ),
            Self::InField => {
                let mut form = form_urlencoded::Serializer::new(String::new());
                (
                    FORM,
                    form.append_pair("data", &object().to_string()).finish(),
                )
            }
            Self::InText => (
                JSON,
                json!({"data": form(), "more": object().to_string()}).to_string(),
            ),
            Self::Broken => {
                let json = object().to_string();
                (JSON, json[..json.len() - 1].to_owned())
            }
        }
    }
}

/// Names that no table has.
const SECRET_NAMES: [&str; 14] = [
    "password",
    "PassWord",
    "card[pin]",
    "cvv",
    "otpCode",
    "client_secret",
    "access_token",
    "apiKey",
    "customer.password",
    "passwords[0]",
    "Checksum",
    "TOKEN",
    "new-pin",
    "authorization",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_is_kept_of_any_operation(
        secret in "Q7z[A-Za-z0-9]{9}([ %&\"'é=<]{0,3}|&[a-z]{1,5}=)Zk4[A-Za-z0-9]{9}",
        digits in "[0-9]{9}",
        shape in prop::sample::select(&SHAPES[..]),
        extra in prop::sample::subsequence(&SECRET_NAMES[..], 1..5),
        in_query in any::<bool>(),
    ) {
        let sandbox = keeping();
        let address = sandbox.addr();
        // What is escaped differs between them.
        let markers = [&secret[..12], &secret[secret.len() - 12..]];
        let has_secret = |shown: &str| markers.iter().any(|marker| shown.contains(marker));
        let number = format!("411111{digits}7");
        for operation in OPERATIONS {
            let mut fields: Vec<(String, String)> = Vec::new();
            for field in operation.fields {
                let value = match field.sensitivity {
                    Sensitivity::Secret => secret.clone(),
                    Sensitivity::CardNumber => number.clone(),
                    _ => field.sample.unwrap_or("Kochi").to_owned(),
                };
                fields.push((field.wire.to_owned(), value));
            }
            let extra = extra.iter().map(|name| ((*name).to_owned(), secret.clone()));
            fields.extend(extra);
            fields.push(("note".to_owned(), number.clone()));
            fields.push(("town".to_owned(), "Ernakulam".to_owned()));
            let path = operation.path.replace("{customerId}", "12345678");
            let path = path.replace("{cardId}", "12345678-0000-4000-8000-000000000001");
            let mut path = path.replace("{brandIdentity}", "sandbox");
            let (content_type, body) = shape.of(&fields);
            if in_query || operation.fields.iter().any(|field| field.place == Place::Query) {
                path.push('?');
                path.push_str(&Shape::Form.of(&fields).1);
            }
            let header = secret.replace(|c: char| !c.is_ascii(), "-");
            let bearer = format!("Bearer {header}");
            // With the right ones too, so that the call gets as far as its fields.
            let standing = match operation.provider.as_str() {
                "paysafe" => "Bearer sandbox-paysafe-token",
                _ => "Bearer sandbox-ibanera-token",
            };
            for authorization in [&*bearer, standing] {
                let headers = [
                    ("content-type", content_type),
                    ("authorization", authorization),
                    ("token", common::TOKEN),
                    ("checksum", &*header),
                    ("otp", &*header),
                    ("processor-key", &*header),
                    ("x-api-key", &*header),
                ];
                let method = operation.method.as_str();
                exchange(address, request(method, &path, &headers, &body).as_bytes());
                let shown = shown(&sandbox);
                prop_assert!(!has_secret(&shown), "{operation} {shape:?}: {shown}");
                prop_assert!(!shown.contains(&number[6..15]), "{operation} {shape:?}: {shown}");
            }
        }
        let forms: Vec<_> = fields_of(&secret, &number);
        let forms: Vec<_> = forms.iter().map(|(name, value)| (&**name, &**value)).collect();
        for operation in ["register-user", "user-login", "update-customer"] {
            airpay(address, operation, &forms);
            let shown = shown(&sandbox);
            prop_assert!(shown.contains("Ernakulam"), "nothing is kept: {shown}");
            prop_assert!(!has_secret(&shown) && !shown.contains(&number[6..15]));
        }
    }
}

/// A registration with these secrets.
fn fields_of(secret: &str, number: &str) -> Vec<(String, String)> {
    let changes = [
        ("password", secret),
        ("otp", secret),
        ("card_no", number),
        ("city", "Ernakulam"),
    ];
    let fields = registration(&changes).into_iter();
    fields
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
