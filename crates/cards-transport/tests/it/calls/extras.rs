//! Headers of the caller's own: what goes out, and what is refused.

use std::sync::{Arc, Mutex};

use cards_transport::model::Kind;
use cards_transport::model::airpay::UpdateCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    Call, CallOptions, Client, ConfigError, Provider, Retry, Settings, Validation, Visit, blocking,
    operations, visit,
};
use http::Request;
use proptest::prelude::*;
use serde_json::json;

use crate::calls::samples::{ACKNOWLEDGED, NO_CARDS, airpay, paysafe};
use crate::calls::script::{Outcome, Script, reset, response};

/// The headers of all requests of one call, which both drivers send alike.
fn sent<C: Call>(
    provider: &C::Provider,
    call: &C,
    script: &[fn() -> Outcome],
    settings: impl Fn(Settings) -> Settings,
    options: &CallOptions,
    name: &str,
) -> Vec<String>
where
    C::Provider: Clone,
{
    let (one, two) = (Script::new(script), Script::new(script));
    let with = |script: &Script| settings(script.settings());
    let client = Client::with_settings(provider.clone(), one.clone(), with(&one));
    pollster::block_on(client.send_with(call, options)).unwrap();
    let client = blocking::Client::with_settings(provider.clone(), two.clone(), with(&two));
    client.send_with(call, options).unwrap();
    assert_eq!(one.headers(name), two.headers(name));
    one.headers(name)
}

#[test]
fn a_clients_header_is_in_every_request_and_a_calls_in_its_own() {
    let client = |settings: Settings| settings.header("X-System", "payouts").unwrap();
    let options = CallOptions::new().header("x-id", "7f3a 2291").unwrap();
    let fetching = Paysafe::new("http://localhost:1".parse().unwrap()).client("b", "id", "secret");
    let list = ListPrepaidCards::new("1");
    let token: fn() -> Outcome = || response(200, r#"{"access_token":"t"}"#);
    // A login, an attempt that fails, and another.
    let script = [token, reset, NO_CARDS];
    let seen = |name| sent(&fetching, &list, &script, client, &options, name);
    assert_eq!(seen("x-system"), ["payouts"; 3]);
    assert_eq!(seen("x-id"), ["7f3a 2291"; 2]);
    assert_eq!(seen("authorization").len(), 3);

    // The call's wins, and the last one of a name.
    let options = options.header("x-system", "one").unwrap();
    let options = options.header("X-SYSTEM", "two").unwrap();
    let seen = sent(&paysafe(), &list, &[NO_CARDS], client, &options, "x-system");
    assert_eq!(seen, ["two"]);
    let update = UpdateCustomer::new("E1").city("Kochi");
    let seen = sent(
        &airpay(),
        &update,
        &[ACKNOWLEDGED],
        client,
        &options,
        "x-id",
    );
    assert_eq!(seen, ["7f3a 2291"]);
}

fn both(name: &str, value: &str) -> [Result<(), ConfigError>; 2] {
    [
        Settings::new().header(name, value).map(drop),
        CallOptions::new().header(name, value).map(drop),
    ]
}

/// A request with something in every field.
fn any<C: Call>() -> C {
    let mut request = json!({});
    for field in C::operation().fields {
        let place = field.wire.split('.');
        let place = place.fold(&mut request, |object, key| &mut object[key]);
        *place = match field.kind {
            Kind::Integer { .. } => json!(7),
            Kind::List => json!(["x"]),
            Kind::Decimal => json!(7.5),
            Kind::Boolean => json!(true),
            Kind::Object => json!({}),
            Kind::File => json!(""),
            _ => json!("1"),
        };
    }
    serde_json::from_value(request).unwrap()
}

/// The names of the headers that a call's request has.
fn names<C: Call>(provider: C::Provider, call: &C) -> Vec<String> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let transport = move |request: Request<bytes::Bytes>, _| {
        let names = request.headers().keys().map(ToString::to_string);
        keep.lock().unwrap().extend(names);
        reset()
    };
    let unchecked = CallOptions::new()
        .validation(Validation::Off)
        .retry(Retry::never());
    let sent = blocking::Client::new(provider, transport).send_with(call, &unchecked);
    assert!(sent.is_err());
    let names = kept.lock().unwrap().clone();
    assert!(names.len() >= 2, "{}", C::operation());
    names
}

