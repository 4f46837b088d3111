//! The address of a provider.

use std::borrow::Cow;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::cause::ConfigError;

/// The address that a provider's documented paths are appended to.
///
/// Card data travels over `https`; plain `http` is taken for this machine
/// only, which no call reaches by a proxy, unless asked for with
/// [`BaseUrl::insecure`].
///
/// ```
/// use cards_transport::BaseUrl;
///
/// assert!("https://kraken.airpay.co.in".parse::<BaseUrl>().is_ok());
/// assert!("http://127.0.0.1:8080".parse::<BaseUrl>().is_ok());
/// let refused = "http://kraken.airpay.co.in".parse::<BaseUrl>().unwrap_err();
/// assert_eq!(refused.to_string(), "plain http is for this machine only; use https");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    /// The parts, read once and not for each call.
    scheme: Scheme,
    authority: Authority,
    prefix: String,
}

/// The reason why a text is no base URL. It shows no part of the text, which
/// may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// The text is not a URL with a scheme and a host.
    #[error("not a URL with a scheme and a host")]
    NotAUrl,
    /// A space or a control character.
    #[error("a URL holds no space and no control character")]
    Space,
    /// The port is not between 1 and 65535.
    #[error("the port is not a number between 1 and 65535")]
    Port,
    /// The scheme is neither `https` nor `http`.
    #[error("the scheme must be https")]
    Scheme,
    /// Plain `http` to another machine.
    #[error("plain http is for this machine only; use https")]
    PlainHttp,
    /// A path that libraries read in more than one way.
    #[error(
        "the path of a base URL has no step . or .., and writes all but letters, digits and \
         -._~!$&'()*+,;=:@ as %XX"
    )]
    Path,
    /// A user, a query or a fragment.
    #[error("a base URL has no user, query or fragment")]
    Extra,
}

impl BaseUrl {
    /// Takes what parsing takes, and plain `http` to any host too: for a proxy
    /// of your own on a network that you trust with card numbers.
    pub fn insecure(url: &str) -> Result<Self, BaseUrlError> {
        parse(url, true)
    }

    /// The URL, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host.
    pub(crate) fn host(&self) -> &str {
        self.authority.host()
    }

    /// The port, written out or that of the scheme.
    pub(crate) fn port(&self) -> u16 {
        let usual = if self.scheme == Scheme::HTTPS {
            443
        } else {
            80
        };
        self.authority.port_u16().unwrap_or(usual)
    }

    /// A path of this address, without the prefix.
    pub(crate) fn without_prefix<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(&self.prefix).unwrap_or(path)
    }

    /// Puts a path behind it that somebody has set.
    pub(crate) fn join_set(&self, path: &str) -> Result<Uri, ConfigError> {
        let is_taken = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
        let is_step = |part: &str| part.is_empty() || part.bytes().all(|b| b == b'.');
        let steps = path.strip_prefix('/').unwrap_or_default();
        if !path.bytes().all(is_taken) || steps.split('/').any(is_step) {
            return Err(ConfigError::new(
                "a path begins with a slash, and has letters, digits and -._~ in steps with one \
                 slash between",
            ));
        }
        let url = format!("{}{path}", self.text);
        url.parse().map_err(|_| not_callable())
    }

    /// Joins the base, a documented path with its `{parameters}` filled in, and a
    /// query. Parameters and values are percent-encoded; a parameter that is empty
    /// or would name another resource once dots are resolved is refused.
    pub(crate) fn join(
        &self,
        path: &'static str,
        parameters: &[(&'static str, Cow<'_, str>)],
        query: &[(&'static str, Cow<'_, str>)],
    ) -> Result<Uri, ConfigError> {
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(match (self.prefix.as_str(), parameters, query) {
            ("", [], []) if !path.contains('{') => PathAndQuery::from_static(path),
            _ => self.path_and_query(path, parameters, query)?,
        });
        Uri::from_parts(parts).map_err(|_| not_callable())
    }

    fn path_and_query(
        &self,
        path: &'static str,
        parameters: &[(&'static str, Cow<'_, str>)],
        query: &[(&'static str, Cow<'_, str>)],
    ) -> Result<PathAndQuery, ConfigError> {
        let mut text = self.prefix.clone();
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let given = parameters.iter().find(|(parameter, _)| *parameter == name);
            let value = given.map_or("", |(_, value)| value);
            if matches!(value, "" | "." | "..") {
                return Err(ConfigError::new(
                    "an id in the path is empty or made of dots",
                ));
            }
            text.push_str(before);
            text.extend(utf8_percent_encode(value, COMPONENT));
            rest = after;
        }
        text.push_str(rest);
        for (index, (name, value)) in query.iter().enumerate() {
            text.push(if index == 0 { '?' } else { '&' });
            text.push_str(name);
            text.push('=');
            text.extend(utf8_percent_encode(value, QUERY_VALUE));
        }
        text.try_into().map_err(|_| not_callable())
    }
}

