//! Checks who may call the control API and the page.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::Sandbox;
use crate::testing::{Harness, request};

#[test]
fn an_allowed_host_is_a_plain_name() {
    for good in ["sandbox", "sandbox.test", "a-1.b_2.test"] {
        assert!(Sandbox::builder().allow_host(good).app().is_ok(), "{good}");
    }
    for bad in [
        "",
        "a b",
        "sandbox.test:80",
        "http://a",
        "a..b",
        ".a",
        "é",
        "*",
    ] {
        let Err(error) = Sandbox::builder().allow_host(bad).app() else {
            panic!("{bad} is taken");
        };
        assert!(error.is_settings());
    }
}

const OTHER_HOST: &str = "Host: neither an address, nor localhost, nor a name that this \
                          sandbox was told to answer to";

#[tokio::test]
async fn under_another_name_only_the_providers_answer() {
    let sandbox = Harness::with(Sandbox::builder().allow_host("sandbox.test"));
    let evil = [("host", "evil.example")];
    for path in [
        "/",
        "/_sandbox/world",
        "/_sandbox/exchanges",
        "/_sandbox/other",
    ] {
        for method in ["GET", "POST", "DELETE", "HEAD"] {
            let reply = sandbox.send(request(method, path, &evil, "")).await;
            assert_eq!(reply.status, 403, "{method} {path}");
            let refusal = format!(r#"{{"error":"{OTHER_HOST}"}}"#);
            let body = if method == "HEAD" { "" } else { &refusal };
            assert_eq!(reply.body, body, "{method} {path}");
        }
        let two = [("host", "127.0.0.1"), evil[0]];
        assert_eq!(sandbox.get(path, &two).await.status, 400, "it is no HTTP");
        let absolute = format!("http://evil.example{path}");
        assert_eq!(sandbox.get(&absolute, &[]).await.status, 403);
    }
    for own in ["127.0.0.1:1", "localhost", "sandbox.test:8484"] {
        assert_eq!(sandbox.get("/", &[("host", own)]).await.status, 200);
    }
    let card = "/customers/12345678/prepaid/cards";
    let headers = [evil[0], ("authorization", "Bearer sandbox-paysafe-token")];
    assert_eq!(sandbox.get(card, &headers).await.status, 200);
}

#[tokio::test]
async fn only_our_own_page_and_programs_change_something() {
    let sandbox = Harness::new();
    let host = ("host", "127.0.0.1:8484");
    let refused = [
        ("sec-fetch-site", "cross-site", "Sec-Fetch-Site"),
        ("sec-fetch-site", "same-site", "Sec-Fetch-Site"),
        ("sec-fetch-site", "", "Sec-Fetch-Site"),
        ("origin", "null", "Origin"),
        ("origin", "http://evil.example", "Origin"),
        ("origin", "http://127.0.0.1", "Origin"),
        ("origin", "http://127.0.0.1:8485", "Origin"),
        ("origin", "http://localhost:8484", "Origin"),
        ("origin", "ftp://127.0.0.1:8484", "Origin"),
    ];
    for (name, value, named) in refused {
        let headers = [host, (name, value)];
        let delete = request("DELETE", "/_sandbox/exchanges", &headers, "");
        let reply = sandbox.send(delete).await;
        assert_eq!(reply.status, 403, "{name}: {value}");
        assert_eq!(
            reply.body,
            format!(r#"{{"error":"{named}: a request from another site's page"}}"#)
        );
        // Reading is no change, and the answer is kept from the other site
        // by the browser.
        assert_eq!(
            sandbox.get("/_sandbox/exchanges", &headers).await.status,
            200
        );
    }
    for headers in [
        &[host][..],
        &[],
        &[
            host,
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://127.0.0.1:8484"),
        ],
        &[host, ("sec-fetch-site", "none")],
        &[host, ("origin", "https://127.0.0.1:8484")],
    ] {
        let delete = request("DELETE", "/_sandbox/exchanges", headers, "");
        assert_eq!(sandbox.send(delete).await.status, 200, "{headers:?}");
    }
    let login = "/api/v1/public/auth/login";
    let elsewhere = [
        ("sec-fetch-site", "cross-site"),
        ("origin", "http://evil.example"),
    ];
    assert_eq!(sandbox.post(login, &elsewhere, "{}").await.status, 400);
}

/// The paths of the sandbox's own, as the router has them.
fn own_paths(sandbox: &Harness) -> BTreeSet<String> {
    let router = format!("{:?}", sandbox.router());
    let quoted = router.split('"').skip(1).step_by(2);
    let own = quoted.filter(|path| *path == "/" || path.starts_with("/_sandbox"));
    own.map(|path| {
        path.replace("{provider}", "paysafe")
            .replace(['{', '}'], "")
    })
    .collect()
}

/// Sends a request by a socket, and gives status and body.
fn send(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

/// Holds for any path, method, body and world.
#[test]
fn no_other_sites_page_changes_anything_on_any_path() {
    let paths = own_paths(&Harness::new());
    for known in [
        "/_sandbox/page/reset",
        "/_sandbox/page/customers/act",
        "/_sandbox/page/clock/set",
        "/_sandbox/page/faults",
        "/_sandbox/page/checksum",
        "/_sandbox/world",
        "/_sandbox/faults",
        "/_sandbox/worlds/name",
        "/_sandbox/world/paysafe/customers/id",
    ] {
        assert!(paths.contains(known), "{known} is none of {paths:?}");
    }
    let sandbox = Sandbox::start_blocking().unwrap();
    let address = sandbox.addr();
    sandbox.beside("a").unwrap().clock().freeze();
    sandbox.clock().freeze();
    let state = || {
        let of = |prefix: &str, list: &str| {
            let target = format!("{prefix}/_sandbox/{list}");
            let (_, shown) = send(address, "GET", &target, "", "");
            // How far a clock that stands is from the real one grows by itself.
            let fields = shown.split(',').map(str::to_owned);
            let fields = fields.filter(|field| !field.contains("\"ahead\":"));
            fields.collect::<Vec<_>>()
        };
        let lists = [
            "world/file",
            "receivers",
            "faults",
            "delivery-faults",
            "events",
            "clock",
            "exchanges",
            "worlds",
        ];
        ["", "/_worlds/a"].map(|prefix| lists.map(|list| of(prefix, list)))
    };
    let before = state();
    let forms = [
        ("application/json", "{}"),
        ("application/x-www-form-urlencoded", "a=b"),
        ("text/plain", "{}"),
    ];
    for path in &paths {
        for prefix in ["", "/_worlds/a"] {
            for method in ["POST", "PUT", "PATCH", "DELETE"] {
                let target = format!("{prefix}{path}");
                for elsewhere in [
                    "origin: http://evil.example\r\n",
                    "origin: null\r\n",
                    "sec-fetch-site: cross-site\r\n",
                    "sec-fetch-site: same-site\r\n",
                ] {
                    let (content_type, body) = forms[target.len() % forms.len()];
                    let headers = format!("{elsewhere}content-type: {content_type}\r\n");
                    let (status, _) = send(address, method, &target, &headers, body);
                    assert_eq!(status, 403, "{method} {target} {elsewhere}");
                }
            }
        }
    }
    assert_eq!(state(), before);
}
