//! Gives a case what it asks of a documented operation: a valid input, the
//! rules that an input breaks, the request for it, and what is read from a
//! reply.

use std::collections::BTreeMap;

use bytes::Bytes;
use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer};
use cards_model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_model::paysafe::{CardPage, ListPrepaidCards};
use cards_model::{Form, Method, Provider, Rules, Violations};
use cards_sandbox::world;
use cards_sign::Order;
use cards_transport::airpay::Airpay;
use cards_transport::{Error, Reply, airpay, ibanera, paysafe};
use conformance::fixture::{self, Keys};
use http::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::common::clients::{Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, request};
use crate::common::operations::{Operation, for_documented};
use crate::common::registration_fields;

pub(crate) type Input = BTreeMap<String, Value>;

/// A broken rule: the field's wire path and the kind of rule.
pub(crate) type Broken = Vec<(String, String)>;

/// An operation with a table of fields and with rules.
pub(crate) trait Documented: Operation<Reply: Serialize> + cards_model::Request {
    /// The fields of a valid request.
    fn valid() -> Input;

    /// The request for an input, whatever rules that breaks.
    fn of(input: &Input) -> Result<Self, String>;

    /// The provider with this order of a form's fields.
    fn ordered(provider: Self::Provider, order: Order) -> Self::Provider {
        let _ = order;
        provider
    }

    /// The rules that a reply breaks, where the document states rules for
    /// replies.
    fn broken(reply: &Self::Reply) -> Option<Broken> {
        let _ = reply;
        None
    }
}

macro_rules! forms {
    ($($form:ty: $valid:expr;)+) => {$(
        impl Documented for $form {
            fn valid() -> Input {
                $valid
            }

            fn of(input: &Input) -> Result<Self, String> {
                let pairs = pairs::<Self>(input);
                let pairs = pairs.iter().map(|(name, value)| (&**name, &**value));
                Ok(Self::from_fields(pairs))
            }

            fn ordered(airpay: Airpay, order: Order) -> Airpay {
                airpay.order(order)
            }
        }
    )+};
}

forms! {
    RegisterUser: registration_fields();
    UpdateCustomer: Input::from([("entity_id".into(), world::airpay::CUSTOMER.into())]);
    CustomerPreference: Input::from([("entity_id".into(), world::airpay::CUSTOMER.into())]);
}

impl Documented for ListPrepaidCards {
    fn valid() -> Input {
        Input::from([("customerId".into(), world::paysafe::CUSTOMER.into())])
    }

    fn of(input: &Input) -> Result<Self, String> {
        from_json(input)
    }

    fn broken(page: &CardPage) -> Option<Broken> {
        Some(listed(page.check()))
    }
}

impl Documented for ListCustomerCards {
    fn valid() -> Input {
        Input::new()
    }

    fn of(input: &Input) -> Result<Self, String> {
        from_json(input)
    }
}

impl Documented for CardsByCustomer {
    fn valid() -> Input {
        Input::from([("customersId".into(), world::ibanera::CUSTOMER.into())])
    }

    fn of(input: &Input) -> Result<Self, String> {
        from_json(input)
    }
}

/// A valid form of this operation.
pub(crate) fn valid_form(name: &str) -> Result<Vec<(String, String)>, String> {
    fn form<C: Documented>() -> Vec<(String, String)> {
        pairs::<C>(&C::valid())
    }
    for_documented!(name, form())
}

/// Whether it travels as a form.
pub(crate) fn is_form<C: Documented>() -> bool {
    C::OPERATION.method == Method::Post
}

/// The form fields of an input in the order of the document's table.
pub(crate) fn pairs<C: Documented>(input: &Input) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let pair = |name: &str| Some((name.to_owned(), text(input.get(name)?)));
    let names = C::OPERATION.fields.iter().map(|field| field.wire);
    names.filter_map(pair).collect()
}

/// The rules that an input breaks, or why it cannot be read.
pub(crate) fn check<C: Documented>(input: &Input, rules: &Rules) -> Result<Broken, String> {
    Ok(listed(C::of(input)?.check(rules)))
}

/// Sets how a request is sent.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sending<'a> {
    pub(crate) order: Order,
    /// With the documents' placeholder as every Airpay credential.
    pub(crate) placeholder: bool,
    pub(crate) secret_key: Option<&'a str>,
    /// To the host that the document gives.
    pub(crate) documented_host: bool,
}

impl<'a> Sending<'a> {
    pub(crate) fn secret(self) -> &'a str {
        self.secret_key.unwrap_or(world::airpay::SECRET_KEY)
    }

    fn provider<C: Documented>(self) -> Result<C::Provider, String> {
        let base = match C::OPERATION.provider {
            _ if !self.documented_host => "http://localhost",
            Provider::Airpay => airpay::PRODUCTION,
            Provider::Paysafe => paysafe::PRODUCTION,
            Provider::Ibanera => ibanera::PRODUCTION,
            other => return Err(format!("no document gives a host of {other:?}")),
        };
        let base = base.parse().map_err(|error| format!("{base}: {error}"))?;
        Ok(C::ordered(C::provider(base, &self.keys()?), self.order))
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
pub(crate) fn wire<C: Documented>(
    input: &Input,
    how: Sending<'_>,
) -> Result<Request<Bytes>, String> {
    let call = C::of(input)?;
    request(&call, how.provider::<C>()?).map_err(|error| format!("nothing was sent: {error:?}"))
}

/// Holds what the client makes of a reply.
pub(crate) struct Read {
    /// Its value, written back.
    pub(crate) value: Value,
    /// The number of its values that the document does not list where it has a
    /// list.
    pub(crate) unlisted: usize,
    /// The rules that it breaks where the document states rules for replies.
    pub(crate) broken: Option<Broken>,
}

/// Reads a reply, or says why there is nothing to read it with.
pub(crate) fn read<C: Documented>(
    response: Response<Bytes>,
) -> Result<Result<Read, Error>, String> {
    let call = C::of(&C::valid())?;
    let provider = Sending::default().provider::<C>()?;
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, move |_, _| Ok(response.clone()));
    let outcome = Ureq::faked(provider, &fake, clock.unchecked()).send(&call);
    Ok(outcome.map(Reply::into_value).map(|reply| Read {
        value: serde_json::to_value(&reply).unwrap_or(Value::Null),
        unlisted: format!("{reply:?}").matches("Unknown(").count(),
        broken: C::broken(&reply),
    }))
}

fn from_json<R: DeserializeOwned>(input: &Input) -> Result<R, String> {
    let object = Value::Object(input.clone().into_iter().collect());
    serde_json::from_value(object).map_err(|error| error.to_string())
}

fn listed(checked: Result<(), Violations>) -> Broken {
    let pair =
        |violation: &cards_model::Violation| (violation.field.clone(), violation.rule.to_string());
    checked.err().iter().flatten().map(pair).collect()
}