fn not_callable() -> ConfigError {
    ConfigError::new("the address is not a URL that can be called")
}

/// Encodes all but RFC 3986's unreserved characters.
pub(crate) const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The documents write lists with plain commas.
const QUERY_VALUE: &AsciiSet = &COMPONENT.remove(b',');

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(url: &str) -> Result<Self, BaseUrlError> {
        parse(url, false)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BaseUrl").field(&self.text).finish()
    }
}

/// Reads a base URL out of a variable, which an error names beside an example
/// of that provider's.
pub(crate) fn base_url(variable: &str, url: &str, example: &str) -> Result<BaseUrl, ConfigError> {
    url.parse::<BaseUrl>()
        .map_err(|error| ConfigError::new(format!("{variable}: {error}, such as {example}")))
}

fn parse(url: &str, plain_http_anywhere: bool) -> Result<BaseUrl, BaseUrlError> {
    let url = url.trim();
    if url.contains('#') {
        return Err(BaseUrlError::Extra);
    }
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(BaseUrlError::Space);
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(BaseUrlError::NotAUrl);
    };
    // By hand, since the parser takes some ports for a part of the host.
    let authority = rest.split(['/', '?', '\\']).next().unwrap_or_default();
    if authority.contains('@') || rest.contains('?') {
        return Err(BaseUrlError::Extra);
    }
    let port = match authority.strip_prefix('[') {
        Some(v6) => v6
            .split_once(']')
            .and_then(|(_, rest)| rest.strip_prefix(':')),
        None => authority.split_once(':').map(|(_, port)| port),
    };
    if port.is_some_and(|port| !is_port(port)) {
        return Err(BaseUrlError::Port);
    }
    let uri: Uri = url.parse().map_err(|_| BaseUrlError::NotAUrl)?;
    let Some(authority) = uri.authority() else {
        return Err(BaseUrlError::NotAUrl);
    };
    if !is_host(authority.host()) {
        return Err(BaseUrlError::NotAUrl);
    }
    // A host in brackets ends with them.
    let port = authority.as_str().strip_prefix(authority.host());
    if !port.is_some_and(|port| port.is_empty() || port.starts_with(':')) {
        return Err(BaseUrlError::NotAUrl);
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => {}
        "http" if plain_http_anywhere || is_loopback(authority.host()) => {}
        "http" => return Err(BaseUrlError::PlainHttp),
        _ => return Err(BaseUrlError::Scheme),
    }
    let parts = uri.into_parts();
    let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
        return Err(BaseUrlError::NotAUrl);
    };
    let path = parts.path_and_query.map(|path| path.to_string());
    let path = path.unwrap_or_default();
    if !path.split('/').all(is_segment) {
        return Err(BaseUrlError::Path);
    }
    Ok(BaseUrl {
        text: url.trim_end_matches('/').to_owned(),
        scheme,
        authority,
        prefix: path.trim_end_matches('/').to_owned(),
    })
}

