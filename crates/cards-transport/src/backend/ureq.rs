//! The blocking backend.

use std::fmt;
use std::io::{self, Read};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use ureq::config::AutoHeaderValue;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, Transport};
use ureq::{Agent, Proxy, Timeout};

use super::{BackendOptions, announces_length};
use crate::cause::ConfigError;
use crate::transport::{BlockingTransport, Limits, TransportError, TransportErrorKind};

/// Sends over `ureq`, on the calling thread; no runtime anywhere.
///
/// Mind the `log` crate: at level trace, `ureq_proto` logs the bytes on the
/// wire, card numbers included, and at debug `ureq` logs addresses. Keep both
/// targets at info or above.
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
        let proxy = options.http_proxy()?.map(Proxy::new).transpose();
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
        Ok(Self(Agent::with_parts(
            config,
            Connecting(DefaultConnector::default()),
            DefaultResolver::default(),
        )))
    }
}

impl BlockingTransport for UreqTransport {
    fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        let (head, body) = request.into_parts();
        let outcome = if body.is_empty() && !announces_length(&head.method) {
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

/// ureq's own connectors, with their failures marked: what fails in here fails
/// before a byte of the request has left, and nothing else is that certain. An
/// unreachable host or a TLS alert can also end a connection in use.
#[derive(Debug)]
struct Connecting(DefaultConnector);

impl Connector for Connecting {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let connected = self.0.connect(details, chained);
        connected.map_err(|error| ureq::Error::Other(Box::new(NotConnected(error))))
    }
}

/// A failure to connect.
#[derive(Debug)]
struct NotConnected(ureq::Error);

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for NotConnected {}

/// A failure before the head of the reply.
fn request_error(error: ureq::Error) -> TransportError {
    use TransportErrorKind::{Connect, Interrupted, Protocol, Request, Timeout as TimedOut};
    let error = match not_connected(error) {
        Ok(inner) => return TransportError::not_sent(connect_kind(&inner)).with_source(inner),
        Err(error) => error,
    };
    let failure = match &error {
        // Before connecting.
        ureq::Error::HostNotFound => TransportError::not_sent(Connect),
        ureq::Error::Timeout(Timeout::Resolve) => TransportError::not_sent(TimedOut),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::RequireHttpsOnly(_) => {
            // It repeats the address, which may hold a customer's id.
            return TransportError::not_sent(Request);
        }
        // Behind it.
        ureq::Error::Timeout(_) => TransportError::maybe_sent(TimedOut),
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            TransportError::maybe_sent(Protocol)
        }
        ureq::Error::Io(io) if is_timeout(io) => TransportError::maybe_sent(TimedOut),
        _ => TransportError::maybe_sent(Interrupted),
    };
    failure.with_source(error)
}

/// What a connector said, out of its mark; or the error as it was.
fn not_connected(error: ureq::Error) -> Result<ureq::Error, ureq::Error> {
    match error {
        ureq::Error::Other(marked) => match marked.downcast::<NotConnected>() {
            Ok(not_connected) => Ok(not_connected.0),
            Err(other) => Err(ureq::Error::Other(other)),
        },
        error => Err(error),
    }
}

fn connect_kind(error: &ureq::Error) -> TransportErrorKind {
    let is_tls = |io: &io::Error| {
        let inner = io.get_ref();
        inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
    };
    match error {
        ureq::Error::Timeout(_) => TransportErrorKind::Timeout,
        ureq::Error::Io(io) if is_timeout(io) => TransportErrorKind::Timeout,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::TlsRequired => {
            TransportErrorKind::Tls
        }
        ureq::Error::Io(io) if is_tls(io) => TransportErrorKind::Tls,
        _ => TransportErrorKind::Connect,
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

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}
