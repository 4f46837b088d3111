//! A connection's bytes: plain TCP or TLS over it, the one place where a fault
//! can get between hyper and the socket.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::engine::settings::Limits;
use crate::engine::socket::Socket;
use crate::engine::tls;

/// Holds the stream that a connection is served over.
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<TlsStream<Socket>>),
}

impl Stream {
    /// Gives the stream of a connection once its handshake is done, if it needs
    /// one. `None` where that fails, or where the sandbox stops first.
    pub(crate) async fn open(
        tcp: TcpStream,
        acceptor: Option<TlsAcceptor>,
        limits: Limits,
        mut stop: watch::Receiver<()>,
    ) -> Option<Self> {
        let socket = Socket::new(tcp, limits.write_time);
        let Some(acceptor) = acceptor else {
            return Some(Self::Plain(socket));
        };
        tokio::select! {
            stream = tls::accept(socket, &acceptor, limits.header_time) => {
                stream.map(|stream| Self::Tls(Box::new(stream)))
            }
            _ = stop.changed() => None,
        }
    }

    /// The socket below, whatever is around it.
    pub(crate) fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket.tcp(),
            Self::Tls(tls) => tls.get_ref().0.tcp(),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_read(context, buffer),
            Self::Tls(tls) => Pin::new(tls).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_write(context, bytes),
            Self::Tls(tls) => Pin::new(tls).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_flush(context),
            Self::Tls(tls) => Pin::new(tls).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_shutdown(context),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(context),
        }
    }
}

/// A stream while HTTP is spoken over it. Whoever works on a reply can watch
/// for the client's end meanwhile, which hyper does not look for until it has
/// the reply. Only one task uses it, so that nobody waits for the lock.
#[derive(Clone)]
pub(crate) struct Lent(Arc<Mutex<Held>>);

pub(crate) struct Held {
    stream: Stream,
    /// The bytes that were read while the end was looked for: the next to be read.
    ahead: Vec<u8>,
}

/// The most bytes that are read in search of the end.
const AHEAD: usize = 8 * 1024;

impl Lent {
    pub(crate) fn new(stream: Stream) -> Self {
        let ahead = Vec::new();
        Self(Arc::new(Mutex::new(Held { stream, ahead })))
    }

    /// The stream, once nobody else has it.
    pub(crate) fn into_inner(self) -> Option<Stream> {
        let held = Arc::into_inner(self.0)?.into_inner();
        Some(held.unwrap_or_else(PoisonError::into_inner).stream)
    }

    /// Waits until the client has ended its side or is gone. Behind 8 KiB of
    /// further requests its end is not seen.
    pub(crate) async fn client_ends(&self) {
        std::future::poll_fn(|context| self.held().poll_end(context)).await;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.ahead.len() < AHEAD {
            let mut part = [0; 1024];
            let mut buffer = ReadBuf::new(&mut part);
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(());
            }
            self.ahead.extend_from_slice(buffer.filled());
        }
        Poll::Pending
    }
}

impl AsyncRead for Lent {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let held = &mut *self.held();
        if held.ahead.is_empty() {
            return Pin::new(&mut held.stream).poll_read(context, buffer);
        }
        let size = held.ahead.len().min(buffer.remaining());
        buffer.put_slice(&held.ahead[..size]);
        held.ahead.drain(..size);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Lent {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.held().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.held().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.held().stream).poll_shutdown(context)
    }
}
