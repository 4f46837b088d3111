//! The blocking backend.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use rustls::ClientConfig;
use ureq::config::{AutoHeaderValue, Config};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout,
};
use ureq::{Agent, Proxy};

use super::framing;
use super::handshake::Handshake;
use super::length::announces_length;
use super::names::{self, Names, NotFound};
use super::options::BackendOptions;
use super::proxies::Proxies;
use super::stream::Tcp;
use super::watched::{BUFFER, Full, OnThisThread, Watch, Watched};
use crate::cause::ConfigError;
use crate::transport::{BlockingTransport, Limits, TransportError, TransportErrorKind};

/// Sends over `ureq`, on the calling thread; no runtime anywhere.
///
/// Replies are not asked to be compressed. Where another crate of the build turns ureq's feature
/// `gzip` on, which its default features do, ureq expands a reply that is compressed all the same, and
/// takes the headers off that say so; a client over reqwest takes it as it came.
///
/// Cookies of replies are not kept. Where another crate of the build turns ureq's feature `cookies` on,
/// which its default features do not, ureq keeps them all the same and sends them with the later calls of
/// this transport, whichever customer these are about: it has no setting against that.
/// `cargo tree -e features -i ureq` tells whether one does. A client over reqwest keeps none.
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
pub struct UreqTransport {
    agent: Agent,
    proxied: Option<Proxied>,
}

/// The agents for the proxies: ureq has one proxy for all requests of an agent.
#[derive(Clone)]
struct Proxied {
    proxies: Proxies,
    http: Option<Agent>,
    https: Option<Agent>,
}

impl UreqTransport {
    /// Makes a transport with the default [`BackendOptions`].
    pub fn new() -> Result<Self, ConfigError> {
        Self::with_options(&BackendOptions::new())
    }

    /// Makes a transport with options of your own.
    ///
    /// # Errors
    ///
    /// A proxy or a root certificate cannot be used.
    pub fn with_options(options: &BackendOptions) -> Result<Self, ConfigError> {
        let tls = Arc::new(options.tls()?);
        let names = Names::new(options.look_up.clone());
        let agent = |proxy: Option<&str>| agent(options, proxy, &tls, &names);
        let proxied = match options.proxies()? {
            None => None,
            Some(proxies) => {
                let through = |proxy: Option<&str>| proxy.map(|_| agent(proxy)).transpose();
                Some(Proxied {
                    http: through(proxies.http())?,
                    https: through(proxies.https())?,
                    proxies,
                })
            }
        };
        Ok(Self {
            agent: agent(None)?,
            proxied,
        })
    }

    /// The agent for an address.
    fn agent(&self, uri: &Uri) -> &Agent {
        let proxied = self.proxied.as_ref().and_then(|proxied| {
            proxied.proxies.of(uri)?;
            let is_tls = uri.scheme_str() == Some("https");
            let agent = if is_tls {
                &proxied.https
            } else {
                &proxied.http
            };
            agent.as_ref()
        });
        proxied.unwrap_or(&self.agent)
    }
}

/// A proxy's URL may hold a password.
impl fmt::Debug for Proxied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxied")
    }
}

/// Makes an agent for all requests through one proxy, or for direct ones.
fn agent(
    options: &BackendOptions,
    proxy: Option<&str>,
    tls: &Arc<ClientConfig>,
    names: &Names,
) -> Result<Agent, ConfigError> {
    let proxy = proxy.map(Proxy::new).transpose();
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
        // A limit that does not change from call to call costs no system call.
        .timeout_per_write(Some(options.read_timeout))
        .max_idle_connections(usize::MAX)
        .max_idle_connections_per_host(options.idle_connections)
        .max_idle_age(options.idle_timeout)
        // reqwest counts all of the head as one silence. A little longer
        // than each read, so that a head that comes at once needs no system
        // call to set another limit on the socket.
        .timeout_recv_response(Some(options.read_timeout + Duration::from_millis(100)))
        // So that ours is the smaller limit, and however many interim
        // replies arrive together are not one head.
        .max_response_header_size(BUFFER)
        .input_buffer_size(BUFFER)
        .build();
    Ok(Agent::with_parts(
        config,
        Connecting::new(Arc::clone(tls)),
        Resolving(names.clone()),
    ))
}

