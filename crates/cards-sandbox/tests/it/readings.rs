//! The sandbox's other readings of the documents: single rules waived, when the
//! expiry of a document is asked for, and the zone of today.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use crate::common::{airpay, registration};
use cards_sandbox::{Builder, DocExpiry, Rule, Sandbox, UtcOffset};

/// The fields and rules that a registration breaks; none where it is taken.
fn broken(builder: Builder, changes: &[(&str, &str)]) -> Vec<(String, Rule)> {
    let sandbox = builder.start_blocking().unwrap();
    let mut all = vec![("otp", "")];
    all.extend(changes);
    let answer = airpay(sandbox.addr(), "register-user", &registration(&all));
    let exchange = sandbox.exchanges().pop().unwrap();
    assert_eq!(exchange.accepted, answer.contains("entity_id"), "{answer}");
    let rules = exchange.violations.iter();
    rules.map(|v| (v.field.clone(), v.rule)).collect()
}

#[test]
fn a_waived_rule_lets_its_value_through_and_no_other() {
    let real = [("city", "New Delhi"), ("address", "12, MG Road")];
    let city = ("city".to_owned(), Rule::Characters);
    let address = ("address".to_owned(), Rule::Characters);
    let sandbox = Sandbox::builder;
    assert_eq!(broken(sandbox(), &real), [address.clone(), city.clone()]);
    let one = sandbox().waive(("city", Rule::Characters));
    assert_eq!(broken(one, &real), std::slice::from_ref(&address));
    let both = sandbox()
        .waive(("register-user/city", Rule::Characters))
        .waive(("airpay/address", Rule::Characters));
    assert_eq!(broken(both, &real), []);
    let elsewhere = sandbox().waive(("update-customer/city", Rule::Characters));
    assert_eq!(broken(elsewhere, &real), [address, city]);
}

#[test]
fn a_waiver_of_what_there_is_not_does_not_start() {
    for (field, rule, says) in [
        ("citty", Rule::Characters, "did you mean `city`?"),
        (
            "kit_no",
            Rule::Characters,
            "kit_no: it has no rule characters",
        ),
        ("customerId", Rule::Required, "cannot be waived"),
    ] {
        let started = Sandbox::builder().waive((field, rule)).start_blocking();
        let error = started.err().unwrap();
        assert!(
            error.is_settings() && error.to_string().contains(says),
            "{error}"
        );
    }
}

#[test]
fn an_expiry_may_be_empty_by_the_kind_of_document() {
    let missing = [("doc_expiry".to_owned(), Rule::Required)];
    use DocExpiry::{ByType, MayBeEmpty, Required};
    for (rule, doc_type, is_taken) in [
        (ByType, "AADHAAR", true),
        (ByType, "PAN", true),
        (ByType, "VOTERID", true),
        (ByType, "DL", false),
        (ByType, "PASSPORT", false),
        (Required, "AADHAAR", false),
        (MayBeEmpty, "PASSPORT", true),
    ] {
        let sandbox = Sandbox::builder().doc_expiry(rule);
        let found = broken(sandbox, &[("doc_type", doc_type), ("doc_expiry", "")]);
        assert_eq!(found.is_empty(), is_taken, "{rule} {doc_type}");
        assert!(found.is_empty() || found == missing, "{rule} {doc_type}");
    }
}

/// Born on the 22nd: not to come from midnight in India on, by default.
#[test]
fn today_begins_at_midnight_in_india() {
    let midnight = 1_795_305_600; // 2026-11-22T00:00:00Z
    let in_india = midnight - 330 * 60;
    let to_come = [("dob".to_owned(), Rule::Range)];
    for (seconds, utc, is_today) in [
        (in_india - 1, false, false),
        (in_india, false, true),
        (in_india, true, false),
        (midnight - 1, true, false),
        (midnight, true, true),
    ] {
        let now = UNIX_EPOCH + Duration::from_secs(seconds);
        let mut sandbox = Sandbox::builder().clock(Arc::new(move || now));
        if utc {
            sandbox = sandbox.airpay_utc_offset(UtcOffset::UTC);
        }
        let found = broken(sandbox, &[("dob", "2026-11-22")]);
        assert_eq!(found.is_empty(), is_today, "{seconds} {utc}");
        assert!(found.is_empty() || found == to_come);
    }
}
