//! The async backend.

mod connecting;
#[cfg(test)]
mod tests;
mod uploading;

use std::error::Error as StdError;
use std::fmt;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response, Uri};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Url};
use tokio::time::{Instant, timeout_at};

use self::connecting::{ConnectTimedOut, Connecting, Watch};
use super::framing;
use super::idle::Idle;
use super::length::announces_length;
use super::names::{Names, NotFound};
use super::options::BackendOptions;
use super::proxies::Proxies;
use crate::cause::ConfigError;
use crate::transport::{AsyncTransport, Limits, TransportError, TransportErrorKind, bounded};

/// The time for hyper to report a connect that our layer has ended.
const REPORT: Duration = Duration::from_millis(20);

/// A limit that ends nothing: no call is longer.
const NEVER: Duration = bounded(Duration::MAX);

/// Sends over `reqwest`, on the tokio runtime that the call runs on.
///
/// A call's time limit ends it when the runtime looks at its timers. hyper reads up to 50 MB of
/// interim replies (status 1xx), or of the zeros before a chunk's size, before it gives way, so that
/// a server that sends them without end, as fast as they are read, can delay the end of a call, and
/// other tasks of the thread, for seconds; on a runtime of several threads as well, where that thread
/// is the one that looks at the timers. `UreqTransport` is not delayed.
///
/// ```
/// use cards_transport::ReqwestTransport;
///
/// let transport = ReqwestTransport::new()?;
/// # Ok::<(), cards_transport::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct ReqwestTransport {
    client: Client,
    idle: Idle,
    read_timeout: Duration,
    /// The address of the last request in both libraries' types: most calls go
    /// where the last one went, and reading it anew costs more than the checksum.
    last: Arc<Mutex<Option<(Uri, Url)>>>,
}

impl ReqwestTransport {
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
        Self::build(ClientBuilder::new(), options)
    }

    /// Makes a backend of a builder of your own, for what the options do not cover, such as a local
    /// address. It is a builder and not a finished client because redirects, retries, proxies, time
    /// limits, the resolver and TLS are set on it: a limit of its own does not count.
    pub fn from_builder(
        builder: ClientBuilder,
        options: &BackendOptions,
    ) -> Result<Self, ConfigError> {
        // reqwest takes no limit back. Its own would end a call while it is not known whether it
        // was sent.
        let builder = builder.timeout(NEVER).read_timeout(NEVER);
        Self::build(builder, options)
    }

    fn build(builder: ClientBuilder, options: &BackendOptions) -> Result<Self, ConfigError> {
        let mut builder = builder
            .no_proxy()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // They are on where any crate of the build has reqwest's features for them.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .http1_only()
            // Of this limit hyper gives each address of a name its part, so that the first one that
            // is silent does not have it all. It is our layer that ends a connect.
            .connect_timeout(options.connect_timeout.saturating_add(REPORT))
            .connector_layer(Connecting::layer(options.connect_timeout))
            .dns_resolver(Arc::new(Resolver(Names::new(options.look_up.clone()))))
            .pool_max_idle_per_host(options.idle_connections)
            .pool_idle_timeout(options.idle_timeout)
            .tls_backend_preconfigured(options.tls()?);
        // reqwest's own would end a call after 30 seconds in which the other side takes nothing,
        // whatever limits are set here. It has one on these systems alone.
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        {
            builder = builder.tcp_user_timeout(None);
        }
        if let Some(proxies) = options.proxies()? {
            builder = builder.proxy(through(proxies)?);
        }
        let client = builder.build();
        client
            .map(|client| Self {
                client,
                read_timeout: options.read_timeout,
                idle: Idle::new(),
                last: Arc::default(),
            })
            .map_err(|_| ConfigError::new("reqwest does not take the settings"))
    }
}

/// The proxies as reqwest asks for them, which would call directly where it cannot read one.
fn through(proxies: Proxies) -> Result<reqwest::Proxy, ConfigError> {
    for proxy in [proxies.http(), proxies.https()].into_iter().flatten() {
        Url::parse(proxy).map_err(|_| BackendOptions::bad_proxy())?;
    }
    Ok(reqwest::Proxy::custom(move |url| {
        let uri = url.as_str().parse().ok()?;
        proxies.of(&uri).map(str::to_owned)
    }))
}

impl AsyncTransport for ReqwestTransport {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        self.idle.look().await;
        let outcome = self.exchange(request, limits).await;
        self.idle.used(outcome.is_ok());
        outcome
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

impl ReqwestTransport {
    async fn exchange(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        let is_empty = request.body().is_empty();
        let (parts, body) = request.into_parts();
        let mut request = reqwest::Request::new(parts.method, self.url(&parts.uri)?);
        *request.headers_mut() = parts.headers;
        let deadline = Instant::now() + bounded(limits.total);
        let watch = Arc::new(Watch::new(deadline));
        *request.body_mut() = Some(uploading::body(body, &watch));
        if is_empty && announces_length(request.method()) {
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, none);
        }
        let mut response = self.head(request, deadline, watch).await?;

