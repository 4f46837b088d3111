//! Exchanges with the sandbox, over a socket.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cards_sandbox::{ChecksumOrder, Running, world};
use cards_transport::{BlockingTransport, Limits, UreqTransport};
use http::{Request, Response};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::case::{ExchangeCase, from};
use crate::common::{NOON, hex, noon};
use crate::operation::{self, at, same};

/// A sandbox of this case's own.
pub(crate) struct Sandbox {
    pub(crate) running: Running,
    transport: UreqTransport,
}

pub(crate) fn run(exchanges: &[ExchangeCase], checksum_order: Option<&str>) -> Result<(), String> {
    if exchanges.is_empty() {
        return Ok(());
    }
    let sandbox = Sandbox::start_with(checksum_order.unwrap_or("received"))?;
    for (index, exchange) in exchanges.iter().enumerate() {
        let held = sandbox.exchange(exchange);
        held.map_err(|why| format!("exchange {index}: {why}"))?;
    }
    Ok(())
}

impl Sandbox {
    /// The sandbox's day is that of the cases, whatever day it is.
    pub(crate) fn start_with(checksum_order: &str) -> Result<Self, String> {
        let order = checksum_order.parse::<ChecksumOrder>();
        let builder = cards_sandbox::Sandbox::builder().clock(Arc::new(noon));
        let builder = builder.checksum_order(order.map_err(|error| error.to_string())?);
        let running = builder.start_blocking();
        Ok(Self {
            running: running.map_err(|error| error.to_string())?,
            transport: UreqTransport::new().map_err(|error| error.to_string())?,
        })
    }

    /// Sends what the case says.
    pub(crate) fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
        let limits = Limits::new(Duration::from_secs(10), 1 << 20);
        let answer = self.transport.send(request, limits);
        answer.map_err(|error| error.to_string())
    }

    pub(crate) fn exchange(&self, case: &ExchangeCase) -> Result<(), String> {
        let response = self.send(self.request(case)?)?;
        let body = String::from_utf8_lossy(response.body()).into_owned();
        let status = case.status.unwrap_or(200);
        if response.status() != status {
            let other = response.status();
            return Err(format!("HTTP {other} and not {status}: {body}"));
        }
        for (name, expected) in &case.answer_headers {
            let value = response.headers().get(name);
            let value = value.and_then(|value| value.to_str().ok());
            if value.is_none_or(|value| expected != "*" && value != expected) {
                return Err(format!("header {name} is {value:?}, expected {expected}"));
            }
        }
        judge(case, &body)
    }

    pub(crate) fn request(&self, case: &ExchangeCase) -> Result<Request<Bytes>, String> {
        let mut form = case.form.clone();
        if let Some(name) = &case.form_of {
            form = Some(operation::valid_form(name)?);
        }
        if let Some(form) = &mut form {
            form.retain(|(name, _)| !case.without.contains(name));
            for (name, value) in &case.set {
                match form.iter_mut().find(|(field, _)| field == name) {
                    Some((_, field)) => field.clone_from(value),
                    None => form.push((name.clone(), value.clone())),
                }
            }
        }
        let path = case.path.as_deref().unwrap_or_default();
        let auth = case.auth.as_deref().unwrap_or("none");
        let mut request = Request::builder()
            .method(case.method.as_deref().unwrap_or("GET"))
            .uri(format!("{}{path}", self.running.url()));
        for (name, value) in credentials(auth)? {
            request = request.header(name, value);
        }
        let mut body = case.body.clone().unwrap_or_default();
        if let Some(form) = &form {
            request = request.header("content-type", "application/x-www-form-urlencoded");
            let mut encoded = form_urlencoded::Serializer::new(String::new());
            body = encoded.extend_pairs(form).finish();
        } else if ["keys", "token"].contains(&auth) {
            form = Some(
                form_urlencoded::parse(body.as_bytes())
                    .into_owned()
                    .collect(),
            );
        }
        let is_signed = !case.unsigned && !case.headers.contains_key("checksum");
        if let Some(form) = form.filter(|_| is_signed) {
            request = request.header("checksum", digest(&form, case.digest.as_deref()));
        }
        for (name, value) in &case.headers {
            request = request.header(name, value);
        }
        request
            .body(Bytes::from(body))
            .map_err(|error| error.to_string())
    }
}

