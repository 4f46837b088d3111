//! A card from the program's flags to the sandbox's list, and by itself.

use serde_json::Value;

use crate::{cards, cards_at, run, sandbox};

const CREATE: [&str; 8] = [
    "paysafe",
    "create-prepaid-card",
    "--customer-id",
    "12345678",
    "--program-name",
    "BRAND-PHYSICAL-MC",
    "--currency",
    "EUR",
];

const ADDRESS: [&str; 8] = [
    "--delivery-address-address1",
    "Tsarigradsko Shose 73",
    "--delivery-address-city",
    "Sofia",
    "--delivery-address-country-code",
    "BG",
    "--delivery-address-postal-code",
    "1000",
];

#[test]
fn a_created_card_is_got_and_listed() {
    let sandbox = sandbox();
    for backend in ["ureq", "reqwest"] {
        let json = ["--backend", backend, "--output", "json"];
        let mut create = cards_at(&sandbox, &[&CREATE[..], &ADDRESS, &json].concat());
        let (code, out, err) = run(&mut create);
        assert_eq!((code, &*err), (0, ""), "{out}");
        let card: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(card["status"], "ISSUED");
        assert_eq!(card["deliveryAddress"]["city"], "[redacted]");
        let id = card["cardId"].as_str().unwrap();
        let get = [
            "paysafe",
            "get-prepaid-card",
            "--customer-id=12345678",
            "--card-id",
        ];
        let (_, out, _) = run(&mut cards_at(&sandbox, &[&get[..], &[id], &json].concat()));
        assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), card);
        let (_, table, _) = run(&mut cards_at(&sandbox, &[&get[..], &[id]].concat()));
        assert!(
            table.starts_with("CARD ID  ") && table.contains(id),
            "{table}"
        );
        let list = [
            "paysafe",
            "prepaid-cards",
            "--customer-id=12345678",
            "--all",
        ];
        let (_, out, _) = run(&mut cards_at(
            &sandbox,
            &[&list[..], &["--output=csv"]].concat(),
        ));
        assert!(out.trim_end().lines().last().unwrap().contains(id), "{out}");
    }
}

/// Every field that is wrong, by its name on the wire, and no value.
#[test]
fn a_wrong_address_is_told_before_anything_is_sent() {
    let wrong = [
        "--delivery-address-city",
        "Marker7141",
        "--card-pin",
        "71a4",
    ];
    let mut create = cards(&[&CREATE[..], &wrong].concat());
    create.env("CARDS_PAYSAFE_BASE_URL", "http://127.0.0.1:1");
    create.env("CARDS_PAYSAFE_TOKEN", "t");
    let (code, out, err) = run(&mut create);
    assert_eq!((code, &*out), (2, ""), "{err}");
    insta::assert_snapshot!(err, @"
    error: not sent: paysafe create-prepaid-card: 5 fields break the document's rules
      cardPin: digits 0-9 only (characters; Paysafe Create prepaid card, Body, cardPin)
      deliveryAddress.address1: must be given (required; Paysafe Create prepaid card, Body, deliveryAddress.address1)
      deliveryAddress.address1: 4 to 40 characters (length; Paysafe Create prepaid card, Body, deliveryAddress.address1)
      deliveryAddress.city: letters, spaces, hyphens and periods only (characters; Paysafe Create prepaid card, Body, deliveryAddress.city)
      deliveryAddress.countryCode: must be given (required; Paysafe Create prepaid card, Body, deliveryAddress.countryCode)
      deliveryAddress.countryCode: exactly 2 characters (length; Paysafe Create prepaid card, Body, deliveryAddress.countryCode)
      deliveryAddress.postalCode: must be given (required; Paysafe Create prepaid card, Body, deliveryAddress.postalCode)
      deliveryAddress.postalCode: 1 to 16 characters (length; Paysafe Create prepaid card, Body, deliveryAddress.postalCode)
      hint: --no-validate sends it as it is
    ");
    assert!(!err.contains("7141") && !err.contains("71a4"));
}

#[test]
fn a_dry_run_shows_the_body_without_its_values() {
    let mut create = cards(&[&CREATE[..], &ADDRESS].concat());
    create.args([
        "--card-pin",
        "7141",
        "--terms-and-conditions-accepted",
        "true",
        "--dry-run",
    ]);
    create.env("CARDS_PAYSAFE_BASE_URL", "http://127.0.0.1:1");
    create.env("CARDS_PAYSAFE_TOKEN", "t");
    let (code, out, _) = run(&mut create);
    assert_eq!(code, 0, "{out}");
    let body: Value = serde_json::from_str(out.split_once("\n\n").unwrap().1).unwrap();
    let redacted = "[redacted]";
    let expected = serde_json::json!({
        "programName": "BRAND-PHYSICAL-MC", "currency": "EUR", "cardPin": redacted,
        "deliveryAddress": {
            "address1": redacted, "city": redacted, "countryCode": "BG", "postalCode": redacted,
        },
        "termsAndConditionsAccepted": true,
    });
    assert_eq!(body, expected);
}
