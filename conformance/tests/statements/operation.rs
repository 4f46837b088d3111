//! The six operations by name: valid inputs, checks, requests and replies.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cards_sandbox::world;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer};
use cards_transport::model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_transport::model::paysafe::{CardPage, ListPrepaidCards};
use cards_transport::model::{Date, Form, Rules};
use cards_transport::paysafe::Paysafe;
use cards_transport::sign::Order;
use cards_transport::{Call, Error, Limits, Retry, Settings, Validation, blocking};
use http::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) type Input = BTreeMap<String, Value>;

/// The day on which all cases are checked against the model.
pub(crate) fn today() -> Date {
    let Ok(today) = Date::new(2026, 11, 21) else {
        unreachable!()
    };
    today
}

/// Noon of that day in UTC.
pub(crate) fn now() -> SystemTime {
    let days = u64::try_from(today().unix_days()).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(days * 86_400 + 43_200)
}

/// How a request is sent.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sending<'a> {
    pub(crate) order: Order,
    /// With the documents' placeholder as every Airpay credential.
    pub(crate) placeholder: bool,
    pub(crate) secret_key: Option<&'a str>,
    /// To the host that the document gives.
    pub(crate) documented_host: bool,
}

impl Sending<'_> {
    fn base(self, documented: &str) -> cards_transport::BaseUrl {
        let base = if self.documented_host {
            documented
        } else {
            "http://localhost"
        };
        let Ok(base) = base.parse() else {
            unreachable!()
        };
        base
    }

    pub(crate) fn secret(self) -> String {
        self.secret_key
            .unwrap_or(world::airpay::SECRET_KEY)
            .to_owned()
    }

    fn airpay(self) -> Airpay {
        let of = |own: &'static str| {
            if self.placeholder {
                world::airpay::PLACEHOLDER
            } else {
                own
            }
        };
        Airpay::new(
            self.base(cards_transport::airpay::PRODUCTION),
            self.secret(),
        )
        .keys(
            of(world::airpay::AFFILIATE),
            of(world::airpay::PROCESSOR_KEY),
        )
        .token(of(world::airpay::TOKEN))
        .order(self.order)
    }

    fn paysafe(self) -> Paysafe {
        Paysafe::new(self.base(cards_transport::paysafe::PRODUCTION)).token(world::paysafe::TOKEN)
    }

    fn ibanera(self) -> Ibanera {
        let ibanera = Ibanera::new(self.base(cards_transport::ibanera::PRODUCTION))
            .token(world::ibanera::TOKEN);
        let Ok(ibanera) = ibanera.totp_base32(world::ibanera::TOTP_SECRET) else {
            unreachable!()
        };
        ibanera
    }
}

/// A broken rule: the field's wire path and the kind of rule.
pub(crate) type Broken = Vec<(String, String)>;

/// What the client makes of a reply.
pub(crate) struct Read {
    /// Its value, written back.
    pub(crate) value: Value,
    /// How many of its values the document does not list where it has a list.
    pub(crate) unlisted: usize,
    /// The rules that it breaks where the document states rules for replies.
    pub(crate) broken: Option<Broken>,
}

/// One operation, whatever its types.
pub(crate) struct Operation {
    /// What a valid request holds.
    pub(crate) valid: fn() -> Input,
    /// The rules that an input breaks, or why it cannot be read.
    pub(crate) check: fn(&Input, &Rules) -> Result<Broken, String>,
    /// The request for an input that is not checked first.
    pub(crate) wire: fn(&Input, Sending<'_>) -> Result<Request<Bytes>, String>,
    /// Reads a reply.
    pub(crate) read: fn(Response<Bytes>) -> Result<Read, Error>,
    /// Whether it travels as a form.
    pub(crate) is_form: bool,
}

pub(crate) fn named(name: &str) -> Result<Operation, String> {
    Ok(match name {
        "register-user" => form::<RegisterUser>(register_user),
        "update-customer" => form::<UpdateCustomer>(update_customer),
        "customer-preference" => form::<CustomerPreference>(customer_preference),
        "list-prepaid-cards" => Operation {
            valid: || Input::from([("customerId".into(), "12345678".into())]),
            check: check_query::<ListPrepaidCards>,
            wire: |input, how| wire(&from_json::<ListPrepaidCards>(input)?, how.paysafe()),
            read: |response| {
                let call = ListPrepaidCards::new("12345678");
                let page: CardPage = read_typed(&call, Sending::default().paysafe(), response)?;
                let broken = page.check().err().iter().flatten().map(pair).collect();
                Ok(Read {
                    broken: Some(broken),
                    ..Read::of(&page)
                })
            },
            is_form: false,
        },
        "list-customer-cards" => Operation {
            valid: Input::new,
            check: check_query::<ListCustomerCards>,
            wire: |input, how| wire(&from_json::<ListCustomerCards>(input)?, how.ibanera()),
            read: |response| {
                let reply = read_typed(
                    &ListCustomerCards::new(),
                    Sending::default().ibanera(),
                    response,
                )?;
                Ok(Read::of(&reply))
            },
            is_form: false,
        },
        "cards-by-customer" => Operation {
            valid: || Input::from([("customersId".into(), 11057.into())]),
            check: check_query::<CardsByCustomer>,
            wire: |input, how| wire(&from_json::<CardsByCustomer>(input)?, how.ibanera()),
            read: |response| {
                let reply = read_typed(
                    &CardsByCustomer::new(11057),
                    Sending::default().ibanera(),
                    response,
                )?;
                Ok(Read::of(&reply))
            },
            is_form: false,
        },
        other => return Err(format!("no operation is called {other}")),
    })
}

/// The form fields of an input in the order of the document's table.
pub(crate) fn pairs(input: &Input, names: &[&str]) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let pair = |name: &&str| Some(((*name).to_owned(), text(input.get(*name)?)));
    names.iter().filter_map(pair).collect()
}