fn judge(case: &ExchangeCase, body: &str) -> Result<(), String> {
    if let Some(answers) = &case.answers {
        let compact = |text: &str| {
            let raw: Box<RawValue> = serde_json::from_str(text).map_err(|e| e.to_string())?;
            // Only the white space between tokens goes; the order stays.
            Ok::<_, String>(without_space(raw.get()))
        };
        if compact(answers)? != compact(body)? {
            return Err(format!("the answer is {body}"));
        }
    }
    // An answer that nothing is asked of need not be JSON.
    let parsed = serde_json::from_str(body).map_err(|error| format!("{error}: {body}"));
    let value = |pointer: &str| {
        let value: &Value = parsed.as_ref().map_err(String::clone)?;
        Ok::<_, String>(value.pointer(&from(pointer, &case.at)))
    };
    for (pointer, expected) in &case.reads {
        match value(pointer)? {
            Some(_) if expected == "*" => {}
            found if found == Some(expected) => {}
            found => {
                let why = format!("{pointer} is {found:?}, expected {expected}: {body}");
                return Err(why);
            }
        }
    }
    for (pointer, part) in &case.tells {
        let text = value(pointer)?.and_then(Value::as_str);
        if part.is_empty() || !text.is_some_and(|text| text.contains(part)) {
            return Err(format!("{pointer} does not tell {part}: {body}"));
        }
    }
    for pointer in &case.lacks {
        if value(pointer)?.is_some() {
            return Err(format!("{pointer} is there: {body}"));
        }
    }
    for (pointer, expected) in &case.count {
        let found = value(pointer)?.and_then(Value::as_array).map(Vec::len);
        same(&format!("items of {pointer}"), &Some(*expected), &found)?;
    }
    for (place, expected) in &case.each {
        let of_list = format!("{} /{place}", case.list);
        let place = if place.contains(' ') { place } else { &of_list };
        let (list, inner) = place.split_once(' ').ok_or("each wants two pointers")?;
        let items = value(list)?.and_then(Value::as_array);
        let items = items.ok_or("each wants an array")?;
        if items.is_empty() {
            return Err(format!("{list} is empty"));
        }
        let other = |item: &&Value| !expected.contains(at(item, inner));
        if let Some(item) = items.iter().find(other) {
            return Err(format!(
                "{inner} of an item of {list} is {}",
                at(item, inner)
            ));
        }
    }
    for (pointer, expected) in &case.keys {
        same(
            &format!("keys of {pointer}"),
            expected,
            &keys(body, &from(pointer, &case.at))?,
        )?;
    }
    Ok(())
}

pub(crate) fn credentials(auth: &str) -> Result<Vec<(&'static str, String)>, String> {
    let text = str::to_owned;
    Ok(match auth {
        "none" => vec![],
        "keys" => vec![
            ("affiliate", text(world::airpay::AFFILIATE)),
            ("processor-key", text(world::airpay::PROCESSOR_KEY)),
        ],
        "token" => vec![("token", text(world::airpay::TOKEN))],
        "bearer" => vec![("authorization", format!("Bearer {}", world::paysafe::TOKEN))],
        "ibanera" => vec![
            ("authorization", format!("Bearer {}", world::ibanera::TOKEN)),
            ("otp", one_time_code()?),
        ],
        other => return Err(format!("auth = {other} means nothing")),
    })
}

/// The values and the secret, or what a case has hashed instead.
pub(crate) fn digest(form: &[(String, String)], parts: Option<&[String]>) -> String {
    let joined: String = form.iter().map(|(_, value)| value.as_str()).collect();
    let right = ["values", "secret"].map(str::to_owned);
    let parts = parts.unwrap_or(&right).iter();
    let text: String = parts
        .map(|part| match part.as_str() {
            "values" => joined.as_str(),
            "secret" => world::airpay::SECRET_KEY,
            "token" => world::airpay::TOKEN,
            other => other,
        })
        .collect();
    hex(&text)
}

pub(crate) fn one_time_code() -> Result<String, String> {
    let secret = totp_rs::Secret::try_from_base32(world::ibanera::TOTP_SECRET);
    let secret = secret.map_err(|error| error.to_string())?;
    let totp = totp_rs::Builder::new().with_secret(secret).build();
    let totp = totp.map_err(|error| error.to_string())?;
    Ok(totp.generate(NOON).to_string())
}

/// JSON without the white space outside of its strings.
fn without_space(json: &str) -> String {
    let (mut out, mut in_string, mut escaped) = (String::new(), false, false);
    for c in json.chars() {
        if in_string || !c.is_ascii_whitespace() {
            out.push(c);
        }
        if c == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && c == '\\' && !escaped;
    }
    out
}

/// The keys of the object at a pointer, in the order of the text.
fn keys(json: &str, pointer: &str) -> Result<Vec<String>, String> {
    let told = |error: serde_json::Error| error.to_string();
    let mut raw: &RawValue = serde_json::from_str(json).map_err(told)?;
    for step in pointer.split('/').skip(1) {
        let inner = match step.parse::<usize>() {
            Ok(index) => {
                let items: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(told)?;
                items.get(index).copied()
            }
            Err(_) => members(raw).map_err(told)?.remove(step),
        };
        raw = inner.ok_or_else(|| format!("{pointer} is not there"))?;
    }
    let mut members: Vec<_> = members(raw).map_err(told)?.into_iter().collect();
    members.sort_by_key(|(_, value)| value.get().as_ptr());
    Ok(members.into_iter().map(|(key, _)| key).collect())
}

fn members(object: &RawValue) -> Result<BTreeMap<String, &RawValue>, serde_json::Error> {
    serde_json::from_str(object.get())
}
