//! A server of plain bytes: it answers with exactly what it is told to, breaks
//! off where it is told to, and keeps what it receives.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::wire::{self, WireRequest};

/// The server's reaction to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reaction {
    /// Sends the bytes and waits for the next request on the connection.
    Send(Vec<u8>),
    /// Sends the bytes and ends the connection in order.
    SendAndClose(Vec<u8>),
    /// Sends the bytes, none perhaps, and resets the connection.
    SendAndReset(Vec<u8>),
    /// Sends the bytes, none perhaps, and then nothing more while the
    /// connection stays open.
    SendAndStall(Vec<u8>),
    /// Sends the bytes in pieces of this size with this pause after each.
    Drip(Vec<u8>, usize, Duration),
    /// Waits, then sends the bytes.
    Delay(Duration, Vec<u8>),
}

impl Reaction {
    /// A reply with this status line, these header lines and this body, its
    /// length announced.
    pub fn reply(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        Self::Send(reply(status, headers, body))
    }

    /// A reply of JSON.
    pub fn json(status: &str, body: impl AsRef<[u8]>) -> Self {
        Self::reply(status, &["content-type: application/json"], body)
    }
}

/// The bytes of a reply, the length of the body announced.
///
/// ```
/// let bytes = conformance::server::reply("204 No Content", &["x-a: 1"], "");
/// assert_eq!(bytes, b"HTTP/1.1 204 No Content\r\nx-a: 1\r\ncontent-length: 0\r\n\r\n");
/// ```
pub fn reply(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = format!("content-length: {}", body.len());
    let headers: Vec<&str> = headers.iter().copied().chain([&*length]).collect();
    raw(status, &headers, body)
}

/// The bytes of a reply with these headers and no others.
pub fn raw(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body.as_ref());
    bytes
}

/// Holds one request as it was received.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Captured {
    /// The bytes, from the request line to the end of the body.
    pub bytes: Vec<u8>,
    /// The connection that it came on, counted from 0.
    pub connection: usize,
}

impl Captured {
    /// The bytes taken apart.
    pub fn request(&self) -> Result<WireRequest, wire::NotARequest> {
        WireRequest::parse(&self.bytes)
    }
}

impl std::fmt::Debug for Captured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Captured")
            .field("request", &self.request())
            .field("connection", &self.connection)
            .finish()
    }
}

/// A server on the loopback address, for as long as it is held.
///
/// ```
/// use conformance::server::{RawServer, Reaction};
/// use std::io::{Read, Write};
///
/// let server = RawServer::playing([Reaction::SendAndClose(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())])?;
/// let mut stream = std::net::TcpStream::connect(server.address())?;
/// stream.write_all(b"GET / HTTP/1.1\r\n\r\n")?;
/// let mut reply = String::new();
/// stream.read_to_string(&mut reply)?;
/// assert_eq!(reply, "HTTP/1.1 200 OK\r\n\r\n");
/// assert_eq!(server.received().len(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct RawServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

type Plan = Box<dyn FnMut(&WireRequest) -> Reaction + Send>;

struct Shared {
    plan: Mutex<Plan>,
    /// Says whether requests are kept.
    keeps: bool,
    received: Mutex<Vec<Captured>>,
    is_over: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

impl RawServer {
    /// Answers the first request with the first reaction, and so on; the last
    /// one serves for all that follow.
    pub fn playing(reactions: impl IntoIterator<Item = Reaction>) -> io::Result<Self> {
        let mut reactions = reactions.into_iter().collect::<Vec<_>>().into_iter();
        let mut last = Reaction::SendAndClose(Vec::new());
        Self::deciding(move |_| {
            if let Some(next) = reactions.next() {
                last = next;
            }
            last.clone()
        })
    }

    /// Asks `plan` for each request, one at a time.
    pub fn deciding(
        plan: impl FnMut(&WireRequest) -> Reaction + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(plan, true)
    }

