//! Values as they stand: shown, checked, explained, refused, and in headers.

use std::collections::BTreeSet;

use cards_model::airpay::{self, RegisterUser, UpdateCustomer};
use cards_model::ibanera::{self, Login};
use cards_model::{CardSummary, Form, paysafe};
use cards_sign::Explain;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, Call, Provider, Visit, operations, visit};

use crate::common::clients::{Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, json};
use crate::common::rules;
use crate::markers::{MARK, clean, clean_debug, clean_error, found, mark};
use crate::values::{marked, provider, unchecked};

/// Shows the request of an operation and the login of its provider, and sends
/// the request to a transport that keeps it.
struct AtRest<'a>(&'a Fake);

impl Visit for AtRest<'_> {
    type Output = ();

    fn visit<C: Call>(self) {
        let provider = || provider::<C::Provider>("http://localhost");
        clean_debug("a login", &provider().login().unwrap());
        if !C::operation().fields.is_empty() {
            let call = marked::<C>();
            clean_debug(C::operation().name, &call);
            drop(Ureq::faked(provider(), self.0, unchecked()).send(&call));
        }
    }
}

#[test]
fn no_debug_shows_a_marker_and_every_secret_header_is_marked_sensitive() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(200, "{}"));
    for operation in operations() {
        visit(operation.name, AtRest(&fake)).unwrap();
    }
    let url = "http://localhost";
    clean_debug("airpay", &provider::<Airpay>(url));
    clean_debug("paysafe", &provider::<Paysafe>(url));
    clean_debug("ibanera", &provider::<Ibanera>(url));
    let login = Login {
        username: mark("u").into(),
        password: mark("p").into(),
        otp: mark("o").into(),
    };
    clean_debug("login", &login);
    clean_debug("settings", &unchecked());
    let proxied = BackendOptions::new().proxy(format!("http://{MARK}u:{MARK}@localhost:1"));
    clean_debug("backend options", &proxied);

    let secret = "affiliate processor-key token checksum authorization otp signature x-extra";
    let secret: Vec<_> = secret.split(' ').collect();
    let mut seen = BTreeSet::new();
    for request in fake.sent() {
        for (name, value) in request.headers() {
            let is_secret = secret.contains(&name.as_str());
            assert_eq!(value.is_sensitive(), is_secret, "{name}");
            seen.extend(is_secret.then(|| name.clone().to_string()));
        }
    }
    assert_eq!(seen.len(), secret.len(), "{seen:?}");
}

#[test]
fn no_violation_shows_a_marker() {
    /// Counts the fields whose rules are broken.
    struct Broken;

    impl Visit for Broken {
        type Output = usize;

        fn visit<C: Call>(self) -> usize {
            if C::operation().fields.is_empty() {
                return 0;
            }
            let Err(wrong) = marked::<C>().violations(&rules()) else {
                return 0;
            };
            clean_debug("violations", &wrong);
            clean("violations", &wrong.to_string());
            clean("violations", &serde_json::to_string(&wrong).unwrap());
            wrong.fields().count()
        }
    }

    let broken = operations().map(|operation| visit(operation.name, Broken).unwrap());
    assert!(broken.sum::<usize>() > 20);
}

#[test]
fn no_explanation_shows_a_marker() {
    let form = marked::<RegisterUser>();
    let fields = form.fields();
    let secret = mark("secretkey");
    // Made with a mistake, so that there is something to explain.
    let turned = fields.iter().rev().map(|(_, value)| *value);
    let turned = cards_sign::checksum(turned, secret.as_bytes()).to_string();
    for given in ["", "abc", &"0".repeat(64), &mark("given"), &turned] {
        let input = Explain::new(&fields, secret.as_bytes(), given);
        let explanation = cards_sign::explain(&input);
        clean("an explanation", &explanation.to_string());
        clean_debug("an explanation", &explanation);
        clean_debug("its input", &input);
    }
}

#[test]
fn no_configuration_error_shows_a_marker() {
    let localhost = || "http://localhost".parse().unwrap();
    let airpay = Airpay::new(localhost(), "k").token(format!("{MARK}\n"));
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(200, "{}"));
    let client = Ureq::faked(airpay, &fake, clock.settings());
    let error = client.send(&UpdateCustomer::new("E1")).unwrap_err();
    clean_error("a token that no header can carry", &error);
    assert_eq!(fake.sent().len(), 0);
    let only_url = |name: &str| name.ends_with("_BASE_URL").then(|| mark("url"));
    let others = |name: &str| match name.ends_with("_BASE_URL") {
        true => Some("http://localhost".to_owned()),
        false => Some(mark("order")),
    };
    for error in [
        Ibanera::new(localhost())
            .totp_base32(mark("1890!"))
            .unwrap_err(),
        Airpay::from_vars(only_url).unwrap_err(),
        Airpay::from_vars(others).unwrap_err(),
    ] {
        clean("a configuration error", &error.to_string());
        clean_debug("a configuration error", &error);
    }
}

/// Looks through the `Debug` of the public types that hold a reply's text before its value is read:
/// envelopes, errors, states.
#[test]
fn no_envelope_no_error_and_no_state_shows_a_marker() {
    let m = MARK;
    let body = format!(
        r#"{{"status":200,"message":"{m}","data":{{"token":"{m}"}},"details":{{"a":"{m}"}},
            "errors":[{{"errorType":"{m}","fieldName":"{m}","messageCode":"{m}"}}]}}"#
    );
    let airpay: airpay::Envelope<'_> = serde_json::from_str(&body).unwrap();
    assert!(found(airpay.data_text()).is_some() && airpay.message.is_some());
    clean_debug("an envelope", &airpay);
    let ibanera: ibanera::Envelope<'_> = serde_json::from_str(&body).unwrap();
    assert!(found(ibanera.details_text()).is_some());
    assert_eq!(ibanera.errors[0].field_name.as_deref(), Some(m));
    clean_debug("an envelope", &ibanera);
    clean_debug("an error", &ibanera.errors[0]);
    let body = format!(
        r#"{{"error":{{"code":"{m}","message":"{m}","details":["{m}"],
            "fieldErrors":[{{"field":"{m}","error":"{m}"}}]}},"error_description":"{m}"}}"#
    );
    let paysafe: paysafe::ErrorBody = serde_json::from_str(&body).unwrap();
    assert!(found(&serde_json::to_string(&paysafe).unwrap()).is_some());
    clean_debug("an error", &paysafe);
    clean_debug("an error", &paysafe.error.unwrap().field_errors[0]);
    let card = format!(r#"{{"cardId":"1","status":"{m}","cardType":"{m}","mobile":"{m}"}}"#);
    let card: paysafe::Card = serde_json::from_str(&card).unwrap();
    let card = CardSummary::from(&card);
    assert!(found(&serde_json::to_string(&card).unwrap()).is_some());
    clean_debug("a summary", &card);
}
