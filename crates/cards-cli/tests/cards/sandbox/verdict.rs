//! Checks that a refused call tells the verdict of the sandbox that refused it, and asks nobody
//! else.

use conformance::server::{RawServer, Reaction};
use serde_json::Value;

use super::{Serving, settings};
use crate::{cards, registration, run};

#[test]
fn a_refusal_is_told_with_the_sandboxs_verdict() {
    let (_serving, address) = Serving::start(&[]);
    let settings = settings(&["--listen", &address]);
    let register = |email: &str, mobile: &str| {
        let mut person = registration();
        person["email"] = email.into();
        person["mobile_no"] = mobile.into();
        let mut call = cards(&["airpay", "register-user", "--json", "-"]);
        call.envs(settings.clone());
        run(call.write_stdin(person.to_string()))
    };
    assert_eq!(register("one@demo.example", "9000007141").0, 0);
    let (code, out, err) = register("one@demo.example", "9000007142");
    assert_eq!((code, &*out), (3, ""));
    let lines: Vec<_> = err.lines().collect();
    assert!(
        lines[0].starts_with("error: airpay register-user: refused: fail"),
        "{err}"
    );
    assert_eq!(
        lines[1], "  sandbox: email: another customer has it",
        "{err}"
    );

    for (call, told) in [
        (
            &["airpay", "customer-preference", "--entity-id", "NOBODY"][..],
            "entity_id: there is no such customer",
        ),
        (
            &["paysafe", "prepaid-cards", "--customer-id", "nobody"],
            "there is no such customer",
        ),
        (
            &["ibanera", "cards-by-customer", "--customers-id", "1"],
            "there is no such customer",
        ),
    ] {
        for backend in ["reqwest", "ureq"] {
            let backend = ["--backend", backend];
            let (code, _, err) = run(cards(&[call, &backend].concat()).envs(settings.clone()));
            assert_ne!(code, 0);
            assert!(
                err.contains(&format!("\n  sandbox: {told}")),
                "{call:?}: {err}"
            );
            let json = ["--output", "json"];
            let command = &[call, &backend, &json].concat();
            let (_, _, err) = run(cards(command).envs(settings.clone()));
            let error: Value = serde_json::from_str(&err).unwrap();
            assert!(
                error["sandbox"]["verdict"]
                    .as_str()
                    .unwrap()
                    .starts_with(told),
                "{err}"
            );
            assert!(error["sandbox"]["id"].is_u64(), "{err}");
        }
    }
}

#[test]
fn a_sandbox_that_cannot_be_asked_is_not_spoken_of() {
    let refusal = |headers: &[&str]| {
        Reaction::reply(
            "200 OK",
            &[
                &["content-type: application/json", "connection: close"],
                headers,
            ]
            .concat(),
            r#"{"status":400,"message":"fail"}"#,
        )
    };
    let named = || refusal(&["x-sandbox-exchange: 7"]);
    let verdict = r#"{"id":7,"verdict":"told\u001b[31m\nit"}"#;
    for (first, second, asked, told) in [
        (refusal(&[]), None, 1, ""),
        (refusal(&["x-sandbox-exchange: ../reset"]), None, 1, ""),
        (refusal(&["x-sandbox-exchange: -7"]), None, 1, ""),
        (named(), Some(Reaction::json("404 Not Found", "{}")), 2, ""),
        (named(), Some(Reaction::json("200 OK", "[]")), 2, ""),
        (
            named(),
            Some(Reaction::json("200 OK", r#"{"verdict":7}"#)),
            2,
            "",
        ),
        (named(), Some(Reaction::SendAndReset(Vec::new())), 2, ""),
        (
            named(),
            Some(Reaction::json("200 OK", verdict)),
            2,
            "  sandbox: told",
        ),
    ] {
        let server = RawServer::playing([first].into_iter().chain(second)).unwrap();
        let address = server.address().to_string();
        let call = ["airpay", "customer-preference", "--entity-id", "X"];
        let settings = settings(&["--listen", &address]);
        let (code, _, err) = run(cards(&call).envs(settings));
        assert_eq!(code, 3, "{err}");
        assert_eq!(err.contains("sandbox:"), !told.is_empty(), "{err}");
        assert!(err.contains(told) && !err.contains('\u{1b}'), "{err}");
        let received = server.received();
        assert_eq!(received.len(), asked);
        if let Some(second) = received.get(1) {
            let line = String::from_utf8_lossy(&second.bytes);
            assert!(
                line.starts_with("GET /_sandbox/exchanges/7 HTTP/1.1\r\n"),
                "{line}"
            );
            assert!(
                !line.to_ascii_lowercase().contains("sandbox-token"),
                "{line}"
            );
        }
    }
}
