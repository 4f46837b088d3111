//! The options that both backends are told in the same words.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;

use super::names::LookUp;
use super::proxies::Proxies;
use super::tls::{self, ClientCertificate, Roots};
use crate::cause::ConfigError;
use crate::transport::bounded;

/// Sets how a backend connects and waits.
///
/// Not to be changed, and the same in both: no redirects, HTTP/1.1, pooled
/// connections, no proxy but those given here, none to this machine, rustls with
/// ring.
///
/// ```
/// use cards_transport::BackendOptions;
/// use std::time::Duration;
///
/// let options = BackendOptions::new().connect_timeout(Duration::from_secs(3));
/// ```
#[derive(Clone)]
pub struct BackendOptions {
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
    roots: Roots,
    client_certificate: Option<ClientCertificate>,
    proxy: Option<String>,
    proxies: Option<Proxies>,
    pub(crate) idle_connections: usize,
    pub(crate) idle_timeout: Duration,
    pub(crate) look_up: Option<Arc<LookUp>>,
}

impl BackendOptions {
    /// 10 seconds to connect, 30 seconds of silence, Mozilla's roots, no proxy,
    /// 64 idle connections a host for 4 seconds each.
    pub fn new() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            roots: Roots::default(),
            client_certificate: None,
            proxy: None,
            proxies: None,
            idle_connections: 64,
            idle_timeout: Duration::from_secs(4),
            look_up: None,
        }
    }

    /// The longest for the name look-up, TCP and TLS together.
    #[must_use]
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self {
            connect_timeout: bounded(connect_timeout),
            ..self
        }
    }

    /// The longest that the server takes for the head of its reply, however
    /// often it says something meanwhile, and the longest silence behind it.
    #[must_use]
    pub fn read_timeout(self, read_timeout: Duration) -> Self {
        Self {
            read_timeout: bounded(read_timeout),
            ..self
        }
    }

    /// The most connections to one host that are kept open between calls. As
    /// many calls at a time find one ready.
    #[must_use]
    pub fn idle_connections(self, idle_connections: usize) -> Self {
        Self {
            idle_connections,
            ..self
        }
    }

    /// Sets how long a connection is kept open that nobody uses. The default is
    /// shorter than the 5 seconds after which common servers close it: one that
    /// closes as a call goes out leaves the outcome of a mutation unknown.
    #[must_use]
    pub fn idle_timeout(self, idle_timeout: Duration) -> Self {
        Self {
            idle_timeout: bounded(idle_timeout),
            ..self
        }
    }

    /// Looks names up in a way of your own, in place of the system's. It may
    /// block: it runs on a thread of its own, once for all that ask for a name,
    /// and what it finds serves for 5 seconds. Addresses are not looked up.
    ///
    /// ```
    /// use cards_transport::BackendOptions;
    /// use std::net::Ipv4Addr;
    ///
    /// let pinned = BackendOptions::new().resolver(|_host| Ok(vec![Ipv4Addr::LOCALHOST.into()]));
    /// ```
    #[must_use]
    pub fn resolver(
        self,
        look_up: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            look_up: Some(Arc::new(look_up)),
            ..self
        }
    }

    /// Trusts these certificates (DER) and no others, in place of Mozilla's
    /// roots: for a server with a certificate of your own.
    #[must_use]
    pub fn roots(mut self, roots: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.roots.own = Some(roots.into_iter().map(CertificateDer::from).collect());
        self
    }

    /// Trusts the certificates of a PEM file, given as text, and no others. What else is in it is
    /// passed over.
    ///
    /// # Errors
    ///
    /// It is no PEM, without a certificate, or holds one that is not DER.
    pub fn roots_pem(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.roots.own = Some(tls::roots(pem)?);
        Ok(self)
    }

    /// Trusts these certificates (DER) too, beside Mozilla's roots or those that
    /// stand in their place: for a proxy that opens TLS, or a test system within
    /// your own network. Called again, it adds more.
    #[must_use]
    pub fn extra_roots(mut self, roots: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let roots = roots.into_iter().map(CertificateDer::from);
        self.roots.extra.extend(roots);
        self
    }

    /// Trusts the certificates of a PEM file, given as text, beside the other roots. What else is
    /// in it is passed over.
    ///
    /// # Errors
    ///
    /// It is no PEM, without a certificate, or holds one that is not DER.
    pub fn extra_roots_pem(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.roots.extra.extend(tls::roots(pem)?);
        Ok(self)
    }

    /// Shows a certificate of your own to a server that asks for one (mutual
    /// TLS): the texts of two PEM files, or twice that of one which holds both.
    /// `chain` begins with your certificate, and goes on with those that lead to
    /// the issuer that the server knows. `key` is its private key, in PKCS #8,
    /// PKCS #1 or SEC 1, without a password.
    ///
    /// # Errors
    ///
    /// Either text is no PEM or lacks its part, or the key is another's.
    ///
    /// ```no_run
    /// use cards_transport::BackendOptions;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (chain, key) = (std::fs::read("client.pem")?, std::fs::read("client.key")?);
    /// let options = BackendOptions::new().client_certificate_pem(&chain, &key)?;
    /// # Ok(()) }
    /// ```
    pub fn client_certificate_pem(self, chain: &[u8], key: &[u8]) -> Result<Self, ConfigError> {
        Ok(Self {
            client_certificate: Some(ClientCertificate::read(chain, key)?),
            ..self
        })
    }

    /// An HTTP proxy for all requests to other machines, such as
    /// `http://proxy.example:3128`, with a user and a password before the host
    /// where it wants them. No other kind is taken.
    ///
    /// This machine is called directly, over http and over https: `localhost`,
    /// the names below it, and loopback addresses. A proxy would look for it on
    /// its own machine, and would read what plain http carries.
    #[must_use]
    pub fn proxy(self, url: impl Into<String>) -> Self {
        Self {
            proxy: Some(url.into()),
            ..self
        }
    }

    /// Takes the proxies from variables, such as those of the environment:
    /// `https_proxy` and `http_proxy`, each for the addresses of its scheme,
    /// `all_proxy` for those without, and `no_proxy`, a list of hosts, domains,
    /// addresses and networks to be called directly. Capital letters are read
    /// too, where the small ones are not set; but `HTTP_PROXY` is not, where
    /// `REQUEST_METHOD` is set, since a web server would let a request choose it.
    /// Without this, no variable is looked at. [`proxy`](Self::proxy) wins over
    /// it. This machine, as it is told there, is called directly without standing
    /// in `no_proxy`.
    ///
    /// # Errors
    ///
    /// Names the variable that is no URL of an HTTP proxy.
    ///
    /// ```
    /// use cards_transport::BackendOptions;
    ///
    /// let options = BackendOptions::new().proxies_from_vars(|name| std::env::var(name).ok());
    /// let socks = |name: &str| (name == "all_proxy").then(|| "socks5://localhost".to_owned());
    /// assert!(BackendOptions::new().proxies_from_vars(socks).is_err());
    /// ```
    pub fn proxies_from_vars(
        self,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            proxies: Proxies::from_vars(var)?,
            ..self
        })
    }

    /// Tells which proxy a request to an address goes through, without the user and the password. `None`: it goes
    /// to the address itself.
    ///
    /// ```
    /// use cards_transport::BackendOptions;
    /// use cards_transport::http::Uri;
    ///
    /// let options = BackendOptions::new().proxy("http://user:password@proxy.example:3128");
    /// let proxy = options.proxy_of(&Uri::from_static("https://cards.example"));
    /// assert_eq!(proxy.as_deref(), Some("http://proxy.example:3128"));
    /// let proxy = options.proxy_of(&Uri::from_static("http://127.0.0.1:8484"));
    /// assert_eq!(proxy, None);
    /// ```
    #[must_use]
    pub fn proxy_of(&self, address: &Uri) -> Option<String> {
        let proxies = self.proxies().ok()??;
        let proxy = proxies.of(address)?.parse::<Uri>().ok()?;
        let host = proxy.host()?;
        Some(match proxy.port() {
            Some(port) => format!("http://{host}:{port}"),
            None => format!("http://{host}"),
        })
    }

    /// The configuration of TLS.
    pub(crate) fn tls(&self) -> Result<ClientConfig, ConfigError> {
        tls::config(&self.roots, self.client_certificate.as_ref())
    }

    /// The proxies: the one for all requests, or else those of the environment.
    pub(crate) fn proxies(&self) -> Result<Option<Proxies>, ConfigError> {
        match self.proxy.as_deref() {
            Some(url) => Proxies::one(url).map(Some).ok_or_else(Self::bad_proxy),
            None => Ok(self.proxies.clone()),
        }
    }

    pub(crate) fn bad_proxy() -> ConfigError {
        ConfigError::new("the proxy is not a URL such as http://proxy.example:3128")
    }
}

