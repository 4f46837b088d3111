//! Amounts and bodies: what was written is what is signed, sent and shown.

use super::{cards_at, run, sandbox};

/// An address at which nobody listens: whatever is sent fails.
const NOBODY: &str = "http://127.0.0.1:1";

/// The ways in which an amount is given: by a flag, and in JSON as a number and as a text.
const WAYS: [&str; 3] = ["flag", "number", "text"];

/// A call with an amount: its words, its other fields in JSON, and the amount's flag and name.
const CALLS: [(&str, &str, &str, &str); 2] = [
    ("airpay topup", r#""entity_id":"E1""#, "--amount", "amount"),
    (
        "ibanera simulate-payin",
        r#""DestinationAccountId":1001,"TransferType":"ACH""#,
        "--amount",
        "Amount",
    ),
];

#[test]
fn an_amount_is_the_same_however_it_is_given() {
    let sandbox = sandbox();
    let accepted = [
        "100",
        "100.00",
        "5.10",
        "0.30",
        "0.3",
        "99.5",
        "123456789012.00",
    ];
    let refused = [
        "99.999999999999999999",
        "0.30000000000000000001",
        "100.000",
        "1e2",
        "1E2",
        "1234567890123",
        "1e400",
        "-5.10",
        "0.00",
    ];
    for (call, others, flag, name) in CALLS {
        let given = |amount: &str, way: &str, more: &[&str]| {
            let call: Vec<_> = call.split(' ').collect();
            let mut command = cards_at(&sandbox, &call);
            command.args(["--dry-run", "--base-url", NOBODY, "--json", "-"]);
            let json = match way {
                "flag" => {
                    command.arg(format!("{flag}={amount}"));
                    format!("{{{others}}}")
                }
                "number" => format!(r#"{{{others},"{name}":{amount}}}"#),
                _ => format!(r#"{{{others},"{name}":"{amount}"}}"#),
            };
            run(command.args(more).write_stdin(json))
        };
        for way in WAYS {
            for amount in accepted {
                let (code, out, err) = given(amount, way, &["-o", "curl"]);
                assert_eq!(code, 0, "{call} {amount} {way}: {err}");
                // More digits than a card's number are shown nowhere.
                let shown = [
                    format!("'{name}={amount}'"),
                    format!("\"{name}\":{amount}}}'"),
                ];
                let is_masked = out.contains("[redacted]") && amount.len() > 13;
                let is_shown = shown.iter().any(|shown| out.contains(shown));
                assert!(is_shown || is_masked, "{call} {amount} {way}: {out}");
            }
            for amount in refused {
                let (code, out, _) = given(amount, way, &[]);
                assert_eq!((code, &*out), (2, ""), "{call} {amount} {way}");
            }
        }
    }
    assert!(sandbox.exchanges().is_empty());
}

#[test]
fn a_name_comes_once() {
    for (call, json, says) in [
        (
            "airpay topup",
            r#"{"entity_id":"MARKER","amount":"1","amount":"2"}"#,
            "airpay topup: `amount` comes more than once",
        ),
        (
            "airpay topup",
            r#"{"entity_id":"MARKER","amount":null,"am\u006funt":"7141"}"#,
            "airpay topup: `amount` comes more than once",
        ),
        (
            "airpay topup",
            r#"{"entity_id":"E1","amount":1,"amount":1,"entity_id":"MARKER"}"#,
            "airpay topup: `amount`, `entity_id` comes more than once",
        ),
        (
            "paysafe create-prepaid-card",
            r#"{"deliveryAddress":{"city":"MARKER","city":"Sofia"}}"#,
            "paysafe create-prepaid-card: `deliveryAddress.city` comes more than once",
        ),
        (
            "paysafe create-prepaid-card",
            r#"{"deliveryAddress":{"city":"MARKER"},"deliveryAddress":{"state":"MARKER"}}"#,
            "paysafe create-prepaid-card: `deliveryAddress` comes more than once",
        ),
        (
            "paysafe create-prepaid-card",
            r#"{"deliveryAddress.city":"MARKER"}"#,
            "paysafe create-prepaid-card: `deliveryAddress.city` stands outside its object",
        ),
    ] {
        let call: Vec<_> = call.split(' ').collect();
        let mut command = super::cards(&call);
        let (code, out, err) = run(command.args(["--json", "-"]).write_stdin(json));
        assert_eq!((code, &*out), (2, ""), "{json}");
        assert!(
            err.starts_with(&format!("error: --json: {says}\n")),
            "{err}"
        );
        assert!(!err.contains("MARKER") && !err.contains("7141"), "{err}");
    }
    let mut command = super::cards(&["airpay", "topup", "--json", "-"]);
    let (_, _, err) = run(command.write_stdin(r#"{"MARKER":1,"MARKER":2}"#));
    assert!(
        err.contains("no field [a value]; it has") && !err.contains("MARKER"),
        "{err}"
    );
}

/// The bytes are those that a signature is made of.
#[test]
fn where_nothing_is_masked_the_shown_body_is_the_one_that_is_sent() {
    let sandbox = sandbox();
    for (call, json) in [
        (
            "ibanera simulate-payin",
            r#"{"DestinationAccountId":1001,"TransferType":"ACH","Amount":5.10}"#,
        ),
        (
            "ibanera simulate-payin",
            r#"{"DestinationAccountId":9223372036,"TransferType":"WIRE","Amount":0.30}"#,
        ),
        (
            "paysafe create-prepaid-card --customer-id 1",
            r#"{"programName":"A \"b\" \\ / ß's","currency":"EUR","externalId":"x-1"}"#,
        ),
        (
            "paysafe create-prepaid-card --customer-id 1",
            r#"{"programName":"B","currency":"EUR","termsAndConditionsAccepted":true}"#,
        ),
    ] {
        let call: Vec<_> = call.split(' ').collect();
        let shown = |format: &str| {
            let mut command = cards_at(&sandbox, &call);
            command.args([
                "--dry-run",
                "--base-url",
                NOBODY,
                "--json",
                "-",
                "-o",
                format,
            ]);
            let (code, out, err) = run(command.write_stdin(json));
            assert_eq!(code, 0, "{json}: {err}");
            out
        };
        let words = shlex::split(&shown("curl")).unwrap();
        assert_eq!(words.last().map(String::as_str), Some(json));
        let length = format!("\ncontent-length: {}\n", json.len());
        let text = shown("table");
        assert!(text.contains(&length), "{text}");
        let (_, body) = text.split_once("\n\n").unwrap();
        let without_layout: String = body.lines().map(str::trim_start).collect();
        assert_eq!(without_layout.replace("\": ", "\":"), json);
        assert!(
            shown("ndjson").contains(&format!("\"body\":{json}")),
            "{json}"
        );
    }
    assert!(sandbox.exchanges().is_empty());
}
