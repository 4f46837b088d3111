//! The blocking backend.

use std::cell::Cell;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response, Uri};
use ureq::config::{AutoHeaderValue, Config};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};
use ureq::{Agent, Proxy, Timeout};

use super::names::{Names, NotFound};
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
            // As one: the resolver and the connector share this time.
            .timeout_resolve(Some(options.connect_timeout))
            .timeout_connect(Some(options.connect_timeout))
            .timeout_per_read(Some(options.read_timeout))
            .timeout_per_write(Some(options.read_timeout))
            .max_idle_connections(usize::MAX)
            .max_idle_connections_per_host(options.idle_connections)
            .max_idle_age(options.idle_timeout)
            .tls_config(tls(options)?)
            .build();
        Ok(Self(Agent::with_parts(
            config,
            Connecting(DefaultConnector::default()),
            Resolving(Names::new(options.look_up.clone())),
        )))
    }
}

impl BlockingTransport for UreqTransport {
    fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        let call = OnThisThread::begin(limits.total);
        let (head, body) = request.into_parts();
        let outcome = if body.is_empty() && !announces_length(&head.method) {
            self.0.run(Request::from_parts(head, ()))
        } else {
            self.0.run(Request::from_parts(head, &body[..]))
        };
        let outcome = outcome.map_err(|error| request_error(error, call.is_sent()));
        let (head, mut body) = outcome?.into_parts();
        let mut received = Vec::new();
        // One byte over the limit shows that the reply is larger.
        let most = (limits.reply_bytes as u64).saturating_add(1);
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

/// The call that this thread carries out. ureq does everything on the calling
/// thread, and shows its resolver, connectors and transports no call.
struct OnThisThread(());

#[derive(Clone, Copy)]
struct Call {
    /// When the call's time is over.
    deadline: Instant,
    /// When its name look-up began: connecting shares the time.
    since: Instant,
    /// Whether any byte of the request was handed to a connected stream.
    is_sent: bool,
}

thread_local! {
    static CALL: Cell<Option<Call>> = const { Cell::new(None) };
}

impl OnThisThread {
    fn begin(total: Duration) -> Self {
        let now = Instant::now();
        CALL.set(Some(Call {
            deadline: now.checked_add(total).unwrap_or(now),
            since: now,
            is_sent: false,
        }));
        Self(())
    }

    fn is_sent(&self) -> bool {
        CALL.get().is_none_or(|call| call.is_sent)
    }
}

impl Drop for OnThisThread {
    fn drop(&mut self) {
        CALL.set(None);
    }
}

fn set_sent(is_sent: bool) {
    CALL.set(CALL.get().map(|call| Call { is_sent, ..call }));
}

/// A time limit that ends with the call at the latest. Setting it here and not
/// for each request spares ureq a copy of its settings, and the socket a new
/// limit for each read and write.
fn capped(timeout: NextTimeout) -> Result<NextTimeout, ureq::Error> {
    let Some(call) = CALL.get() else {
        return Ok(timeout);
    };
    let left = call.deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ureq::Error::Timeout(Timeout::Global));
    }
    Ok(match left < *timeout.after {
        true => NextTimeout {
            after: left.into(),
            reason: Timeout::Global,
            ..timeout
        },
        false => timeout,
    })
}

/// Both backends' resolver, as ureq wants it.
#[derive(Debug)]
struct Resolving(Names);

impl Resolver for Resolving {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let now = Instant::now();
        CALL.set(CALL.get().map(|call| Call { since: now, ..call }));
        let host = uri.host().unwrap_or_default();
        let default = if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        let port = uri.port_u16().unwrap_or(default);
        let until = now.checked_add(*capped(timeout)?.after).unwrap_or(now);
        let found = self.0.find_until(host, until);
        let found = found.map_err(|error| ureq::Error::Other(Box::new(error)))?;
        let addresses = found.iter().map(|&address| (address, port).into());
        let mut resolved = self.empty();
        // It holds no more.
        for address in config.ip_family().keep_wanted(addresses).take(16) {
            resolved.push(address);
        }
        match resolved.is_empty() {
            true => Err(ureq::Error::HostNotFound),
            false => Ok(resolved),
        }
    }
}

/// ureq's own connectors, within the time that the look-up left, and with
/// every stream watched that they bring.
#[derive(Debug)]
struct Connecting(DefaultConnector);

impl Connector for Connecting {
    type Out = Watched;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Watched>, ureq::Error> {
        let took = CALL.get().map(|call| call.since.elapsed());
        let mut timeout = details.timeout;
        let left = timeout.after.saturating_sub(took.unwrap_or_default());
        if left.is_zero() {
            return Err(ureq::Error::Timeout(Timeout::Connect));
        }
        timeout.after = left.into();
        let details = ConnectionDetails {
            uri: details.uri,
            addrs: details.addrs.clone(),
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: capped(timeout)?,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        let connected = self.0.connect(&details, chained);
        // A proxy may have been written to, but the request has not left.
        set_sent(false);
        Ok(connected?.map(Watched))
    }
}

/// A connected and, for https, handshaken stream. The first byte that it is
/// handed is the border between what was certainly not sent and what perhaps
/// was.
#[derive(Debug)]
struct Watched(Box<dyn Transport>);

impl Transport for Watched {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let timeout = capped(timeout)?;
        set_sent(true);
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(capped(timeout)?)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// A failure before the head of the reply.
fn request_error(error: ureq::Error, is_sent: bool) -> TransportError {
    use TransportErrorKind::{Interrupted, Protocol, Request, Timeout as TimedOut};
    if !is_sent {
        return match error {
            // It repeats the address, which may hold a customer's id.
            ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::RequireHttpsOnly(_) => {
                TransportError::not_sent(Request)
            }
            error => TransportError::not_sent(connect_kind(&error)).with_source(error),
        };
    }
    let kind = match &error {
        ureq::Error::Timeout(_) => TimedOut,
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => Protocol,
        ureq::Error::Io(io) if is_timeout(io) => TimedOut,
        _ => Interrupted,
    };
    TransportError::maybe_sent(kind).with_source(error)
}

fn connect_kind(error: &ureq::Error) -> TransportErrorKind {
    let is_tls = |io: &io::Error| {
        let inner = io.get_ref();
        inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
    };
    match error {
        ureq::Error::Other(other) if other.is::<NotFound>() => {
            let timed_out = other
                .downcast_ref::<NotFound>()
                .is_some_and(NotFound::is_timeout);
            match timed_out {
                true => TransportErrorKind::Timeout,
                false => TransportErrorKind::Resolve,
            }
        }
        ureq::Error::HostNotFound => TransportErrorKind::Resolve,
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
