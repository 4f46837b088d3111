//! Every operation by its name, so that a fixture can be carried out.

use cards_model::airpay::{
    Acknowledged, CustomerPreference, LoggedIn, RegisterUser, Registered, UpdateCustomer, UserLogin,
};
use cards_model::ibanera::{self, CardsByCustomer, CustomerCardsReply, ListCustomerCards};
use cards_model::paysafe::{AccessToken, CardPage, ListPrepaidCards};
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, LoginCall};
use cards_transport::paysafe::{IssueAccessToken, Paysafe};
use cards_transport::{BaseUrl, Call, Error, Provider};
use conformance::fixture::Keys;
use serde::Deserialize;
use serde_json::{Value, json};

/// An operation whose requests and replies fixtures can hold.
pub(crate) trait Operation: Call<Reply: std::fmt::Debug> + Clone + Send + 'static {
    /// A request from the fields of `input.json`.
    fn from_input(input: &Value) -> Result<Self, String>;

    /// A reply as `parsed.json` shows it.
    fn show(reply: &Self::Reply) -> Value;

    /// The provider with a fixture's credentials.
    fn provider(base: BaseUrl, keys: &Keys) -> Self::Provider;
}

/// Calls a function that is generic over the operation for the documented one
/// of this name.
macro_rules! for_documented {
    ($name:expr, $function:ident $(::<$backend:ty>)? ( $($argument:expr),* )) => {{
        use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer};
        use cards_model::ibanera::{CardsByCustomer, ListCustomerCards};
        use cards_model::paysafe::ListPrepaidCards;
        match $name {
            "register-user" => Ok($function::<RegisterUser $(, $backend)?>($($argument),*)),
            "update-customer" => Ok($function::<UpdateCustomer $(, $backend)?>($($argument),*)),
            "customer-preference" => Ok($function::<CustomerPreference $(, $backend)?>($($argument),*)),
            "list-prepaid-cards" => Ok($function::<ListPrepaidCards $(, $backend)?>($($argument),*)),
            "list-customer-cards" => Ok($function::<ListCustomerCards $(, $backend)?>($($argument),*)),
            "cards-by-customer" => Ok($function::<CardsByCustomer $(, $backend)?>($($argument),*)),
            other => Err(format!("no document describes an operation {other}")),
        }
    }};
}

pub(crate) use for_documented;

/// Calls a function that is generic over the operation for the one that the
/// fixture names: a documented one, or a login.
macro_rules! for_operation {
    ($case:expr, $function:ident $(::<$backend:ty>)? ( $($argument:expr),* )) => {{
        use cards_model::airpay::UserLogin;
        use cards_transport::{ibanera::LoginCall, paysafe::IssueAccessToken};
        match &*$case.operation {
            "user-login" => $function::<UserLogin $(, $backend)?>($($argument),*),
            "issue-access-token" => $function::<IssueAccessToken $(, $backend)?>($($argument),*),
            "login" => $function::<LoginCall $(, $backend)?>($($argument),*),
            documented => {
                crate::common::operations::for_documented!(
                    documented, $function $(::<$backend>)? ($($argument),*)
                )
                .unwrap_or_else(|why| panic!("fixtures/{}: {why}", $case.id()))
            }
        }
    }};
}

pub(crate) use for_operation;

fn deserialized<'de, T: Deserialize<'de>>(input: &'de Value) -> Result<T, String> {
    T::deserialize(input).map_err(|error| format!("input.json: {error}"))
}

fn text(input: &Value, name: &str) -> Result<String, String> {
    let text = input[name].as_str();
    let text = text.ok_or_else(|| format!("input.json: field {name:?} is missing"))?;
    Ok(text.to_owned())
}

fn serialized(value: &impl serde::Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(value) => value,
        Err(error) => panic!("a reply that cannot be shown: {error}"),
    }
}

pub(crate) fn airpay(base: BaseUrl, keys: &Keys) -> Airpay {
    Airpay::new(base, &*keys.secret_key)
        .keys(&*keys.affiliate, &*keys.processor_key)
        .token(&*keys.airpay_token)
}

