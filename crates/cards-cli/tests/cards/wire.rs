//! The settings of what goes over the wire: flags, variables and profiles do the
//! same.

use std::fs;

use assert_cmd::Command;
use conformance::server::{RawServer, Reaction};

use super::config::make_private;
use super::{cards, run};

const ISSUED: &str = r#"{"access_token":"issued","expires_in":900}"#;
const NO_CARDS: &str = r#"{"cards":[],"meta":{}}"#;
const CUSTOMER: &str = r#"{"status":"1","errors":[],"details":{"customersId":7,"cards":[]}}"#;

/// A server that answers all requests so.
fn server(body: &str) -> RawServer {
    RawServer::playing([Reaction::json("200 OK", body)]).unwrap()
}

/// The values of one header, over all requests so far.
fn header(server: &RawServer, name: &str) -> Vec<Option<String>> {
    let requests = server.received().into_iter();
    let requests = requests.map(|captured| captured.request().unwrap());
    requests
        .map(|request| request.header(name).map(str::to_owned))
        .collect()
}

/// The three ways to set something, each for a command of its own.
pub(crate) fn each_way(
    command: impl Fn() -> Command,
    flag: Option<&str>,
    variable: &str,
    value: &str,
    see: impl Fn(i32, &str, &str),
) {
    let mut ways = Vec::new();
    if let Some(flag) = flag {
        let mut command = command();
        command.arg(format!("{flag}={value}"));
        ways.push(command);
    }
    let mut by_variable = command();
    by_variable.env(variable, value);
    ways.push(by_variable);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let key = variable.trim_start_matches("CARDS_").to_lowercase();
    fs::write(&file, format!("[profile.default]\n{key} = '''{value}'''\n")).unwrap();
    make_private(&file);
    let mut by_profile = command();
    by_profile.arg("--config").arg(&file);
    ways.push(by_profile);
    for mut way in ways {
        let (code, out, err) = run(&mut way);
        see(code, &out, &err);
    }
}

fn paysafe(calls: &str, backend: &str) -> Command {
    let mut command = cards(&["paysafe", "prepaid-cards", "--customer-id=1"]);
    command
        .arg(format!("--backend={backend}"))
        .env("CARDS_PAYSAFE_BASE_URL", calls)
        .env("CARDS_PAYSAFE_BRAND", "fake-brand")
        .env("CARDS_PAYSAFE_CLIENT_ID", "fake-client")
        .env("CARDS_PAYSAFE_CLIENT_SECRET", "fake-client-secret");
    command
}

pub(crate) const BACKENDS: [&str; 2] = ["ureq", "reqwest"];

#[test]
fn the_login_goes_to_the_address_for_tokens() {
    for backend in BACKENDS {
        let (calls, tokens) = (server(NO_CARDS), server(ISSUED));
        each_way(
            || paysafe(&calls.url(), backend),
            Some("--login-url"),
            "CARDS_PAYSAFE_TOKEN_BASE_URL",
            &tokens.url(),
            |code, _, err| assert_eq!(code, 0, "{err}"),
        );
        assert_eq!(tokens.received().len(), 3);
        let sent = header(&calls, "authorization");
        assert_eq!(sent, vec![Some("Bearer issued".to_owned()); 3]);
    }
}

#[test]
fn a_login_that_fails_is_told_with_its_own_address() {
    let calls = server(NO_CARDS);
    for backend in BACKENDS {
        let nobody = "http://127.0.0.1:1";
        let mut command = paysafe(&calls.url(), backend);
        let (code, _, err) = run(command.arg("--login-url").arg(nobody));
        assert_eq!(code, 5, "{err}");
        assert!(err.contains("--login-url is http://127.0.0.1:1"), "{err}");
        assert!(!err.contains(&calls.url()), "{err}");
    }
    assert!(calls.received().is_empty());
}

#[test]
fn an_address_for_tokens_that_is_none_is_refused() {
    for url in ["http://MARKER.example", "MARKER", "https://u:MARKER@h"] {
        each_way(
            || paysafe("http://127.0.0.1:1", "ureq"),
            Some("--login-url"),
            "CARDS_PAYSAFE_TOKEN_BASE_URL",
            url,
            |code, out, err| {
                assert_eq!((code, out), (2, ""), "{err}");
                let is_named =
                    err.contains("--login-url: ") || err.contains("CARDS_PAYSAFE_TOKEN_BASE_URL: ");
                assert!(is_named && !err.contains("MARKER"), "{err}");
            },
        );
    }
}

#[test]
fn the_token_is_written_bare_where_that_is_set() {
    for backend in BACKENDS {
        let server = server(CUSTOMER);
        let call = || {
            let mut command = cards(&["ibanera", "cards-by-customer", "--customers-id=7"]);
            command
                .arg(format!("--backend={backend}"))
                .env("CARDS_IBANERA_BASE_URL", server.url())
                .env("CARDS_IBANERA_TOKEN", "fake-token")
                .env("CARDS_IBANERA_OTP", "123456");
            command
        };
        for scheme in ["bare", "bearer"] {
            each_way(
                call,
                None,
                "CARDS_IBANERA_AUTHORIZATION",
                scheme,
                |code, _, err| {
                    assert_eq!(code, 0, "{err}");
                },
            );
        }
        let (bare, bearer) = ("fake-token".to_owned(), "Bearer fake-token".to_owned());
        let expected = [&bare, &bare, &bearer, &bearer].map(|it| Some(it.clone()));
        assert_eq!(header(&server, "authorization"), expected);
        each_way(
            call,
            None,
            "CARDS_IBANERA_AUTHORIZATION",
            "MARKER",
            |code, _, err| {
                assert_eq!(code, 2, "{err}");
                assert!(
                    err.contains("CARDS_IBANERA_AUTHORIZATION: neither bearer nor bare"),
                    "{err}"
                );
                assert!(!err.contains("MARKER"), "{err}");
            },
        );
    }
}
