//! A failure is told with all its causes, and with a hint that fits.

use std::fs;

use conformance::server::Reaction;

use super::tls::TlsServer;
use super::{BACKENDS, CHANGE, NOBODY, READ, always, call_at, json_reply};
use crate::{run, sandbox};

/// Makes a call that fails for its exit code, its causes and its hint.
fn told(
    url: &str,
    call: &[&str],
    backend: &str,
    ca_file: Option<&str>,
) -> (i32, Vec<String>, String) {
    let mut command = call_at(url, call, backend);
    command.args(["--timeout=20", "--output=json"]);
    if let Some(ca_file) = ca_file {
        command.env("CARDS_CA_FILE", ca_file);
    }
    let (code, _, err) = run(&mut command);
    let error: serde_json::Value = serde_json::from_str(&err).unwrap();
    let causes = error["causes"].as_array().unwrap().iter();
    let causes = causes.map(|cause| cause.as_str().unwrap().to_owned());
    let hint = error["hint"].as_str().unwrap_or_default().to_owned();
    (code, causes.collect(), hint)
}

#[test]
fn a_name_that_leads_nowhere() {
    for backend in BACKENDS {
        let url = "https://no-such-host.invalid";
        let (code, causes, hint) = told(url, READ, backend, None);
        assert_eq!(code, 5, "{causes:?}");
        let last = causes.last().unwrap();
        assert!(
            last.contains("failed to lookup address information: "),
            "{causes:?}"
        );
        assert_eq!(
            hint,
            "is the name no-such-host.invalid right? `getent hosts no-such-host.invalid` looks it \
             up; --base-url is https://no-such-host.invalid"
        );
    }
}

#[test]
fn nobody_who_listens() {
    for backend in BACKENDS {
        for call in [READ, CHANGE] {
            let (code, causes, hint) = told(NOBODY, call, backend, None);
            assert_eq!(code, 5);
            assert!(
                causes.last().unwrap().contains("Connection refused"),
                "{causes:?}"
            );
            assert_eq!(
                hint,
                "is the server up, and is the address right? --base-url is http://127.0.0.1:1"
            );
        }
        let mut command = call_at(NOBODY, READ, backend);
        // Where the address comes from is where to change it.
        command.env(
            "CARDS_PAYSAFE_BASE_URL",
            "http://127.0.0.1:1/from-a-variable",
        );
        let (_, _, err) = run(&mut command);
        assert!(err.contains("--base-url is http://127.0.0.1:1\n"), "{err}");
    }
    let mut command = crate::cards(READ);
    command
        .env("CARDS_PAYSAFE_TOKEN", "t")
        .env("CARDS_PAYSAFE_BASE_URL", NOBODY);
    let (_, _, err) = run(&mut command);
    assert!(
        err.contains("? CARDS_PAYSAFE_BASE_URL is http://127.0.0.1:1\n"),
        "{err}"
    );
}

/// The connection is made to the proxy, and so it is what cannot be reached.
#[test]
fn a_proxy_that_cannot_be_reached_or_lets_nothing_through() {
    let refusing = always(json_reply("403 Forbidden", "{}"));
    for backend in BACKENDS {
        for (proxy, target, wanted) in [
            (
                "http://asha:MARKER@no-such-host.invalid:3128".to_owned(),
                "https://cards.invalid",
                "is the name no-such-host.invalid of the proxy right? `getent hosts no-such-host.invalid` \
                 looks it up; {} is http://no-such-host.invalid:3128"
                    .to_owned(),
            ),
            (
                "http://asha:MARKER@127.0.0.1:1".to_owned(),
                "https://cards.invalid",
                "is the proxy up, and is its address right? {} is http://127.0.0.1:1".to_owned(),
            ),
            (
                refusing.url(),
                "https://cards.invalid",
                format!("does the proxy let calls to cards.invalid through? {{}} is {}", refusing.url()),
            ),
        ] {
            let mut of_variable = call_at(target, READ, backend);
            of_variable.env("CARDS_PROXY", &proxy);
            let mut of_environment = call_at(target, READ, backend);
            of_environment.args(["--proxy", "env"]).env("all_proxy", &proxy);
            for (mut command, set_by) in [
                (of_variable, "CARDS_PROXY"),
                (of_environment, "--proxy is env, and the proxy"),
            ] {
                let (code, _, err) = run(command.arg("--timeout=20"));
                assert_eq!(code, 5, "{err}");
                let hint = format!("  hint: {}\n", wanted.replace("{}", set_by));
                assert!(err.ends_with(&hint) && !err.contains("MARKER"), "{backend}: {err}");
            }
        }
        // What does not go through it is not its fault.
        for (target, direct) in [(NOBODY, ""), ("https://cards.invalid", ".invalid")] {
            let mut command = call_at(target, READ, backend);
            command
                .args(["--proxy=env"])
                .env("all_proxy", refusing.url())
                .env("no_proxy", direct);
            let (_, _, err) = run(&mut command);
            assert!(err.ends_with(&format!("--base-url is {target}\n")), "{err}");
        }
    }
}

