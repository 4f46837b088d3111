//! One POST to a receiver: a connection of its own, to an address that may be called.

mod bounded;

use std::error::Error as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, Uri, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use self::bounded::Bounded;
use crate::engine::tls;

const AGENT: &str = concat!("cards-sandbox/", env!("CARGO_PKG_VERSION"));

/// The most bytes of an answer that are read for its status. A receiver could send one interim answer
/// after the other, and deliveries share a thread with the sandbox's calls.
const MOST: usize = 64 * 1024;

/// A message as it is sent.
pub(super) struct Message {
    /// The whole URL.
    pub(super) url: String,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: String,
}

/// Tells whether this is a name or an address that a receiver may be allowed at.
pub(crate) fn is_host(text: &str) -> bool {
    let authority = format!("http://{text}/");
    let uri: Result<Uri, _> = authority.parse();
    uri.is_ok_and(|uri| uri.host() == Some(text) && uri.port().is_none())
}

/// Sends a message, and gives the answer's status, or why there is none. Hosts beyond this machine
/// are called only where they are among those that are allowed.
pub(super) async fn post(
    message: &Message,
    allowed: &[String],
    limit: Duration,
) -> Result<StatusCode, String> {
    let uri: Uri = message.url.parse().map_err(|_| "the URL is none")?;
    match tokio::time::timeout(limit, exchange(&uri, message, allowed)).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("no answer within {} s", limit.as_secs_f32())),
    }
}

async fn exchange(uri: &Uri, message: &Message, allowed: &[String]) -> Result<StatusCode, String> {
    let host = uri.host().unwrap_or_default();
    let is_tls = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let stream = connect(host, port, allowed).await?;
    let request = request(uri, message).map_err(|error| format!("no request: {error}"))?;
    match is_tls {
        false => talk(stream, request).await,
        true => {
            let name = host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned();
            let name = ServerName::try_from(name).map_err(|_| "the host is no name for TLS")?;
            let stream = connector()?.connect(name, stream).await;
            talk(stream.map_err(|error| format!("no TLS: {error}"))?, request).await
        }
    }
}

/// Connects to the first address of a host that may be called.
async fn connect(host: &str, port: u16, allowed: &[String]) -> Result<TcpStream, String> {
    let mut last = "the host is not this machine, and is not allowed".to_owned();
    for address in addresses(host, port, allowed).await? {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = format!("no connection: {}", io_words(&error)),
        }
    }
    Err(last)
}

/// Finds the addresses of a host that may be called; of another none, without a look-up.
async fn addresses(host: &str, port: u16, allowed: &[String]) -> Result<Vec<SocketAddr>, String> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_allowed = allowed.iter().any(|name| name.eq_ignore_ascii_case(host));
    let found = match bare.parse::<IpAddr>() {
        Ok(address) if is_allowed || address.to_canonical().is_loopback() => vec![address],
        Ok(_) => Vec::new(),
        Err(_) if bare.eq_ignore_ascii_case("localhost") => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        Err(_) if is_allowed => {
            let found = look_up(bare).await;
            found.map_err(|error| format!("the host is not found: {error}"))?
        }
        Err(_) => Vec::new(),
    };
    let with_port = |address| SocketAddr::new(address, port);
    Ok(found.into_iter().map(with_port).collect())
}

/// The look-ups that may go on at a time. A look-up blocks, and nothing cancels it: one that no delivery
/// waits for any more goes on, in a thread of a small pool that others need.
static LOOKUPS: Semaphore = Semaphore::const_new(2);

async fn look_up(host: &str) -> io::Result<Vec<IpAddr>> {
    let host = host.to_owned();
    let going_on = LOOKUPS.acquire().await.map_err(io::Error::other)?;
    let look_up = move || {
        let found = (&*host, 0).to_socket_addrs();
        drop(going_on);
        found
    };
    let found = tokio::task::spawn_blocking(look_up).await??;
    Ok(found.map(|address| address.ip()).collect())
}

/// The kind of an error, without an address.
fn io_words(error: &io::Error) -> String {
    error.kind().to_string()
}

fn request(uri: &Uri, message: &Message) -> Result<Request<Body>, axum::http::Error> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::post(target)
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, AGENT)
        .header(header::CONNECTION, "close");
    for (name, value) in &message.headers {
        request = request.header(name, value);
    }
    request.body(Body::from(message.body.clone()))
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: Request<Body>,
) -> Result<StatusCode, String> {
    let broken = |error: hyper::Error| {
        let io = error.source().and_then(|source| source.downcast_ref());
        let is_over = io.is_some_and(|io: &io::Error| io.kind() == io::ErrorKind::QuotaExceeded);
        let what = match (error.is_parse(), error.is_incomplete_message()) {
            _ if is_over || error.is_parse_too_large() => "the head of the answer is too long",
            (true, _) => "the answer is no HTTP",
            (_, true) => "the connection was closed before an answer",
            _ => "the connection broke",
        };
        what.to_owned()
    };
    let stream = TokioIo::new(Bounded::new(stream, MOST));
    let opened = http1::handshake(stream).await;
    let (mut sender, connection) = opened.map_err(broken)?;
    let mut answer = std::pin::pin!(sender.send_request(request));
    let answer = tokio::select! {
        biased;
        answer = &mut answer => answer,
        // It may have ended with the answer.
        _ = connection => answer.await,
    };
    Ok(answer.map_err(broken)?.status())
}

/// TLS with Mozilla's roots.
fn connector() -> Result<TlsConnector, String> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let config = ClientConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("no TLS: {error}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests;
