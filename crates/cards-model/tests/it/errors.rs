//! The errors that providers list.

use cards_model::ibanera::Envelope;
use cards_model::paysafe::{ErrorBodies, ErrorBody};
use serde_json::json;

/// The most errors of a list that are kept.
const MOST: usize = 1_000;

#[test]
fn of_a_long_list_the_first_errors_are_kept_in_their_order() {
    for count in [0, 1, 2, MOST - 1, MOST, MOST + 1, 3 * MOST] {
        let codes: Vec<_> = (0..count).map(|number| number.to_string()).collect();
        let kept = &codes[..count.min(MOST)];

        let errors: Vec<_> = codes
            .iter()
            .map(|code| json!({"messageCode": code}))
            .collect();
        let body = json!({"status": "0", "errors": errors}).to_string();
        let envelope: Envelope<'_> = serde_json::from_str(&body).unwrap();
        let read = envelope
            .errors
            .iter()
            .map(|error| error.message_code.as_deref().unwrap());
        assert_eq!(read.collect::<Vec<_>>(), kept, "{count} at Ibanera");

        let errors: Vec<_> = codes
            .iter()
            .map(|code| json!({"error": {"code": code}}))
            .collect();
        let read: ErrorBodies =
            serde_json::from_str(&serde_json::Value::from(errors).to_string()).unwrap();
        let read = read
            .0
            .iter()
            .map(|body| body.error.as_ref().unwrap().code.as_deref().unwrap());
        assert_eq!(read.collect::<Vec<_>>(), kept, "{count} bodies at Paysafe");

        let body = json!({"error": {"code": "1", "details": codes}}).to_string();
        let read: ErrorBody = serde_json::from_str(&body).unwrap();
        assert_eq!(
            read.error.unwrap().details,
            kept,
            "{count} details at Paysafe"
        );

        let fields: Vec<_> = codes
            .iter()
            .map(|code| json!({"field": "a", "error": code}))
            .collect();
        let body = json!({"error": {"code": "1", "fieldErrors": fields}}).to_string();
        let read: ErrorBody = serde_json::from_str(&body).unwrap();
        let read = read.error.unwrap().field_errors;
        let read = read.iter().map(|field| field.error.as_deref().unwrap());
        assert_eq!(read.collect::<Vec<_>>(), kept, "{count} fields at Paysafe");
    }
}

#[test]
fn what_cannot_be_read_loses_no_other_error() {
    let body = r#"{"status":"0","errors":[7,{"messageCode":"A"},"x",null,{"messageCode":"B"}]}"#;
    let envelope: Envelope<'_> = serde_json::from_str(body).unwrap();
    let read = envelope
        .errors
        .iter()
        .map(|error| error.message_code.as_deref());
    assert_eq!(read.collect::<Vec<_>>(), [Some("A"), Some("B")]);
    for none in ["7", "\"x\"", "{}", "null", "[]"] {
        let body = format!(r#"{{"status":"0","errors":{none}}}"#);
        let envelope: Envelope<'_> = serde_json::from_str(&body).unwrap();
        assert!(
            envelope.errors.is_empty() && !envelope.is_success(),
            "{none}"
        );
    }
}

/// Some gateways give a list of errors, or the code alone, in the place of one error.
#[test]
fn a_list_of_errors_and_a_code_are_read_as_one_error() {
    let read = |error: serde_json::Value| {
        let body = json!({ "error": error }).to_string();
        serde_json::from_str::<ErrorBody>(&body).unwrap().error
    };
    let of_two = json!([
        {"code": "1", "message": "a", "details": ["x"]},
        {"code": "2", "message": "b", "details": ["y"], "fieldErrors": [{"field": "f"}]},
    ]);
    let joined = read(of_two).unwrap();
    assert_eq!(joined.code.as_deref(), Some("1"));
    assert_eq!(joined.message.as_deref(), Some("a"));
    assert_eq!(joined.details, ["x", "2: b", "y"]);
    assert_eq!(joined.field_errors.len(), 1);
    let code = read(json!("invalid_grant")).unwrap();
    assert_eq!(
        (code.code.as_deref(), code.message),
        (Some("invalid_grant"), None)
    );
    for none in [
        json!([]),
        json!([7]),
        json!([{}, 7]),
        json!("Not a code"),
        json!(""),
        json!(7),
    ] {
        assert_eq!(read(none.clone()), None, "{none}");
    }
}