impl fmt::Debug for BackendOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A proxy's URL may hold a password.
        f.debug_struct("BackendOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("own_roots", &self.roots.own.is_some())
            .field("extra_roots", &self.roots.extra.len())
            .field("client_certificate", &self.client_certificate.is_some())
            .field("proxy", &self.proxy.is_some())
            .field("proxies", &self.proxies.is_some())
            .field("idle_connections", &self.idle_connections)
            .field("idle_timeout", &self.idle_timeout)
            .field("own_resolver", &self.look_up.is_some())
            .finish()
    }
}

impl Default for BackendOptions {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The roots that somebody gave are trusted alone, and no others beside them.
    #[test]
    fn own_roots_stand_in_the_place_of_all_others() {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(["own.example".to_owned()]).unwrap();
        let own = params.self_signed(&key).unwrap();
        let of_der = BackendOptions::new().roots([own.der().to_vec()]);
        let of_pem = BackendOptions::new()
            .roots_pem(own.pem().as_bytes())
            .unwrap();
        for options in [of_der, of_pem] {
            assert_eq!(options.roots.own.as_deref(), Some(&[own.der().clone()][..]));
            assert!(options.roots.extra.is_empty());
        }
        let beside = BackendOptions::new().extra_roots([own.der().to_vec()]);
        assert!(beside.roots.own.is_none());
        assert_eq!(beside.roots.extra, [own.der().clone()]);
    }
}
