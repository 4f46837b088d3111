//! Requests and credentials with a marker in every sensitive place.

use std::time::Duration;

use cards_model::airpay::{RegisterUser, UpdateCustomer};
use cards_model::{Constraint, Field, Kind};
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, Call, Provider, Retry, Settings, Validation};
use serde_json::json;

use crate::common::fake::FakeClock;
use crate::markers::{MARK, mark};

pub(crate) fn register() -> RegisterUser {
    RegisterUser {
        mobile_no: mark("mobile").into(),
        kit_no: "100000001200".into(),
        card_type: "V".into(),
        card_no: format!("462294{MARK}3713").into(),
        card_expiry: "01/30".into(),
        first_name: mark("first").into(),
        last_name: mark("last").into(),
        title: mark("title").into(),
        gender: mark("gender").into(),
        dob: mark("dob").into(),
        email: mark("email@example.com").into(),
        address: mark("address").into(),
        city: mark("city").into(),
        state: mark("state").into(),
        pincode: mark("pincode").into(),
        doc_type: mark("type").into(),
        doc_number: mark("number").into(),
        doc_expiry: mark("expiry").into(),
        doc_country_issue: mark("country").into(),
        otp: mark("otp").into(),
        password: mark("password").into(),
    }
}

pub(crate) fn update() -> UpdateCustomer {
    UpdateCustomer::new("E1")
        .email(mark("email"))
        .mobile_no(mark("mobile"))
        .address(mark("address"))
        .city(mark("city"))
        .state(mark("state"))
        .pincode(mark("pincode"))
}

/// A request with a marker in every field of a form that is sensitive or takes words
/// of a list.
pub(crate) fn marked<C: Call>() -> C {
    let is_listed = |constraint: &Constraint| matches!(constraint, Constraint::OneOf(_));
    let value = |field: &Field| match field.kind {
        Kind::Integer { .. } => json!(7),
        Kind::List => json!(["PLAIN"]),
        Kind::Boolean => json!(true),
        Kind::Object => json!({}),
        _ if field.is_sensitive || field.constraints.iter().any(is_listed) => {
            json!(mark(field.rust))
        }
        _ => json!("1"),
    };
    let mut request = json!({});
    for field in C::operation().fields {
        let place = field.wire.split('.');
        let place = place.fold(&mut request, |object, key| &mut object[key]);
        *place = value(field);
    }
    serde_json::from_value(request).unwrap()
}

/// A provider whose every secret and every person's value is marked.
pub(crate) fn provider<P: Provider>(url: &str) -> P {
    P::from_vars(|name| match name {
        "CARDS_AIRPAY_ORDER" | "CARDS_IBANERA_OTP" => None,
        "CARDS_IBANERA_OTP_REUSE" => Some("allowed".to_owned()),
        "CARDS_IBANERA_TOTP_TEXT" => Some(mark("totp")),
        "CARDS_IBANERA_USERNAME" | "CARDS_PAYSAFE_BRAND" => Some("plain".to_owned()),
        name if name.ends_with("_BASE_URL") => Some(url.to_owned()),
        name if name.starts_with("CARDS_IBANERA_TOTP_") => None,
        name => Some(mark(name)),
    })
    .unwrap()
}

pub(crate) fn airpay(url: &str) -> Airpay {
    Airpay::new(url.parse().unwrap(), mark("secretkey"))
        .keys(mark("affiliate"), mark("processor"))
        .token(mark("token"))
        .login(&mark("mobile"), mark("password"))
}

pub(crate) fn paysafe(url: &str) -> Paysafe {
    Paysafe::new(url.parse().unwrap()).token(mark("token"))
}

pub(crate) fn paysafe_client(url: &str) -> Paysafe {
    Paysafe::new(url.parse().unwrap()).client("brand", mark("clientid"), mark("clientsecret"))
}

pub(crate) fn ibanera(url: &str) -> Ibanera {
    let ibanera = Ibanera::new(url.parse().unwrap());
    ibanera
        .totp_text(mark("totp"))
        .unwrap()
        .token(mark("token"))
        .login("user", mark("password"))
}

pub(crate) fn unchecked() -> Settings {
    let settings = FakeClock::new().settings().validation(Validation::Off);
    settings.retry(Retry::new(2).first_pause(Duration::from_millis(1)))
}

pub(crate) fn quick() -> BackendOptions {
    BackendOptions::new().read_timeout(Duration::from_millis(100))
}
