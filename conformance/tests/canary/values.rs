//! Requests and credentials with a marker in every sensitive place.

use std::time::Duration;

use cards_model::{Constraint, Field, Kind};
use cards_transport::{Call, Provider, Retry, Settings, Validation};
use serde_json::json;

use crate::common::fake::FakeClock;
use crate::markers::mark;
use crate::traces::traces;

/// A request with a marker in every field of a form that is sensitive or takes words
/// of a list.
pub(crate) fn marked<C: Call>() -> C {
    marked_by(|field| mark(field.rust))
}

/// The same, with other markers.
pub(crate) fn marked_by<C: Call>(mark: impl Fn(&Field) -> String) -> C {
    let is_listed = |constraint: &Constraint| matches!(constraint, Constraint::OneOf(_));
    let value = |field: &Field| match field.kind {
        Kind::Integer { .. } => json!(7),
        Kind::List => json!(["PLAIN"]),
        Kind::Decimal => json!(7.5),
        Kind::Boolean => json!(true),
        Kind::Object => json!({}),
        // In base64.
        Kind::File => json!(crate::markers::mark("A")),
        _ if field.is_sensitive() || field.constraints.iter().any(is_listed) => {
            json!(mark(field))
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
    P::from_vars(|name| variable(url, name)).unwrap()
}

/// The value of a provider's variable.
pub(crate) fn variable(url: &str, name: &str) -> Option<String> {
    match name {
        "CARDS_AIRPAY_ORDER"
        | "CARDS_AIRPAY_UTC_OFFSET"
        | "CARDS_IBANERA_OTP"
        | "CARDS_IBANERA_AUTHORIZATION"
        | "CARDS_PAYSAFE_SIGNATURE_SCOPE" => None,
        // In base64, which the marker is with one letter more.
        "CARDS_PAYSAFE_SIGNATURE_KEY" => Some(mark("A")),
        "CARDS_AIRPAY_GENERATE_OTP_PATH" => Some("/otp".to_owned()),
        "CARDS_IBANERA_OTP_REUSE" => Some("allowed".to_owned()),
        "CARDS_IBANERA_TOTP_TEXT" => Some(mark("totp")),
        "CARDS_IBANERA_USERNAME" | "CARDS_IBANERA_FILE_PART" | "CARDS_PAYSAFE_BRAND" => {
            Some("plain".to_owned())
        }
        name if name.ends_with("_BASE_URL") => Some(url.to_owned()),
        name if name.starts_with("CARDS_IBANERA_TOTP_") => None,
        name => Some(mark(name)),
    }
}

/// The same, where the token has to be fetched.
pub(crate) fn tokenless<P: Provider>(url: &str) -> P {
    P::from_vars(|name| variable(url, name).filter(|_| !name.ends_with("_TOKEN"))).unwrap()
}

pub(crate) fn unchecked() -> Settings {
    let settings = FakeClock::new().settings().validation(Validation::Off);
    let settings = settings.header("x-extra", &mark("extra")).unwrap();
    let settings = settings.retry(Retry::new(2).first_pause(Duration::from_millis(1)));
    settings.hooks(traces().clone())
}
