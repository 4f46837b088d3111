//! The settings of what goes over the wire: flags, variables and profiles do the
//! same.

use std::fs;

use assert_cmd::Command;
use conformance::server::{RawServer, Reaction};

use super::config::make_private;
use super::outcomes::tls::TlsServer;
use super::{cards, run};

const ISSUED: &str = r#"{"access_token":"issued","expires_in":900}"#;
pub(crate) const NO_CARDS: &str = r#"{"cards":[],"meta":{}}"#;
const CUSTOMER: &str = r#"{"status":"1","errors":[],"details":{"customersId":7,"cards":[]}}"#;

/// A server that answers all requests so.
pub(crate) fn server(body: &str) -> RawServer {
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
                let places = [
                    "--login-url: ",
                    "CARDS_PAYSAFE_TOKEN_BASE_URL: ",
                    "paysafe_token_base_url in the profile: ",
                ];
                let is_named = places.iter().any(|place| err.contains(place));
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
                let says = "one of bearer and bare is wanted";
                let is_named = err.contains(&format!("CARDS_IBANERA_AUTHORIZATION: {says}"))
                    || err.contains(&format!("ibanera_authorization in the profile: {says}"));
                assert!(is_named, "{err}");
                assert!(!err.contains("MARKER"), "{err}");
            },
        );
    }
}

/// The commands that read a list: of one provider, and of several.
const READ: &[&str] = &["paysafe", "prepaid-cards", "--customer-id=1"];
const LIST: &[&str] = &["list", "--provider=paysafe", "--paysafe-customer=1"];

/// Each of them over each backend.
pub(crate) const READERS: [(&[&str], &str); 4] = [
    (READ, "ureq"),
    (READ, "reqwest"),
    (LIST, "ureq"),
    (LIST, "reqwest"),
];

/// Each of both commands with each of some values.
pub(crate) fn each_of<const N: usize>(
    values: [&str; N],
) -> impl Iterator<Item = ((&'static [&'static str], &'static str), &str)> {
    let readers = [READERS[0], READERS[2]];
    readers
        .into_iter()
        .flat_map(move |reader| values.map(|value| (reader, value)))
}

pub(crate) fn read_at(base_url: &str, (command, backend): (&[&str], &str)) -> Command {
    let mut command = cards(command);
    command
        .arg(format!("--backend={backend}"))
        .env("CARDS_PAYSAFE_BASE_URL", base_url)
        .env("CARDS_PAYSAFE_TOKEN", "fake-token");
    command
}

#[test]
fn headers_are_added_and_shown_masked() {
    for reader in READERS {
        let server = server(NO_CARDS);
        let call = || read_at(&server.url(), reader);
        each_way(
            call,
            Some("--header"),
            "CARDS_HEADERS",
            "X-Id:  7f3a",
            |code, _, err| {
                assert_eq!(code, 0, "{err}");
            },
        );
        assert_eq!(header(&server, "x-id"), vec![Some("7f3a".to_owned()); 3]);
        let two = ["--header=X-A: 1", "--header=x-b:2:3"];
        let (code, _, err) = run(call().args(two).env("CARDS_HEADERS", "x-c: 4"));
        assert_eq!(code, 0, "{err}");
        for (name, value) in [("x-a", Some("1")), ("x-b", Some("2:3")), ("x-c", None)] {
            let seen = header(&server, name).pop().unwrap();
            assert_eq!(seen.as_deref(), value);
        }
        let lines = "x-a: 1\r\n\nx-b: 2\n";
        let (code, _, err) = run(call().env("CARDS_HEADERS", lines));
        assert_eq!(code, 0, "{err}");
        assert_eq!(header(&server, "x-b").pop().unwrap().as_deref(), Some("2"));
        if reader.0 == LIST {
            continue;
        }
        let (code, out, err) = run(call().args(["--dry-run", "--header=x-key: MARKER"]));
        assert_eq!(code, 0, "{err}");
        assert!(
            out.contains("x-key: [redacted]\n") && !out.contains("MARKER"),
            "{out}"
        );
    }
}

#[test]
fn a_header_that_cannot_be_sent_is_an_error_that_names_the_flag_and_sends_nothing() {
    let server = server(NO_CARDS);
    for (reader, wrong) in each_of([
        "MARKER",
        "authorization: MARKER",
        "Content-Type: MARKER",
        "MARK ER: x",
        "x-id:",
        "x-id: M\u{e4}RKER",
        ": MARKER",
    ]) {
        each_way(
            || read_at(&server.url(), reader),
            Some("--header"),
            "CARDS_HEADERS",
            wrong,
            |code, out, err| {
                assert_eq!((code, out), (2, ""), "{wrong}: {err}");
                let is_named = err.contains("--header: ")
                    || err.contains("CARDS_HEADERS: ")
                    || err.contains("headers in the profile: ");
                assert!(is_named && !err.contains("MARK"), "{err}");
            },
        );
    }
    for reader in READERS {
        let (code, _, err) = run(read_at(&server.url(), reader).arg("--header=x-a: 1\nx-b: 2"));
        assert_eq!(code, 2, "{err}");
    }
    assert!(server.received().is_empty());
}

