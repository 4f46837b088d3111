//! `cards demo`

use super::{cards, run};

#[test]
fn piped_it_is_plain_fits_80_columns_and_succeeds() {
    let (code, out, err) = run(&mut cards(&["demo"]));
    assert_eq!((code, &*err), (0, ""));
    assert!(!out.contains('\u{1b}'), "{out:?}");
    for line in out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
        assert_eq!(line, line.trim_end());
    }
}

/// The calls of each life, with what comes of the last ones.
const LIVES: [(&str, &[&str], &str); 3] = [
    (
        "A card at Airpay",
        &[
            "register-user",
            "update-customer",
            "topup",
            "card-balance",
            "customer-preference",
            "lock-unlock",
            "card-details",
        ],
        "card-balance 200 right 500.00 INR",
    ),
    (
        "A card at Paysafe",
        &[
            "create-prepaid-card",
            "get-prepaid-card",
            "update-prepaid-card",
            "list-prepaid-cards",
        ],
        "update-prepaid-card 200 - cancelled",
    ),
    (
        "A card at Ibanera",
        &[
            "create-card",
            "activate-card",
            "simulate-payin",
            "list-card-transactions",
            "list-card-balances",
            "list-customer-cards",
            "cards-by-customer",
        ],
        "list-card-transactions 200 - sum 120.50",
    ),
];

#[test]
fn a_card_lives_at_each_provider_through_both_backends() {
    let (_, out, _) = run(&mut cards(&["demo"]));
    let mut lines = out.lines();
    let mut calls = 0;
    for (title, operations, told) in LIVES {
        lines.by_ref().find(|line| *line == title).unwrap();
        let head: Vec<_> = lines.next().unwrap().split_whitespace().collect();
        assert_eq!(
            head,
            ["CALL", "STATUS", "CHECKSUM", "REQWEST", "UREQ", "RESULT"]
        );
        let mut is_told = false;
        for operation in operations {
            let line: Vec<_> = lines.next().unwrap().split_whitespace().collect();
            let verdict = match title.ends_with("Airpay") {
                true => "right",
                false => "-",
            };
            assert_eq!(line[..3], [*operation, "200", verdict]);
            // A time of each backend.
            assert_eq!([line[4], line[6]], ["ms", "ms"], "{line:?}");
            let without_times = [&line[..3], &line[7..]].concat().join(" ");
            is_told |= without_times == told;
            calls += 2;
        }
        assert!(is_told, "{told}");
        assert_eq!(lines.next(), Some(""));
    }
    let head = lines.next().unwrap();
    assert_eq!(
        head,
        format!("{calls} calls; the cards, whoever issued them")
    );
    let count = |needle: &str| out.lines().filter(|line| line.contains(needle)).count();
    assert_eq!(count("DEMOKIT"), 2);
    assert!(count("paysafe  ") >= 4 && count("ibanera  1") >= 4, "{out}");
}

#[test]
fn three_failures_are_told() {
    let (_, out, _) = run(&mut cards(&["demo"]));
    let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("3 fields break the document's rules"));
    assert!(told.contains("The server saw 0 requests"));
    assert!(told.contains("The sender hashed the values in the order of the request example"));
    assert!(told.contains("outcome unknown") && told.contains("1 request from each backend"));
    assert!(told.contains("Try next cards sandbox"));
}

#[test]
fn no_card_number_is_shown_whole() {
    let (_, out, _) = run(&mut cards(&["demo"]));
    for secret in [
        "4622940000003713",
        "4111111111111111",
        "Demo@1234",
        "short",
        "New Delhi",
        "Asha",
    ] {
        assert!(!out.contains(secret), "{secret}");
    }
}

#[test]
fn settings_from_outside_do_not_matter() {
    let mut command = cards(&["demo"]);
    command
        .env("CARDS_AIRPAY_BASE_URL", "https://kraken.airpay.co.in")
        .env("CARDS_AIRPAY_ORDER", "nonsense")
        .env("CARDS_PAYSAFE_TOKEN", "elsewhere");
    assert_eq!(run(&mut command).0, 0);
}
