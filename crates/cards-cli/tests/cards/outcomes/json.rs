//! With `--output json`, an error is one JSON object and standard error holds
//! nothing else.

use serde_json::Value;

use super::{BACKENDS, CHANGE, READ, always, call_at, json_reply};
use crate::{assert_no_secret, cards, registration, run, sandbox};

/// The one JSON value that was said.
fn the_object(err: &str) -> Value {
    assert_eq!(err.lines().count(), 1, "{err}");
    serde_json::from_str(err).unwrap()
}

#[test]
fn an_error_has_all_that_is_known_of_it() {
    let refusal = r#"{"error":{"code":"5068","message":"limit of marker@b.example is wrong","fieldErrors":[{"field":"limit","error":"4622940000003713"}]}}"#;
    let server = always(json_reply("400 Bad Request", refusal));
    for backend in BACKENDS {
        let mut command = call_at(&server.url(), READ, backend);
        let (_, _, err) = run(command.args(["-o", "json"]));
        assert!(!err.contains("marker") && !err.contains("4622"), "{err}");
        assert!(err.contains("limit of [redacted] is wrong"), "{err}");
        let error = the_object(&err);
        for (name, value) in [
            ("kind", "refused".into()),
            ("provider", "paysafe".into()),
            ("operation", "list-prepaid-cards".into()),
            ("outcome", "refused".into()),
            ("status", 400.into()),
            ("attempts", 1.into()),
            ("causes", Value::Array(Vec::new())),
            ("hint", "--show-body prints what the server sent".into()),
            ("exit_code", 3.into()),
        ] {
            assert_eq!(error[name], value, "{name}");
        }
        assert_eq!(error["refusal"]["code"], "5068");
        assert_eq!(error["refusal"]["fields"][0]["field"], "limit");
        assert!(error.get("reply").is_none() && error.get("reply_file").is_none());

        // The server's own words come when they are asked for.
        let mut command = call_at(&server.url(), READ, backend);
        let (_, _, err) = run(command.args(["-o", "json", "--show-body"]));
        let error = the_object(&err);
        assert_eq!(error["reply"]["body"], refusal);
        assert_eq!(error["reply"]["content_type"], "application/json");
    }
}

/// A refusal shows no part of what was sent, not even one that looks like a code.
#[test]
fn no_part_of_a_refusal_shows_what_was_sent() {
    let refusal = r#"{"error":{"code":"NO_MARKER-ID","message":"no Marker-Id","fieldErrors":[{"field":"marker-id","error":"MARKER-ID"},{"field":"customerId","error":"UNKNOWN"}]}}"#;
    let server = always(json_reply("404 Not Found", refusal));
    for backend in BACKENDS {
        let call = ["paysafe", "prepaid-cards", "--customer-id=marker-id"];
        let mut command = call_at(&server.url(), &call, backend);
        let (_, _, err) = run(command.args(["-o", "json"]));
        assert!(!err.to_lowercase().contains("marker"), "{err}");
        let refusal = &the_object(&err)["refusal"];
        assert_eq!(refusal["code"], "NO_[redacted]");
        let fields = serde_json::json!([
            { "field": "[redacted]", "error": "[redacted]" },
            { "field": "customerId", "error": "UNKNOWN" },
        ]);
        assert_eq!(refusal["fields"], fields);
    }
}

/// However many fields a server refuses, the object lists those that the text
/// names.
#[test]
fn of_many_refused_fields_the_first_few_are_listed() {
    let field = serde_json::json!({ "field": "limit", "error": "UNKNOWN" });
    let refusal = serde_json::json!({ "error": { "fieldErrors": vec![field; 10_000] } });
    let server = always(json_reply("400 Bad Request", &refusal.to_string()));
    let mut command = call_at(&server.url(), READ, BACKENDS[0]);
    let (_, _, err) = run(command.args(["-o", "json"]));
    let refusal = &the_object(&err)["refusal"];
    let listed = refusal["fields"].as_array().unwrap().len();
    let text = refusal["text"].as_str().unwrap();
    assert_eq!(text.matches("limit UNKNOWN").count(), listed);
    // A thousand are kept.
    let more = format!(", and at least {} more fields", 1_000 - listed);
    assert!(listed < 100 && text.ends_with(&more), "{text}");
}