#[test]
fn certificates_that_are_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, pem: &str| {
        let path = folder.path().join(name);
        fs::write(&path, pem).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = TlsServer::start("127.0.0.1", 1, 2);
    let elsewhere = TlsServer::start("elsewhere.example", 1, 2);
    let expired = TlsServer::start("127.0.0.1", 9, 2);
    let early = TlsServer::start("127.0.0.1", -7, 2);
    let own = |server: &TlsServer, name: &str| Some(file(name, &server.authority));
    let names_a_file =
        "CARDS_CA_FILE names a PEM file of certificates to trust in place of the usual";
    for (server, trusted, cause, wanted) in [
        (&good, None, "UnknownIssuer", names_a_file),
        (
            &good,
            own(&elsewhere, "other.pem"),
            "UnknownIssuer",
            "CARDS_CA_FILE names the only certificates that are trusted, and none fits",
        ),
        (
            &elsewhere,
            own(&elsewhere, "elsewhere.pem"),
            "elsewhere.example",
            "the certificate is not for 127.0.0.1: is the address right? --base-url is ",
        ),
        (
            &expired,
            own(&expired, "expired.pem"),
            "certificate expired",
            "is the clock of this machine right? ",
        ),
        (
            &early,
            own(&early, "early.pem"),
            "certificate not valid yet",
            "is the clock of this machine right? ",
        ),
    ] {
        let url = format!("https://{}", server.address);
        for backend in BACKENDS {
            for call in [READ, CHANGE] {
                let (code, causes, hint) = told(&url, call, backend, trusted.as_deref());
                assert_eq!(code, 5, "{causes:?}");
                assert!(
                    causes.iter().any(|text| text.contains(cause)),
                    "{backend}: {causes:?}"
                );
                assert!(hint.starts_with(wanted), "{hint}");
            }
        }
    }
    let url = format!("https://{}", good.address);
    let trusted = own(&good, "good.pem").unwrap();
    for backend in BACKENDS {
        let mut command = call_at(&url, READ, backend);
        let (code, _, err) = run(command.env("CARDS_CA_FILE", &trusted));
        assert_eq!((code, &*err), (0, ""));
    }
}

#[test]
fn the_wrong_scheme() {
    let tls = TlsServer::start("127.0.0.1", 1, 2);
    let plain = sandbox();
    // Many a server says it in plain words.
    let words = "<html>400 The plain HTTP request was sent to HTTPS port</html>";
    let says_so = always(json_reply("400 Bad Request", words));
    let gone = always(Reaction::SendAndReset(Vec::new()));
    let binary = always(Reaction::SendAndClose(
        b"\x15\x03\x01\x00\x02\x02\x46".to_vec(),
    ));
    for backend in BACKENDS {
        for call in [READ, CHANGE] {
            let https = "does the server speak https there? then write https://; --base-url is ";
            let url = format!("http://{}", tls.address);
            let (_, causes, hint) = told(&url, call, backend, None);
            // Where the server's alert is lost with the connection, nothing
            // tells that from a change that took effect.
            if call == READ || !hint.is_empty() {
                assert_eq!(hint, format!("{https}{url}"), "{backend}: {causes:?}");
            }
            for url in [says_so.url(), binary.url()] {
                let (_, causes, hint) = told(&url, call, backend, None);
                assert_eq!(hint, format!("{https}{url}"), "{backend}: {causes:?}");
            }
            // A change that may have taken effect is tried at no other address.
            let (_, causes, hint) = told(&gone.url(), call, backend, None);
            assert_eq!(
                hint.is_empty(),
                call == CHANGE,
                "{backend}: {causes:?}: {hint}"
            );
            let url = format!("https://{}", plain.addr());
            let (code, causes, hint) = told(&url, call, backend, None);
            assert_eq!(code, 5, "{causes:?}");
            let http = "does the server speak plain http there? then write http://; --base-url is ";
            assert_eq!(hint, format!("{http}{url}"), "{backend}: {causes:?}");
        }
    }
}

#[test]
fn a_server_that_takes_its_time() {
    let server = always(Reaction::SendAndStall(Vec::new()));
    for backend in BACKENDS {
        let mut command = call_at(&server.url(), READ, backend);
        let (code, _, err) = run(command.arg("--timeout=1.5"));
        assert_eq!(code, 5);
        assert!(
            err.contains("hint: --timeout SECONDS waits longer than 1.5, where it is the server"),
            "{err}"
        );
    }
}

#[test]
fn no_value_of_a_request_is_in_a_cause() {
    for backend in BACKENDS {
        for url in [NOBODY, "https://no-such-host.invalid"] {
            let call = ["paysafe", "prepaid-cards", "--customer-id=MARKER7141"];
            let (_, _, err) = run(&mut call_at(url, &call, backend));
            assert!(!err.contains("MARKER7141"), "{err}");
        }
    }
}