        let mut head = Response::new(());
        *head.status_mut() = response.status();
        *head.version_mut() = response.version();
        *head.headers_mut() = std::mem::take(response.headers_mut());
        framing::check_head(&head)?;
        let room = framing::room(response.content_length(), limits);
        let mut body = BytesMut::with_capacity(room);
        let failure = loop {
            let silence = Instant::now() + self.read_timeout;
            let chunk = timeout_at(silence.min(deadline), response.chunk()).await;
            match chunk {
                Ok(Ok(Some(chunk))) if chunk.len() <= limits.reply_bytes - body.len() => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Ok(Some(chunk))) => {
                    body.extend_from_slice(&chunk[..limits.reply_bytes - body.len()]);
                    break TransportError::maybe_sent(TransportErrorKind::TooLarge);
                }
                Ok(Ok(None)) => return Ok(head.map(|()| body.freeze())),
                Ok(Err(error)) if is_damage(&error) => {
                    return Err(framing::damaged(body_error(error), head));
                }
                Ok(Err(error)) => break body_error(error),
                Err(_) => break TransportError::maybe_sent(TransportErrorKind::Timeout),
            }
        };
        Err(failure.with_partial(head.map(|()| body.freeze())))
    }

    fn url(&self, uri: &Uri) -> Result<Url, TransportError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, url)) = last.as_ref().filter(|(known, _)| known == uri) {
            return Ok(url.clone());
        }
        // The error of `Url` would repeat the address, which may hold a
        // customer's id.
        let url = Url::parse(&uri.to_string())
            .map_err(|_| TransportError::not_sent(TransportErrorKind::Request))?;
        *last = Some((uri.clone(), url.clone()));
        Ok(url)
    }

    /// Sends, and waits for the head of the reply.
    ///
    /// A look-up or a connect that hangs is ended by the [`Connecting`] layer,
    /// at the call's deadline at the latest, and reported by hyper as a failure
    /// to connect: then the request certainly was not sent. Whatever else ends
    /// the wait, it perhaps was, though the connect be unfinished: a pooled
    /// connection may have become free meanwhile and taken the request. So
    /// hyper is given a moment to report before the deadline counts, and
    /// silence counts only once nothing connects any more.
    async fn head(
        &self,
        request: reqwest::Request,
        deadline: Instant,
        watch: Arc<Watch>,
    ) -> Result<reqwest::Response, TransportError> {
        let executed = self.client.execute(request);
        let mut executed = pin!(Watch::over(Arc::clone(&watch), executed));
        let mut silence = Instant::now() + self.read_timeout;
        loop {
            let until = silence.min(deadline + REPORT);
            match timeout_at(until, &mut executed).await {
                Ok(outcome) => return outcome.map_err(request_error),
                Err(_) if until < silence => break,
                Err(_) => {}
            }
            // It is quiet: since the connection stands or the last piece of a long body was
            // taken, or because there is no connection yet.
            match watch
                .silence_counts_from()
                .map(|from| from + self.read_timeout)
            {
                Some(later) if later > silence => silence = later,
                _ => break,
            }
        }
        Err(TransportError::maybe_sent(TransportErrorKind::Timeout))
    }
}

/// The address of the last request may hold a customer's id.
impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("client", &self.client)
            .field("read_timeout", &self.read_timeout)
            .finish_non_exhaustive()
    }
}

/// Both backends' resolver, as reqwest wants it.
struct Resolver(Names);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.0.clone();
        Box::pin(async move {
            let found = names.find(name.as_str()).await?;
            let found: Vec<_> = found.iter().map(|&ip| SocketAddr::new(ip, 0)).collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A failure before the head of the reply.
fn request_error(error: reqwest::Error) -> TransportError {
    let failure = if error.is_builder() || error.is_request() && error.url().is_none() {
        TransportError::not_sent(TransportErrorKind::Request)
    } else if error.is_connect() {
        TransportError::not_sent(connect_kind(&error))
    } else if error.is_timeout() {
        TransportError::maybe_sent(TransportErrorKind::Timeout)
    } else if is_parse(&error) {
        TransportError::maybe_sent(TransportErrorKind::Protocol)
    } else {
        TransportError::maybe_sent(TransportErrorKind::Interrupted)
    };
    // The address may hold a customer's id.
    failure.with_source(error.without_url())
}

/// A failure after the head of the reply.
fn body_error(error: reqwest::Error) -> TransportError {
    let kind = if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::maybe_sent(kind).with_source(error.without_url())
}

fn connect_kind(error: &reqwest::Error) -> TransportErrorKind {
    let is = |kind: fn(&(dyn StdError + 'static)) -> bool| causes(error).any(kind);
    if is(<dyn StdError>::is::<NotFound>) {
        TransportErrorKind::Resolve
    } else if is(<dyn StdError>::is::<ConnectTimedOut>) || error.is_timeout() {
        TransportErrorKind::Timeout
    } else if is(<dyn StdError>::is::<rustls::Error>) {
        TransportErrorKind::Tls
    } else {
        TransportErrorKind::Connect
    }
}

/// Tells whether the body is not framed as it should be. hyper says so by the kind of an
/// `io::Error`, which a connection that ends or breaks does not have.
fn is_damage(error: &reqwest::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput};
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|io| matches!(io.kind(), InvalidData | InvalidInput))
}

/// hyper says in words only that the reply is no HTTP; its type is not public
/// here.
fn is_parse(error: &reqwest::Error) -> bool {
    const WORDS: [&str; 5] = [
        "invalid HTTP",
        "invalid content-length",
        "invalid transfer-encoding",
        "unexpected transfer-encoding",
        "message head is too large",
    ];
    let is_parse = |text: String| WORDS.iter().any(|words| text.starts_with(words));
    causes(error).any(|cause| is_parse(cause.to_string()))
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        // The source of an `io::Error` is that of the error within it, which
        // would be passed over; they come several deep.
        let within = cause
            .downcast_ref::<std::io::Error>()
            .map(|io| io.get_ref());
        match within {
            Some(Some(within)) => Some(within),
            _ => cause.source(),
        }
    })
}
