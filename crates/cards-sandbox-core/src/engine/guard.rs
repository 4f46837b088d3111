//! Keeps web sites that a developer visits away from the sandbox's own paths:
//! the page at `/` and `/_sandbox/...`.
//!
//! A browser lets any site send requests to this machine. So a request that
//! changes something must come from the sandbox's own page or from no page at
//! all, and a request must name the sandbox by an address or by a name that no
//! site can give itself (DNS rebinding). The providers' paths are served to
//! anybody, as the real ones are.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::engine::answer::Rejection;
use crate::engine::app::App;
use crate::engine::intake::{is_plainly_coded, is_well_encoded};
use crate::engine::problem;
use crate::engine::surface::Surface;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Stands around every route: refuses with 403.
pub(crate) async fn protect(State(app): State<App>, request: Request, next: Next) -> Response {
    let surface = request.extensions().get();
    if matches!(surface, None | Some(Surface::Own)) {
        let authority = request.uri().authority();
        let allowed = &app.config.allowed_hosts;
        if let Err(why) = judge(request.method(), authority, request.headers(), allowed) {
            tracing::warn!(why, "a request was refused");
            return problem::problem(StatusCode::FORBIDDEN, why.to_owned()).into_response();
        }
    }
    next.run(request).await
}

fn judge(
    method: &Method,
    authority: Option<&Authority>,
    headers: &HeaderMap,
    allowed: &[String],
) -> Result<(), &'static str> {
    if let Some(why) = under_another_name(authority, headers, allowed) {
        return Err(why);
    }
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    match elsewhere(headers) {
        Some(why) => Err(why),
        None => Ok(()),
    }
}

/// Says that a request names the sandbox by a name that a site could give itself. `None`: it does
/// not.
pub(crate) fn under_another_name(
    authority: Option<&Authority>,
    headers: &HeaderMap,
    allowed: &[String],
) -> Option<&'static str> {
    let mut hosts = headers.get_all(HOST).iter().map(|host| host.to_str().ok());
    // A client that sends no host is no browser.
    let is_ours = |host: &str| is_own_host(host, allowed);
    let is_own = hosts.all(|host| host.is_some_and(is_ours))
        && authority.is_none_or(|authority| is_ours(authority.as_str()));
    (!is_own).then_some(
        "Host: neither an address, nor localhost, nor a name that this sandbox was told to answer \
         to",
    )
}

/// Says which header tells that another site's page sends this. `None`: neither does.
pub(crate) fn elsewhere(headers: &HeaderMap) -> Option<&'static str> {
    let site = headers.get_all(SEC_FETCH_SITE).iter();
    if !site
        .into_iter()
        .all(|site| site == "same-origin" || site == "none")
    {
        return Some("Sec-Fetch-Site: a request from another site's page");
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let mut origins = headers.get_all(ORIGIN).iter();
    if !origins.all(|origin| is_own_origin(origin.to_str().ok(), host)) {
        return Some("Origin: a request from another site's page");
    }
    None
}

/// Tells whether a browser's stream of the page asks, and no other program.
pub(crate) fn is_followed_by_a_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_stream = accept.is_some_and(|accept| accept.contains("text/event-stream"));
    is_stream && headers.contains_key(SEC_FETCH_SITE)
}

/// Tells whether a name can be allowed: letters, digits, dots and hyphens.
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !part.is_empty() && part.bytes().all(plain)
    };
    name.len() <= 253 && name.split('.').all(is_part)
}

/// An address, `localhost` or below it, or an allowed name; with any port.
fn is_own_host(host: &str, allowed: &[String]) -> bool {
    let Some((name, port)) = split_port(host) else {
        return false;
    };
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if let Some(address) = name.strip_prefix('[') {
        let address = address.strip_suffix(']').unwrap_or_default();
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name.parse::<Ipv4Addr>().is_ok()
        || name == "localhost"
        || (name.ends_with(".localhost") && is_name(&name))
        || allowed
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(&name))
}

/// Says why nobody reads a request: another reader could see another end of its body, it names no
/// host, or it is not even text. `None`: it can be read. `target` is its path and query.
pub(crate) fn unreadable(version: Version, headers: &HeaderMap, target: &str) -> Option<Rejection> {
    if !is_plainly_coded(headers) {
        Some(Rejection::Coding)
    } else if !is_host_well_named(version, headers) {
        Some(Rejection::Host)
    } else if !is_well_encoded(target.as_bytes()) {
        Some(Rejection::Encoding)
    } else {
        None
    }
}

/// Tells whether a request names its host as HTTP requires: HTTP/1.1 once, older HTTP at most once,
/// and each time by a name or an address.
fn is_host_well_named(version: Version, headers: &HeaderMap) -> bool {
    let hosts: Vec<_> = headers.get_all(HOST).iter().collect();
    match hosts[..] {
        [] => version < Version::HTTP_11,
        [host] => host.to_str().is_ok_and(is_host),
        _ => false,
    }
}

/// Tells whether a text is a name or an address, with a port or without.
fn is_host(host: &str) -> bool {
    let authority = host.parse::<Authority>();
    let is_host = |it: &Authority| !it.host().is_empty() && !it.as_str().contains('@');
    let port = split_port(host).map(|(_, port)| port.parse::<u16>().is_ok() || port.is_empty());
    authority.is_ok_and(|it| is_host(&it)) && port == Some(true)
}

