//! Checks which worlds are not made, and that the refusal says why.

use super::*;

#[test]
fn their_number_has_an_end_and_who_is_refused_is_told_why() {
    let sandbox = with_worlds(2);
    let address = sandbox.addr();
    assert!(registers(address, "/_worlds/a") && registers(address, "/_worlds/b"));
    let full = "this sandbox has 2 worlds beside the first, the most that it may have: remove one \
                with DELETE /_sandbox/worlds/{name}, or raise the limit of worlds (--worlds)";
    let refused = get(address, "/_worlds/c/airpay/x", &[]);
    assert_eq!(status(&refused), 409);
    assert_eq!(json(&refused), json!({"error": full}));
    assert_eq!(sandbox.beside("c").unwrap_err().to_string(), full);
    assert!(sandbox.beside("c").unwrap_err().is_settings());
    // The first one has it in its journal.
    assert_eq!(sandbox.exchanges().last().unwrap().verdict, full);

    let remove = |name: &str| {
        let target = format!("/_sandbox/worlds/{name}");
        exchange(address, request("DELETE", &target, &[], "").as_bytes())
    };
    let removed = json(&remove("a"));
    assert_eq!(
        removed,
        json!({"name": "a", "path": "/_worlds/a", "exchanges": 1})
    );
    assert_eq!(status(&remove("a")), 404);
    assert_eq!(status(&remove("nobody's")), 404);
    assert_eq!(names(address), ["b"]);
    // There is room again, and a name that was used leads to a new world.
    assert!(
        registers(address, "/_worlds/a"),
        "it has forgotten the first"
    );
    assert!(!registers(address, "/_worlds/b"), "it has not");

    let none = with_worlds(0);
    let refused = get(none.addr(), "/_worlds/a/airpay/x", &[]);
    assert_eq!(status(&refused), 409);
    assert!(
        refused.contains("has no worlds beside the first"),
        "{refused}"
    );
}

#[test]
fn what_is_no_name_is_told_so() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    let long = "x".repeat(65);
    for name in ["", "-", ".", "..", "%61", "a%20b", &long] {
        let answer = get(address, &format!("/_worlds/{name}/airpay/x"), &[]);
        assert_eq!(status(&answer), 404, "{name}");
        assert!(
            answer.contains("the name of a world has 1 to 64"),
            "{answer}"
        );
        let error = sandbox.beside(name).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the name of a world has 1 to 64")
        );
    }
    assert!(names(address).is_empty());
    // Within a world there are none.
    let answer = get(address, "/_worlds/a/_worlds/b/airpay/x", &[]);
    assert_eq!(status(&answer), 404);
    assert_eq!(names(address), ["a"]);
    assert_eq!(status(&get(address, "/_worlds", &[])), 404);
}

/// Checks that a page of another site cannot fill the places, and that a page that is left open does
/// not bring back a world.
#[test]
fn a_browser_makes_no_world_for_another_site_or_for_a_stream() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    for (header, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://other.example"),
        ("origin", "null"),
    ] {
        for path in ["/", "/airpay/x", "/_sandbox/health"] {
            let answer = get(address, &format!("/_worlds/a{path}"), &[(header, value)]);
            assert_eq!(status(&answer), 403, "{header}: {value}: {answer}");
            assert!(
                answer.contains("another site's page makes no world"),
                "{answer}"
            );
        }
    }
    let stream = [
        ("accept", "text/event-stream"),
        ("sec-fetch-site", "same-origin"),
    ];
    let answer = get(address, "/_worlds/a/_sandbox/exchanges?after=0", &stream);
    assert_eq!(status(&answer), 404, "{answer}");
    assert!(names(address).is_empty());
    // What is there is served to whom it is served in the first world.
    let own = [("sec-fetch-site", "same-origin")];
    assert_eq!(status(&get(address, "/_worlds/a/", &own)), 200);
    let other = [("sec-fetch-site", "cross-site")];
    assert_eq!(status(&get(address, "/_worlds/a/airpay/x", &other)), 404);
    assert_eq!(names(address), ["a"]);
}

/// A request in HTTP/1.1 with these lines for headers.
fn raw(address: SocketAddr, line: &str, headers: &[&str]) -> String {
    let headers: String = headers.iter().map(|one| format!("{one}\r\n")).collect();
    let end = match headers.contains("chunked") {
        true => "0\r\n\r\n",
        false => "",
    };
    let sent = format!("{line} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n{end}");
    exchange(address, sent.as_bytes())
}

/// Checks that what no world would answer fills no place, whoever's the path is.
#[test]
fn no_request_that_is_refused_unread_makes_a_world() {
    let mut limits = Limits::default();
    limits.worlds = 2;
    let builder = Sandbox::builder().limits(limits).allow_host("sandbox.test");
    let sandbox = builder.start_blocking().unwrap();
    let address = sandbox.addr();
    let own = "host: 127.0.0.1";
    let refused: [(&[&str], u16); 16] = [
        (&[], 400),
        (&["host:"], 400),
        (&["host: a b"], 400),
        (&["host: u@localhost"], 400),
        (&[own, own], 400),
        (&[own, "transfer-encoding: gzip, chunked"], 400),
        (
            &[
                own,
                "transfer-encoding: chunked",
                "transfer-encoding: chunked",
            ],
            400,
        ),
        (&["host: evil.example:18471"], 403),
        (&["host: sandbox.test.evil.example"], 403),
        (&["host: other.test"], 403),
        (&["host: 127.0.0.1.evil.example"], 403),
        (&[own, "origin: http://other.example"], 403),
        (&[own, "origin: null"], 403),
        (&[own, "sec-fetch-site: cross-site"], 403),
        (&["host: evil.example", "origin: http://evil.example"], 403),
        (
            &[
                own,
                "sec-fetch-site: same-origin",
                "accept: text/event-stream",
            ],
            404,
        ),
    ];
    let paths = [
        "/",
        "/_sandbox/health",
        "/_sandbox/world",
        "/airpay/ms/cards/api/user-login",
        "/customers/12345678/prepaid/cards",
        "/api/v1/customer/cards/byuser",
        "/nobodys",
    ];
    for (at, (headers, expected)) in refused.iter().enumerate() {
        for path in paths {
            for method in ["GET", "POST"] {
                let line = format!("{method} /_worlds/w{at}{path}");
                let answer = raw(address, &line, headers);
                assert_eq!(status(&answer), *expected, "{line} {headers:?}: {answer}");
            }
        }
    }
    for (line, expected) in [
        ("GET http://evil.example/_worlds/w/_sandbox/health", 403),
        ("GET http://evil.example/_worlds/w/airpay/x", 403),
        ("GET /_worlds/w/airpay/x%f", 400),
        ("GET /_worlds/w/_sandbox/health?%ff", 400),
    ] {
        assert_eq!(status(&raw(address, line, &[own])), expected, "{line}");
    }
    assert!(names(address).is_empty());
    // Of those that are left, each makes one; what is there answers to whom it did before.
    for (name, host) in [("a", "host: sandbox.test"), ("b", own)] {
        let line = format!("GET /_worlds/{name}/_sandbox/health");
        assert_eq!(status(&raw(address, &line, &[host])), 200, "{host}");
    }
    let line = "GET /_worlds/a/airpay/x";
    assert_eq!(status(&raw(address, line, &["host: evil.example"])), 404);
    assert_eq!(names(address), ["a", "b"]);
}
