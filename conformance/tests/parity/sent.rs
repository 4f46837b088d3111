//! Sent or not sent: one definition over both backends, held by a matrix.
//!
//! Certainly not sent: no byte of the request was handed to a connected, for
//! https handshaken, stream. Everything else is perhaps sent, so that of a
//! mutation the outcome is unknown.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cards_model::paysafe::ListPrepaidCards;
use cards_sandbox::{Sandbox, Tls};
use cards_transport::airpay::Airpay;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    BackendOptions, BaseUrl, CallOptions, Client, Error, ErrorKind, ReqwestTransport, Retry,
    Settings, TransportErrorKind,
};

use crate::common::clients::{AnyClient, Backend, Reqwest, Ureq};
use crate::common::registration;
use crate::setup::{GET_CARDS, NEVER};

/// The outcome that a cell must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    NotSent(TransportErrorKind),
    PerhapsSent,
}

use TransportErrorKind::{Connect, Resolve, Timeout, Tls as Handshake};
use Verdict::{NotSent, PerhapsSent};

/// Describes where a call goes, by which options and within which limit.
struct Cell {
    name: &'static str,
    verdict: Verdict,
    url: String,
    options: BackendOptions,
    limit: Duration,
    /// The server that has to live as long as the call.
    _server: Box<dyn std::any::Any + Send + Sync>,
}

const SHORT: Duration = Duration::from_millis(250);

/// Limits that never are what ends a call.
fn patient() -> BackendOptions {
    BackendOptions::new()
        .connect_timeout(NEVER)
        .read_timeout(NEVER)
}

fn local(_: &str) -> io::Result<Vec<IpAddr>> {
    Ok(vec![Ipv4Addr::LOCALHOST.into()])
}

/// A listener that lets nobody in: its queue is full.
struct FullHouse {
    address: SocketAddr,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl FullHouse {
    /// A listener with the shortest queue.
    fn listener() -> TcpListener {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let _inside = runtime.enter();
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap().into_std().unwrap();
        listener.set_nonblocking(false).unwrap();
        listener
    }

    fn fill(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let mut queue = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, SHORT) {
            queue.push(stream);
            assert!(queue.len() < 100, "the queue is never full");
        }
        Self {
            address,
            _listener: listener,
            _queue: queue,
        }
    }
}

/// A server that does this with each connection.
fn serving(act: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let act = Arc::new(act);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let act = Arc::clone(&act);
            thread::spawn(move || act(stream));
        }
    });
    address
}

fn hang() -> ! {
    loop {
        thread::park();
    }
}

/// Reads the head of a request, or a part of it.
fn read(stream: &mut TcpStream, most: usize) {
    let mut seen = Vec::new();
    let mut byte = [0];
    while seen.len() < most && !seen.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => seen.push(byte[0]),
            _ => return,
        }
    }
}

fn cell(name: &'static str, verdict: Verdict, url: String) -> Cell {
    Cell {
        name,
        verdict,
        url,
        options: patient(),
        limit: NEVER,
        _server: Box::new(()),
    }
}

impl Cell {
    fn options(self, change: impl FnOnce(BackendOptions) -> BackendOptions) -> Self {
        Self {
            options: change(self.options),
            ..self
        }
    }

    fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    fn holding(self, server: impl std::any::Any + Send + Sync) -> Self {
        Self {
            _server: Box::new(server),
            ..self
        }
    }
}

