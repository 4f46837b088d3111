//! Every rule of Airpay's calls about a card's life and a customer's standing at its boundary, both
//! sides.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fmt::Debug;

use cards_model::airpay::{
    CardReplacement, ForgotPassword, GenerateOtp, KycType, ResetLink, SetPin, UpdateKycStatus,
};
use cards_model::{Date, Effect, Form, Request as _, Rules, Samples};

const PLACEHOLDER: &str = "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps";

fn rules() -> Rules {
    Rules::on(Date::new(2026, 11, 21).unwrap())
}

/// The rules that a request breaks which is made of these fields, as `field rule`.
fn broken<F: Form>(fields: &[(&str, &str)]) -> Vec<String> {
    let violations = F::from_fields(fields.iter().copied()).check(&rules()).err();
    let violations = violations.iter().flatten();
    violations
        .map(|v| format!("{} {}", v.field, v.rule))
        .collect()
}

/// Holds what one field's values break beside valid ones.
fn hold<F: Form>(valid: &[(&str, &str)], field: &str, values: &[(&str, &[&str])]) {
    assert_eq!(broken::<F>(valid), [""; 0], "{}", F::OPERATION.name);
    for (value, rules) in values {
        let mut fields = valid.to_vec();
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let expected: Vec<_> = rules.iter().map(|rule| format!("{field} {rule}")).collect();
        assert_eq!(broken::<F>(&fields), expected, "{field} = {value:?}");
    }
}

/// Holds that the page's own samples break the one rule that they are known to break, that none goes
/// out twice, and that no marked value is shown.
fn hold_samples<F: Form + Debug>(expected: &[&str]) {
    let operation = F::OPERATION;
    let samples = operation
        .fields
        .iter()
        .map(|field| (field.wire, field.sample.unwrap_or("1")));
    let samples: Vec<_> = samples.collect();
    assert_eq!(broken::<F>(&samples), expected, "{}", operation.name);
    let form = F::from_fields(samples.iter().copied());
    assert_eq!(form.check(&rules().samples(Samples::Accept)), Ok(()));
    assert_eq!(operation.effect, Effect::Mutation);
    let sensitive = operation.fields.iter().filter(|field| field.is_sensitive());
    for field in sensitive {
        let shown = format!("{:?}", F::from_fields([(field.wire, "MARKER")]));
        assert!(!shown.contains("MARKER"), "{shown}");
    }
}

fn entity_id<F: Form>(valid: &[(&str, &str)]) {
    let (longest, longer) = ("é".repeat(50), "é".repeat(51));
    let values: [(&str, &[&str]); 4] = [
        ("", &["required"]),
        ("1", &[]),
        (&longest, &[]),
        (&longer, &["length"]),
    ];
    hold::<F>(valid, "entity_id", &values);
}

fn mobile_no<F: Form>(valid: &[(&str, &str)]) {
    let values: [(&str, &[&str]); 5] = [
        ("", &["required"]),
        ("9", &[]),
        ("9999999999", &[]),
        ("99999999999", &["length"]),
        ("9 9", &["characters"]),
    ];
    hold::<F>(valid, "mobile_no", &values);
}

#[test]
fn a_pin() {
    let valid = [
        ("entity_id", "E1"),
        ("kit_no", "1"),
        ("pin", "7141"),
        ("expiryDate", "1249"),
    ];
    entity_id::<SetPin>(&valid);
    let (longest, longer) = ("9".repeat(16), "9".repeat(17));
    let kits: [(&str, &[&str]); 3] = [("", &["required"]), (&longest, &[]), (&longer, &["length"])];
    hold::<SetPin>(&valid, "kit_no", &kits);
    let pins: [(&str, &[&str]); 6] = [
        ("", &["required"]),
        ("0000", &[]),
        ("999", &["length"]),
        ("99999", &["length"]),
        ("99 9", &["characters"]),
        ("９９９９", &["characters"]),
    ];
    hold::<SetPin>(&valid, "pin", &pins);
    let expiries: [(&str, &[&str]); 9] = [
        ("", &["required"]),
        ("0100", &[]),
        ("1299", &[]),
        ("0049", &["format"]),
        ("1349", &["format"]),
        ("149", &["format"]),
        ("12490", &["format"]),
        ("+149", &["format"]),
        ("1é9", &["format"]),
    ];
    hold::<SetPin>(&valid, "expiryDate", &expiries);
    hold_samples::<SetPin>(&["entity_id length"]);
}

