//! Single rules that a client does not apply, and the day that it takes for today.

use std::time::{Duration, UNIX_EPOCH};

use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer};
use cards_model::{Form, Rule, UtcOffset};
use cards_transport::airpay::{Airpay, PRODUCTION};
use cards_transport::blocking::Client;
use cards_transport::{
    CallOptions, Error, ErrorKind, Limits, Settings, TransportError, Validation,
};
use http::{Request, Response};

/// Answers every call with a success.
fn answers(_: Request<bytes::Bytes>, _: Limits) -> Result<Response<bytes::Bytes>, TransportError> {
    let body = r#"{"status":200,"message":"success"}"#;
    Ok(Response::new(bytes::Bytes::from_static(body.as_bytes())))
}

fn airpay() -> Airpay {
    Airpay::new(PRODUCTION.parse().unwrap(), "fake-key")
        .keys("fake-affiliate", "fake-processor")
        .token("fake-token")
}

fn moved() -> UpdateCustomer {
    UpdateCustomer::new("1")
        .city("New Delhi")
        .state("Tamil-Nadu")
}

fn fields(error: &Error) -> Vec<&str> {
    error.violations().unwrap().fields().collect()
}

#[test]
fn a_client_waives_single_rules_and_a_call_others() {
    let city = Validation::except([("city", Rule::Characters)]).unwrap();
    let settings = Settings::new().validation(city.clone());
    let client = Client::with_settings(airpay(), answers, settings);
    assert_eq!(fields(&client.send(&moved()).unwrap_err()), ["state"]);
    let both = [("city", Rule::Characters), ("state", Rule::Characters)];
    let both = CallOptions::new().validation(Validation::except(both).unwrap());
    client.send_with(&moved(), &both).unwrap();
    let none = CallOptions::new().validation(Validation::On);
    let error = client.send_with(&moved(), &none).unwrap_err();
    assert_eq!(fields(&error), ["city", "state"]);
    // Another call has no city: its own check goes on, and a waiver for it is a mistake.
    let wrong = client.send(&CustomerPreference::new("")).unwrap_err();
    assert_eq!(fields(&wrong), ["entity_id"]);
    let here = CallOptions::new().validation(city);
    let error = client.send_with(&CustomerPreference::new("1"), &here);
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("a waiver: no field"), "{error}");
}

#[test]
fn a_client_takes_the_day_of_its_provider() {
    let midnight = 1_795_305_600; // 2026-11-22T00:00:00Z
    let is_to_come = |airpay: Airpay, seconds: u64| {
        let now = UNIX_EPOCH + Duration::from_secs(seconds);
        let settings = Settings::new().clock(move || now);
        let client = Client::with_settings(airpay, answers, settings);
        let born = RegisterUser::from_fields([("dob", "2026-11-22")]);
        let error = client.send(&born).unwrap_err();
        let mut violations = error.violations().unwrap().iter();
        violations.any(|it| it.field == "dob")
    };
    let in_india = midnight - 330 * 60;
    assert!(is_to_come(airpay(), in_india - 1));
    assert!(!is_to_come(airpay(), in_india));
    assert!(is_to_come(
        airpay().utc_offset(UtcOffset::UTC),
        midnight - 1
    ));
    assert!(!is_to_come(airpay().utc_offset(UtcOffset::UTC), midnight));
    let var = |name: &str| match name {
        "CARDS_AIRPAY_BASE_URL" => Some("https://airpay.example".to_owned()),
        "CARDS_AIRPAY_SECRET_KEY" => Some("fake-key".to_owned()),
        "CARDS_AIRPAY_UTC_OFFSET" => Some("UTC".to_owned()),
        _ => None,
    };
    assert!(is_to_come(Airpay::from_vars(var).unwrap(), midnight - 1));
    let wrong = Airpay::from_vars(|name| match name {
        "CARDS_AIRPAY_UTC_OFFSET" => Some("IST".to_owned()),
        name => var(name),
    });
    let wrong = wrong.unwrap_err().to_string();
    assert!(
        wrong.contains("CARDS_AIRPAY_UTC_OFFSET: expected UTC or an offset"),
        "{wrong}"
    );
}
