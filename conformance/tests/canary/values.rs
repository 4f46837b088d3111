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

/// The program's own table of the variables, with what each of them is.
const TABLE: &str = include_str!("../../../crates/cards-cli/src/environment.rs");

/// Tells whether the table says of a variable that it is a setting that opens nothing and names
/// nobody: all others but for words of lists, numbers and addresses are marked.
fn is_plain(name: &str) -> bool {
    let row = TABLE.split_once(&format!("\"{name}\","));
    let row = row.unwrap_or_else(|| panic!("the program does not know {name}"));
    let kind: String = row
        .1
        .trim_start()
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    match kind.as_str() {
        "Setting" => true,
        "Secret" => false,
        "Word" => panic!("{name} is a word of a list, and has no value here"),
        kind => panic!("{name} is of the unknown kind {kind}"),
    }
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
        // One kind of a code's secret at a time, and its parameters as they usually are.
        "CARDS_IBANERA_TOTP_SECRET"
        | "CARDS_IBANERA_TOTP_DIGITS"
        | "CARDS_IBANERA_TOTP_STEP"
        | "CARDS_IBANERA_TOTP_ALGORITHM" => None,
        name if name.ends_with("_BASE_URL") => Some(url.to_owned()),
        name if is_plain(name) => Some("plain".to_owned()),
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
