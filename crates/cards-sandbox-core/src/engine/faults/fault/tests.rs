use super::*;
use crate::acme::{ACME, OPEN};

#[test]
fn the_json_of_every_kind_there_and_back() {
    let second = Duration::from_secs(1);
    for (fault, json) in [
        (Fault::delay(second), r#"{"fault":"delay","millis":1000}"#),
        (
            Fault::drip(3, second),
            r#"{"fault":"drip","millis":1000,"bytes":3}"#,
        ),
        (
            Fault::reset_before_headers(),
            r#"{"fault":"reset-before-headers"}"#,
        ),
        (
            Fault::reset_after_headers(),
            r#"{"fault":"reset-after-headers"}"#,
        ),
        (Fault::reset_in_body(), r#"{"fault":"reset-in-body"}"#),
        (Fault::truncated_body(), r#"{"fault":"truncated-body"}"#),
        (
            Fault::wrong_length(-5),
            r#"{"fault":"wrong-length","difference":-5}"#,
        ),
        (Fault::garbage(), r#"{"fault":"garbage"}"#),
        (Fault::invalid_json(), r#"{"fault":"invalid-json"}"#),
        (
            Fault::oversized_body(9),
            r#"{"fault":"oversized-body","bytes":9}"#,
        ),
        (
            Fault::status(418).body("x").header("a", "b"),
            r#"{"fault":"status","status":418,"headers":{"a":"b"},"body":"x"}"#,
        ),
        (Fault::lost_reply(), r#"{"fault":"lost-reply"}"#),
        (
            Fault::garbage()
                .at(ACME)
                .operation(OPEN.name)
                .times(2)
                .probability(0.5, 7)
                .carry_out(false),
            r#"{"fault":"garbage","provider":"acme","operation":"open-card","times":2,"probability":0.5,"seed":7,"carryOut":false}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&fault).unwrap(), json);
        assert_eq!(serde_json::from_str::<Fault>(json).unwrap(), fault);
        let name = fault.kind().as_str();
        assert!(json.contains(&format!("\"fault\":\"{name}\"")), "{json}");
    }
}

#[test]
fn debug_has_the_headers_names_and_the_bodys_length() {
    let fault = Fault::status(418)
        .body("4622940000003713")
        .header("x-card", "4622940000003713");
    insta::assert_snapshot!(format!("{fault:?}"), @r#"Fault { kind: Status, provider: None, operation: None, times: None, probability: None, seed: None, carry_out: None, millis: None, bytes: None, difference: None, status: Some(418), headers: ["x-card"], body_bytes: Some(16) }"#);
}
