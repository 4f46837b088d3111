//! The rules of Paysafe's requests that hold beside another field.

use cards_model::paysafe::{CreatePrepaidCard, UpdatePrepaidCard};
use cards_model::{Date, Request, Rule, Rules};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The fields that break a rule, and which, each once: some have a bound of their own too.
fn broken<R: Request + DeserializeOwned>(request: &Value) -> Vec<(String, Rule)> {
    let request: R = serde_json::from_str(&request.to_string()).expect("a request");
    let today = Date::new(2026, 11, 30).expect("a day");
    let broken = request.check(&Rules::on(today)).err();
    let broken = broken.iter().flatten();
    let mut broken: Vec<_> = broken.map(|it| (it.field.to_string(), it.rule)).collect();
    broken.dedup();
    broken
}

#[test]
fn an_address_in_the_us_has_a_state_and_a_code_of_its_own_form() {
    let with = |country: &str, state: Option<&str>, code: &str| {
        broken::<CreatePrepaidCard>(&json!({
            "customerId": "12345678", "programName": "P", "currency": "USD",
            "deliveryAddress": {
                "address1": "1 Sandbox Street", "city": "Austin", "countryCode": country,
                "state": state, "postalCode": code,
            },
        }))
    };
    let state = |rule| vec![("deliveryAddress.state".to_owned(), rule)];
    let code = |rule| vec![("deliveryAddress.postalCode".to_owned(), rule)];
    for (text, expected) in [
        (None, state(Rule::Required)),
        (Some(""), state(Rule::Required)),
        (Some("T"), state(Rule::Length)),
        (Some("TX"), vec![]),
        (Some("tex"), vec![]),
        (Some("TEXA"), state(Rule::Length)),
        (Some("T1"), state(Rule::Characters)),
        (Some("T-X"), state(Rule::Characters)),
        (Some("T\u{e4}"), state(Rule::Characters)),
    ] {
        assert_eq!(with("US", text, "73301"), expected, "{text:?}");
        // Three characters are the most in any country.
        let elsewhere = match text.is_some_and(|text| text.len() > 3) {
            true => state(Rule::Length),
            false => vec![],
        };
        assert_eq!(with("BG", text, "73301"), elsewhere, "{text:?}");
    }
    for (text, expected) in [
        ("123", code(Rule::Length)),
        ("1234", vec![]),
        ("a2-4 67890", vec![]),
        ("12345678901", code(Rule::Length)),
        ("12#45", code(Rule::Characters)),
        ("73301\u{e9}", code(Rule::Characters)),
    ] {
        assert_eq!(with("US", Some("TX"), text), expected, "{text}");
        let elsewhere = with("BG", Some("TX"), text);
        let is_long = elsewhere == code(Rule::Length) && text.len() > 10;
        assert!(elsewhere.is_empty() || is_long, "{text}: {elsewhere:?}");
    }
}

#[test]
fn a_status_and_its_reason_go_together() {
    let with = |more: Value| {
        let mut request = json!({"customerId": "12345678", "cardId": "C1"});
        let (Value::Object(all), Value::Object(more)) = (&mut request, more) else {
            panic!("no objects");
        };
        all.extend(more);
        broken::<UpdatePrepaidCard>(&request)
    };
    let both = json!({"status": "CANCELLED", "statusReason": "lost"});
    assert_eq!(with(both), []);
    assert_eq!(with(json!({"userAgent": "x"})), []);
    for (more, field) in [
        (json!({"status": "CANCELLED"}), "statusReason"),
        (
            json!({"status": "CANCELLED", "statusReason": ""}),
            "statusReason",
        ),
        (json!({"statusReason": "lost"}), "status"),
    ] {
        assert_eq!(
            with(more.clone()),
            [(field.to_owned(), Rule::Required)],
            "{more}"
        );
    }
}
