//! Which proxy a request goes through: one answer for both backends.

use std::sync::Arc;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::cause::ConfigError;

/// The proxies of an environment.
#[derive(Clone)]
pub(crate) struct Proxies {
    http: Option<String>,
    https: Option<String>,
    /// Finds all hosts but those that are called directly.
    not_direct: Arc<Matcher>,
}

impl Proxies {
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
        let direct = direct.unwrap_or_default();
        // The matcher takes a star for all names, and not for all addresses.
        let is_all = direct.split(',').any(|host| host.trim() == "*");
        if is_all || http.is_none() && https.is_none() {
            return Ok(None);
        }
        let not_direct = Matcher::builder().all("http://any").no(direct);
        Ok(Some(Self {
            http,
            https,
            not_direct: Arc::new(not_direct.build()),
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

    /// The proxy for an address. `None`: it is called directly.
    pub(crate) fn of(&self, uri: &Uri) -> Option<&str> {
        self.not_direct.intercept(uri)?;
        match uri.scheme_str() {
            Some("https") => self.https(),
            _ => self.http(),
        }
    }
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

/// Whether a proxy is one that both backends speak HTTP to.
pub(crate) fn is_http(url: &str) -> bool {
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
            ("", false),
        ] {
            for name in ["no_proxy", "NO_PROXY"] {
                let found = of(&[("all_proxy", "http://p:1"), (name, no_proxy)], BOTH);
                assert_eq!(found.iter().all(Option::is_none), direct, "{no_proxy}");
            }
        }
        let here = ["http://127.0.0.1:8/", "https://10.1.2.3/"];
        for direct in ["*", "127.0.0.1,10.0.0.0/8", "b.example, *"] {
            let found = of(&[("all_proxy", "p:1"), ("no_proxy", direct)], here);
            assert_eq!(found, [None, None], "{direct}");
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
