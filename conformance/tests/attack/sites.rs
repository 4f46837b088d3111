//! Requests that a browser sends for another site's page, and under a name that such a site has
//! given the sandbox's address.

use std::sync::OnceLock;

use cards_sandbox::Running;
use cards_sandbox::openapi::{Api, document};
use serde_json::Value;

use crate::draws;
use crate::wire::exchange;

/// Lists the requests of the page's own forms. Those of the control API are read from its document.
const OF_THE_PAGE: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/?exchange=1"),
    ("GET", "/_sandbox/page/customers"),
    ("POST", "/_sandbox/page/customers/act"),
    ("POST", "/_sandbox/page/faults"),
    ("POST", "/_sandbox/page/faults/clear"),
    ("POST", "/_sandbox/page/clock/set"),
    ("POST", "/_sandbox/page/events/register"),
    ("POST", "/_sandbox/page/exchanges/forget"),
    ("POST", "/_sandbox/page/reset"),
    ("POST", "/_sandbox/page/checksum"),
];

/// Headers by which a browser says that another site's page asks; a ^ stands for the own host.
const ELSEWHERE: &[&str] = &[
    "origin: http://evil.example",
    "origin: null",
    "origin: https://localhost.evil.example",
    "origin: http://127.0.0.1.evil.example",
    "origin: http://127.0.0.1:1",
    "origin: http://localhost",
    "origin: http://^.evil.example",
    "origin: http://^@evil.example",
    "origin: http://evil.example/^",
    "origin: ^",
    "origin: http:/^",
    "origin: http://",
    "origin: http://^ http://evil.example",
    "origin: file://",
    "origin: chrome-extension://abc",
    "origin:",
    "sec-fetch-site: cross-site",
    "sec-fetch-site: same-site",
    "sec-fetch-site: SAME-ORIGIN",
    "sec-fetch-site:",
    "sec-fetch-site: same-origin, cross-site",
    "sec-fetch-site: cross-site\r\nsec-fetch-site: same-origin",
    "sec-fetch-site: same-origin\r\norigin: http://evil.example",
    "sec-fetch-site: none\r\norigin: null",
    "origin: http://^\r\norigin: http://evil.example",
    "origin: http://evil.example\r\norigin: http://^",
];

/// Names that a site can give any address.
const HOSTS: &[&str] = &[
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil.example:80",
    "localhosts",
    "xlocalhost",
    "localhost..",
    "127.0.0.1.nip.io",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1.evil.example",
    "[::1].evil.example",
    "evil.example#127.0.0.1",
    "evil.example:127",
    "127.0.0.1@evil.example",
    "127.0.0.1\r\nhost: evil.example",
    "evil.example\r\nhost: 127.0.0.1",
    "\u{661}27.0.0.1",
    "localhost,evil.example",
];

/// Every call of the sandbox's own: method and path.
fn calls() -> &'static [(String, String)] {
    static CALLS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    CALLS.get_or_init(|| {
        let own = |(method, path): &(&str, &str)| ((*method).to_owned(), (*path).to_owned());
        let described = control_calls().iter();
        let described = described.map(|(method, path, _)| (method.clone(), path.clone()));
        described.chain(OF_THE_PAGE.iter().map(own)).collect()
    })
}

/// Every call of the control API: method, path with names for its parameters, and whether it takes
/// a body.
pub(crate) fn control_calls() -> &'static [(String, String, bool)] {
    static CALLS: OnceLock<Vec<(String, String, bool)>> = OnceLock::new();
    CALLS.get_or_init(|| {
        let control: Value = serde_json::from_str(&document(Api::Control)).unwrap();
        let paths = control["paths"].as_object().unwrap().iter();
        let calls = paths.flat_map(|(path, item)| {
            let path = path
                .replace("{provider}", "paysafe")
                .replace(['{', '}'], "");
            let methods = item.as_object().unwrap().iter();
            methods.map(move |(method, operation)| {
                let takes = operation.get("requestBody").is_some();
                (method.to_ascii_uppercase(), path.clone(), takes)
            })
        });
        calls.collect()
    })
}

/// Says what is wrong with the answer to the request of a seed: it is to be refused, and to change
/// nothing.
pub(crate) fn wrong_with(sandbox: &Running, seed: u64) -> Option<String> {
    let mut draw = draws(seed);
    let own = sandbox.addr().to_string();
    let is_rebound = draw(2) == 0;
    let calls = calls().iter();
    // To who has another host's name, nothing is shown either.
    let calls: Vec<_> = calls
        .filter(|(method, _)| is_rebound || method != "GET")
        .collect();
    let (method, path) = calls[draw(calls.len())];
    let world = ["", "", "/_worlds/a"][draw(3)];
    let (host, site) = match is_rebound {
        true => (HOSTS[draw(HOSTS.len())], ""),
        false => (&*own, ELSEWHERE[draw(ELSEWHERE.len())]),
    };
    let is_absolute = draw(8) == 0;
    let before = match is_absolute {
        true => format!("http://{}", host.split('\r').next().unwrap_or_default()),
        false => String::new(),
    };
    let site = site.replace('^', &own);
    let kinds = [
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json",
    ];
    let kind = kinds[draw(kinds.len())];
    let body = [r#"{"fault":"lost-reply"}"#, "fault=lost-reply", "{}", ""][draw(4)];
    let length = body.len();
    let lines = [
        format!("{method} {before}{world}{path} HTTP/1.1"),
        format!("host: {host}"),
        site,
        format!("content-type: {kind}"),
        format!("content-length: {length}"),
    ];
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let sent = lines.join("\r\n");
    let answer = exchange(sandbox.addr(), format!("{sent}\r\n\r\n{body}").as_bytes());
    let status = answer.status();
    let is_refused = matches!(status, 400 | 403);
    let is_changed = !sandbox.faults().list().is_empty();
    (!is_refused || is_changed).then(|| format!("{status}, changed {is_changed}: {sent:?}"))
}
