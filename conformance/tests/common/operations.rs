//! Calls that a suite knows by their names, with the values of a fixture.

use std::any::Any;
use std::collections::BTreeMap;

use cards_model::ibanera::{
    Card, CardBalance, CardTransaction, CustomerCard, CustomerCardsReply, Page,
};
use cards_model::{Decimal, Operation};
use cards_sign::Order;
use cards_transport::{Call, Error, Provider, Visit, operations, visit};
use conformance::fixture::Keys;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Takes a visitor to an operation, or says that there is none of this name.
pub(crate) fn visited<V: Visit>(name: &str, visitor: V) -> Result<V::Output, String> {
    visit(name, visitor).ok_or_else(|| unknown(name))
}

/// The operation of this name.
pub(crate) fn named_operation(name: &str) -> Result<&'static Operation, String> {
    operations()
        .find(|operation| operation.name == name)
        .ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> String {
    format!("no operation has the name {name}")
}

/// The object of fields that are known by their names on the wire, each in the object
/// that its name says: `deliveryAddress.city`.
pub(crate) fn nested(fields: &BTreeMap<String, Value>) -> Value {
    let mut whole = Value::Object(Map::new());
    for (name, value) in fields {
        let place = name.split('.').try_fold(&mut whole, |within, step| {
            // What is no object holds nothing, whatever else is given.
            let is_open = within.is_object() || within.is_null();
            is_open.then(|| &mut within[step])
        });
        if let Some(place) = place {
            *place = value.clone();
        }
    }
    whole
}

/// A request from the fields of `input.json`.
pub(crate) fn from_input<C: Call>(input: &Value) -> Result<C, String> {
    C::deserialize(input).map_err(|error| format!("input.json: {error}"))
}

pub(crate) type Input = BTreeMap<String, Value>;

/// The fields of a valid request: of `operation.toml`, or of the fixture `valid`.
pub(crate) fn valid(name: &str) -> Result<Input, String> {
    #[derive(serde::Deserialize)]
    struct Stated {
        valid: Option<Input>,
    }
    let provider = named_operation(name)?.provider;
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    let file = |name: &str| {
        let read = std::fs::read_to_string(name);
        read.map_err(|error| format!("{name}: {error}"))
    };
    let path = format!("{fixtures}/{provider}/{name}/operation.toml");
    let stated: Stated =
        toml::from_str(&file(&path)?).map_err(|error| format!("{path}: {error}"))?;
    if let Some(valid) = stated.valid {
        return Ok(valid);
    }
    let path = format!("{fixtures}/{provider}/{name}/valid/input.json");
    serde_json::from_str(&file(&path)?).map_err(|error| format!("{path}: {error}"))
}

/// The provider with a fixture's credentials.
pub(crate) fn provider<P: Provider>(base: &str, keys: &Keys) -> P {
    provider_in_order(base, keys, Order::default())
}

/// The same, where forms are sent and signed in this order.
pub(crate) fn provider_in_order<P: Provider>(base: &str, keys: &Keys, order: Order) -> P {
    let provider = P::from_vars(|name| {
        let value = match name {
            "CARDS_AIRPAY_SECRET_KEY" => &keys.secret_key,
            "CARDS_AIRPAY_AFFILIATE" => &keys.affiliate,
            "CARDS_AIRPAY_PROCESSOR_KEY" => &keys.processor_key,
            "CARDS_AIRPAY_TOKEN" => &keys.airpay_token,
            "CARDS_AIRPAY_ORDER" => order.as_str(),
            "CARDS_AIRPAY_GENERATE_OTP_PATH" => "/airpay/ms/cards/api/generate-otp",
            "CARDS_PAYSAFE_TOKEN" => &keys.paysafe_token,
            "CARDS_IBANERA_TOKEN" => &keys.ibanera_token,
            "CARDS_IBANERA_TOTP_SECRET" => &keys.totp_base32,
            name if name.ends_with("_BASE_URL") => base,
            _ => return None,
        };
        Some(value.to_owned())
    });
    provider.unwrap_or_else(|error| panic!("world.toml: {error}"))
}

/// Shows a reply as `parsed.json` does.
pub(crate) fn shown<R: Serialize + 'static>(reply: &R) -> Value {
    let mut shown = serde_json::to_value(reply).unwrap();
    let reply = reply as &dyn Any;
    if let Some(reply) = reply.downcast_ref::<CustomerCardsReply>() {
        for (customer, shown) in reply.customers.iter().zip(items(&mut shown["details"])) {
            for (card, shown) in customer.cards.iter().zip(items(&mut shown["cards"])) {
                amounts_as_text(card, shown);
            }
        }
    }
    if let Some(CustomerCard {
        card: Some(card), ..
    }) = reply.downcast_ref()
    {
        amounts_as_text(card, &mut shown["card"]);
    }
    if let Some(page) = reply.downcast_ref::<Page<CardBalance>>() {
        for (card, shown) in page.details.iter().zip(items(&mut shown["details"])) {
            as_text("totalBalance", card.total_balance, shown);
            as_text("availableBalance", card.available_balance, shown);
            as_text("pendingBalance", card.pending_balance, shown);
        }
    }
    if let Some(page) = reply.downcast_ref::<Page<CardTransaction>>() {
        for (one, shown) in page.details.iter().zip(items(&mut shown["details"])) {
            as_text("amount", one.amount, shown);
        }
    }
    shown
}

fn as_text(name: &str, amount: Option<Decimal>, shown: &mut Value) {
    shown[name] = json!(amount.map(|amount| amount.to_string()));
}

/// Shows amounts as text: a JSON number would pass through a float here.
fn amounts_as_text(card: &Card, shown: &mut Value) {
    as_text("totalBalance", card.total_balance, shown);
    as_text("availableBalance", card.available_balance, shown);
    as_text("pendingBalance", card.pending_balance, shown);
}

fn items(list: &mut Value) -> impl Iterator<Item = &mut Value> {
    list.as_array_mut().into_iter().flatten()
}

/// Shows the outcome of a call as `parsed.json` does.
pub(crate) fn outcome<T, R: Serialize + 'static>(
    result: &Result<T, Error>,
    value: impl Fn(&T) -> &R,
) -> Value {
    let error = match result {
        Ok(reply) => return json!({"outcome": "value", "value": shown(value(reply))}),
        Err(error) => error,
    };
    let mut shown = json!({"outcome": format!("{:?}", error.kind())});
    if let Some(status) = error.status().filter(|status| !status.is_success()) {
        shown["status"] = json!(status.as_u16());
    }
    if let Some(refusal) = error.refusal() {
        shown["code"] = json!(refusal.code);
        shown["message"] = json!(refusal.message);
        let field = |one: &cards_transport::FieldRefusal| json!([one.field, one.error]);
        shown["fields"] = refusal.fields.iter().map(field).collect();
    }
    if let Some(json) = error.json() {
        shown["path"] = json!(json.path());
    }
    shown
}
