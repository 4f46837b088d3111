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

#[test]
fn six_calls_through_both_backends() {
    let (_, out, _) = run(&mut cards(&["demo"]));
    let lines = |needle: &str| out.lines().filter(|line| line.contains(needle)).count();
    for operation in [
        "airpay register-user",
        "airpay update-customer",
        "airpay customer-preference",
        "paysafe list-prepaid-cards",
        "ibanera list-customer-cards",
        "ibanera cards-by-customer",
    ] {
        for backend in ["reqwest", "ureq"] {
            let line = out
                .lines()
                .find(|line| line.starts_with(operation) && line.contains(backend))
                .unwrap();
            let words: Vec<_> = line.split_whitespace().collect();
            assert_eq!(words[3], "200", "{line}");
            let verdict = if operation.starts_with("airpay") {
                "right"
            } else {
                "-"
            };
            assert_eq!(words[4], verdict, "{line}");
        }
    }
    assert_eq!(lines("DEMOKIT"), 2);
    assert!(lines("paysafe  ") >= 5 && lines("ibanera  1") >= 4);
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