    /// Asks `plan` for each request, one at a time, and keeps none of them: `received` stays
    /// empty. For what goes on for long.
    pub fn forgetting(
        plan: impl FnMut(&WireRequest) -> Reaction + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(plan, false)
    }

    fn start(
        plan: impl FnMut(&WireRequest) -> Reaction + Send + 'static,
        keeps: bool,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            plan: Mutex::new(Box::new(plan)),
            keeps,
            received: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        let listener = thread::spawn(move || accept(&listener, &accepting));
        Ok(Self {
            address,
            shared,
            listener: Some(listener),
        })
    }

    /// The address that it listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives the URL, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far that was kept, in the order of their arrival.
    pub fn received(&self) -> Vec<Captured> {
        lock(&self.shared.received).clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut connections = Vec::new();
    for (number, stream) in listener.incoming().enumerate() {
        if shared.is_over.load(Ordering::SeqCst) {
            break;
        }
        let (Ok(stream), shared) = (stream, Arc::clone(shared)) else {
            continue;
        };
        // A thread that has ended keeps its stack until it is let go.
        connections.retain(|connection: &JoinHandle<()>| !connection.is_finished());
        connections.push(thread::spawn(move || {
            // A client that goes away early is no concern of the server.
            let _ = serve(stream, number, &shared);
        }));
    }
    for connection in connections {
        let _ = connection.join();
    }
}

/// The pause between two looks of a waiting connection whether the server is
/// over.
const TICK: Duration = Duration::from_millis(2);

/// Time for the peer to read what was sent before a reset takes it away.
const BEFORE_RESET: Duration = Duration::from_millis(30);

fn serve(mut stream: TcpStream, connection: usize, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    while let Some(bytes) = whole_request(&stream, shared)? {
        let request = WireRequest::parse(&bytes);
        if shared.keeps {
            lock(&shared.received).push(Captured {
                bytes: bytes.clone(),
                connection,
            });
        }
        let Ok(request) = request else {
            return Ok(());
        };
        let reaction = (lock(&shared.plan))(&request);
        if let Reaction::SendAndReset(reply) = &reaction {
            stream.write_all(reply)?;
            if !reply.is_empty() {
                wait(BEFORE_RESET, shared);
            }
            // To close a socket with unread bytes in it is to reset it.
            return Ok(());
        }
        stream.read_exact(&mut vec![0; bytes.len()])?;
        match reaction {
            Reaction::Send(reply) => stream.write_all(&reply)?,
            Reaction::SendAndClose(reply) => {
                stream.write_all(&reply)?;
                return Ok(());
            }
            Reaction::SendAndReset(_) => {}
            Reaction::SendAndStall(reply) => {
                stream.write_all(&reply)?;
                wait(Duration::from_secs(60), shared);
                return Ok(());
            }
            Reaction::Drip(reply, size, pause) => {
                for piece in reply.chunks(size.max(1)) {
                    stream.write_all(piece)?;
                    wait(pause, shared);
                }
            }
            Reaction::Delay(pause, reply) => {
                wait(pause, shared);
                stream.write_all(&reply)?;
            }
        }
    }
    Ok(())
}

/// The most that a request may have, in bytes.
const MOST: usize = 1 << 18;

/// Waits for a whole request without taking it out of the socket, so that what
/// follows can be a reset; `None` where the peer or the server ends first.
fn whole_request(stream: &TcpStream, shared: &Shared) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = vec![0; 1 << 12];
    let mut known = 0;
    stream.set_read_timeout(Some(TICK))?;
    loop {
        match stream.peek(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(size) => {
                if let Some(length) = wire::length(&buffer[..size]) {
                    stream.set_read_timeout(None)?;
                    buffer.truncate(length);
                    return Ok(Some(buffer));
                }
                if size == buffer.len() && size < MOST {
                    buffer.resize(2 * size, 0);
                } else if size == known {
                    thread::sleep(TICK);
                }
                known = size;
            }
            Err(error) if is_quiet(&error) => {}
            Err(error) => return Err(error),
        }
        if shared.is_over.load(Ordering::SeqCst) {
            return Ok(None);
        }
    }
}

fn is_quiet(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// Sleeps, but not beyond the server's end.
fn wait(pause: Duration, shared: &Shared) {
    let mut left = pause;
    while !left.is_zero() && !shared.is_over.load(Ordering::SeqCst) {
        let step = left.min(TICK);
        thread::sleep(step);
        left -= step;
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(server: &RawServer, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(server.address())?;
        stream.set_read_timeout(Some(Duration::from_millis(200)))?;
        stream.write_all(request)?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply)?;
        Ok(reply)
    }

    const GET: &[u8] = b"GET / HTTP/1.1\r\n\r\n";

    #[test]
    fn a_request_of_any_size_is_kept_whole_unless_none_is() {
        let ok = || Reaction::SendAndClose(reply("200 OK", &[], ""));
        let (keeping, forgetting) = (
            RawServer::deciding(move |_| ok()).unwrap(),
            RawServer::forgetting(move |_| ok()).unwrap(),
        );
        for size in [0, 4_000, 4_096, 8_191, 8_192, 60_000] {
            let head = format!("POST / HTTP/1.1\r\ncontent-length: {size}\r\n\r\n");
            let request = [head.into_bytes(), vec![b'x'; size]].concat();
            exchange(&keeping, &request).unwrap();
            assert!(
                keeping.received().last().unwrap().bytes == request,
                "{size}"
            );
            exchange(&forgetting, &request).unwrap();
        }
        assert!(forgetting.received().is_empty());
    }

    #[test]
    fn the_last_reaction_serves_for_all_that_follow() {
        let server = RawServer::playing([
            Reaction::SendAndClose(b"1".to_vec()),
            Reaction::SendAndClose(b"2".to_vec()),
        ])
        .unwrap();
        for expected in ["1", "2", "2"] {
            assert_eq!(exchange(&server, GET).unwrap(), expected.as_bytes());
        }
        assert_eq!(server.received().len(), 3);
        assert_eq!(server.received()[2].connection, 2);
    }

    #[test]
    fn a_reset_is_a_reset_and_a_close_is_not() {
        let server = RawServer::playing([
            Reaction::SendAndReset(Vec::new()),
            Reaction::SendAndClose(Vec::new()),
        ])
        .unwrap();
        let error = exchange(&server, GET).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(exchange(&server, GET).unwrap(), b"");
    }

    #[test]
    fn a_connection_serves_one_request_after_the_other() {
        let server = RawServer::playing([Reaction::Send(b"x".to_vec())]).unwrap();
        let mut stream = TcpStream::connect(server.address()).unwrap();
        for _ in 0..3 {
            stream.write_all(GET).unwrap();
            stream.read_exact(&mut [0]).unwrap();
        }
        let received = server.received();
        assert_eq!(received.len(), 3);
        assert!(received.iter().all(|captured| captured.connection == 0));
    }

    #[test]
    fn a_stall_ends_with_the_server() {
        let server = RawServer::playing([Reaction::SendAndStall(b"x".to_vec())]).unwrap();
        let error = exchange(&server, GET).unwrap_err();
        assert!(is_quiet(&error), "{error}");
        drop(server);
    }

    /// Stacks are mapped, so that those of threads that have ended would be seen.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_connection_that_has_ended_keeps_no_memory() {
        let mapped = || {
            std::fs::read_to_string("/proc/self/maps")
                .unwrap()
                .lines()
                .count()
        };
        let server =
            RawServer::deciding(|_| Reaction::SendAndClose(reply("200 OK", &[], ""))).unwrap();
        let before = mapped();
        for _ in 0..300 {
            exchange(&server, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
        }
        let more = mapped().saturating_sub(before);
        assert!(more < 200, "{more} pieces of memory more");
    }
}
