//! Connections and event streams: each has its number, and none keeps a place by doing nothing.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use cards_sandbox::{Limits, Running, Sandbox};

use super::is_well;
use crate::common::keep_alive::Client;
use crate::common::{body, connect, get, post, request, status};

const HOUR: Duration = Duration::from_secs(3600);

fn with(set: impl FnOnce(&mut Limits)) -> Running {
    let mut limits = Limits::default();
    set(&mut limits);
    Sandbox::builder().limits(limits).start_blocking().unwrap()
}

#[test]
fn more_connections_than_allowed_wait_their_turn() {
    let sandbox = with(|limits| {
        limits.connections = 2;
        limits.header_time = HOUR;
    });
    let health = "/_sandbox/health";
    let mut holding = [(); 2].map(|()| Client::connect(sandbox.addr()).unwrap());
    for client in &mut holding {
        assert_eq!(client.get(health, &[]).unwrap().0, 200);
    }
    let mut third = connect(sandbox.addr());
    third
        .write_all(request("GET", health, &[], "").as_bytes())
        .unwrap();
    third
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let waited = third.read(&mut [0]).unwrap_err().kind();
    assert!(matches!(
        waited,
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    drop(holding);
    third
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    assert_eq!(status(&super::rest(&mut third)), 200);
}

#[test]
fn a_client_that_reads_nothing_does_not_keep_its_place() {
    let sandbox = with(|limits| {
        limits.connections = 1;
        limits.write_time = Duration::from_millis(300);
        limits.header_time = HOUR;
    });
    let page = request("GET", "/_sandbox/openapi/airpay.json", &[], "");
    let page = page.replacen("connection: close\r\n", "", 1);
    let mut greedy = connect(sandbox.addr());
    greedy
        .set_write_timeout(Some(Duration::from_secs(1)))
        .unwrap();
    let size = {
        greedy.write_all(page.as_bytes()).unwrap();
        let mut byte = [0];
        greedy.read_exact(&mut byte).unwrap();
        get_length(&mut greedy)
    };
    // More than any system's buffers hold.
    for _ in 0..(64 << 20) / size {
        if greedy.write_all(page.as_bytes()).is_err() {
            break;
        }
    }
    is_well(sandbox.addr());
    drop(greedy);
}

/// Reads a reply, whose first byte was read, and gives its length.
fn get_length(stream: &mut TcpStream) -> usize {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "));
    let length = length.unwrap().parse().unwrap();
    reader.read_exact(&mut vec![0; length]).unwrap();
    length
}

/// A client that reads, if not always at once, is not cut off.
#[test]
fn a_client_that_reads_slowly_gets_all() {
    let sandbox = with(|limits| limits.write_time = Duration::from_secs(3));
    let target = "/_sandbox/openapi/airpay.json";
    let whole = get(sandbox.addr(), target, &[]);
    let page = request("GET", target, &[], "").replacen("connection: close\r\n", "", 1);
    let replies = (16 << 20) / whole.len();
    let mut slow = connect(sandbox.addr());
    let mut asking = slow.try_clone().unwrap();
    let asker = std::thread::spawn(move || {
        for _ in 0..replies {
            asking.write_all(page.as_bytes()).unwrap();
        }
        asking.shutdown(std::net::Shutdown::Write).unwrap();
    });
    let (started, mut read, mut part) = (Instant::now(), 0, vec![0; 1 << 20]);
    loop {
        let size = slow.read(&mut part).unwrap();
        read += size;
        if size == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    asker.join().unwrap();
    assert!(read >= replies * body(&whole).len(), "{read} bytes");
    assert!(
        started.elapsed() > Duration::from_secs(3),
        "too fast to tell"
    );
}

/// Asks for a stream of events, and reads its head.
fn follow(address: SocketAddr, target: &str) -> BufReader<TcpStream> {
    follow_over(connect(address), target)
}

/// Connects with a receive buffer that is soon full: others grow to tens of megabytes.
fn narrow(address: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let connected = async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        socket.connect(address).await.unwrap().into_std().unwrap()
    };
    let stream = runtime.block_on(connected);
    stream.set_nonblocking(false).unwrap();
    stream
}

fn follow_over(mut stream: TcpStream, target: &str) -> BufReader<TcpStream> {
    let accept = ("accept", "text/event-stream");
    let request = request("GET", target, &[accept], "");
    stream.write_all(request.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    reader
}

/// Tells whether a stream has come to its proper end by now.
fn has_ended(stream: &mut BufReader<TcpStream>) -> bool {
    ends_within(stream, Duration::from_millis(300))
}

/// Tells whether a stream comes to its proper end, on a busy machine too.
fn ends(stream: &mut BufReader<TcpStream>) -> bool {
    ends_within(stream, Duration::from_secs(20))
}

fn ends_within(stream: &mut BufReader<TcpStream>, limit: Duration) -> bool {
    stream.get_ref().set_read_timeout(Some(limit)).unwrap();
    let mut left = String::new();
    let is_over = stream.read_to_string(&mut left).is_ok();
    let patience = Duration::from_secs(20);
    stream.get_ref().set_read_timeout(Some(patience)).unwrap();
    assert!(!is_over || left.ends_with("0\r\n\r\n"), "{left:?}");
    is_over
}

const EXCHANGES: &str = "/_sandbox/exchanges";
/// A list that none of these calls is in.
const NOTHING: &str = "/_sandbox/exchanges?provider=ibanera";

#[test]
fn streams_are_none_of_the_connections() {
    let sandbox = with(|limits| limits.connections = 1);
    let steps = follow(sandbox.addr(), "/_sandbox/event-steps");
    let mut exchanges = follow(sandbox.addr(), EXCHANGES);
    is_well(sandbox.addr());
    get(sandbox.addr(), "/airpay", &[]);
    let id = exchanges.by_ref().lines().map(Result::unwrap);
    assert!({ id }.any(|line| line == "id: 1"));
    drop((steps, exchanges));
}

#[test]
fn one_follower_too_many_ends_the_oldest_idle_stream() {
    let sandbox = with(|limits| limits.followers = 2);
    let mut first = follow(sandbox.addr(), NOTHING);
    let mut second = follow(sandbox.addr(), "/_sandbox/event-steps");
    assert!(!has_ended(&mut first) && !has_ended(&mut second));
    // In whichever world.
    let mut third = follow(sandbox.addr(), "/_sandbox/exchanges");
    assert!(ends(&mut first));
    assert!(!has_ended(&mut second) && !has_ended(&mut third));
    // The second is older, but not idle.
    let active = "12345678-0000-4000-8000-000000000001";
    let target = format!("/_sandbox/paysafe/cards/{active}/actions");
    let json = ("content-type", "application/json");
    let acted = post(sandbox.addr(), &target, &[json], r#"{"action":"LOCK"}"#);
    assert_eq!(status(&acted), 200, "{acted}");
    assert!(second.by_ref().lines().any(|line| line.unwrap() == "id: 1"));
    let mut fourth = follow(sandbox.addr(), NOTHING);
    assert!(ends(&mut third));
    assert!(!has_ended(&mut second) && !has_ended(&mut fourth));
    assert_eq!(
        status(&get(sandbox.addr(), "/_worlds/a/_sandbox/health", &[])),
        200
    );
    let beside = follow(sandbox.addr(), "/_worlds/a/_sandbox/exchanges");
    assert!(ends(&mut second));
    drop((beside, fourth));
}

/// Such a one cannot be told that its stream ends.
#[test]
fn a_follower_that_reads_nothing_makes_room_too() {
    let mut limits = Limits::default();
    limits.followers = 1;
    limits.write_time = HOUR;
    let sandbox = Sandbox::builder()
        .limits(limits)
        .journal(100_000)
        .journal_bytes(1 << 30)
        .keep_values()
        .start_blocking()
        .unwrap();
    let mut client = Client::connect(sandbox.addr()).unwrap();
    let first_name = "x".repeat(16 * 1024);
    // More than the buffers hold.
    for _ in 0..400 {
        let called = client.airpay("update-customer", &[("first_name", &first_name)]);
        assert_eq!(called.unwrap().0, 200);
    }
    let greedy = follow_over(narrow(sandbox.addr()), "/_sandbox/exchanges?after=0");
    std::thread::sleep(Duration::from_millis(300));
    let (sender, done) = std::sync::mpsc::channel();
    let address = sandbox.addr();
    std::thread::spawn(move || {
        drop(follow(address, EXCHANGES));
        sender.send(()).unwrap();
    });
    done.recv_timeout(Duration::from_secs(20)).unwrap();
    drop(greedy);
}

#[test]
fn limits_under_which_nothing_goes_are_refused() {
    let refused: [fn(&mut Limits); 6] = [
        |limits| limits.followers = 0,
        |limits| limits.connections = 0,
        |limits| limits.header_time = Duration::ZERO,
        |limits| limits.body_time = Duration::ZERO,
        |limits| limits.write_time = Duration::ZERO,
        |limits| limits.delivery_time = Duration::ZERO,
    ];
    for (at, refused) in refused.into_iter().enumerate() {
        let mut limits = Limits::default();
        refused(&mut limits);
        let started = Sandbox::builder().limits(limits).start_blocking();
        let error = started.err().unwrap_or_else(|| panic!("{at} is taken"));
        assert!(error.is_settings(), "{error}");
    }
}