/// Every name that a request of an operation has.
#[test]
fn no_header_that_the_client_sets_itself_can_be_set() {
    struct Names;

    impl Visit for Names {
        type Output = Vec<String>;

        fn visit<C: Call>(self) -> Vec<String> {
            let provider = C::Provider::from_vars(|name| {
                Some(match name {
                    "CARDS_AIRPAY_ORDER" => "table".to_owned(),
                    "CARDS_IBANERA_OTP" => "123456".to_owned(),
                    "CARDS_AIRPAY_UTC_OFFSET" => "UTC".to_owned(),
                    "CARDS_AIRPAY_GENERATE_OTP_PATH" => "/otp".to_owned(),
                    "CARDS_PAYSAFE_SIGNATURE_KEY" => "ZmFrZQ==".to_owned(),
                    "CARDS_PAYSAFE_SIGNATURE_SCOPE" => "bodies-and-paths".to_owned(),
                    "CARDS_IBANERA_OTP_REUSE" => "allowed".to_owned(),
                    "CARDS_IBANERA_AUTHORIZATION" => "bearer".to_owned(),
                    name if name.ends_with("BASE_URL") => "http://localhost:1".to_owned(),
                    _ => "fake".to_owned(),
                })
            });
            let provider = provider.unwrap();
            match C::is_login() {
                true => {
                    let login = provider.login().unwrap();
                    names(provider, &login)
                }
                false => names(provider, &any::<C>()),
            }
        }
    }

    let mut seen = std::collections::BTreeSet::new();
    for operation in operations() {
        seen.extend(visit(operation.name, Names).unwrap());
    }
    assert!(seen.len() >= 9, "{seen:?}");
    for name in seen {
        for name in [name.clone(), name.to_ascii_uppercase()] {
            for refused in both(&name, "MARKER") {
                let said = refused.unwrap_err().to_string();
                let is_told = said.contains(&name.to_ascii_lowercase());
                assert!(is_told && !said.contains("MARKER"), "{said}");
            }
        }
    }
    for name in [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "accept-encoding",
    ] {
        assert!(both(name, "x").iter().all(Result::is_err), "{name}");
    }
}

#[test]
fn what_no_header_can_carry_is_refused_and_not_repeated() {
    for (name, value) in [
        ("x-id", ""),
        ("x-id", " MARKER"),
        ("x-id", "MARKER\r\nx: y"),
        ("x-id", "MARK\u{e4}ER"),
        ("x-id", "MARKER\u{0}"),
        ("", "v"),
        ("MARKER: v", "v"),
        ("MARK ER", "v"),
        ("MARK\u{e4}ER", "v"),
        ("MARKER\n", "v"),
    ] {
        for refused in both(name, value) {
            let said = refused.unwrap_err().to_string();
            assert!(!said.contains("MARK"), "{said}");
        }
    }
    let long = "x".repeat(9_000);
    assert!(both("x-id", &long).iter().all(Result::is_err));
}

proptest! {
    /// A header that is taken goes out as it was given, and is shown nowhere.
    #[test]
    fn a_header_that_is_taken_arrives_and_is_not_shown(
        name in "[a-zA-Z][a-zA-Z0-9-]{0,12}",
        value in "\\PC{1,24}",
    ) {
        let value = format!("{value}-MARKER");
        if let Ok(options) = CallOptions::new().header(&name, &value) {
            let settings = Settings::new().header(&name, &value).unwrap();
            let shown = format!("{options:?} {settings:?}");
            prop_assert!(!shown.contains("MARKER"), "{}", shown);
            let list = ListPrepaidCards::new("1");
            let name = name.to_ascii_lowercase();
            let seen = sent(&paysafe(), &list, &[NO_CARDS], |it| it, &options, &name);
            prop_assert_eq!(seen, [value]);
        }
    }
}

/// A header may be a secret, which a server may say back.
#[test]
fn a_refusal_that_repeats_an_extra_header_is_shown_without_it() {
    let refusing: fn() -> Outcome = || {
        response(
            200,
            r#"{"status":401,"message":"key MARKERKEY is unknown"}"#,
        )
    };
    let script = Script::new(&[refusing]);
    let settings = script.settings().header("x-key", "MARKERKEY").unwrap();
    let settings = settings.retry(Retry::never());
    let client = blocking::Client::with_settings(airpay(), script, settings);
    let error = client.send(&UpdateCustomer::new("E1").city("Kochi"));
    let error = error.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("[redacted]") && !shown.contains("MARKER"),
        "{shown}"
    );
}
