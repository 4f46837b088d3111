//! A server that does what a row says until it is told to behave, always at one address.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::certificates::{Identity, acceptor};
use crate::line::{End, Stream};

/// Says what is to happen with each connection, in this order.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    /// `None`: plain TCP.
    pub(crate) tls: Option<Identity>,
    pub(crate) acts: Vec<Act>,
    pub(crate) end: End,
}

/// One act of a server.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Waits for a byte, which it leaves unread where that can be.
    Await,
    /// Reads the first bytes, and not through TLS, whatever they are.
    TakeHello,
    /// Reads the head of a request.
    TakeHead,
    /// Reads half of its body.
    TakeHalf,
    /// Reads all of it.
    TakeAll,
    Say(Vec<u8>),
    /// Sends a byte at a time.
    Trickle(Vec<u8>),
    /// Sends these bytes again and again, as fast as they are read, until the client goes away.
    Flood(Vec<u8>),
}

/// The pause between two bytes that come one at a time.
const TRICKLE: Duration = Duration::from_millis(15);

/// The bytes of a flood that are sent at once.
const FLOOD: usize = 16 * 1024;

/// The part of a server's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Every request is answered with the good reply.
    Good,
    /// The play is on.
    Bad,
}

/// A server on the loopback address, for as long as it is held.
pub(crate) struct Server {
    address: SocketAddr,
    is_tls: bool,
    part: watch::Sender<Part>,
    seen: Arc<Seen>,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
    /// Holds the port while nobody listens at it.
    socket: Option<TcpSocket>,
    /// Fill the queue of a listener that accepts nobody.
    queue: Vec<std::net::TcpStream>,
}

struct Shared {
    play: Play,
    good: Vec<u8>,
    seen: Arc<Seen>,
}

/// Counts what a server saw, since its part changed last.
#[derive(Default)]
pub(crate) struct Seen {
    /// New connections.
    connections: AtomicUsize,
    /// Requests whose head was read.
    requests: AtomicUsize,
    /// Plays that came to their end.
    ends: AtomicUsize,
    /// Connections on which a request was answered well.
    good: AtomicUsize,
}

impl Seen {
    fn forget(&self) {
        for count in [&self.connections, &self.requests, &self.ends, &self.good] {
            count.store(0, Ordering::SeqCst);
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn good(&self) -> usize {
        self.good.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Tells whether a play has come to its end, or does so within this time.
    pub(crate) fn has_ended(&self, within: Duration) -> bool {
        let start = Instant::now();
        while self.ends.load(Ordering::SeqCst) == 0 {
            if start.elapsed() > within {
                return false;
            }
            thread::sleep(Duration::from_millis(1));
        }
        true
    }
}

/// Tells whether anybody lets connections in, at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listens {
    Yes,
    /// Connections are refused.
    No,
    /// The queue is full, and nobody is let in.
    Full,
}

/// Serves all servers of the program on one thread.
static RUNTIME: LazyLock<Handle> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    handle
});

/// A listener whose queue is full: nobody is let in, and nobody is told.
pub(crate) struct Silent {
    listener: TcpListener,
    queue: Vec<std::net::TcpStream>,
}

impl Silent {
    /// Has another address be silent at the port of a server.
    pub(crate) fn beside(server: &Server, ip: Ipv4Addr) -> Self {
        let _within = RUNTIME.enter();
        let address = (ip, server.address.port()).into();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(address).unwrap();
        Self::at(socket, address)
    }

    fn at(socket: TcpSocket, address: SocketAddr) -> Self {
        let listener = socket.listen(1).unwrap();
        let mut queue = Vec::new();
        let patience = Duration::from_millis(100);
        while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, patience) {
            queue.push(stream);
            assert!(queue.len() < 100, "the queue is never full");
        }
        Self { listener, queue }
    }
}

impl Server {
    /// Starts one that plays, with this reply for later.
    pub(crate) fn start(listens: Listens, play: Play, good: Vec<u8>) -> Self {
        let _within = RUNTIME.enter();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let seen = Arc::<Seen>::default();
        let mut server = Self {
            address: socket.local_addr().unwrap(),
            is_tls: play.tls.is_some() || play.acts.iter().any(|act| matches!(act, Act::TakeHello)),
            part: watch::channel(Part::Bad).0,
            shared: Arc::new(Shared {
                play,
                good,
                seen: Arc::clone(&seen),
            }),
            seen,
            accepting: None,
            socket: Some(socket),
            queue: Vec::new(),
        };
        match listens {
            Listens::Yes => server.listen(None),
            Listens::No => {}
            Listens::Full => server.fill(),
        }
        server
    }

    fn fill(&mut self) {
        let socket = self.socket.take().unwrap();
        let Silent { listener, queue } = Silent::at(socket, self.address);
        self.queue = queue;
        // It is kept by a task that does not begin.
        let (shared, part) = (Arc::clone(&self.shared), self.part.subscribe());
        let mut begins = part.clone();
        self.accepting = Some(RUNTIME.spawn(async move {
            if begins.wait_for(|part| *part == Part::Good).await.is_ok() {
                accept(listener, shared, part).await;
            }
        }));
    }