/// Lists what can happen before the first byte, and after it.
fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    let nobody = || "http://127.0.0.1:1".to_owned();

    // The look-up.
    let fails = |_: &str| Err(io::Error::other("no such name"));
    let hangs = |_: &str| hang();
    let named = || "http://a.test:1".to_owned();
    let finds_none = |_: &str| Ok(Vec::new());
    cells.push(cell("the look-up fails", NotSent(Resolve), named()).options(|o| o.resolver(fails)));
    cells.push(
        cell("the look-up finds nothing", NotSent(Resolve), named())
            .options(|o| o.resolver(finds_none)),
    );
    cells.push(
        cell(
            "the look-up hangs, the call's limit ends",
            NotSent(Timeout),
            named(),
        )
        .options(|o| o.resolver(hangs))
        .limit(SHORT),
    );
    cells.push(
        cell(
            "the look-up hangs, the connect limit ends",
            NotSent(Timeout),
            named(),
        )
        .options(|o| o.resolver(hangs).connect_timeout(SHORT)),
    );
    cells.push(
        cell(
            "the look-up hangs beyond the read limit",
            NotSent(Timeout),
            named(),
        )
        .options(|o| {
            o.resolver(hangs)
                .read_timeout(SHORT / 5)
                .connect_timeout(SHORT)
        }),
    );
    // Names that no system knows; no request for them leaves this machine's
    // own resolver, which is asked all the same.
    let invalid = "http://no-such-host.invalid:1".to_owned();
    cells.push(cell(
        "the system finds no such name",
        NotSent(Resolve),
        invalid,
    ));

    // The connection.
    cells.push(cell("nobody listens", NotSent(Connect), nobody()));
    cells.push(
        cell("nobody listens there by name", NotSent(Connect), named())
            .options(|o| o.resolver(local)),
    );
    let full = Arc::new(FullHouse::fill(FullHouse::listener()));
    let house = || format!("http://{}", full.address);
    cells.push(
        cell(
            "the connect hangs, the call's limit ends",
            NotSent(Timeout),
            house(),
        )
        .limit(SHORT)
        .holding(Arc::clone(&full)),
    );
    cells.push(
        cell(
            "the connect hangs, the connect limit ends",
            NotSent(Timeout),
            house(),
        )
        .options(|o| o.connect_timeout(SHORT))
        .holding(Arc::clone(&full)),
    );
    cells.push(
        cell(
            "the connect hangs beyond the read limit",
            NotSent(Timeout),
            house(),
        )
        .options(|o| o.read_timeout(SHORT / 5).connect_timeout(SHORT))
        .holding(Arc::clone(&full)),
    );
    let proxied = format!("http://{}", full.address);
    cells.push(
        cell(
            "the proxy hangs",
            NotSent(Timeout),
            "https://127.0.0.1:1".into(),
        )
        .options(|o| o.proxy(proxied).connect_timeout(SHORT))
        .holding(Arc::clone(&full)),
    );
    let refusing = serving(|mut stream| {
        read(&mut stream, usize::MAX);
        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    });
    cells.push(
        cell(
            "the proxy refuses",
            NotSent(Connect),
            "https://127.0.0.1:1".into(),
        )
        .options(|o| o.proxy(format!("http://{refusing}"))),
    );

    // The handshake.
    let sandbox = Sandbox::builder().tls(Tls::generated());
    let sandbox = Arc::new(sandbox.start_blocking().unwrap());
    let port = sandbox.addr().port();
    let trusted = vec![sandbox.certificate_der().unwrap().to_vec()];
    cells.push(
        cell(
            "the issuer is unknown",
            NotSent(Handshake),
            format!("https://127.0.0.1:{port}"),
        )
        .holding(Arc::clone(&sandbox)),
    );
    cells.push(
        cell(
            "the name is another",
            NotSent(Handshake),
            format!("https://other.test:{port}"),
        )
        .options(|o| o.roots(trusted).resolver(local))
        .holding(Arc::clone(&sandbox)),
    );
    let plain = serving(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    cells.push(cell(
        "the port speaks plain http",
        NotSent(Handshake),
        format!("https://{plain}"),
    ));
    let closing = serving(|mut stream| read(&mut stream, 5));
    cells.push(cell(
        "the peer closes in the handshake",
        NotSent(Connect),
        format!("https://{closing}"),
    ));
    let silent = serving(|_stream| hang());
    cells.push(
        cell(
            "the handshake hangs, the call's limit ends",
            NotSent(Timeout),
            format!("https://{silent}"),
        )
        .limit(SHORT),
    );
    cells.push(
        cell(
            "the handshake hangs, the connect limit ends",
            NotSent(Timeout),
            format!("https://{silent}"),
        )
        .options(|o| o.connect_timeout(SHORT)),
    );

    // The request.
    let gone = serving(drop);
    cells.push(cell(
        "the peer closes before the request",
        PerhapsSent,
        format!("http://{gone}"),
    ));
    let halfway = serving(|mut stream| read(&mut stream, 10));
    cells.push(cell(
        "the peer closes within the request",
        PerhapsSent,
        format!("http://{halfway}"),
    ));
    let after = serving(|mut stream| read(&mut stream, usize::MAX));
    cells.push(cell(
        "the peer closes after the request",
        PerhapsSent,
        format!("http://{after}"),
    ));
    let mute = serving(|mut stream| {
        read(&mut stream, usize::MAX);
        hang();
    });
    cells.push(
        cell(
            "no reply comes, the call's limit ends",
            PerhapsSent,
            format!("http://{mute}"),
        )
        .limit(SHORT),
    );
    cells.push(
        cell(
            "no reply comes, the read limit ends",
            PerhapsSent,
            format!("http://{mute}"),
        )
        .options(|o| o.read_timeout(SHORT)),
    );
    cells.push(
        cell(
            "no byte is read, the call's limit ends",
            PerhapsSent,
            format!("http://{silent}"),
        )
        .limit(SHORT),
    );
    cells
}

