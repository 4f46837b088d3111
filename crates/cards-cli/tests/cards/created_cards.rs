//! A card from the program's flags to the sandbox's list, and by itself.

use conformance::server::{RawServer, Reaction};
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

/// A card that comes is a row of cards; a reply without one says that it was taken.
#[test]
fn an_updated_card_is_shown_and_nothing_is_told_as_accepted() {
    let update = [
        "paysafe",
        "update-prepaid-card",
        "--customer-id=12345678",
        "--card-id=12345678-0000-4000-8000-000000000001",
        "--status=LOCKED",
        "--status-reason=mislaid",
    ];
    const EMPTY: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";
    let sandbox = sandbox();
    let (code, table, err) = run(&mut cards_at(&sandbox, &update));
    assert_eq!((code, &*err), (0, ""), "{table}");
    assert!(table.starts_with("CARD ID  ") && table.contains("LOCKED"));
    for backend in ["ureq", "reqwest"] {
        let server =
            RawServer::playing([204, 204].map(|_| Reaction::Send(EMPTY.to_vec()))).unwrap();
        let call = |format: &str| {
            let mut call = cards(&update);
            call.args(["--backend", backend, "--output", format]);
            call.env("CARDS_PAYSAFE_BASE_URL", server.url());
            run(call.env("CARDS_PAYSAFE_TOKEN", "t"))
        };
        let (code, table, err) = call("table");
        assert_eq!((code, &*err), (0, ""), "{table}");
        assert!(table.contains("accepted"), "{table}");
        assert_eq!(call("json"), (0, "null\n".into(), String::new()));
    }
    let (code, _, err) = run(cards_at(&sandbox, &update[..5]).arg("--dry-run"));
    assert_eq!(code, 2);
    assert!(
        err.contains("statusReason: must be given with status"),
        "{err}"
    );
}

/// The signature goes out beside the token, and no run shows it or the key.
#[test]
fn a_call_is_signed_where_there_is_a_key() {
    let mut create = cards(&[&CREATE[..], &ADDRESS, &["--dry-run"]].concat());
    create.env("CARDS_PAYSAFE_BASE_URL", "http://127.0.0.1:1");
    create.env("CARDS_PAYSAFE_TOKEN", "t");
    let (_, unsigned, _) = run(&mut create);
    let (code, signed, err) = run(create.env("CARDS_PAYSAFE_SIGNATURE_KEY", "TWFya2VyNzE0MQ=="));
    assert_eq!((code, &*err), (0, "dry run: nothing was sent\n"));
    assert!(!unsigned.contains("signature"), "{unsigned}");
    assert!(signed.contains("signature: [redacted]"), "{signed}");
    let (code, _, err) = run(create.env("CARDS_PAYSAFE_SIGNATURE_KEY", "Marker7141"));
    assert_eq!(code, 2, "{err}");
    assert!(
        err.contains("CARDS_PAYSAFE_SIGNATURE_KEY") && err.contains("base64"),
        "{err}"
    );
    assert!(!err.contains("Marker"), "{err}");
}
