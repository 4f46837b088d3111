//! `-v` and `-vv` tell of each request and each reply on standard error.

use conformance::server::{RawServer, Reaction, reply};

use super::outcomes::{BACKENDS, NOBODY, always, call_at};
use super::{assert_no_secret, cards_at, registration, run, sandbox};

const READ: [&str; 4] = ["paysafe", "prepaid-cards", "--customer-id=7", "--limit=5"];

const PAGE: &str = r#"{"cards":[],"meta":{"numberOfRecords":0,"limit":5,"offset":0}}"#;

/// A server whose reply has headers that may be shown and others.
fn server() -> RawServer {
    let headers = [
        "content-type: application/json",
        "connection: close",
        "retry-after: 7",
        "set-cookie: session=MARK1",
        "x-customer: MARK2",
    ];
    always(Reaction::SendAndClose(reply("200 OK", &headers, PAGE)))
}

/// Runs a call and gives its standard error, with placeholders for times and addresses.
fn told(server: &RawServer, flag: &[&str], backend: &str) -> String {
    let mut call = call_at(&server.url(), &READ, backend);
    call.args(["--header", "x-correlation-id: MARK3"]);
    let (code, out, err) = run(call.args(flag));
    assert_eq!((code, &*out), (0, "nothing found\n"), "{err}");
    let err = err.replace(&server.url(), "http://[host]");
    let version = format!("/{}", env!("CARGO_PKG_VERSION"));
    let err = err.replace(&version, "/[version]");
    let lines = err.lines().map(|line| match line.split_once(" after ") {
        Some((head, time)) => {
            let millis = time.strip_suffix(" ms").unwrap();
            assert!(millis.parse::<f64>().unwrap() >= 0.0, "{line}");
            format!("{head} after [time]\n")
        }
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn once_is_the_lines_and_twice_is_the_headers_too() {
    for backend in BACKENDS {
        let server = server();
        assert_eq!(told(&server, &[], backend), "");
        insta::allow_duplicates! {
            insta::assert_snapshot!(told(&server, &["-v"], backend), @"
            > GET http://[host]/customers/7/prepaid/cards?limit=5
            < HTTP 200 OK, 62 bytes after [time]
            ");
        }
        let headers = told(&server, &["-vv"], backend);
        assert_eq!(told(&server, &["-v", "--verbose"], backend), headers);
        assert!(!headers.contains("MARK"), "{headers}");
        for line in [
            "> GET http://[host]/customers/7/prepaid/cards?limit=5\n",
            "\n>   accept: application/json\n",
            "\n>   authorization: Bearer [redacted]\n",
            "\n>   user-agent: cards-transport/[version]\n",
            "\n>   x-correlation-id: [redacted]\n",
            "\n< HTTP 200 OK, 62 bytes after [time]\n",
            "\n<   content-type: application/json\n",
            "\n<   retry-after: 7\n",
            "\n<   set-cookie: [redacted]\n",
            "\n<   x-customer: [redacted]\n",
        ] {
            assert!(headers.contains(line), "{line:?} in {headers}");
        }
    }
}

/// Retries, logins and pages each have their lines, beside JSON's one object.
#[test]
fn every_attempt_is_told() {
    let sandbox = sandbox();
    for backend in BACKENDS {
        let mut call = cards_at(
            &sandbox,
            &["paysafe", "prepaid-cards", "--all", "--limit=50"],
        );
        call.args(["--customer-id=87654321", "-v", "--backend", backend]);
        call.env_remove("CARDS_PAYSAFE_TOKEN");
        let (code, _, err) = run(&mut call);
        assert_eq!(code, 0, "{err}");
        assert_eq!(err.matches("> POST ").count(), 1, "{err}");
        assert_eq!(err.matches("> GET ").count(), 3, "{err}");
        assert_eq!(err.matches("< HTTP 200 OK").count(), 4, "{err}");
        assert_no_secret(&err);

        let call = call_at(NOBODY, &READ, backend)
            .args(["-v", "-ojson"])
            .output();
        let err = String::from_utf8(call.unwrap().stderr).unwrap();
        assert_eq!(err.matches("> GET ").count(), 3, "{err}");
        assert_eq!(err.matches("< no connection, after ").count(), 3, "{err}");
        let error: serde_json::Value = serde_json::from_str(err.lines().last().unwrap()).unwrap();
        assert_eq!(error["kind"], "connect");
    }
}

#[test]
fn no_body_no_key_and_no_card_number_is_told() {
    let sandbox = sandbox();
    for backend in BACKENDS {
        let mut call = cards_at(&sandbox, &["-vv", "airpay", "register-user", "--json", "-"]);
        call.args(["--backend", backend, "--no-validate"]);
        let (_, _, err) = run(call.write_stdin(registration().to_string()));
        assert!(err.contains("\n>   checksum: "), "{err}");
        assert!(err.contains("\n>   processor-key: [redacted]\n"), "{err}");
        assert_no_secret(&err);
    }
    let card = concat!("462294", "0000", "003713");
    let call = [
        "paysafe",
        "prepaid-cards",
        "--no-validate",
        "-v",
        "--customer-id",
    ];
    let (_, _, err) = run(cards_at(&sandbox, &call).arg(card));
    assert!(err.contains("/customers/[redacted]/prepaid/cards"), "{err}");
    assert!(!err.contains(card), "{err}");
}

#[test]
fn no_card_number_is_told_whatever_digits_stand_beside_it() {
    let sandbox = sandbox();
    for typed in [
        "4111 1111 1111 1111 2027",
        "2027-4111-1111-1111-1111",
        "12+2027+4111+1111+1111+1111+123",
    ] {
        for flags in [&["-v"][..], &["--dry-run"], &["--dry-run", "-ojson"]] {
            let mut call = cards_at(&sandbox, &["paysafe", "prepaid-cards", "--no-validate"]);
            call.args(["--customer-id", typed, "--include", typed]);
            let (_, out, err) = run(call.args(flags));
            let said = out + &err;
            let address = "/customers/[redacted]/prepaid/cards?include=[redacted]";
            assert!(said.contains(address), "{typed} {flags:?}: {said}");
            assert!(!said.contains("1111"), "{typed} {flags:?}: {said}");
        }
    }
}

#[test]
fn a_header_of_a_server_cannot_command_the_terminal() {
    let raw = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nserver: a\u{9b}2Jb\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{PAGE}",
        PAGE.len()
    );
    let server = always(Reaction::SendAndClose(raw.into_bytes()));
    let (code, _, err) = run(call_at(&server.url(), &READ, "ureq").arg("-vv"));
    assert_eq!(code, 0, "{err}");
    assert!(
        !err.contains('\u{9b}') && err.contains("<   server: "),
        "{err:?}"
    );
}
