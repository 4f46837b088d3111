//! Decides which proxy a request goes through: one answer for both backends.

use std::net::IpAddr;
use std::sync::Arc;

use http::Uri;
use ipnet::IpNet;

use crate::base_url::is_loopback;
use crate::cause::ConfigError;

/// The proxies that requests go through.
#[derive(Clone)]
pub(crate) struct Proxies {
    http: Option<String>,
    https: Option<String>,
    direct: Arc<Direct>,
}

impl Proxies {
    /// One proxy for both schemes. `None`: it is no URL of an HTTP proxy.
    pub(crate) fn one(url: &str) -> Option<Self> {
        is_http(url).then(|| Self {
            http: Some(url.to_owned()),
            https: Some(url.to_owned()),
            direct: Arc::new(Direct::read("")),
        })
    }

    /// Reads the variables of proxies. `None`: there are none.
    ///
    /// # Errors
    ///
    /// Names the variable that is no URL of an HTTP proxy.
    pub(crate) fn from_vars(
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, ConfigError> {
        let set = |name: &str| var(name).filter(|value| !value.trim().is_empty());
        let first = |names: &[&'static str]| {
            let found = names.iter().find_map(|&name| Some((name, set(name)?)));
            let url = found.map(|(name, value)| url(&value).ok_or_else(|| wrong(name)));
            url.transpose()
        };
        let all = first(&["all_proxy", "ALL_PROXY"])?;
        // A server sets it to a request's header `Proxy` (httpoxy).
        let is_cgi = var("REQUEST_METHOD").is_some();
        let of_http: &[_] = match is_cgi {
            true => &["http_proxy"],
            false => &["http_proxy", "HTTP_PROXY"],
        };
        let http = first(of_http)?.or_else(|| all.clone());
        let https = first(&["https_proxy", "HTTPS_PROXY"])?.or(all);
        let direct = set("no_proxy").or_else(|| set("NO_PROXY"));
        let direct = Direct::read(&direct.unwrap_or_default());
        if direct.is_all || http.is_none() && https.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            http,
            https,
            direct: Arc::new(direct),
        }))
    }

    /// The proxy for plain http.
    pub(crate) fn http(&self) -> Option<&str> {
        self.http.as_deref()
    }

    /// The proxy for https.
    pub(crate) fn https(&self) -> Option<&str> {
        self.https.as_deref()
    }

    /// The proxy for an address. `None`: it is called directly, as this machine always is. A proxy
    /// would take its name for the proxy's own machine, and would be handed card numbers in the
    /// clear, since plain http is taken for this machine.
    pub(crate) fn of(&self, uri: &Uri) -> Option<&str> {
        let is_direct = |host| leads_here(host) || self.direct.has(host);
        if uri.host().is_some_and(is_direct) {
            return None;
        }
        match uri.scheme_str() {
            Some("https") => self.https(),
            _ => self.http(),
        }
    }
}

/// Tells whether a host leads to this machine, however it is written: by a loopback address, or by
/// the name `localhost` or one below it, which are for this machine alone (RFC 6761, 6.3).
fn leads_here(host: &str) -> bool {
    let address = unbracketed(host).parse::<IpAddr>();
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    address.is_ok_and(|address| address.to_canonical().is_loopback())
        || is_loopback(&name)
        || name.ends_with(".localhost")
}

/// The hosts that are called directly, as `no_proxy` lists them: names, each with all below it,
/// addresses, networks such as `10.0.0.0/8`, and a star for all.
struct Direct {
    is_all: bool,
    /// The names in small letters, without the dot that they may begin with.
    names: Vec<String>,
    networks: Vec<IpNet>,
}

impl Direct {
    fn read(list: &str) -> Self {
        let (mut names, mut networks) = (Vec::new(), Vec::new());
        let hosts = || list.split(',').map(str::trim);
        for host in hosts().filter(|host| !host.is_empty()) {
            let bare = unbracketed(host);
            let address = bare.parse::<IpAddr>().map(IpNet::from);
            match address.or_else(|_| bare.parse()) {
                Ok(network) => networks.push(network),
                Err(_) => {
                    let name = host.trim_start_matches('.').trim_end_matches('.');
                    names.push(name.to_ascii_lowercase());
                }
            }
        }
        Self {
            is_all: hosts().any(|host| host == "*"),
            names: names.into_iter().filter(|name| !name.is_empty()).collect(),
            networks,
        }
    }

