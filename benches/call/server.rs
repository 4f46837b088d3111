//! The server: fixed replies over connections that stay open, a thread for each.
//! It reads a request to its end, looks at its method and at nothing else, so
//! that a call costs it the same whoever makes it.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// The documented reply to a registration.
pub(crate) const REGISTERED: &str = r#"{
    "status": 200,
    "message": "success",
    "data": {
        "entity_id": "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps",
        "kyc_status": "MIN_KYC",
        "kyc_expiry_date": "2021-06-18",
        "kycRefNo": null
    }
}"#;

/// Serves until it is ended, on an address that it prints. It pauses before each
/// reply, so that under a tracer every client has gone to sleep by then.
pub(crate) fn serve(pause: Duration) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    writeln!(
        io::stdout(),
        "listening on http://{}",
        listener.local_addr()?
    )?;
    let replies = Replies::new();
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let (stream, replies) = (stream?, &replies);
            // A client that goes away ends its thread.
            scope.spawn(move || drop(answer(stream, replies, pause)));
        }
        Ok(())
    })
}

/// The bytes that one call brings to a server.
pub(crate) struct Recorder(TcpListener);

impl Recorder {
    pub(crate) fn new() -> io::Result<Self> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(Self)
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Answers one request on a connection of its own, and tells its bytes.
    pub(crate) fn take(&self) -> io::Result<Vec<u8>> {
        let (mut stream, _) = self.0.accept()?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut received = Vec::new();
        let end = read(&mut stream, &mut received)?;
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        stream.write_all(Replies::new().to(&received))?;
        received.truncate(end);
        Ok(received)
    }
}

/// Heads and bodies, made once.
struct Replies {
    registered: Vec<u8>,
    page: Vec<u8>,
}

impl Replies {
    fn new() -> Self {
        let reply = |body: &str| {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                date: Sat, 21 Nov 2026 09:00:00 GMT\r\n";
            format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
        };
        Self {
            registered: reply(REGISTERED),
            page: reply(&benches::paysafe_page()),
        }
    }

    fn to(&self, request: &[u8]) -> &[u8] {
        match request.first() {
            Some(b'P') => &self.registered,
            _ => &self.page,
        }
    }
}

fn answer(mut stream: TcpStream, replies: &Replies, pause: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::with_capacity(16 * 1024);
    while let Some(end) = read(&mut stream, &mut received)? {
        if !pause.is_zero() {
            thread::sleep(pause);
        }
        stream.write_all(replies.to(&received))?;
        received.drain(..end);
    }
    Ok(())
}

/// Reads until `received` holds a whole request, and tells its length. `None`:
/// the client has closed the connection.
fn read(stream: &mut TcpStream, received: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let mut buffer = [0; 16 * 1024];
    loop {
        if let Some(end) = end_of_request(received) {
            return Ok(Some(end));
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            bytes => received.extend_from_slice(&buffer[..bytes]),
        }
    }
}

fn end_of_request(received: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"content-length:";
    let head = received.windows(4).position(|four| four == b"\r\n\r\n")?;
    let mut lines = received[..head].split(|byte| *byte == b'\n');
    let length = lines.find_map(|line| {
        let (name, value) = line.split_at_checked(LENGTH.len())?;
        let value = std::str::from_utf8(value).ok()?;
        name.eq_ignore_ascii_case(LENGTH)
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let end = head + 4 + length.unwrap_or(0);
    (received.len() >= end).then_some(end)
}
