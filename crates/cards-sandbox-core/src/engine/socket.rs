//! A TCP connection whose other end has to take what is written to it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

/// Holds a connection, and ends it where its client takes nothing for too long: else one that
/// never reads would keep its place for ever. Each byte that is taken gives it the whole time
/// again. It stands below TLS, where what is taken can be seen.
#[derive(Debug)]
pub(crate) struct Socket {
    tcp: TcpStream,
    /// The time for which nothing may be taken.
    write_time: Duration,
    /// Runs while something waits to be taken.
    stall: Stall,
}

/// Times a write that waits. Who has begun one tries again until it is done or the connection
/// ends, so that the timer runs on for bytes only that wait still.
#[derive(Debug, Default)]
struct Stall {
    timer: Option<Pin<Box<Sleep>>>,
    is_running: bool,
}

impl Socket {
    pub(crate) fn new(tcp: TcpStream, write_time: Duration) -> Self {
        let stall = Stall::default();
        Self {
            tcp,
            write_time,
            stall,
        }
    }

    pub(crate) const fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    /// Judges what came of writing: what has waited too long is an error, and the connection is
    /// reset, as what the system still holds of it would never be taken either.
    fn judge<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stall.is_running = false;
            return written;
        }
        if self.stall.has_lasted(self.write_time, context) {
            drop(self.tcp.set_zero_linger());
            let error = "the client took nothing for too long";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, error)));
        }
        written
    }
}

impl Stall {
    fn has_lasted(&mut self, most: Duration, context: &mut Context<'_>) -> bool {
        let most = most.min(YEAR);
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(most)));
        if !self.is_running {
            timer.as_mut().reset(Instant::now() + most);
            self.is_running = true;
        }
        timer.as_mut().poll(context).is_ready()
    }
}

/// The longest time: one without an end is as good.
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let socket = self.get_mut();
        let written = Pin::new(&mut socket.tcp).poll_write(context, bytes);
        socket.judge(written, context)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(context)
    }
}
