//! The sandbox's intake: bytes on a connection, and files of worlds.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::OnceLock;
use std::time::Duration;

use cards_sandbox::world::World;
use cards_sandbox::{Running, Sandbox};
use percent_encoding::percent_decode;

/// The time that a connection may take. A server that keeps it open longer has hung.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends the bytes to a sandbox, and hears all that it answers: no 5xx.
pub fn http_intake(data: &[u8]) {
    // Faults that are ordered are answered as ordered.
    if is_order(data) {
        return;
    }
    let answer = exchange(data);
    let mut lines = answer.split(|byte| *byte == b'\n');
    let refused = lines.find(|line| line.starts_with(b"HTTP/1.1 5"));
    let refused = refused.map(String::from_utf8_lossy);
    assert_eq!(refused, None, "a server error");
}

/// Reads a world. One that a sandbox takes is saved, and the saved one is taken.
pub fn world(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Err(error) = World::from_json(text) {
        drop(format!("{error} {error:?}"));
    }
    let put = |body: &[u8]| {
        let head = format!(
            "PUT /_sandbox/world HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        exchange(&[head.as_bytes(), body].concat())
    };
    let answer = put(data);
    assert!(!answer.starts_with(b"HTTP/1.1 5"), "a server error");
    if !answer.starts_with(b"HTTP/1.1 20") {
        return;
    }
    let saved = exchange(
        b"GET /_sandbox/world/file HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    );
    let end = b"\r\n\r\n";
    let at = saved.windows(end.len()).position(|window| window == end);
    let saved = &saved[at.expect("a reply") + end.len()..];
    let answer = put(saved);
    assert!(
        answer.starts_with(b"HTTP/1.1 20"),
        "a saved world is not taken: {}",
        String::from_utf8_lossy(&answer)
    );
}

/// Tells whether a line may be that of a request to the sandbox itself that orders failures, or to
/// another world, of which there is room for so many. A path is decoded once, as a server does.
fn is_order(data: &[u8]) -> bool {
    let of_path = |line: &[u8]| -> bool {
        let path: Vec<u8> = percent_decode(line).collect();
        let has = |part: &str| {
            path.windows(part.len())
                .any(|window| window == part.as_bytes())
        };
        has("/_worlds") || has("/_sandbox") && (has("fault") || has("worlds"))
    };
    let mut lines = data.split(|byte| *byte == b'\n');
    lines.any(|line| line.windows(6).any(|part| part == b" HTTP/") && of_path(line))
}

/// Sends bytes on a connection of their own, and reads until the server closes it.
fn exchange(data: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(sandbox().addr()).expect("a sandbox listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    stream.set_write_timeout(Some(PATIENCE)).expect("a time");
    // A server that has heard enough closes the connection.
    let _ = stream.write_all(data);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let is_silent = read
        .is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
    assert!(!is_silent, "nothing for {PATIENCE:?}");
    answer
}

fn sandbox() -> &'static Running {
    static SANDBOX: OnceLock<Running> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::start_blocking().expect("a sandbox"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::seeds::on_the_wire;

    #[test]
    fn every_request_of_the_fixtures_is_sent() {
        let mut sent = BTreeMap::<String, [usize; 2]>::new();
        for case in conformance::fixture::all().unwrap() {
            let Some(request) = case.request else {
                continue;
            };
            let [all, kept] = sent.entry(case.operation).or_default();
            *all += 1;
            *kept += usize::from(!is_order(&on_the_wire(&request)));
        }
        for operation in cards_transport::operations() {
            let [all, kept] = sent.get(operation.name).copied().unwrap_or_default();
            assert!(
                all > 0 && kept == all,
                "{}: {kept} of {all}",
                operation.name
            );
        }
    }

    #[test]
    fn orders_are_told_by_the_path() {
        for (line, is_an_order) in [
            ("POST /_sandbox/faults HTTP/1.1", true),
            ("POST /_sandbox/%66aults HTTP/1.1", true),
            (
                "POST http://localhost/_sandbox/delivery-faults HTTP/1.1",
                true,
            ),
            ("POST /_sandbox/page/faults/clear HTTP/1.1", true),
            ("PUT /_sandbox/worlds/a HTTP/1.1", true),
            ("GET /_worlds/a/ HTTP/1.1", true),
            (
                "GET / HTTP/1.1\r\n\r\nPOST /%5fsandbox/faults HTTP/1.1\r\n",
                true,
            ),
            ("POST /airpay/ms/cards/api/gene-rate-otp HTTP/1.1", false),
            ("GET /_sandbox/clock HTTP/1.1", false),
            ("GET /cards?sort=default%20fault HTTP/1.1", false),
            ("GET /cards HTTP/1.1\r\nx: /_sandbox/faults\r\n", false),
        ] {
            assert_eq!(is_order(line.as_bytes()), is_an_order, "{line}");
        }
    }
}