#[test]
fn a_rate_spaces_the_requests_of_a_list() {
    let page = |number: u32| {
        let size = if number < 3 { 2 } else { 1 };
        let cards: Vec<_> = (0..size)
            .map(|card| format!(r#"{{"cardId":"{number}-{card}"}}"#))
            .collect();
        let meta = format!(r#"{{"numberOfRecords":{size},"limit":2}}"#);
        Reaction::json(
            "200 OK",
            format!(r#"{{"cards":[{}],"meta":{meta}}}"#, cards.join(",")),
        )
    };
    for reader in READERS {
        let server = RawServer::playing([page(1), page(2), page(3)]).unwrap();
        let before = std::time::Instant::now();
        let mut call = read_at(&server.url(), reader);
        if reader.0 == READ {
            call.arg("--all");
        }
        let (code, _, err) = run(call.arg("--rate=5/s"));
        assert_eq!(code, 0, "{err}");
        assert_eq!(server.received().len(), 3);
        assert!(before.elapsed() >= std::time::Duration::from_millis(395));
    }
    let server = server(NO_CARDS);
    for (reader, wrong) in each_of(["MARKER", "0/s", "5", "5/d", "-1/s"]) {
        let call = || read_at(&server.url(), reader);
        each_way(
            call,
            Some("--rate"),
            "CARDS_RATE",
            wrong,
            |code, out, err| {
                assert_eq!((code, out), (2, ""), "{err}");
                let is_named = err.contains("--rate: ")
                    || err.contains("CARDS_RATE: ")
                    || err.contains("rate in the profile: ");
                assert!(is_named && !err.contains("MARKER"), "{err}");
            },
        );
    }
    assert!(server.received().is_empty());
}

/// A call that needs nothing of the reply but that it came.
fn secure(url: &str, backend: &str) -> Command {
    let mut command = cards(&["paysafe", "prepaid-cards", "--customer-id=1"]);
    command
        .args(["--timeout=20", "--base-url", url])
        .arg(format!("--backend={backend}"))
        .env("CARDS_PAYSAFE_TOKEN", "fake-token");
    command
}

#[test]
fn extra_certificates_are_trusted_beside_the_others() {
    let (one, two) = (
        TlsServer::start("localhost", 1, 10),
        TlsServer::start("localhost", 1, 10),
    );
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, pem: &str| {
        let path = folder.path().join(name);
        fs::write(&path, pem).unwrap();
        path.display().to_string()
    };
    let (first, second) = (path("1.pem", &one.authority), path("2.pem", &two.authority));
    let wrong = path("no.pem", "MARKER");
    for backend in BACKENDS {
        let trusts = |server: &TlsServer, vars: &[(&str, &str)]| {
            let url = format!("https://localhost:{}", server.address.port());
            let mut call = secure(&url, backend);
            let (_, _, err) = run(call.envs(vars.iter().copied()));
            // The server answers nothing that is of use.
            !err.contains("the TLS handshake failed")
        };
        assert!(!trusts(&one, &[]));
        assert!(trusts(&one, &[("CARDS_EXTRA_CA_FILE", &first)]));
        assert!(!trusts(&one, &[("CARDS_EXTRA_CA_FILE", &second)]));
        let both = [
            ("CARDS_CA_FILE", &*first),
            ("CARDS_EXTRA_CA_FILE", &*second),
        ];
        assert!(trusts(&one, &both) && trusts(&two, &both));
        for file in ["/nonexistent/x.pem", &wrong] {
            let mut call = secure("https://localhost:1", backend);
            let (code, _, err) = run(call.env("CARDS_EXTRA_CA_FILE", file));
            assert_eq!(code, 2, "{err}");
            assert!(
                err.contains("CARDS_EXTRA_CA_FILE") && !err.contains("MARKER"),
                "{err}"
            );
        }
    }
}

#[test]
fn a_client_certificate_without_its_key_is_an_error_before_anything_is_sent() {
    let one = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
    let two = rcgen::generate_simple_self_signed(["b.example".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, pem: String| {
        let path = folder.path().join(name);
        fs::write(&path, pem).unwrap();
        path.display().to_string()
    };
    let chain = path("chain.pem", one.cert.pem());
    let key = path("key.pem", one.signing_key.serialize_pem());
    let other = path("other.pem", two.signing_key.serialize_pem());
    let both = path(
        "both.pem",
        format!("{}{}", one.cert.pem(), one.signing_key.serialize_pem()),
    );
    let call = |cert: &str, key: &str| {
        let mut call = secure("http://127.0.0.1:1", "ureq");
        call.env("CARDS_CLIENT_CERT_FILE", cert)
            .env("CARDS_CLIENT_KEY_FILE", key);
        let (code, _, err) = run(&mut call);
        (code, err)
    };
    // Nobody listens there.
    for (cert, key) in [(&chain, &*key), (&both, "")] {
        assert_eq!(call(cert, key).0, 5);
    }
    for (cert, key, says) in [
        (
            &*chain,
            &*other,
            "other.pem: the private key is not that of the first",
        ),
        (&chain, "", "chain.pem: the PEM file holds no private key"),
        (&key, "", "key.pem: the PEM file holds no certificate"),
        (
            "",
            &key,
            "CARDS_CLIENT_KEY_FILE is set without CARDS_CLIENT_CERT_FILE",
        ),
        (
            &chain,
            "/nonexistent/x.pem",
            "CARDS_CLIENT_KEY_FILE: cannot read the file /nonexistent/x.pem",
        ),
    ] {
        let (code, err) = call(cert, key);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(says), "{err}");
    }
}
