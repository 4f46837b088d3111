//! Exchanges with the sandbox, over a socket.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use cards_sandbox::{ChecksumOrder, Running, world};
use cards_transport::{BlockingTransport, Limits, UreqTransport};
use http::{Request, Response};
use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::case::ExchangeCase;
use crate::common::noon;
use crate::operation;

/// A sandbox of this case's own.
pub(crate) struct Sandbox {
    pub(crate) running: Running,
    transport: UreqTransport,
}

pub(crate) fn run(exchanges: &[ExchangeCase], checksum_order: Option<&str>) -> Result<(), String> {
    let sandbox = Sandbox::start_with(checksum_order.unwrap_or("received"))?;
    for (index, exchange) in exchanges.iter().enumerate() {
        sandbox
            .exchange(exchange)
            .map_err(|why| format!("exchange {index}: {why}"))?;
    }
    Ok(())
}

impl Sandbox {
    pub(crate) fn start() -> Result<Self, String> {
        Self::start_with("received")
    }

    /// The sandbox's day is that of the cases, whatever day it is.
    pub(crate) fn start_with(checksum_order: &str) -> Result<Self, String> {
        let order = checksum_order
            .parse::<ChecksumOrder>()
            .map_err(|error| error.to_string())?;
        let running = cards_sandbox::Sandbox::builder()
            .clock(Arc::new(noon))
            .checksum_order(order)
            .start_blocking();
        Ok(Self {
            running: running.map_err(|error| error.to_string())?,
            transport: UreqTransport::new().map_err(|error| error.to_string())?,
        })
    }

    /// Sends what the case says.
    pub(crate) fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
        let limits = Limits::new(Duration::from_secs(10), 1 << 20);
        self.transport
            .send(request, limits)
            .map_err(|error| error.to_string())
    }

    pub(crate) fn exchange(&self, case: &ExchangeCase) -> Result<(), String> {
        let response = self.send(self.request(case)?)?;
        let body = String::from_utf8_lossy(response.body()).into_owned();
        let status = case.status.unwrap_or(200);
        if response.status() != status {
            return Err(format!(
                "HTTP {} and not {status}: {body}",
                response.status()
            ));
        }
        for (name, expected) in &case.answer_headers {
            let value = response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok());
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
        let is_signed = !case.unsigned && !case.headers.contains_key("checksum");
        let mut body = case.body.clone().unwrap_or_default();
        if let Some(form) = &form {
            if is_signed {
                request = request.header("checksum", digest(form, case.digest.as_deref()));
            }
            request = request.header("content-type", "application/x-www-form-urlencoded");
            body = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form)
                .finish();
        } else if is_signed && ["keys", "token"].contains(&auth) {
            let form: Vec<_> = form_urlencoded::parse(body.as_bytes())
                .into_owned()
                .collect();
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
    let needs_json = !case.reads.is_empty()
        || !case.tells.is_empty()
        || !case.lacks.is_empty()
        || !case.keys.is_empty()
        || !case.count.is_empty()
        || !case.each.is_empty();
    if !needs_json {
        return Ok(());
    }
    let value: Value = serde_json::from_str(body).map_err(|error| format!("{error}: {body}"))?;
    for (pointer, expected) in &case.reads {
        let found = value.pointer(pointer);
        let fits = if expected == "*" {
            found.is_some()
        } else {
            found == Some(expected)
        };
        if !fits {
            return Err(format!(
                "{pointer} is {found:?}, expected {expected}: {body}"
            ));
        }
    }
    for (pointer, part) in &case.tells {
        let text = value.pointer(pointer).and_then(Value::as_str);
        if part.is_empty() || !text.is_some_and(|text| text.contains(part)) {
            return Err(format!("{pointer} does not tell {part}: {body}"));
        }
    }
    if let Some(pointer) = case
        .lacks
        .iter()
        .find(|pointer| value.pointer(pointer).is_some())
    {
        return Err(format!("{pointer} is there: {body}"));
    }
    for (pointer, expected) in &case.count {
        let found = value
            .pointer(pointer)
            .and_then(Value::as_array)
            .map(Vec::len);
        if found != Some(*expected) {
            return Err(format!(
                "{pointer} has {found:?} items, expected {expected}"
            ));
        }
    }
    for (place, expected) in &case.each {
        let (list, inner) = place.split_once(' ').ok_or("each wants two pointers")?;
        let items = value
            .pointer(list)
            .and_then(Value::as_array)
            .ok_or("each wants an array")?;
        let null = Value::Null;
        for item in items {
            let found = item.pointer(inner).unwrap_or(&null);
            if !expected.contains(found) {
                return Err(format!("{inner} of an item of {list} is {found}"));
            }
        }
        if items.is_empty() {
            return Err(format!("{list} is empty"));
        }
    }
    for (pointer, expected) in &case.keys {
        let found = keys(body, pointer)?;
        if &found != expected {
            return Err(format!(
                "the keys of {pointer} are {found:?}, expected {expected:?}"
            ));
        }
    }
    Ok(())
}

fn credentials(auth: &str) -> Result<Vec<(&'static str, String)>, String> {
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
fn digest(form: &[(String, String)], parts: Option<&[String]>) -> String {
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
    let digest = Sha256::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn one_time_code() -> Result<String, String> {
    let secret = totp_rs::Secret::try_from_base32(world::ibanera::TOTP_SECRET)
        .map_err(|error| error.to_string())?;
    let totp = totp_rs::Builder::new()
        .with_secret(secret)
        .build()
        .map_err(|e| e.to_string())?;
    let now = noon()
        .duration_since(UNIX_EPOCH)
        .map_err(|e| e.to_string())?;
    Ok(totp.generate(now.as_secs()).to_string())
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
    let mut raw: Box<RawValue> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    for step in pointer.split('/').skip(1) {
        let inner: Option<Box<RawValue>> = match step.parse::<usize>() {
            Ok(index) => {
                let items: Vec<Box<RawValue>> =
                    serde_json::from_str(raw.get()).map_err(|error| error.to_string())?;
                items.into_iter().nth(index)
            }
            Err(_) => {
                let mut members: BTreeMap<String, Box<RawValue>> =
                    serde_json::from_str(raw.get()).map_err(|error| error.to_string())?;
                members.remove(step)
            }
        };
        raw = inner.ok_or_else(|| format!("{pointer} is not there"))?;
    }
    struct Keys;
    impl<'de> Visitor<'de> for Keys {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
            let mut keys = Vec::new();
            while let Some(key) = map.next_key()? {
                keys.push(key);
                map.next_value::<IgnoredAny>()?;
            }
            Ok(keys)
        }
    }
    serde_json::Deserializer::from_str(raw.get())
        .deserialize_map(Keys)
        .map_err(|e| e.to_string())
}
