//! Connections: accepted, limited, served, ended.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::response::Parts;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{HttpService, Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::engine::faults::{ConnectionFault, Script};
use crate::engine::followers::{Followed, Followers};
use crate::engine::large_replies::{Large, Lasting};
use crate::engine::pause::Pause;
use crate::engine::settings::Limits;
use crate::engine::stream::{Lent, Stream};

/// The time that calls under way get to finish when the sandbox stops.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

/// The most bytes that a connection holds of what it has not read, such as a head without its end,
/// before it reads more: one read later it may hold twice as many. A head that is longer by then is
/// answered with 431. A thousand clients may each send as much and nothing else.
const MOST_BUFFERED: usize = 64 * 1024;

/// Answers requests; a clone is a reference.
pub(crate) trait Serves:
    tower::Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> Serves for S where
    S: tower::Service<
            Request<Incoming>,
            Response = Response<Body>,
            Error = Infallible,
            Future: Send,
        > + Clone
        + Send
        + 'static
{
}

/// Serves until `stop`'s sender is gone.
pub(crate) async fn serve(
    listener: TcpListener,
    service: impl Serves,
    limits: Limits,
    tls: Option<TlsAcceptor>,
    mut stop: watch::Receiver<()>,
) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    let mut trouble = Trouble::default();
    loop {
        let accepted = tokio::select! {
            _ = stop.changed() => break,
            accepted = accept(&listener, &slots, &mut trouble) => accepted,
        };
        while connections.try_join_next().is_some() {}
        if let Some((stream, slot)) = accepted {
            let (service, stop, tls) = (service.clone(), stop.clone(), tls.clone());
            connections.spawn(async move {
                if let Some(stream) = Stream::open(stream, tls, limits, stop.clone()).await {
                    connection(stream, service, limits, stop, slot).await;
                }
            });
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(GRACE, all).await.is_err() {
        connections.shutdown().await;
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    trouble: &mut Trouble,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, slot)),
        Err(error) => {
            // The client's fault, or no file descriptor left: wait for one.
            trouble.tell(&error);
            sleep(Duration::from_millis(20)).await;
            None
        }
    }
}

/// Tells of connections that cannot be accepted: once in a while, as each is tried again and again.
#[derive(Default)]
struct Trouble {
    told: Option<Instant>,
    untold: u64,
}

impl Trouble {
    /// The time for which nothing further is told.
    const QUIET: Duration = Duration::from_secs(60);

    fn tell(&mut self, error: &std::io::Error) {
        if self.told.is_some_and(|told| told.elapsed() < Self::QUIET) {
            self.untold += 1;
            return;
        }
        let untold = std::mem::take(&mut self.untold);
        tracing::warn!(%error, untold, "a connection could not be accepted");
        self.told = Some(Instant::now());
    }
}

async fn connection(
    stream: Stream,
    service: impl Serves,
    limits: Limits,
    mut stop: watch::Receiver<()>,
    slot: OwnedSemaphorePermit,
) {
    if let Err(error) = stream.tcp().set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(MOST_BUFFERED)
        .half_close(true);
    let stream = Lent::new(stream);
    let (service, mut asides) = with_asides(service, stream.clone(), stop.clone());
    let mut large = None;
    let mut slot = Some(slot);
    let mut connection = http.serve_connection(TokioIo::new(stream), service);
    let mut followed = None;
    let mut is_stopping = false;
    let ended = loop {
        tokio::select! {
            ended = &mut connection => break ended,
            Some(aside) = asides.recv() => match aside {
                Aside::Script(script, head) => {
                    let parts = connection.into_parts();
                    // It has the stream as well.
                    drop(parts.service);
                    if let Some(stream) = parts.io.into_inner().into_inner() {
                        script.play(head, stream, stop).await;
                    }
                    return;
                }
                Aside::Followed(stream) => {
                    drop(slot.take());
                    followed = Some(stream);
                }
                Aside::Large(reply) => large = Some(reply.lasting(limits.write_time)),
            },
            () = over(&mut followed) => return,
            () = not_taken(&large) => {
                tracing::debug!("a client took too little of a large reply");
                reset(connection.into_parts());
                return;
            }
            _ = stop.changed(), if !is_stopping => {
                std::pin::Pin::new(&mut connection).graceful_shutdown();
                is_stopping = true;
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// Goes beside a reply to its connection.
enum Aside {
    /// A fault has put a script in the place of the reply with this head: the call is never
    /// answered, and the connection has to be taken away from it.
    Script(Script, Parts),
    /// The reply is a stream, whose connection is counted no more.
    Followed(Followed),
    /// The reply is large, and has to be taken in a time.
    Large(Large),
}

/// Waits until a stream that is followed has had its time to end: a client that takes nothing is
/// not told.
async fn over(followed: &mut Option<Followed>) {
    match followed {
        Some(Followed(ending)) => ending.wait().await,
        None => pending().await,
    }
    sleep(Followers::GRACE).await;
}

/// Waits until the last large reply has had its time and is not taken.
async fn not_taken(large: &Option<Lasting>) {
    match large {
        Some(reply) => reply.is_not_taken().await,
        None => pending().await,
    }
}

/// Resets a connection: what the system still holds of its reply would never be taken either.
fn reset<S>(parts: http1::Parts<TokioIo<Lent>, S>) {
    drop(parts.service);
    if let Some(stream) = parts.io.into_inner().into_inner() {
        drop(stream.tcp().set_zero_linger());
    }
}

/// Gives the service, and what goes beside its replies. A delay ends early when its fault is removed, when the sandbox stops,
/// and when the client ends its side: one that has gone must not hold its
/// connection's place.
fn with_asides(
    service: impl Serves,
    stream: Lent,
    stop: watch::Receiver<()>,
) -> (
    impl HttpService<Incoming, ResBody = Body, Error = Infallible, Future: Send>,
    mpsc::Receiver<Aside>,
) {
    let (sender, asides) = mpsc::channel(1);
    let inner = TowerToHyperService::new(service);
    let service = service_fn(move |request| {
        let reply = inner.call(request);
        let (sender, stream, mut stop) = (sender.clone(), stream.clone(), stop.clone());
        async move {
            let mut reply = reply.await?;
            if let Some(ConnectionFault { delays, script, .. }) = reply.extensions_mut().remove() {
                if !delays.is_empty() {
                    tokio::select! {
                        () = all(&delays) => {}
                        () = stream.client_ends() => {}
                        _ = stop.changed() => {}
                    }
                }
                if let Some(script) = script {
                    let (head, _) = reply.into_parts();
                    // The other end goes with the connection, as this does.
                    drop(sender.send(Aside::Script(script, head)).await);
                    return pending().await;
                }
            }
            if let Some(followed) = reply.extensions_mut().remove::<Followed>() {
                drop(sender.send(Aside::Followed(followed)).await);
            }
            if let Some(large) = reply.extensions_mut().remove::<Large>() {
                drop(sender.send(Aside::Large(large)).await);
            }
            Ok(reply)
        }
    });
    (service, asides)
}

/// Waits for the delays, one after the other.
async fn all(delays: &[Pause]) {
    for delay in delays {
        delay.wait().await;
    }
}

#[cfg(test)]
mod tests;
