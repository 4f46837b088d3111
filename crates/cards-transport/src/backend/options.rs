//! The options that both backends are told in the same words.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::names::LookUp;
use crate::cause::ConfigError;
use crate::settings::bounded;

/// Sets how a backend connects and waits.
///
/// Not to be changed, and the same in both: no redirects, HTTP/1.1, pooled
/// connections, no proxy but the one given here, rustls with ring.
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
    pub(crate) roots: Option<Vec<CertificateDer<'static>>>,
    pub(crate) proxy: Option<String>,
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
            roots: None,
            proxy: None,
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
    pub fn roots(self, roots: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let roots = roots.into_iter().map(CertificateDer::from).collect();
        Self {
            roots: Some(roots),
            ..self
        }
    }

    /// The same from the text of a PEM file, which may hold several. What else
    /// is in it is passed over.
    ///
    /// # Errors
    ///
    /// It is no PEM, or without a certificate.
    pub fn roots_pem(self, pem: &[u8]) -> Result<Self, ConfigError> {
        let roots = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| ConfigError::new("the PEM file cannot be read"))?;
        if roots.is_empty() {
            return Err(ConfigError::new("the PEM file holds no certificate"));
        }
        Ok(Self {
            roots: Some(roots),
            ..self
        })
    }

    /// An HTTP proxy, such as `http://proxy.example:3128`. No other kind is
    /// taken, and proxies in the environment are not followed.
    #[must_use]
    pub fn proxy(self, url: impl Into<String>) -> Self {
        Self {
            proxy: Some(url.into()),
            ..self
        }
    }

    /// The one crypto provider of both backends.
    pub(crate) fn crypto() -> Arc<CryptoProvider> {
        Arc::new(rustls::crypto::ring::default_provider())
    }

    /// The proxy, which both backends speak HTTP to.
    pub(crate) fn http_proxy(&self) -> Result<Option<&str>, ConfigError> {
        let is_http = |url: &str| {
            url.get(..7)
                .is_some_and(|s| s.eq_ignore_ascii_case("http://"))
        };
        match self.proxy.as_deref() {
            Some(url) if !is_http(url) => Err(Self::bad_proxy()),
            proxy => Ok(proxy),
        }
    }

    pub(crate) fn bad_proxy() -> ConfigError {
        ConfigError::new("the proxy is not a URL such as http://proxy.example:3128")
    }

    /// The root certificates that a server's certificate is checked against:
    /// those that were given, or else Mozilla's.
    pub(crate) fn root_store(&self) -> Result<RootCertStore, ConfigError> {
        let Some(roots) = &self.roots else {
            return Ok(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect());
        };
        let mut store = RootCertStore::empty();
        for root in roots {
            store
                .add(root.clone())
                .map_err(|_| ConfigError::new("a root certificate is not DER"))?;
        }
        Ok(store)
    }
}

impl fmt::Debug for BackendOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A proxy's URL may hold a password.
        f.debug_struct("BackendOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("own_roots", &self.roots.is_some())
            .field("proxy", &self.proxy.is_some())
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

    #[test]
    fn own_roots_stand_in_place_of_mozillas() {
        let mozillas = BackendOptions::new().root_store().unwrap();
        assert_eq!(mozillas.roots, webpki_roots::TLS_SERVER_ROOTS);
        assert!(mozillas.len() > 50);

        let made = rcgen::generate_simple_self_signed(["own.example".to_owned()]).unwrap();
        let own = BackendOptions::new().roots([made.cert.der().to_vec()]);
        assert_eq!(own.root_store().unwrap().len(), 1);
        let none = BackendOptions::new().roots([]);
        assert!(none.root_store().unwrap().is_empty());
    }
}