pub(crate) fn paysafe(base: BaseUrl, keys: &Keys) -> Paysafe {
    Paysafe::new(base).token(&*keys.paysafe_token)
}

pub(crate) fn ibanera(base: BaseUrl, keys: &Keys) -> Ibanera {
    let ibanera = Ibanera::new(base).token(&*keys.ibanera_token);
    match ibanera.totp_base32(&*keys.totp_base32) {
        Ok(ibanera) => ibanera,
        Err(error) => panic!("world.toml: totp_base32: {error}"),
    }
}

macro_rules! operation {
    ($($call:ty: $reply:ty => $provider:ident, $show:expr;)+) => {$(
        impl Operation for $call {
            fn from_input(input: &Value) -> Result<Self, String> {
                deserialized(input)
            }

            fn show(reply: &$reply) -> Value {
                let show: fn(&$reply) -> Value = $show;
                show(reply)
            }

            fn provider(base: BaseUrl, keys: &Keys) -> Self::Provider {
                $provider(base, keys)
            }
        }
    )+};
}

operation! {
    RegisterUser: Registered => airpay, serialized;
    UpdateCustomer: Acknowledged => airpay, serialized;
    CustomerPreference: Acknowledged => airpay, serialized;
    UserLogin: LoggedIn => airpay, serialized;
    ListPrepaidCards: CardPage => paysafe, serialized;
    ListCustomerCards: CustomerCardsReply => ibanera, customers;
    CardsByCustomer: CustomerCardsReply => ibanera, customers;
}

impl Operation for IssueAccessToken {
    fn from_input(input: &Value) -> Result<Self, String> {
        let (id, secret) = (text(input, "client_id")?, text(input, "client_secret")?);
        Ok(Self::new(text(input, "brand")?, id, secret))
    }

    fn show(reply: &AccessToken) -> Value {
        serialized(reply)
    }

    fn provider(base: BaseUrl, keys: &Keys) -> Paysafe {
        paysafe(base, keys)
    }
}

impl Operation for LoginCall {
    fn from_input(input: &Value) -> Result<Self, String> {
        Ok(Self::new(
            text(input, "username")?,
            text(input, "password")?,
        ))
    }

    fn show(reply: &ibanera::LoggedIn) -> Value {
        serialized(reply)
    }

    fn provider(base: BaseUrl, keys: &Keys) -> Ibanera {
        ibanera(base, keys)
    }
}

/// Amounts as text: a JSON number would pass through a float here.
fn customers(reply: &CustomerCardsReply) -> Value {
    let mut shown = serialized(reply);
    for (customer, shown) in reply.customers.iter().zip(items(&mut shown["customers"])) {
        for (card, shown) in customer.cards.iter().zip(items(&mut shown["cards"])) {
            for (name, amount) in [
                ("totalBalance", card.total_balance),
                ("availableBalance", card.available_balance),
                ("pendingBalance", card.pending_balance),
            ] {
                shown[name] = json!(amount.map(|amount| amount.to_string()));
            }
        }
    }
    shown
}

fn items(list: &mut Value) -> impl Iterator<Item = &mut Value> {
    list.as_array_mut().into_iter().flatten()
}

/// Shows the outcome of a call as `parsed.json` does.
pub(crate) fn outcome<C: Operation, R>(
    result: &Result<R, Error>,
    value: impl Fn(&R) -> &C::Reply,
) -> Value {
    let error = match result {
        Ok(reply) => return json!({"outcome": "value", "value": C::show(value(reply))}),
        Err(error) => error,
    };
    let mut shown = json!({"outcome": format!("{:?}", error.kind())});
    if let Some(status) = error.status().filter(|status| !status.is_success()) {
        shown["status"] = json!(status.as_u16());
    }
    if let Some(refusal) = error.refusal() {
        shown["code"] = json!(refusal.code);
        shown["message"] = json!(refusal.message);
        let fields = refusal.fields.iter();
        shown["fields"] = fields
            .map(|field| json!([field.field, field.error]))
            .collect();
    }
    if let Some(json) = error.json() {
        shown["path"] = json!(json.path());
    }
    shown
}
