//! An Ibanera card from the program's flags to the sandbox's list, and activated.

use serde_json::{Value, json};

use crate::{cards, cards_at, run, sandbox};

const CREATE: [&str; 12] = [
    "ibanera",
    "create-card",
    "--customers-id",
    "11060",
    "--currency",
    "usd",
    "--card-reference-id",
    "CARD-REF-001",
    "--shipping-method",
    "Standard",
    "--card-program-id",
    "1002",
];

const ADDRESS: [&str; 10] = [
    "--shipping-address-shipping-address-line1",
    "Suite 500",
    "--shipping-address-shipping-address-city",
    "New York",
    "--shipping-address-shipping-address-state",
    "Texas",
    "--shipping-address-shipping-address-postcode",
    "55050",
    "--shipping-address-shipping-address-country",
    "USA",
];

#[test]
fn a_created_card_is_activated_and_listed() {
    let sandbox = sandbox();
    for backend in ["ureq", "reqwest"] {
        let json = ["--backend", backend, "--output", "json"];
        let (code, out, err) = run(&mut cards_at(
            &sandbox,
            &[&CREATE[..], &ADDRESS, &json].concat(),
        ));
        assert_eq!((code, &*err), (0, ""), "{out}");
        let created: Value = serde_json::from_str(&out).unwrap();
        let card = &created["details"]["card"];
        assert_eq!(
            (&card["currency"], &card["status"]),
            (&json!("USD"), &json!("Deactivated"))
        );
        assert_eq!(created["details"]["customersReference"], "customer-ref-4");
        let id = card["id"].to_string();
        let activate = ["ibanera", "activate-card", "--cards-id", &id];
        let (code, table, err) = run(&mut cards_at(
            &sandbox,
            &[&activate[..], &["--backend", backend]].concat(),
        ));
        assert_eq!((code, &*err), (0, ""));
        assert!(
            table.starts_with("CUSTOMER  ") && table.contains(" active "),
            "{table}"
        );
        let (code, _, err) = run(&mut cards_at(&sandbox, &[&activate[..], &json].concat()));
        assert!(code != 0 && err.contains("Card_Active"), "{code}: {err}");
        let list = [
            "ibanera",
            "cards-by-customer",
            "--customers-id=11060",
            "--output=csv",
        ];
        let (_, out, _) = run(&mut cards_at(&sandbox, &list));
        let last = out.trim_end().lines().last().unwrap();
        assert!(last.contains(&id) && last.ends_with("false"), "{out}");
    }
}

/// Details have to be told again half a year later, which the review shows redacted.
#[test]
fn details_are_reviewed_and_told_again() {
    let sandbox = sandbox();
    let review = ["ibanera", "review-create-card", "--customers-id=11078"];
    let (code, out, err) = run(&mut cards_at(
        &sandbox,
        &[&review[..], &["--output=json"]].concat(),
    ));
    assert_eq!((code, &*err), (0, ""), "{out}");
    let review: Value = serde_json::from_str(&out).unwrap();
    let details = &review["details"]["personalReviewDetails"];
    assert_eq!(details["estimatedNetWorth"], "[redacted]");
    assert_eq!(details["sourceOfFunds"], json!(["[redacted]"]));
    let mut create = CREATE;
    create[3] = "11078";
    let (code, _, err) = run(&mut cards_at(&sandbox, &[&create[..], &ADDRESS].concat()));
    assert!(code != 0 && err.contains("personalReviewDetails"), "{err}");
    let told = [
        "--personal-review-details-source-of-funds",
        "Salary,Loans/Borrowed Funds",
        "--personal-review-details-estimated-net-worth",
        "200000.50",
    ];
    let (code, _, err) = run(&mut cards_at(
        &sandbox,
        &[&create[..], &ADDRESS, &told].concat(),
    ));
    assert_eq!((code, &*err), (0, ""));
}

#[test]
fn a_dry_run_shows_neither_address_nor_income() {
    let income = "--personal-review-details-estimated-gross-annual-income";
    let mut create =
        cards(&[&CREATE[..], &ADDRESS, &[income, "71417141.25", "--dry-run"]].concat());
    create.env("CARDS_IBANERA_BASE_URL", "http://127.0.0.1:1");
    create.env("CARDS_IBANERA_TOKEN", "t");
    create.env("CARDS_IBANERA_OTP", "123456");
    let (code, out, err) = run(&mut create);
    assert_eq!(code, 0, "{err}");
    assert!(!out.contains("7141") && !out.contains("Suite"), "{out}");
    let body: Value = serde_json::from_str(out.split_once("\n\n").unwrap().1).unwrap();
    assert_eq!(
        body["personalReviewDetails"]["estimatedGrossAnnualIncome"],
        "[redacted]"
    );
    assert_eq!(
        (&body["currency"], &body["cardProgramID"]),
        (&json!("USD"), &json!(1002))
    );
}

/// Every field that is wrong, by its name on the wire, and no value.
#[test]
fn all_that_is_wrong_is_told_before_anything_is_sent() {
    let wrong = [
        "--shipping-address-shipping-address-city",
        "Marker7141",
        "--card-type=Metal",
    ];
    let mut create = cards(
        &[
            &CREATE[..10],
            &["--card-program-id", "0"],
            &wrong,
            &["--no-validate"],
        ]
        .concat(),
    );
    create.args(["--dry-run"]);
    create.env("CARDS_IBANERA_BASE_URL", "http://127.0.0.1:1");
    create.env("CARDS_IBANERA_TOKEN", "t");
    create.env("CARDS_IBANERA_OTP", "123456");
    let (code, out, _) = run(&mut create);
    assert!(code == 0 && !out.contains("Marker"), "{out}");
    let mut create = cards(&[&CREATE[..10], &["--card-program-id", "0"], &wrong[..2]].concat());
    create.env("CARDS_IBANERA_BASE_URL", "http://127.0.0.1:1");
    create.env("CARDS_IBANERA_TOKEN", "t");
    create.env("CARDS_IBANERA_OTP", "123456");
    let (code, out, err) = run(&mut create);
    assert_eq!((code, &*out), (2, ""), "{err}");
    for field in [
        "cardProgramID",
        "shippingAddress.shippingAddressLine1",
        "shippingAddress.shippingAddressCountry",
    ] {
        assert!(err.contains(field), "{field}: {err}");
    }
    assert!(!err.contains("7141"), "{err}");
}
