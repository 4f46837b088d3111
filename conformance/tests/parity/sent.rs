//! Sent or not sent: one definition over both backends, held by a matrix.
//!
//! Certainly not sent: no byte of the request was handed to a connected, for
//! https handshaken, stream. Everything else is perhaps sent, so that of a
//! mutation the outcome is unknown.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cards_model::paysafe::ListPrepaidCards;
use cards_sandbox::{Running, Sandbox, Tls};
use cards_transport::airpay::Airpay;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    BackendOptions, BaseUrl, CallOptions, Client, ErrorKind, ReqwestTransport, Retry, Settings,
    TransportErrorKind,
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
}

const SHORT: Duration = Duration::from_millis(250);

/// Limits that never are what ends a call.
fn patient() -> BackendOptions {
    BackendOptions::new()
        .connect_timeout(NEVER)
        .read_timeout(NEVER)
}

/// A listener that lets nobody in: its queue is full.
struct FullHouse {
    address: SocketAddr,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl FullHouse {
    fn fill(listener: TcpListener) -> Self {
        let address = listener.local_addr().unwrap();
        let mut queue = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, SHORT) {
            queue.push(stream);
            assert!(queue.len() < 10_000, "the queue is never full");
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

/// Lists what can happen before the first byte, and after it; beside it the
/// servers that have to live as long as the calls.
// One line a cell.
#[rustfmt::skip]
fn cells() -> (Vec<Cell>, FullHouse, Running) {
    let nobody = "http://127.0.0.1:1";
    let named = "http://a.test:1";
    let fails = || patient().resolver(|_: &str| Err(io::Error::other("no such name")));
    let finds_none = || patient().resolver(|_: &str| Ok(Vec::new()));
    let hangs = || patient().resolver(|_: &str| hang());
    let local = |options: BackendOptions| options.resolver(|_: &str| Ok(vec![Ipv4Addr::LOCALHOST.into()]));
    let impatient = |options: BackendOptions| options.connect_timeout(SHORT);
    let beyond_reading = |options: BackendOptions| impatient(options.read_timeout(SHORT / 5));

    let full = FullHouse::fill(TcpListener::bind("127.0.0.1:0").unwrap());
    let house = &format!("http://{}", full.address);
    let refusing = serving(|mut stream| {
        read(&mut stream, usize::MAX);
        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    });
    let behind = |proxy: String| patient().proxy(proxy);

    let sandbox = Sandbox::builder().tls(Tls::generated()).start_blocking().unwrap();
    let port = sandbox.addr().port();
    let trusting = || local(patient().roots([sandbox.certificate_der().unwrap().to_vec()]));
    let another = Sandbox::builder().tls(Tls::generated()).start_blocking().unwrap();
    let trusting_another = || patient().roots([another.certificate_der().unwrap().to_vec()]);
    let plain = serving(|mut stream| drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")));
    let closing = serving(|mut stream| read(&mut stream, 5));
    let silent = serving(|_stream| hang());

    let gone = serving(drop);
    let halfway = serving(|mut stream| read(&mut stream, 10));
    let after = serving(|mut stream| read(&mut stream, usize::MAX));
    let mute = serving(|mut stream| {
        read(&mut stream, usize::MAX);
        hang();
    });

    let http = |address: &dyn std::fmt::Display| format!("http://{address}");
    let https = |address: &dyn std::fmt::Display| format!("https://{address}");
    let cells = [
        ("the look-up fails", NotSent(Resolve), named.into(), fails(), NEVER),
        ("the look-up finds nothing", NotSent(Resolve), named.into(), finds_none(), NEVER),
        ("the look-up hangs, the call's limit ends", NotSent(Timeout), named.into(), hangs(), SHORT),
        ("the look-up hangs, the connect limit ends", NotSent(Timeout), named.into(), impatient(hangs()), NEVER),
        ("the look-up hangs beyond the read limit", NotSent(Timeout), named.into(), beyond_reading(hangs()), NEVER),
        // No system knows the name; no request for it leaves this machine's own
        // resolver, which is asked all the same.
        ("the system finds no such name", NotSent(Resolve), "http://no-such-host.invalid:1".into(), patient(), NEVER),

        ("nobody listens", NotSent(Connect), nobody.into(), patient(), NEVER),
        ("nobody listens there by name", NotSent(Connect), named.into(), local(patient()), NEVER),
        ("the connect hangs, the call's limit ends", NotSent(Timeout), house.clone(), patient(), SHORT),
        ("the connect hangs, the connect limit ends", NotSent(Timeout), house.clone(), impatient(patient()), NEVER),
        ("the connect hangs beyond the read limit", NotSent(Timeout), house.clone(), beyond_reading(patient()), NEVER),
        ("the proxy hangs", NotSent(Timeout), https(&"a.test:1"), impatient(behind(house.clone())), NEVER),
        ("the proxy refuses", NotSent(Connect), https(&"a.test:1"), behind(http(&refusing)), NEVER),

        ("the issuer is unknown", NotSent(Handshake), https(&sandbox.addr()), patient(), NEVER),
        ("the certificate is another server's", NotSent(Handshake), https(&sandbox.addr()), trusting_another(), NEVER),
        ("the name is another", NotSent(Handshake), format!("https://other.test:{port}"), trusting(), NEVER),
        ("the port speaks plain http", NotSent(Handshake), https(&plain), patient(), NEVER),
        ("the peer closes in the handshake", NotSent(Connect), https(&closing), patient(), NEVER),
        ("the handshake hangs, the call's limit ends", NotSent(Timeout), https(&silent), patient(), SHORT),
        ("the handshake hangs, the connect limit ends", NotSent(Timeout), https(&silent), impatient(patient()), NEVER),

        ("the peer closes before the request", PerhapsSent, http(&gone), patient(), NEVER),
        ("the peer closes within the request", PerhapsSent, http(&halfway), patient(), NEVER),
        ("the peer closes after the request", PerhapsSent, http(&after), patient(), NEVER),
        ("no reply comes, the call's limit ends", PerhapsSent, http(&mute), patient(), SHORT),
        ("no reply comes, the read limit ends", PerhapsSent, http(&mute), patient().read_timeout(SHORT), NEVER),
        ("no byte is read, the call's limit ends", PerhapsSent, http(&silent), patient(), SHORT),
    ]
    .map(|(name, verdict, url, options, limit)| Cell { name, verdict, url, options, limit });
    (cells.into(), full, sandbox)
}

fn once(limit: Duration) -> Settings {
    Settings::new().retry(Retry::never()).total_timeout(limit)
}

/// Lists what is wrong with the outcome of a read and of a mutation, if anything.
fn judged<B: Backend>(cell: &Cell) -> Vec<String> {
    let base = || BaseUrl::insecure(&cell.url).unwrap();
    let paysafe = Paysafe::new(base()).token("t");
    let client = B::client(paysafe, &cell.options, once(cell.limit));
    let a_read = client.send(&ListPrepaidCards::new("1")).map(drop);
    let airpay = Airpay::new(base(), "fake-secret-key").keys("fake-a", "fake-p");
    let client = B::client(airpay, &cell.options, once(cell.limit));
    let a_mutation = client.send(&registration()).map(drop);
    let mut wrong = Vec::new();
    for (outcome, is_mutation) in [(a_read, false), (a_mutation, true)] {
        let error = outcome.unwrap_err();
        let (kind, is_unknown) = (error.transport_kind(), error.is_outcome_unknown());
        let tells_handshake = error.to_string().ends_with(": the TLS handshake failed");
        let is_right = match cell.verdict {
            NotSent(expected) => {
                error.is_not_sent()
                    && !is_unknown
                    && kind == Some(expected)
                    && matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout)
                    && (kind != Some(Handshake) || tells_handshake)
            }
            PerhapsSent => !error.is_not_sent() && is_unknown == is_mutation && kind.is_some(),
        };
        let told = format!("{}: {}: {error:?}", B::NAME, cell.name);
        wrong.extend((!is_right).then_some(told));
    }
    wrong
}

#[test]
fn sent_and_not_sent_are_told_alike_by_both() {
    let (cells, _full, sandbox) = cells();
    // Most of them wait for a limit: all at once.
    let wrong: Vec<_> = thread::scope(|scope| {
        let judging: Vec<_> = cells
            .iter()
            .map(|cell| scope.spawn(|| [judged::<Reqwest>(cell), judged::<Ureq>(cell)].concat()))
            .collect();
        let wrong = judging.into_iter().map(|judging| judging.join().unwrap());
        wrong.flatten().collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(sandbox.exchanges().is_empty(), "{:?}", sandbox.exchanges());
}

/// reqwest connects and waits for a pooled connection at once. The connect
/// hangs, the pooled connection becomes free and takes the request, and the
/// server swallows it: an unfinished connect proves nothing.
#[tokio::test]
async fn a_pooled_connection_that_wins_over_a_hanging_connect_has_perhaps_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
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
        let reply = format!("{head}{GET_CARDS}");
        stream.write_all(reply.as_bytes()).unwrap();
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