impl BlockingTransport for UreqTransport {
    fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        let call = OnThisThread::begin(limits.total);
        let (head, body) = request.into_parts();
        let agent = self.agent(&head.uri);
        let outcome = if body.is_empty() && !announces_length(&head.method) {
            agent.run(Request::from_parts(head, ()))
        } else {
            agent.run(Request::from_parts(head, &body[..]))
        };
        let outcome = outcome.map_err(|error| request_error(error, call.is_sent()));
        let (head, mut body) = outcome?.into_parts();
        let head = Response::from_parts(head, ());
        framing::check_head(&head)?;
        let mut received = Vec::with_capacity(framing::room(body.content_length(), limits));
        // One byte over the limit shows that the reply is larger.
        let most = (limits.reply_bytes as u64).saturating_add(1);
        let body = body.with_config().limit(u64::MAX).reader();
        call.reads_body();
        let outcome = body.take(most).read_to_end(&mut received);
        let was_ended = call.was_ended();
        let is_too_large = received.len() > limits.reply_bytes;
        received.truncate(limits.reply_bytes);
        let failure = match outcome {
            Err(error) if is_damage(&error) => {
                return Err(framing::damaged(body_error(error), head));
            }
            Err(error) => body_error(error),
            Ok(_) if is_too_large => TransportError::maybe_sent(TransportErrorKind::TooLarge),
            // ureq takes the last chunk without the line behind it.
            Ok(_) if was_ended && framing::is_chunked(head.headers()) => {
                TransportError::maybe_sent(TransportErrorKind::Interrupted)
                    .with_source("the reply ended within its last chunk")
            }
            Ok(_) => return Ok(head.map(|()| Bytes::from(received))),
        };
        Err(failure.with_partial(head.map(|()| Bytes::from(received))))
    }

    fn sleep(&self, pause: Duration) {
        std::thread::sleep(pause);
    }
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
        let until = OnThisThread::connects_until(*timeout.after);
        let host = uri.host().unwrap_or_default();
        let is_tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let mut resolved = self.empty();
        if let Some(address) = names::literal(host) {
            resolved.push((address, port).into());
            return Ok(resolved);
        }
        let found = self.0.find_until(host, until);
        let found = found.map_err(|error| ureq::Error::Other(Box::new(error)))?;
        let addresses = found.iter().map(|&address| (address, port).into());
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

/// ureq's connector for proxies and ours, within the time that the look-up left, and with
/// every stream watched that they bring.
#[derive(Debug)]
struct Connecting(Box<dyn Connector<Out = Watched>>);

impl Connecting {
    fn new(tls: Arc<ClientConfig>) -> Self {
        let tcp = ().chain(ConnectProxyConnector::default()).chain(Tcp);
        let encrypted = tcp.chain(Watch::BeneathTls).chain(Handshake(tls));
        Self(Box::new(encrypted.chain(Watch::Outermost)))
    }
}

impl Connector for Connecting {
    type Out = Watched;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Watched>, ureq::Error> {
        let connected = OnThisThread::connecting(details.timeout, |timeout| {
            let details = ConnectionDetails {
                uri: details.uri,
                addrs: details.addrs.clone(),
                config: details.config,
                request_level: details.request_level,
                resolver: details.resolver,
                now: details.now,
                timeout,
                current_time: details.current_time.clone(),
                run_connector: details.run_connector.clone(),
                register_shutdown: details.register_shutdown.clone(),
            };
            self.0.connect(&details, chained)
        });
        // A proxy may have been written to, but the request has not left.
        OnThisThread::set_sent(false);
        connected
    }
}

/// A failure before the head of the reply.
fn request_error(error: ureq::Error, is_sent: bool) -> TransportError {
    use TransportErrorKind::{Interrupted, Protocol, Request, Timeout as TimedOut};
    if !is_sent {
        return match error {
            // These errors repeat the address, which may hold a customer's id.
            ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::RequireHttpsOnly(_) => {
                TransportError::not_sent(Request)
            }
            error => TransportError::not_sent(connect_kind(&error)).with_source(unwrapped(error)),
        };
    }
    let kind = match &error {
        ureq::Error::Timeout(_) => TimedOut,
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => Protocol,
        ureq::Error::Other(other) if other.is::<Full>() => Protocol,
        ureq::Error::Io(io) if is_timeout(io) => TimedOut,
        _ => Interrupted,
    };
    TransportError::maybe_sent(kind).with_source(unwrapped(error))
}

/// The error that ureq wraps, where it adds no more than a word of its own.
fn unwrapped(error: ureq::Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error {
        ureq::Error::Io(error) => error.into(),
        ureq::Error::Other(error) => error,
        error => error.into(),
    }
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
    let timed_out = is_timeout(&error) || matches!(within(&error), Some(ureq::Error::Timeout(_)));
    let kind = if timed_out {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Interrupted
    };
    let failure = TransportError::maybe_sent(kind);
    if is_long_size_line(&error) {
        return failure.with_source(LongSizeLine(error));
    }
    failure.with_source(error)
}

fn within(error: &io::Error) -> Option<&ureq::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// Tells whether the body is not framed as it should be, or TLS says that it was tampered with.
fn is_damage(error: &io::Error) -> bool {
    match within(error) {
        Some(ureq::Error::Protocol(_)) => true,
        Some(ureq::Error::Other(other)) => other.is::<Full>(),
        _ => error.kind() == io::ErrorKind::InvalidData,
    }
}

/// Tells whether a chunk may be too much for ureq. It has one error for this and for a chunk
/// without its end, of a type that has no name here.
fn is_long_size_line(error: &io::Error) -> bool {
    let said = |error: &ureq::Error| error.to_string().contains("chunk expected crlf");
    within(error).is_some_and(said)
}

/// ureq reads no chunk-size line longer than 20 bytes, though an extension may
/// make it as long as it likes (RFC 9112, 7.1.1).
#[derive(Debug)]
struct LongSizeLine(io::Error);

impl fmt::Display for LongSizeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a chunk without its end, or a chunk-size line longer than 20 bytes, \
             which ureq cannot read; the reqwest backend can",
        )
    }
}

impl std::error::Error for LongSizeLine {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}