pub(crate) fn table(name: &str) -> Vec<&'static str> {
    use cards_transport::model::Request;
    let fields = match name {
        "register-user" => RegisterUser::OPERATION.fields,
        "update-customer" => UpdateCustomer::OPERATION.fields,
        "customer-preference" => CustomerPreference::OPERATION.fields,
        _ => &[],
    };
    fields.iter().map(|field| field.wire).collect()
}

fn form<F>(valid: fn() -> Input) -> Operation
where
    F: Form + Call<Provider = Airpay>,
    F::Reply: Serialize + Debug,
{
    fn decoded<F: Form>(input: &Input) -> F {
        let names: Vec<_> = F::OPERATION.fields.iter().map(|field| field.wire).collect();
        let pairs = pairs(input, &names);
        F::from_fields(
            pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )
    }
    Operation {
        valid,
        check: |input, rules| Ok(broken(decoded::<F>(input).check(rules))),
        wire: |input, how| wire(&decoded::<F>(input), how.airpay()),
        read: |response| {
            let call = decoded::<F>(&Input::new());
            let reply = read_typed(&call, Sending::default().airpay(), response)?;
            Ok(Read::of(&reply))
        },
        is_form: true,
    }
}

fn check_query<R>(input: &Input, rules: &Rules) -> Result<Broken, String>
where
    R: cards_transport::model::Request + DeserializeOwned,
{
    Ok(broken(from_json::<R>(input)?.check(rules)))
}

fn from_json<R: DeserializeOwned>(input: &Input) -> Result<R, String> {
    let object = Value::Object(input.clone().into_iter().collect());
    serde_json::from_value(object).map_err(|error| error.to_string())
}

fn broken(result: Result<(), cards_transport::model::Violations>) -> Broken {
    result.err().iter().flatten().map(pair).collect()
}

fn pair(violation: &cards_transport::model::Violation) -> (String, String) {
    (violation.field.clone(), violation.rule.to_string())
}

fn wire<C: Call>(call: &C, provider: C::Provider) -> Result<Request<Bytes>, String> {
    let sent = std::sync::Arc::new(std::sync::Mutex::new(None));
    let keep = std::sync::Arc::clone(&sent);
    let transport = move |request: Request<Bytes>, _: Limits| {
        if let Ok(mut keep) = keep.lock() {
            *keep = Some(request);
        }
        Ok(Response::new(Bytes::new()))
    };
    let settings = Settings::new()
        .validation(Validation::Off)
        .retry(Retry::never());
    let client = blocking::Client::with_settings(provider, transport, settings);
    let outcome = client.send(call).err();
    let mut sent = sent.lock().map_err(|error| error.to_string())?;
    sent.take()
        .ok_or_else(|| format!("nothing was sent: {outcome:?}"))
}

fn read_typed<C: Call>(
    call: &C,
    provider: C::Provider,
    response: Response<Bytes>,
) -> Result<C::Reply, Error> {
    let transport = move |_: Request<Bytes>, _: Limits| Ok(response.clone());
    let settings = Settings::new()
        .validation(Validation::Off)
        .retry(Retry::never());
    let client = blocking::Client::with_settings(provider, transport, settings);
    client.send(call).map(cards_transport::Reply::into_value)
}

impl Read {
    fn of(value: &(impl Serialize + Debug)) -> Self {
        Self {
            value: serde_json::to_value(value).unwrap_or(Value::Null),
            unlisted: format!("{value:?}").matches("Unknown(").count(),
            broken: None,
        }
    }
}

fn register_user() -> Input {
    let fields = [
        ("mobile_no", "9000000513"),
        ("kit_no", "100000001200"),
        ("card_type", "V"),
        ("card_no", "4622940000003713"),
        ("card_expiry", "01/30"),
        ("first_name", "Prasanth"),
        ("last_name", "Kumar"),
        ("title", "Mr"),
        ("gender", "M"),
        ("dob", "1989-11-09"),
        ("email", "prasanth@example.com"),
        ("address", "Kochi"),
        ("city", "Ernakulam"),
        ("state", "Kerala"),
        ("pincode", "689673"),
        ("doc_type", "AADHAAR"),
        ("doc_number", "59048961234"),
        ("doc_expiry", "2031-12-31"),
        ("doc_country_issue", "India"),
        ("otp", "1234"),
        ("password", "PaSwd@1234"),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

fn update_customer() -> Input {
    Input::from([("entity_id".into(), world::airpay::CUSTOMER.into())])
}

fn customer_preference() -> Input {
    Input::from([("entity_id".into(), world::airpay::CUSTOMER.into())])
}
