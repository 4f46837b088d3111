//! An empty credential is none: it is told, and no request is made with it.

use std::collections::BTreeMap;

use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, LoginCall, OneTimeCodes};
use cards_transport::model::airpay::{CustomerPreference, UserLogin};
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::{IssueAccessToken, Paysafe, SignatureKey};
use cards_transport::{BaseUrl, Call, CallOptions, ErrorKind, Provider, Validation};

use crate::calls::samples::{airpay, ibanera, paysafe, registration};
use crate::calls::script::send_with;

/// Each credential of a provider is refused as an empty variable, which the error names.
fn by_variables<P: Provider>(credentials: &[(&str, &str)]) {
    let named = |name: &str| format!("{}_{name}", P::PREFIX);
    let all: BTreeMap<_, _> = credentials
        .iter()
        .map(|(name, value)| (named(name), (*value).to_owned()))
        .chain([(named("BASE_URL"), "http://localhost:1".to_owned())])
        .collect();
    assert!(P::from_vars(|name| all.get(name).cloned()).is_ok());
    for (name, _) in credentials {
        let mut vars = all.clone();
        vars.insert(named(name), String::new());
        if *name == "TOTP_TEXT" {
            vars.remove(&named("TOTP_SECRET"));
        }
        if name.starts_with("TOTP") {
            vars.remove(&named("OTP"));
        }
        let error = P::from_vars(|name| vars.get(name).cloned()).map(drop);
        let error = error.expect_err(name).to_string();
        assert!(error.contains(&named(name)), "{name}: {error}");
        assert!(!error.contains("fake"), "{name}: {error}");
    }
}

#[test]
fn an_empty_variable_of_a_credential_is_an_error() {
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    by_variables::<Airpay>(&[
        ("SECRET_KEY", "fake"),
        ("AFFILIATE", "fake"),
        ("PROCESSOR_KEY", "fake"),
        ("TOKEN", "fake"),
        ("MOBILE_NO", "9000000978"),
        ("PASSWORD", "fake"),
    ]);
    by_variables::<Paysafe>(&[
        ("TOKEN", "fake"),
        ("BRAND", "fake"),
        ("CLIENT_ID", "fake"),
        ("CLIENT_SECRET", "fake"),
        ("SIGNATURE_KEY", "ZmFrZQ=="),
    ]);
    by_variables::<Ibanera>(&[
        ("TOKEN", "fake"),
        ("USERNAME", "fake"),
        ("PASSWORD", "fake"),
        ("OTP", "123456"),
        ("TOTP_SECRET", KEY),
        ("TOTP_TEXT", "fake"),
    ]);
}

/// A call is not sent, checked or not, and the error names the empty credential.
#[track_caller]
fn is_told<C: Call>(provider: C::Provider, call: &C, name: &str)
where
    C::Provider: Clone,
{
    let unchecked = CallOptions::new().validation(Validation::Off);
    for options in [CallOptions::new(), unchecked] {
        let (outcome, script) = send_with(&provider, call, &[], &options);
        let error = outcome.map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{name}: {error}");
        assert!(error.is_not_sent() && script.urls().is_empty());
        let says = format!("not sent: {name} is empty");
        assert!(error.to_string().ends_with(&says), "{error}");
    }
}

#[test]
fn no_request_is_made_with_an_empty_credential() {
    let base = || "http://localhost:1".parse::<BaseUrl>().unwrap();
    let preference = CustomerPreference::new("E1");
    let user_login = UserLogin {
        mobile_no: "9000000978".into(),
        password: "PaSwd@1234".into(),
    };
    // The key signs every call, with the token and without.
    let unkeyed = || Airpay::new(base(), "").keys("a", "p").token("t");
    is_told(unkeyed(), &preference, "the secret key");
    is_told(unkeyed(), &registration(), "the secret key");
    is_told(unkeyed(), &user_login, "the secret key");
    is_told(airpay().keys("", "p"), &registration(), "the affiliate");
    is_told(airpay().keys("a", ""), &registration(), "the processor key");
    is_told(airpay().token(""), &preference, "the token");
    let fetching = |mobile: &str, password: &str| {
        let fetching = Airpay::new(base(), "fake").keys("a", "p");
        fetching.login(mobile, password)
    };
    is_told(fetching("", "p"), &preference, "the mobile number");
    is_told(fetching("9000000978", ""), &preference, "the password");

    let list = ListPrepaidCards::new("1");
    is_told(paysafe().token(""), &list, "the token");
    for (client, name) in [
        (["", "i", "s"], "the brand"),
        (["b", "", "s"], "the client id"),
        (["b", "i", ""], "the client secret"),
    ] {
        let [brand, id, secret] = client;
        let fetching = Paysafe::new(base()).client(brand, id, secret);
        is_told(fetching, &list, name);
        is_told(paysafe(), &IssueAccessToken::new(brand, id, secret), name);
    }
    assert!("".parse::<SignatureKey>().is_err());

    let read = CardsByCustomer::new(1);
    is_told(ibanera().token(""), &read, "the token");
    for (login, name) in [(["", "p"], "the username"), (["u", ""], "the password")] {
        let [username, password] = login;
        let fetching = Ibanera::new(base()).one_time_codes(OneTimeCodes::fixed("123456"));
        is_told(fetching.login(username, password), &read, name);
        is_told(ibanera(), &LoginCall::new(username, password), name);
    }
    let no_code = ibanera().one_time_codes(OneTimeCodes::fixed(""));
    is_told(no_code, &read, "otp");
    assert!(Ibanera::new(base()).totp_base32("").is_err());
    assert!(Ibanera::new(base()).totp_text("").is_err());
}