#[test]
fn broken_rules_are_a_list_without_values() {
    let sandbox = sandbox();
    let mut fields = registration();
    fields["pincode"] = "71417".into();
    fields["city"] = "Markercity 7".into();
    let mut command = cards(&["airpay", "register-user", "--json=-", "--output=json"]);
    command.envs(sandbox.env()).write_stdin(fields.to_string());
    let (code, out, err) = run(&mut command);
    assert_eq!((code, &*out), (2, ""));
    assert_no_secret(&err);
    let error = the_object(&err);
    let fields: Vec<_> = error["violations"].as_array().unwrap().iter().collect();
    assert_eq!(fields.len(), 2);
    assert_eq!(
        (&fields[0]["field"], &fields[0]["rule"]),
        (&"city".into(), &"characters".into())
    );
    assert_eq!(
        (&fields[1]["field"], &fields[1]["rule"]),
        (&"pincode".into(), &"length".into())
    );
    assert_eq!(
        error["message"],
        "not sent: airpay register-user: 2 fields break the document's rules"
    );
    assert_eq!(error["attempts"], 0);
}

#[test]
fn so_are_errors_before_any_call() {
    let says = |args: &[&str]| {
        let (code, out, err) = run(&mut cards(args));
        assert_eq!((code, &*out), (2, ""), "{err}");
        assert_no_secret(&err);
        let error = the_object(&err);
        assert_eq!(
            (&error["exit_code"], &error["outcome"]),
            (&2.into(), &"not_sent".into())
        );
        (
            error["kind"].clone(),
            error["message"].clone(),
            error["hint"].clone(),
        )
    };
    let json = "--output=json";
    let (kind, message, hint) = says(&[READ, &[json]].concat());
    assert_eq!(kind, "config");
    let message = message.as_str().unwrap();
    assert!(
        message.starts_with("2 settings are missing:\n  CARDS_PAYSAFE_BASE_URL "),
        "{message}"
    );
    assert!(
        hint.as_str()
            .unwrap()
            .contains("`cards help environment` lists all")
    );
    // clap's complaints about flags are told as JSON, wherever the format is
    // given and however.
    for format in [
        &[json][..],
        &["--output", "json"],
        &["-o", "json"],
        &["-ojson"],
        &["-o=json"],
    ] {
        let limit = ["--limit", "4622940000003713"];
        let (kind, message, _) = says(&[READ, &limit, format].concat());
        assert_eq!(kind, "usage");
        assert_eq!(
            message,
            "invalid value '[a value]' for '--limit <N>': the number is too large"
        );
        says(&[READ, format, &limit].concat());
    }
    let (_, message, hint) = says(&[READ, &["--custommer-id=Marker", json]].concat());
    assert_eq!(message, "unexpected argument '--custommer-id' found");
    assert_eq!(hint, "a similar argument exists: '--customer-id'");
    says(&["airpay", json]);
    says(&[READ, &["--json=nowhere.json", json]].concat());
    says(&[READ, &["--base-url=http://example.com", json]].concat());
}

#[test]
fn what_else_is_told_has_its_place_in_it_or_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, "[profile.default]\n").unwrap();
    let sandbox = sandbox();
    let call = |args: &[&str]| {
        let known = [
            "paysafe",
            "prepaid-cards",
            "--customer-id=12345678",
            "--output=json",
        ];
        let mut command = cards(&[&known[..], args].concat());
        run(command.envs(sandbox.env()).env("CARDS_CONFIG", &file))
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let (code, _, err) = call(&[]);
        assert_eq!(code, 0);
        let warnings = the_object(&err);
        assert_eq!(warnings.as_object().unwrap().len(), 1);
        let warning = warnings["warnings"][0].as_str().unwrap();
        assert!(warning.ends_with("(mode 644): chmod 600"), "{warning}");

        let (code, _, err) = call(&["--limit=0"]);
        assert_eq!(code, 2);
        let error = the_object(&err);
        assert_eq!(
            (&error["kind"], &error["warnings"]),
            (&"invalid".into(), &warnings["warnings"])
        );
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let many = [
        "paysafe",
        "prepaid-cards",
        "--customer-id=87654321",
        "--output=json",
    ];
    let (code, out, err) = run(cards(&many).envs(sandbox.env()));
    assert_eq!((code, &*err), (0, ""));
    assert!(serde_json::from_str::<Value>(&out).unwrap()["meta"].is_object());
    let (code, _, err) = call(&["--dry-run"]);
    assert_eq!((code, &*err), (0, ""));
}

#[test]
fn what_could_command_a_terminal_is_escaped_and_whole() {
    let body = "\u{1b}[2J\u{9b}2J\u{7f}\u{202e}\u{e9}";
    let server = always(json_reply("404 Not Found", body));
    for call in [READ, CHANGE] {
        let mut command = call_at(&server.url(), call, "ureq");
        let (_, _, err) = run(command.args(["--output=json", "--show-body"]));
        assert!(err.contains(r"\u001b[2J\u009b2J\u007f\u202eé"), "{err}");
        assert_eq!(the_object(&err)["reply"]["body"], body);
    }
}