    fn listen(&mut self, listener: Option<TcpListener>) {
        let listener = listener.unwrap_or_else(|| self.socket.take().unwrap().listen(64).unwrap());
        let (shared, part) = (Arc::clone(&self.shared), self.part.subscribe());
        self.accepting = Some(RUNTIME.spawn(accept(listener, shared, part)));
    }

    /// Tells it to behave from here on, and forgets what it saw.
    pub(crate) fn behave(&mut self) {
        let _within = RUNTIME.enter();
        self.queue.clear();
        self.seen.forget();
        self.part.send_replace(Part::Good);
        if self.socket.is_some() {
            self.listen(None);
        }
    }

    /// Tells it to play again, on connections that stand too, and forgets what it saw.
    pub(crate) fn misbehave(&mut self) {
        self.seen.forget();
        self.part.send_replace(Part::Bad);
    }

    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// The address of the server, by this host.
    pub(crate) fn url(&self, host: &str) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{host}:{}", self.address.port())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, part: watch::Receiver<Part>) {
    // They end with this task.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (shared, part) = (Arc::clone(&shared), part.clone());
        connections.spawn(async move {
            // A client that goes away early is no concern of the server.
            let _ = shared.serve(stream, part).await;
        });
    }
}

impl Shared {
    async fn serve(&self, tcp: TcpStream, mut part: watch::Receiver<Part>) -> io::Result<()> {
        tcp.set_nodelay(true)?;
        self.seen.connections.fetch_add(1, Ordering::SeqCst);
        let is_bad = *part.borrow_and_update() == Part::Bad;
        let takes_hello = |act: &Act| matches!(act, Act::TakeHello);
        let is_raw = self.play.acts.iter().any(takes_hello);
        let mut stream = match self.play.tls {
            _ if is_raw && is_bad => Stream::Plain(tcp),
            None if !is_raw => Stream::Plain(tcp),
            identity => {
                let identity = identity.filter(|_| is_bad).unwrap_or(Identity::Good);
                let accepted = acceptor(identity).accept(tcp).await;
                if is_bad && identity != Identity::Good {
                    self.seen.ends.fetch_add(1, Ordering::SeqCst);
                }
                Stream::Tls(Box::new(accepted?))
            }
        };
        let (mut taken, mut is_new) = (Vec::new(), true);
        while *part.borrow_and_update() == Part::Good {
            tokio::select! {
                read = stream.read(&mut taken) => read?,
                changed = part.changed() => match changed {
                    Ok(()) => continue,
                    Err(_) => return Ok(()),
                },
            }
            if *part.borrow() == Part::Good && whole(&taken, 1, 1) {
                taken.clear();
                self.seen.requests.fetch_add(1, Ordering::SeqCst);
                self.seen
                    .good
                    .fetch_add(usize::from(is_new), Ordering::SeqCst);
                is_new = false;
                stream.say(&self.good).await?;
            }
        }
        self.play(stream, taken).await
    }

    /// Plays on a connection of which these bytes were read already.
    async fn play(&self, mut stream: Stream, mut taken: Vec<u8>) -> io::Result<()> {
        for act in &self.play.acts {
            match act {
                Act::Await if taken.is_empty() => match &stream {
                    Stream::Plain(tcp) => tcp.readable().await?,
                    // It may have come with the end of the handshake.
                    Stream::Tls(_) => stream.read(&mut taken).await?,
                },
                Act::Await => {}
                Act::TakeHello => stream.read(&mut taken).await?,
                Act::TakeHead => {
                    take(&mut stream, &mut taken, 0).await?;
                    self.seen.requests.fetch_add(1, Ordering::SeqCst);
                }
                Act::TakeHalf => take(&mut stream, &mut taken, 1).await?,
                Act::TakeAll => take(&mut stream, &mut taken, 2).await?,
                Act::Say(bytes) => stream.say(bytes).await?,
                Act::Trickle(bytes) => {
                    self.seen.ends.fetch_add(1, Ordering::SeqCst);
                    for byte in bytes {
                        stream.say(&[*byte]).await?;
                        tokio::time::sleep(TRICKLE).await;
                    }
                }
                Act::Flood(bytes) => {
                    self.seen.ends.fetch_add(1, Ordering::SeqCst);
                    let many = bytes.repeat(FLOOD.div_ceil(bytes.len()));
                    loop {
                        stream.say(&many).await?;
                    }
                }
            }
        }
        let ended = || {
            self.seen.ends.fetch_add(1, Ordering::SeqCst);
        };
        stream.end(self.play.end, ended).await
    }
}

/// Reads on until there are a head and so many halves of its body.
async fn take(stream: &mut Stream, taken: &mut Vec<u8>, halves: usize) -> io::Result<()> {
    while !whole(taken, halves, 2) {
        stream.read(taken).await?;
    }
    Ok(())
}

/// Tells whether these bytes hold a head and this part of its body.
fn whole(bytes: &[u8], part: usize, of: usize) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    bytes.len() - end - 4 >= length * part / of
}
