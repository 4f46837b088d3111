//! Requests with a text in one place, and all else as it should be.

use cards_model::{Operation, Place};
use cards_sandbox::Running;
use cards_sandbox::world::{airpay, ibanera, paysafe};
use serde_json::{Value, json};

use super::places::{Spot, small_world};
use crate::common::operations::{Input, nested, valid};
use crate::wire::{FORM, JSON, request};

/// Writes the request that has a text in a place.
pub(super) fn sent(sandbox: &Running, spot: &Spot, script: &str) -> Vec<u8> {
    let address = sandbox.addr();
    let topup = "/airpay/ms/cards/api/topup";
    let escaped = escaped(script);
    let plain: String = script.chars().filter(char::is_ascii).collect();
    let text = json!(script).to_string();
    let asked = match spot {
        Spot::Field(operation, name) => return call(sandbox, operation, Some(name), script),
        Spot::Name(operation) => return call(sandbox, operation, None, script),
        Spot::Header(name) => {
            let headers = format!(
                "{}{name}: {plain}\r\n",
                if *name == "content-type" { "" } else { FORM }
            );
            request(address, &format!("POST {topup}"), &headers, "entity_id=1")
        }
        Spot::Method => {
            let is_taken =
                |mark: &char| mark.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(*mark);
            let method: String = plain.chars().filter(is_taken).collect();
            request(address, &format!("{method} {topup}"), "", "")
        }
        Spot::Segment(at) => {
            let mut steps = ["airpay", "ms", "cards", "api", "topup"].map(str::to_owned);
            steps[*at].push_str(&escaped);
            request(address, &format!("GET /{}", steps.join("/")), "", "")
        }
        Spot::Query => request(
            address,
            &format!("POST {topup}?{escaped}={escaped}&entity_id={escaped}"),
            FORM,
            "",
        ),
        Spot::World(pointer) => {
            let mut world = small_world(sandbox);
            if let Some(place) = world.pointer_mut(pointer) {
                *place = script.into();
            }
            request(address, "PUT /_sandbox/world", JSON, &world.to_string())
        }
        Spot::Form(action, name, fields) => {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (other, value) in fields {
                form.append_pair(other, if other == name { script } else { value });
            }
            request(address, &format!("POST {action}"), FORM, &form.finish())
        }
        Spot::Parameter(view, name) => {
            request(address, &format!("GET {view}?{name}={escaped}"), "", "")
        }
        Spot::Control(method, path, body) => {
            let body = body.replace('#', &text).replace('^', &escaped);
            request(address, &format!("{method} {path}"), JSON, &body)
        }
    };
    asked.into_bytes()
}

/// Writes a call with this text in one field, or in the place of a name and its value, and all else
/// as it should be.
fn call(
    sandbox: &Running,
    operation: &'static Operation,
    name: Option<&str>,
    script: &str,
) -> Vec<u8> {
    let mut input: Input = valid(operation.name).unwrap_or_default();
    let name = name.unwrap_or(script);
    input.insert(name.to_owned(), script.into());
    let place = |name: &str| operation.field(name).map(|field| field.place);
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let mut path = operation.path.to_owned();
    let (mut query, mut form, mut parts) = (Vec::new(), Vec::new(), String::new());
    let mut body = input.clone();
    for (name, value) in &input {
        let value = text(value);
        match place(name) {
            Some(Place::Path) => path = path.replace(&format!("{{{name}}}"), &escaped(&value)),
            Some(Place::Query) => query.push((name.clone(), value)),
            Some(Place::Json) => continue,
            Some(Place::Part) => {
                parts.push_str(&format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{value}\"\r\n\r\n{value}\r\n"));
            }
            _ => form.push((name.clone(), value)),
        }
        if place(name).is_some() {
            body.remove(name);
        }
    }
    let encoded = |pairs: &[(String, String)]| {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    };
    let sum = cards_sign::checksum(
        form.iter().map(|(_, value)| &**value),
        airpay::SECRET_KEY.as_bytes(),
    );
    let (kind, body) = match operation.body {
        cards_model::Body::Json => ("application/json", nested(&body).to_string()),
        cards_model::Body::Multipart => (
            "multipart/form-data; boundary=b",
            format!("{parts}--b--\r\n"),
        ),
        _ => ("application/x-www-form-urlencoded", encoded(&form)),
    };
    let secrets = match operation.provider.as_str() {
        "airpay" => format!(
            "affiliate: {}\r\nprocessor-key: {}\r\ntoken: {}\r\nchecksum: {sum}\r\n",
            airpay::AFFILIATE,
            airpay::PROCESSOR_KEY,
            airpay::TOKEN
        ),
        "paysafe" => format!("authorization: Bearer {}\r\n", paysafe::TOKEN),
        _ => format!(
            "authorization: {}\r\notp: {}\r\n",
            ibanera::SAMPLE_AUTHORIZATION,
            ibanera::SAMPLE_OTP
        ),
    };
    let headers = format!("{secrets}content-type: {kind}\r\n");
    let line = format!("{} {path}?{}", operation.method.as_str(), encoded(&query));
    request(sandbox.addr(), &line, &headers, &body).into_bytes()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