#[test]
fn a_replacement() {
    let valid = [("entity_id", "E1")];
    entity_id::<CardReplacement>(&valid);
    hold::<CardReplacement>(&valid, "old_kit_no", &[("", &[]), ("A-1 é", &[])]);
    let long = "9".repeat(1000);
    let kits: [(&str, &[&str]); 4] = [
        ("", &[]),
        (&long, &[]),
        ("A1", &["characters"]),
        ("1 2", &["characters"]),
    ];
    hold::<CardReplacement>(&valid, "new_kit_no", &kits);
    hold_samples::<CardReplacement>(&["entity_id length"]);
    let without = CardReplacement::new("E1");
    assert_eq!(without.fields().as_slice(), [("entity_id", "E1")]);
    let empty = without.old_kit_no("");
    assert_eq!(empty.fields().len(), 2, "what is empty is sent");
}

#[test]
fn a_level() {
    let valid = [
        ("entity_id", "E1"),
        ("doc_type", "PAN"),
        ("doc_number", "1"),
        ("kyc_type", "MIN"),
        ("reg_date", "2018-10-25"),
        ("reason_desc", "x"),
    ];
    entity_id::<UpdateKycStatus>(&valid);
    for field in ["doc_type", "doc_number", "reason_desc"] {
        let long = "x".repeat(1000);
        let texts: [(&str, &[&str]); 3] = [("", &["required"]), ("é ", &[]), (&long, &[])];
        hold::<UpdateKycStatus>(&valid, field, &texts);
    }
    hold::<UpdateKycStatus>(&valid, "update_kyc_address", &[("", &[]), ("7, é", &[])]);
    for level in KycType::VALUES {
        hold::<UpdateKycStatus>(&valid, "kyc_type", &[(level, &[])]);
    }
    let levels: [(&str, &[&str]); 3] = [
        ("", &["required"]),
        ("min", &["allowed"]),
        ("MIN_KYC", &["allowed"]),
    ];
    hold::<UpdateKycStatus>(&valid, "kyc_type", &levels);
    let days: [(&str, &[&str]); 5] = [
        ("", &["required"]),
        ("9999-12-31", &[]),
        ("2026-02-29", &["format"]),
        ("2028-02-29", &[]),
        ("25-10-2018", &["format"]),
    ];
    hold::<UpdateKycStatus>(&valid, "reg_date", &days);
    hold_samples::<UpdateKycStatus>(&["entity_id length"]);
}

#[test]
fn a_forgotten_password() {
    let valid = [("mobile_no", "9"), ("dob", "1990-01-31")];
    mobile_no::<ForgotPassword>(&valid);
    let days: [(&str, &[&str]); 5] = [
        ("", &["required"]),
        ("0001-01-01", &[]),
        ("2026-11-21", &[]),
        ("2026-11-22", &["range"]),
        ("1990-02-30", &["format"]),
    ];
    hold::<ForgotPassword>(&valid, "dob", &days);
    hold_samples::<ForgotPassword>(&["mobile_no characters"]);
    let link: ResetLink = serde_json::from_str(r#"{"url":"https://x/MARKER"}"#).unwrap();
    let shown = format!("{link:?} {}", serde_json::to_string(&link).unwrap());
    assert!(!shown.contains("MARKER"), "{shown}");
    assert_eq!(link.url.expose(), "https://x/MARKER");
}

#[test]
fn a_one_time_password() {
    mobile_no::<GenerateOtp>(&[("mobile_no", "9")]);
    hold_samples::<GenerateOtp>(&[]);
}

#[test]
fn the_placeholder_is_a_sample_of_each_customers_id() {
    for operation in [
        SetPin::OPERATION,
        CardReplacement::OPERATION,
        UpdateKycStatus::OPERATION,
    ] {
        assert_eq!(
            operation.field("entity_id").unwrap().sample,
            Some(PLACEHOLDER)
        );
    }
}