/// Tells whether every library sends a segment of a path as it is written: it is one of RFC 3986
/// (3.3), and no step "here" or "one up", which some resolve.
fn is_segment(segment: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&b);
    let mut parts = segment.split('%');
    let is_first_plain = parts.next().is_none_or(|part| part.bytes().all(is_plain));
    let is_rest_escaped = parts.all(|part| {
        let (hex, rest) = part.as_bytes().split_at(part.len().min(2));
        hex.len() == 2
            && hex.iter().all(u8::is_ascii_hexdigit)
            && rest.iter().copied().all(is_plain)
    });
    let is_dots = matches!(
        segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
        "." | ".."
    );
    is_first_plain && is_rest_escaped && !is_dots
}

fn is_port(text: &str) -> bool {
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    is_number && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Tells whether a host is an address or a name that can be looked up: labels of letters, digits,
/// hyphens and underscores, with dots between. One that ends in a number is an address, of which
/// the usual form alone is read in one way.
fn is_host(host: &str) -> bool {
    if let Some(v6) = host.strip_prefix('[') {
        let v6 = v6.strip_suffix(']').unwrap_or(v6);
        return v6.parse::<Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes
                .iter()
                .all(|&b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").or(last.strip_prefix("0X"));
    let is_number = last.bytes().all(|b| b.is_ascii_digit())
        || hex.is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_number {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Tells whether a host is this machine, by one of the few names that nobody reads in another way.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bracketed = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match bracketed {
        Some(address) => address
            .parse()
            .is_ok_and(|address: Ipv6Addr| address.is_loopback()),
        None => {
            host.eq_ignore_ascii_case("localhost")
                || host
                    .parse()
                    .is_ok_and(|address: Ipv4Addr| address.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine() {
        for good in [
            "https://api.paysafe.com/digitalwallets/v1/",
            "http://localhost:1",
            "http://127.0.0.2:1",
            "http://[::1]:8080",
            "https://example.com:65535",
            "https://a_b.example.com.",
            "https://1.2.3.4",
            "https://4.example",
            "https://h/a%20b/..c/~user/a;b=c,d:e@f",
            "https://h//twice",
            "HTTPS://EXAMPLE.COM",
        ] {
            let base: BaseUrl = good.parse().unwrap();
            assert_eq!(base.as_str(), good.trim_end_matches('/'));
        }
        for (bad, why) in [
            ("http://example.com", BaseUrlError::PlainHttp),
            ("http://localhost.example.com", BaseUrlError::PlainHttp),
            ("http://10.0.0.1", BaseUrlError::PlainHttp),
            ("ftp://example.com", BaseUrlError::Scheme),
            ("example.com", BaseUrlError::NotAUrl),
            ("/path", BaseUrlError::NotAUrl),
            ("", BaseUrlError::NotAUrl),
            ("https://user:pass@example.com", BaseUrlError::Extra),
            ("https://example.com/?a=b", BaseUrlError::Extra),
            ("https://example.com/#a", BaseUrlError::Extra),
            ("https://user@example.com", BaseUrlError::Extra),
            ("https://example.com:65536", BaseUrlError::Port),
            ("https://example.com:99999999999", BaseUrlError::Port),
            ("https://example.com:0", BaseUrlError::Port),
            ("https://example.com:", BaseUrlError::Port),
            ("https://example.com:/v1", BaseUrlError::Port),
            ("https://example.com:80abc", BaseUrlError::Port),
            ("https://example.com:-1", BaseUrlError::Port),
            ("https://example.com:+1", BaseUrlError::Port),
            ("https://example.com: 80", BaseUrlError::Space),
            ("https://exam ple.com", BaseUrlError::Space),
            ("https://example.com/a b", BaseUrlError::Space),
            ("https://example.com/a\tb", BaseUrlError::Space),
            ("https://[::1]:x", BaseUrlError::Port),
            ("https://[::1", BaseUrlError::NotAUrl),
            ("https://[fe80::1%25eth0]", BaseUrlError::NotAUrl),
            ("https://::1", BaseUrlError::Port),
            ("https://", BaseUrlError::NotAUrl),
            ("https:///v1", BaseUrlError::NotAUrl),
            ("https://.", BaseUrlError::NotAUrl),
            ("https://a..b", BaseUrlError::NotAUrl),
            ("https://\u{e4}.example", BaseUrlError::NotAUrl),
            ("https://%65xample.com", BaseUrlError::NotAUrl),
            ("https:/example.com", BaseUrlError::NotAUrl),
            ("https://2130706433", BaseUrlError::NotAUrl),
            ("https://1.2.3", BaseUrlError::NotAUrl),
            ("https://1.2.3.4.", BaseUrlError::NotAUrl),
            ("https://1.2.3.256", BaseUrlError::NotAUrl),
            ("https://1.2.3.04", BaseUrlError::NotAUrl),
            ("https://0x7f.1", BaseUrlError::NotAUrl),
            ("https://a.0x", BaseUrlError::NotAUrl),
            ("https://h/..", BaseUrlError::Path),
            ("https://h/v1/../v2", BaseUrlError::Path),
            ("https://h/./v1", BaseUrlError::Path),
            ("https://h/%2e%2E/v1", BaseUrlError::Path),
            ("https://h/.%2e", BaseUrlError::Path),
            ("https://h/%", BaseUrlError::Path),
            ("https://h/%4", BaseUrlError::Path),
            ("https://h/%zz", BaseUrlError::Path),
            ("https://h/{x}", BaseUrlError::Path),
            ("https://h/\u{e9}", BaseUrlError::Path),
        ] {
            assert_eq!(bad.parse::<BaseUrl>().unwrap_err(), why, "{bad}");
        }
        assert!(BaseUrl::insecure("http://10.0.0.1").is_ok());
    }

    #[test]
    fn parameters_and_values_cannot_leave_their_place() {
        let base: BaseUrl = "https://h/v1".parse().unwrap();
        let joined = base
            .join(
                "/customers/{customerId}/prepaid/cards",
                &[("customerId", "a/../b?c#d e".into())],
                &[("status", "ACTIVE,LOCKED".into()), ("x", "1&y=2".into())],
            )
            .unwrap();
        assert_eq!(
            joined.to_string(),
            "https://h/v1/customers/a%2F..%2Fb%3Fc%23d%20e/prepaid/cards?status=ACTIVE,LOCKED&x=1%26y%3D2"
        );
        let path = "/customers/{customerId}/cards/{id}/pin";
        let in_any_order = [("id", "ä{customerId}".into()), ("customerId", "1%".into())];
        let joined = base.join(path, &in_any_order, &[]).unwrap();
        assert_eq!(
            joined.to_string(),
            "https://h/v1/customers/1%25/cards/%C3%A4%7BcustomerId%7D/pin"
        );
        assert!(base.join(path, &in_any_order[..1], &[]).is_err());
        for dots in ["", ".", ".."] {
            let id = ("id", "1".into());
            for parameters in [
                [("customerId", dots.into()), id.clone()],
                [id, ("customerId", dots.into())],
            ] {
                let path = "/customers/{customerId}/cards/{id}";
                let refused = base.join(path, &parameters, &[]).unwrap_err();
                assert!(refused.to_string().contains("made of dots"));
            }
        }
    }

    proptest::proptest! {
        /// A base URL that is taken is called as it was written: the HTTP types
        /// find the same host and the same port in it.
        #[test]
        fn what_is_taken_is_called_as_written(
            host in "[a-z0-9.:@\\[\\]%_ -]{0,12}",
            port in "[0-9a-z:+-]{0,6}",
        ) {
            let url = format!("https://{host}:{port}/v1");
            if let Ok(base) = url.parse::<BaseUrl>() {
                let uri = base.join("/x", &[], &[]).unwrap();
                proptest::prop_assert_eq!(uri.host().unwrap(), host.trim());
                proptest::prop_assert_eq!(uri.port_u16(), port.parse().ok());
                proptest::prop_assert_eq!(uri.path(), "/v1/x");
            }
        }
    }
}