    fn has(&self, host: &str) -> bool {
        if let Ok(address) = unbracketed(host).parse::<IpAddr>() {
            let mut networks = self.networks.iter();
            return networks.any(|network| network.contains(&address));
        }
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.names.iter().any(|name| {
            let above = host.strip_suffix(name.as_str());
            above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
        })
    }
}

/// An address of IPv6 without its brackets.
fn unbracketed(host: &str) -> &str {
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host)
}

/// The URL of an HTTP proxy, which may be written without its scheme.
fn url(text: &str) -> Option<String> {
    let text = text.trim();
    let url = match text.contains("://") {
        true => text.to_owned(),
        false => format!("http://{text}"),
    };
    is_http(&url).then_some(url)
}

/// Tells whether a proxy is one that both backends speak HTTP to.
fn is_http(url: &str) -> bool {
    let scheme = url.get(..7);
    let uri = url.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
        && host.is_some_and(|host| !host.is_empty())
}

fn wrong(variable: &str) -> ConfigError {
    ConfigError::new(format!(
        "{variable} is not the URL of an HTTP proxy, such as http://proxy.example:3128"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(vars: &[(&str, &str)]) -> Result<Option<Proxies>, String> {
        let find = |name: &str| {
            let var = vars.iter().find(|(var, _)| *var == name)?;
            Some(var.1.to_owned())
        };
        Proxies::from_vars(find).map_err(|error| error.to_string())
    }

    /// The proxies of two addresses.
    fn of(vars: &[(&str, &str)], urls: [&str; 2]) -> [Option<String>; 2] {
        let proxies = proxies(vars).unwrap();
        urls.map(|url| {
            let proxy = proxies.as_ref()?.of(&url.parse().unwrap());
            proxy.map(str::to_owned)
        })
    }

    const BOTH: [&str; 2] = ["http://a.example/x", "https://a.example/x"];

    #[test]
    fn each_scheme_has_its_variable_in_both_cases_and_small_letters_win() {
        for (vars, expected) in [
            (&[][..], [None, None]),
            (&[("http_proxy", "http://p:1")], [Some("http://p:1"), None]),
            (&[("HTTP_PROXY", "http://p:1")], [Some("http://p:1"), None]),
            (&[("https_proxy", "http://p:1")], [None, Some("http://p:1")]),
            (&[("HTTPS_PROXY", "http://p:1")], [None, Some("http://p:1")]),
            (
                &[("https_proxy", "http://p:1"), ("HTTPS_PROXY", "http://q:2")],
                [None, Some("http://p:1")],
            ),
            (
                &[("ALL_PROXY", "http://p:1"), ("https_proxy", "q:2")],
                [Some("http://p:1"), Some("http://q:2")],
            ),
            // Set but empty counts as not set.
            (
                &[("https_proxy", " "), ("HTTPS_PROXY", "http://q:2")],
                [None, Some("http://q:2")],
            ),
            // A server's request must not choose the proxy.
            (
                &[("HTTP_PROXY", "http://p:1"), ("REQUEST_METHOD", "GET")],
                [None, None],
            ),
            (
                &[("http_proxy", "http://p:1"), ("REQUEST_METHOD", "GET")],
                [Some("http://p:1"), None],
            ),
        ] {
            let found = of(vars, BOTH);
            assert_eq!(found, expected.map(|it| it.map(str::to_owned)), "{vars:?}");
        }
    }

    #[test]
    fn hosts_of_no_proxy_are_called_directly() {
        for (no_proxy, direct) in [
            ("a.example", true),
            (".example", true),
            ("example", true),
            ("*", true),
            ("b.example, a.example", true),
            ("b.example", false),
            ("ample", false),
            ("A.Example.", true),
            ("other.a.example", false),
            (".", false),
            (",", false),
            ("", false),
        ] {
            for name in ["no_proxy", "NO_PROXY"] {
                let found = of(&[("all_proxy", "http://p:1"), (name, no_proxy)], BOTH);
                assert_eq!(found.iter().all(Option::is_none), direct, "{no_proxy}");
            }
        }
        let four = ["http://192.0.2.1:8/", "https://10.1.2.3/"];
        for direct in ["*", "192.0.2.1,10.0.0.0/8", "b.example, *"] {
            let found = of(&[("all_proxy", "p:1"), ("no_proxy", direct)], four);
            assert_eq!(found, [None, None], "{direct}");
        }
        let six = ["http://[fd00::1]:8/", "https://[fe80::1]/"];
        for (direct, is_direct) in [
            ("fe80::1,fd00::/8", [true, true]),
            ("[fe80::1]", [false, true]),
            ("fd00::1", [true, false]),
            ("10.0.0.0/8,1", [false, false]),
        ] {
            let found = of(&[("all_proxy", "p:1"), ("no_proxy", direct)], six);
            assert_eq!(found.map(|proxy| proxy.is_none()), is_direct, "{direct}");
        }
        // A name that looks like the end of an address is none of it.
        let found = of(&[("all_proxy", "p:1"), ("no_proxy", "0.2.1")], four);
        assert!(found.iter().all(Option::is_some));
    }

    /// The proxies of a host, as one for all sets them, and as the variables do.
    fn of_host(host: &str) -> [Option<String>; 4] {
        let urls = [format!("http://{host}/"), format!("https://{host}/")];
        let urls = urls.each_ref().map(String::as_str);
        let one = Proxies::one("http://p:1").unwrap();
        let one = urls.map(|url| one.of(&url.parse().unwrap()).map(str::to_owned));
        let [a, b] = of(&[("all_proxy", "http://p:1")], urls);
        let [c, d] = one;
        [a, b, c, d]
    }

    #[test]
    fn this_machine_is_called_directly_however_it_is_written() {
        for here in [
            "localhost",
            "LocalHost:8484",
            "localhost.",
            "a.localhost",
            "A.B.LOCALHOST.:1",
            "127.0.0.1:8484",
            "127.255.255.254",
            "127.0.0.1.",
            "[::1]:8484",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::FFFF:7F00:1]:1",
        ] {
            assert_eq!(of_host(here), [const { None }; 4], "{here}");
        }
        for elsewhere in [
            "localhost.example",
            "notlocalhost",
            "a-localhost",
            "localhost.localdomain",
            "127.0.0.1.example",
            "128.0.0.1",
            "0.0.0.0",
            "10.0.0.1",
            "[::2]",
            "[::127.0.0.1]",
            "[::ffff:10.0.0.1]",
            "[fe80::1]",
        ] {
            let found = of_host(elsewhere);
            assert!(found.iter().all(Option::is_some), "{elsewhere}");
        }
    }

    proptest::proptest! {
        /// A base URL that is taken over plain http goes by no proxy.
        #[test]
        fn plain_http_that_is_taken_goes_by_no_proxy(
            host in "127(\\.[0-9]{1,3}){3}|(a\\.)?localhos[tT]\\.?|\\[[:0]{1,9}[01]\\]",
            port in "(:1)?",
        ) {
            if let Ok(base) = format!("http://{host}{port}").parse::<crate::BaseUrl>() {
                let uri = base.join("/x", &[], &[]).unwrap();
                let one = Proxies::one("http://p:1").unwrap();
                proptest::prop_assert_eq!(one.of(&uri), None);
            }
        }
    }

    #[test]
    fn a_proxy_of_another_kind_is_an_error_that_names_the_variable() {
        for name in [
            "http_proxy",
            "HTTP_PROXY",
            "https_proxy",
            "HTTPS_PROXY",
            "ALL_PROXY",
        ] {
            for value in [
                "socks5://MARKER:1",
                "https://u:MARKER@h",
                "http://",
                "http://MAR KER",
                "ftp://MARKER",
                "://MARKER",
            ] {
                let said = proxies(&[(name, value)]).err().unwrap();
                assert!(
                    said.starts_with(&format!("{name} is not the URL")),
                    "{said}"
                );
                assert!(!said.contains("MARKER"), "{said}");
            }
        }
    }
}
