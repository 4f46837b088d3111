//! Values as they stand: shown, checked, explained, refused, and in headers.

use std::collections::BTreeSet;

use cards_model::airpay::{UpdateCustomer, UserLogin};
use cards_model::ibanera::{CardsByCustomer, Login};
use cards_model::paysafe::ListPrepaidCards;
use cards_model::{Form, Request as _};
use cards_sign::Explain;
use cards_transport::BackendOptions;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, LoginCall};
use cards_transport::paysafe::IssueAccessToken;

use crate::common::clients::{Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, json};
use crate::common::rules;
use crate::markers::{MARK, clean, clean_debug, clean_error, mark};
use crate::values::{airpay, ibanera, paysafe, paysafe_client, register, unchecked, update};

#[test]
fn no_debug_shows_a_marker() {
    let url = "http://localhost";
    clean_debug("register-user", &register());
    clean_debug("update-customer", &update());
    clean_debug("airpay", &airpay(url));
    clean_debug("paysafe", &paysafe(url));
    clean_debug("paysafe", &paysafe_client(url));
    clean_debug("ibanera", &ibanera(url));
    clean_debug(
        "token call",
        &IssueAccessToken::new("b", mark("id"), mark("secret")),
    );
    clean_debug("login call", &LoginCall::new("user", mark("password")));
    clean_debug(
        "user-login",
        &UserLogin {
            mobile_no: mark("m").into(),
            password: mark("p").into(),
        },
    );
    let login = Login {
        username: "u".into(),
        password: mark("p").into(),
        otp: mark("o").into(),
    };
    clean_debug("login", &login);
    clean_debug("settings", &unchecked());
    let proxied = BackendOptions::new().proxy(format!("http://u:{MARK}@localhost:1"));
    clean_debug("backend options", &proxied);
}

#[test]
fn no_violation_shows_a_marker() {
    let wrong = register().check(&rules()).unwrap_err();
    assert!(wrong.fields().count() > 10, "{wrong}");
    clean_debug("violations", &wrong);
    clean("violations", &wrong.to_string());
    clean("violations", &serde_json::to_string(&wrong).unwrap());
    let wrong = update().check(&rules()).unwrap_err();
    clean("violations", &wrong.to_string());
    let call = ListPrepaidCards::new("1")
        .status([mark("s").into()])
        .card_type([mark("t").into()]);
    clean("violations", &call.check(&rules()).unwrap_err().to_string());
}

#[test]
fn no_explanation_shows_a_marker() {
    let form = register();
    let fields = form.fields();
    let secret = mark("secretkey");
    for given in [
        "",
        "abc",
        &"0".repeat(64),
        &mark("given"),
        &form_digest(&fields, &secret),
    ] {
        let explanation = cards_sign::explain(&Explain::new(&fields, secret.as_bytes(), given));
        clean("an explanation", &explanation.to_string());
        clean_debug("an explanation", &explanation);
    }
    clean_debug(
        "its input",
        &Explain::new(&fields, secret.as_bytes(), &mark("given")),
    );
}

/// Made with a mistake, so that there is something to explain.
fn form_digest(fields: &[(&str, &str)], secret: &str) -> String {
    let values = fields.iter().rev().map(|(_, value)| *value);
    cards_sign::checksum(values, secret.as_bytes()).to_string()
}

#[test]
fn no_configuration_error_shows_a_marker() {
    let bad = format!("{MARK}\n");
    let airpay = Airpay::new("http://localhost".parse().unwrap(), "k").token(&*bad);
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(200, "{}"));
    let client = Ureq::faked(airpay, &fake, clock.settings());
    clean_error(
        "a token that no header can carry",
        &client.send(&UpdateCustomer::new("E1")).unwrap_err(),
    );
    assert_eq!(fake.sent().len(), 0);
    for error in [
        Ibanera::new("http://localhost".parse().unwrap())
            .totp_base32(mark("1890!"))
            .unwrap_err(),
        Airpay::from_vars(|name| (name == "CARDS_AIRPAY_BASE_URL").then(|| mark("url")))
            .unwrap_err(),
        Airpay::from_vars(|name| {
            Some(match name {
                "CARDS_AIRPAY_BASE_URL" => "http://localhost".into(),
                _ => mark("order"),
            })
        })
        .unwrap_err(),
    ] {
        clean("a configuration error", &error.to_string());
        clean_debug("a configuration error", &error);
    }
}

#[test]
fn every_secret_header_is_marked_sensitive() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(200, "{}"));
    let _ = Ureq::faked(airpay("http://localhost"), &fake, unchecked()).send(&register());
    let _ = Ureq::faked(airpay("http://localhost"), &fake, unchecked()).send(&update());
    let _ = Ureq::faked(paysafe("http://localhost"), &fake, unchecked())
        .send(&ListPrepaidCards::new("1"));
    let _ =
        Ureq::faked(ibanera("http://localhost"), &fake, unchecked()).send(&CardsByCustomer::new(1));
    let mut seen = BTreeSet::new();
    for request in fake.sent() {
        for (name, value) in request.headers() {
            let is_secret = [
                "affiliate",
                "processor-key",
                "token",
                "checksum",
                "authorization",
                "otp",
            ]
            .contains(&name.as_str());
            assert_eq!(value.is_sensitive(), is_secret, "{name}");
            if is_secret {
                seen.insert(name.as_str().to_owned());
            }
        }
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
}
