//! Gives a case what it asks of a documented operation: a valid input, the
//! rules that an input breaks, the request for it, and what is read from a
//! reply.

use std::any::Any;
use std::fmt::Debug;

use bytes::Bytes;
use cards_model::paysafe::CardPage;
use cards_model::{Operation, Rules, Violations};
use cards_sandbox::world;
use cards_sign::Order;
use cards_transport::{Call, Error, Provider, Reply};
use conformance::fixture::{self, Keys};
use http::{Request, Response};
use serde_json::Value;

use crate::common::clients::{Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, json, request};
use crate::common::operations::{Input, named_operation, nested, provider_in_order, valid};

/// A broken rule: the field's wire path and the kind of rule.
pub(crate) type Broken = Vec<(String, String)>;

/// The request for an input, whatever rules that breaks.
pub(crate) fn of<C: Call>(input: &Input) -> Result<C, String> {
    let mut input = input.clone();
    if is_form::<C>() {
        // A form holds texts; what it lacks is empty, and what nobody knows is
        // passed over.
        let pairs = pairs::<C>(&input).into_iter();
        input = pairs.map(|(name, text)| (name, text.into())).collect();
        for field in C::operation().fields.iter().filter(|field| field.required) {
            let empty = || String::new().into();
            input.entry(field.wire.to_owned()).or_insert_with(empty);
        }
    }
    C::deserialize(nested(&input)).map_err(|error| error.to_string())
}

/// The rules that a reply breaks, where the document states rules for replies.
fn broken_by<R: 'static>(reply: &R) -> Option<Broken> {
    let page: &CardPage = (reply as &dyn Any).downcast_ref()?;
    Some(listed(page.check()))
}

/// A valid form of this operation.
pub(crate) fn valid_form(name: &str) -> Result<Vec<(String, String)>, String> {
    let valid = valid(name)?;
    Ok(pairs_of(named_operation(name)?, &valid))
}

/// Tells whether it travels as a form.
pub(crate) fn is_form<C: Call>() -> bool {
    C::operation().is_signed()
}

/// The form fields of an input in the order of the document's table.
pub(crate) fn pairs<C: Call>(input: &Input) -> Vec<(String, String)> {
    pairs_of(C::operation(), input)
}

fn pairs_of(operation: &Operation, input: &Input) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let pair = |name: &str| Some((name.to_owned(), text(input.get(name)?)));
    let names = operation.fields.iter().map(|field| field.wire);
    names.filter_map(pair).collect()
}

/// The rules that an input breaks, or why it cannot be read.
pub(crate) fn check<C: Call>(input: &Input, rules: &Rules) -> Result<Broken, String> {
    Ok(listed(of::<C>(input)?.violations(rules)))
}

/// Sets how a request is sent.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sending<'a> {
    pub(crate) order: Order,
    /// Says that the documents' placeholder is every Airpay credential.
    pub(crate) placeholder: bool,
    pub(crate) secret_key: Option<&'a str>,
    /// Says that the call goes to the host that the document gives.
    pub(crate) documented_host: bool,
}

impl<'a> Sending<'a> {
    pub(crate) fn secret(self) -> &'a str {
        self.secret_key.unwrap_or(world::airpay::SECRET_KEY)
    }

    fn provider<C: Call>(self) -> Result<C::Provider, String> {
        let base = match self.documented_host {
            true => <C::Provider as Provider>::PRODUCTION,
            false => "http://localhost",
        };
        Ok(provider_in_order(base, &self.keys()?, self.order))
    }

    /// The credentials of the sandbox.
    fn keys(self) -> Result<Keys, String> {
        let world = fixture::world().map_err(|error| error.to_string())?;
        let mut keys = world.documented;
        if !self.placeholder {
            keys.affiliate = world::airpay::AFFILIATE.to_owned();
            keys.processor_key = world::airpay::PROCESSOR_KEY.to_owned();
            keys.airpay_token = world::airpay::TOKEN.to_owned();
        }
        keys.secret_key = self.secret().to_owned();
        keys.paysafe_token = world::paysafe::TOKEN.to_owned();
        keys.ibanera_token = world::ibanera::TOKEN.to_owned();
        keys.totp_base32 = world::ibanera::TOTP_SECRET.to_owned();
        Ok(keys)
    }
}

/// The request for an input that is not checked first.
pub(crate) fn wire<C: Call>(input: &Input, how: Sending<'_>) -> Result<Request<Bytes>, String> {
    let call = of::<C>(input)?;
    request(&call, how.provider::<C>()?).map_err(|error| format!("nothing was sent: {error:?}"))
}

/// The error of a client that checks an input which breaks a rule, and so sends
/// nothing.
pub(crate) fn refused_here<C: Call>(input: &Input) -> Result<Error, String> {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(200, "{}"));
    let client = Ureq::faked(Sending::default().provider::<C>()?, &fake, clock.settings());
    match client.send(&of::<C>(input)?) {
        Err(error) if error.is_invalid() && fake.sent().is_empty() => Ok(error),
        other => Err(format!("the client does not refuse: {:?}", other.map(drop))),
    }
}

/// The query that a call is sent with, decoded.
pub(crate) fn query<C: Call>(call: &C) -> Result<String, String> {
    let request = request(call, Sending::default().provider::<C>()?);
    let request = request.map_err(|error| format!("nothing was sent: {error:?}"))?;
    let query = request.uri().query().unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes());
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Ok(pairs.join("&"))
}

/// Holds what the client makes of a reply.
pub(crate) struct Read {
    /// The value that was read, written back.
    pub(crate) value: Value,
    /// The number of its values that the document does not list where it has a
    /// list.
    pub(crate) unlisted: usize,
    /// The rules that it breaks where the document states rules for replies.
    pub(crate) broken: Option<Broken>,
}

/// Reads a reply, or says why there is nothing to read it with.
pub(crate) fn read<C: Call>(response: Response<Bytes>) -> Result<Result<Read, Error>, String> {
    let call = of::<C>(&valid(C::operation().name)?)?;
    let provider = Sending::default().provider::<C>()?;
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, move |_, _| Ok(response.clone()));
    let outcome = Ureq::faked(provider, &fake, clock.unchecked()).send(&call);
    Ok(outcome.map(Reply::into_value).map(|reply| Read {
        value: serde_json::to_value(&reply).unwrap_or(Value::Null),
        unlisted: format!("{reply:?}").matches("Unknown(").count(),
        broken: broken_by(&reply),
    }))
}

fn listed(checked: Result<(), Violations>) -> Broken {
    let pair =
        |violation: &cards_model::Violation| (violation.field.clone(), violation.rule.to_string());
    checked.err().iter().flatten().map(pair).collect()
}

/// The value at a pointer, null where there is none.
pub(crate) fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// Tells what is otherwise than expected.
pub(crate) fn same<T: PartialEq + Debug>(
    what: &str,
    expected: &T,
    actual: &T,
) -> Result<(), String> {
    match expected == actual {
        true => Ok(()),
        false => Err(format!(
            "{what}\n  expected {expected:?}\n       got {actual:?}"
        )),
    }
}