/// A host and its port, which may be empty.
fn split_port(host: &str) -> Option<(&str, &str)> {
    if host.starts_with('[') {
        let (address, port) = host.split_at(host.find(']')? + 1);
        return match port.strip_prefix(':') {
            Some(port) => Some((address, port)),
            None => port.is_empty().then_some((address, "")),
        };
    }
    Some(host.split_once(':').unwrap_or((host, "")))
}

/// Tells whether an origin is the very host and port that is asked, over HTTP or TLS.
fn is_own_origin(origin: Option<&str>, host: Option<&str>) -> bool {
    let authority = origin.and_then(|origin| {
        origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"))
    });
    match (authority, host) {
        (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn what_another_sites_page_can_send_is_turned_away() {
        let allowed = ["sandbox.example".to_owned()];
        let judged = |method: Method, all: &[(&'static str, &'static str)]| {
            let verdict = judge(&method, None, &headers(all), &allowed);
            verdict.map_err(|why| why.split(':').next().unwrap_or_default())
        };
        let own = [("host", "127.0.0.1:8484")];
        for method in [Method::GET, Method::POST, Method::DELETE] {
            assert_eq!(judged(method.clone(), &own), Ok(()));
            assert_eq!(
                judged(method.clone(), &[("host", "sandbox.example")]),
                Ok(())
            );
            assert_eq!(judged(method.clone(), &[]), Ok(()), "no browser");
            // A name that a site gives itself (DNS rebinding).
            let other = [("host", "evil.example")];
            assert_eq!(judged(method.clone(), &other), Err("Host"));
            assert_eq!(judged(method, &[own[0], other[0]]), Err("Host"));
        }
        let site = [own[0], ("sec-fetch-site", "cross-site")];
        let origin = [own[0], ("origin", "http://evil.example")];
        assert_eq!(judged(Method::POST, &site), Err("Sec-Fetch-Site"));
        assert_eq!(judged(Method::POST, &origin), Err("Origin"));
        let same = [
            own[0],
            ("origin", "http://127.0.0.1:8484"),
            ("sec-fetch-site", "same-origin"),
        ];
        assert_eq!(judged(Method::POST, &same), Ok(()));
        // It shows nothing to a page that may not read it.
        assert_eq!(judged(Method::GET, &site), Ok(()));
        let authority = "evil.example".parse().unwrap();
        assert!(judge(&Method::GET, Some(&authority), &headers(&own), &allowed).is_err());
    }

    #[test]
    fn a_request_names_its_host_once() {
        let named = |version, all: &[(&'static str, &'static str)]| {
            is_host_well_named(version, &headers(all))
        };
        let (one, two) = ([("host", "a")], [("host", "a"), ("host", "a")]);
        for (version, without) in [(Version::HTTP_10, true), (Version::HTTP_11, false)] {
            assert_eq!(named(version, &[]), without);
            assert!(named(version, &one));
            assert!(!named(version, &two) && !named(version, &[("host", "a b")]));
        }
    }

    #[test]
    fn hosts_that_http_takes_and_others() {
        for host in [
            "a",
            "a.b-c_d.example",
            "a:",
            "a:0",
            "a:65535",
            "1.2.3.4:80",
            "[::1]",
            "[::1]:8484",
            "[::1]:",
            "xn--bcher-kva.example:1",
        ] {
            assert!(is_host(host), "{host}");
        }
        for other in [
            "", ":", ":80", " ", "a b", "a:b", "a:65536", "a:-1", "a:1:2", "::1", "[::1", "[]x",
            "[::1]x", "u@a", "u:p@a:1", "a/b", "a?b", "a#b", "http://a", "a,b", "<a>", "a\\b",
            "\u{e9}",
        ] {
            // A comma is allowed in a registered name.
            assert_eq!(is_host(other), other == "a,b", "{other}");
        }
    }

    #[test]
    fn own_hosts_and_others() {
        let allowed = ["sandbox.test".to_owned()];
        for own in [
            "127.0.0.1",
            "127.0.0.1:8484",
            "192.168.1.7:80",
            "[::1]",
            "[::1]:8484",
            "localhost",
            "LOCALHOST:8484",
            "localhost.:8484",
            "a.b.localhost:1",
            "Sandbox.Test:8484",
            "sandbox.test",
        ] {
            assert!(is_own_host(own, &allowed), "{own}");
        }
        for other in [
            "",
            "evil.example",
            "evil.example:8484",
            "localhost.evil.example",
            "evillocalhost",
            ".localhost",
            "a..localhost",
            "127.0.0.1.evil.example",
            "127.0.0.1@evil.example",
            "127.0.0.1:8484@evil.example",
            "evil.example:127.0.0.1",
            "127.1",
            "0x7f.0.0.1",
            "2130706433",
            "[::1",
            "[::1]evil.example",
            "[evil.example]",
            "::1",
            "test",
            "sub.sandbox.test",
        ] {
            assert!(!is_own_host(other, &allowed), "{other}");
        }
    }
}
