//! The blocking backend.

use std::error::Error as StdError;
use std::io::{self, Read};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use ureq::config::AutoHeaderValue;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Proxy, Timeout};

use super::BackendOptions;
use crate::provider::ConfigError;
use crate::transport::{BlockingTransport, Limits, TransportError, TransportErrorKind};

/// Sends over `ureq`, on the calling thread; no runtime anywhere.
///
/// ```
/// use cards_transport::UreqTransport;
///
/// let transport = UreqTransport::new()?;
/// # Ok::<(), cards_transport::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct UreqTransport(Agent);

impl UreqTransport {
    /// With the default [`BackendOptions`].
    pub fn new() -> Result<Self, ConfigError> {
        Self::with_options(&BackendOptions::new())
    }

    /// With options of your own.
    ///
    /// # Errors
    ///
    /// The proxy or a root certificate cannot be used.
    pub fn with_options(options: &BackendOptions) -> Result<Self, ConfigError> {
        let proxy = options.proxy.as_deref().map(Proxy::new).transpose();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy.map_err(|_| BackendOptions::bad_proxy())?)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .timeout_resolve(Some(options.connect_timeout))
            .timeout_connect(Some(options.connect_timeout))
            .timeout_per_read(Some(options.read_timeout))
            .tls_config(tls(options)?)
            .build();
        Ok(Self(config.new_agent()))
    }
}

impl BlockingTransport for UreqTransport {
    fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        let (head, body) = request.into_parts();
        // A body of no bytes would be announced with `content-length: 0`.
        let outcome = if body.is_empty() {
            let request = Request::from_parts(head, ());
            let request = self.0.configure_request(request);
            self.0
                .run(request.timeout_global(Some(limits.total)).build())
        } else {
            let request = Request::from_parts(head, &body[..]);
            let request = self.0.configure_request(request);
            self.0
                .run(request.timeout_global(Some(limits.total)).build())
        };
        let (head, mut body) = outcome.map_err(request_error)?.into_parts();
        let mut received = Vec::new();
        // One byte over the limit shows that the reply is larger.
        let most = limits.reply_bytes as u64 + 1;
        let outcome = body
            .with_config()
            .limit(u64::MAX)
            .reader()
            .take(most)
            .read_to_end(&mut received);
        let is_too_large = received.len() > limits.reply_bytes;
        received.truncate(limits.reply_bytes);
        let response = Response::from_parts(head, Bytes::from(received));
        match outcome {
            Ok(_) if is_too_large => {
                let error = TransportError::maybe_sent(TransportErrorKind::TooLarge);
                Err(error.with_partial(response))
            }
            Ok(_) => Ok(response),
            Err(error) => Err(body_error(error).with_partial(response)),
        }
    }

    fn sleep(&self, pause: Duration) {
        std::thread::sleep(pause);
    }
}

fn tls(options: &BackendOptions) -> Result<TlsConfig, ConfigError> {
    let roots = match &options.roots {
        None => RootCerts::WebPki,
        Some(roots) => {
            let mut certificates = Vec::with_capacity(roots.len());
            for root in roots {
                // ureq leaves out what it cannot read; the other backend says so.
                let mut probe = rustls::RootCertStore::empty();
                probe
                    .add(root.clone())
                    .map_err(|_| BackendOptions::bad_roots())?;
                certificates.push(Certificate::from_der(root).to_owned());
            }
            RootCerts::from(certificates)
        }
    };
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(roots)
        .unversioned_rustls_crypto_provider(BackendOptions::crypto())
        .build())
}

/// A failure before the head of the reply.
fn request_error(error: ureq::Error) -> TransportError {
    use TransportErrorKind::{Connect, Interrupted, Protocol, Request, Timeout as TimedOut, Tls};
    let failure = match &error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            TransportError::not_sent(TimedOut)
        }
        ureq::Error::Timeout(_) => TransportError::maybe_sent(TimedOut),
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_) => TransportError::not_sent(Connect),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::TlsRequired => {
            TransportError::not_sent(Tls)
        }
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::RequireHttpsOnly(_) => {
            TransportError::not_sent(Request)
        }
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            TransportError::maybe_sent(Protocol)
        }
        ureq::Error::Io(io) if is_tls(io) => TransportError::not_sent(Tls),
        ureq::Error::Io(io) if is_connect(io) => TransportError::not_sent(Connect),
        ureq::Error::Io(io) if is_timeout(io) => TransportError::maybe_sent(TimedOut),
        _ => TransportError::maybe_sent(Interrupted),
    };
    match error {
        // It repeats the address, which may hold a customer's id.
        ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_) => failure,
        error => failure.with_source(error),
    }
}

/// A failure after the head of the reply.
fn body_error(error: io::Error) -> TransportError {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<ureq::Error>());
    let timed_out = is_timeout(&error) || matches!(inner, Some(ureq::Error::Timeout(_)));
    let kind = if timed_out {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::maybe_sent(kind).with_source(error)
}

/// A certificate or handshake that rustls refuses: no byte of the request has
/// left by then.
fn is_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| {
        let inner: &(dyn StdError + 'static) = inner;
        inner.is::<rustls::Error>()
    })
}

/// Kinds that only connecting can bring.
fn is_connect(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};
    matches!(
        error.kind(),
        ConnectionRefused | HostUnreachable | NetworkUnreachable | AddrNotAvailable
    )
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}