fn once(limit: Duration) -> Settings {
    Settings::new().retry(Retry::never()).total_timeout(limit)
}

fn a_read<B: Backend>(cell: &Cell) -> Error {
    let base = BaseUrl::insecure(&cell.url).unwrap();
    let client = B::client(
        Paysafe::new(base).token("t"),
        &cell.options,
        once(cell.limit),
    );
    client.send(&ListPrepaidCards::new("1")).unwrap_err()
}

fn a_mutation<B: Backend>(cell: &Cell) -> Error {
    let base = BaseUrl::insecure(&cell.url).unwrap();
    let airpay = Airpay::new(base, "fake-secret-key").keys("fake-a", "fake-p");
    let client = B::client(airpay, &cell.options, once(cell.limit));
    client.send(&registration()).unwrap_err()
}

/// Says what is wrong with an outcome, if anything.
fn judge(cell: &Cell, error: &Error, is_mutation: bool) -> Option<String> {
    let kind = error.transport_kind();
    let is_right = match cell.verdict {
        NotSent(expected) => {
            error.is_not_sent()
                && !error.is_outcome_unknown()
                && kind == Some(expected)
                && matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout)
        }
        PerhapsSent => {
            !error.is_not_sent() && error.is_outcome_unknown() == is_mutation && kind.is_some()
        }
    };
    (!is_right).then(|| format!("{}: {:?} {kind:?} {error}", cell.name, error.kind()))
}

#[test]
fn sent_and_not_sent_are_told_alike_by_both() {
    let cells = cells();
    assert!(cells.len() >= 24, "{}", cells.len());
    let judged = |cell: &Cell| {
        [
            ("reqwest", a_read::<Reqwest>(cell), false),
            ("reqwest", a_mutation::<Reqwest>(cell), true),
            ("ureq", a_read::<Ureq>(cell), false),
            ("ureq", a_mutation::<Ureq>(cell), true),
        ]
        .into_iter()
        .filter_map(|(backend, error, is_mutation)| {
            Some(format!("{backend}: {}", judge(cell, &error, is_mutation)?))
        })
        .collect::<Vec<_>>()
    };
    // Most of them wait for a limit: all at once.
    let wrong: Vec<_> = thread::scope(|scope| {
        let judging: Vec<_> = cells
            .iter()
            .map(|cell| scope.spawn(|| judged(cell)))
            .collect();
        let wrong = judging.into_iter().map(|judging| judging.join().unwrap());
        wrong.flatten().collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// reqwest connects and waits for a pooled connection at once. The connect
/// hangs, the pooled connection becomes free and takes the request, and the
/// server swallows it: an unfinished connect proves nothing.
#[tokio::test]
async fn a_pooled_connection_that_wins_over_a_hanging_connect_has_perhaps_sent() {
    let listener = tokio::task::spawn_blocking(FullHouse::listener);
    let listener = listener.await.unwrap();
    let address = listener.local_addr().unwrap();
    let (accepted, is_accepted) = std::sync::mpsc::channel();
    let (release, is_released) = std::sync::mpsc::channel::<()>();
    let server = listener.try_clone().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        read(&mut stream, usize::MAX);
        accepted.send(()).unwrap();
        is_released.recv().unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            GET_CARDS.len()
        );
        stream
            .write_all(format!("{head}{GET_CARDS}").as_bytes())
            .unwrap();
        read(&mut stream, usize::MAX);
        hang();
    });
    let paysafe = Paysafe::new(format!("http://{address}").parse().unwrap()).token("t");
    let transport = ReqwestTransport::with_options(&patient()).unwrap();
    let client = Client::with_settings(paysafe, transport, once(NEVER));
    let first = {
        let client = client.clone();
        tokio::spawn(async move { client.send(&ListPrepaidCards::new("1")).await })
    };
    while is_accepted.try_recv().is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // From here on, nobody else gets in.
    let house = tokio::task::spawn_blocking(|| FullHouse::fill(listener));
    let _house = house.await.unwrap();
    let second = {
        let client = client.clone();
        let short = CallOptions::new().total_timeout(3 * SHORT);
        tokio::spawn(async move { client.send_with(&ListPrepaidCards::new("2"), &short).await })
    };
    // It is connecting, in vain, when the first one's connection comes free.
    tokio::time::sleep(SHORT).await;
    release.send(()).unwrap();
    assert!(first.await.unwrap().is_ok());
    let error = second.await.unwrap().unwrap_err();
    assert_eq!(error.transport_kind(), Some(Timeout), "{error:?}");
    assert!(!error.is_not_sent(), "{error:?}");
}
