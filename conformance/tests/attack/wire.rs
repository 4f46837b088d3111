//! Bytes over a socket of their own, and all that comes back.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Holds the bytes that came back on a connection, as text.
pub(crate) struct Answer {
    pub(crate) text: String,
    /// Says whether the server ended the connection within the time that there was.
    pub(crate) is_ended: bool,
}

impl Answer {
    /// The statuses of all replies but interim ones, in their order.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        let lines = self.text.match_indices("HTTP/1.");
        let statuses = lines.filter_map(|(at, line)| {
            let rest = &self.text.as_bytes()[at + line.len()..];
            let status = std::str::from_utf8(rest.get(2..5)?).ok()?;
            status.parse().ok().filter(|_| rest[1] == b' ')
        });
        statuses.filter(|status| *status >= 200).collect()
    }

    /// The status of the one reply that has to have come; 0 where there is another number of them.
    pub(crate) fn status(&self) -> u16 {
        match self.statuses()[..] {
            [status] => status,
            _ => 0,
        }
    }

    pub(crate) fn body(&self) -> &str {
        let split = self.text.split_once("\r\n\r\n");
        split.map_or("", |(_, body)| body)
    }
}

/// Sends bytes, ends the own side, and reads until the server ends its own.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = connect(address);
    // A server that has seen enough may have ended the connection.
    if stream.write_all(bytes).is_ok() {
        drop(stream.shutdown(Shutdown::Write));
    }
    rest(&mut stream)
}

/// Connects, with a patience that only a server without any outlasts.
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(60));
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(patience).unwrap();
    stream.set_write_timeout(patience).unwrap();
    stream
}

/// Reads until the server ends its side.
pub(crate) fn rest(stream: &mut TcpStream) -> Answer {
    let (mut all, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    let is_ended = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break true,
            Ok(size) => all.extend_from_slice(&buffer[..size]),
            Err(error) => break error.kind() == ErrorKind::ConnectionReset,
        }
    };
    Answer {
        text: String::from_utf8_lossy(&all).into_owned(),
        is_ended,
    }
}

/// Writes a request with these header lines, each with its end, that ends its connection.
pub(crate) fn request(host: SocketAddr, line: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{line} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}

/// Asks for a path, and gives the answer.
pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    let asked = request(address, &format!("GET {path}"), "", "");
    exchange(address, asked.as_bytes())
}

/// The header line of JSON.
pub(crate) const JSON: &str = "content-type: application/json\r\n";

/// The header line of a form.
pub(crate) const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";
