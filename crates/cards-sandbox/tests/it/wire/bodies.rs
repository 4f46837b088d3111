//! Large bodies: they share what memory they may take.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use cards_sandbox::{Limits, Running, Sandbox};

use super::is_well;
use crate::common::{connect, post, rest, status};

/// The least that the bodies may have together.
const BUDGET: usize = 64 << 20;
/// The most that a customer may have.
const LARGEST: usize = 16 << 20;

fn sandbox() -> Running {
    let mut limits = Limits::default();
    limits.bodies = BUDGET;
    limits.body_time = Duration::from_secs(60);
    Sandbox::builder().limits(limits).start_blocking().unwrap()
}

const CUSTOMERS: &str = "/_sandbox/world/paysafe/customers";
const FAULTS: &str = "/_sandbox/faults";
const JSON: (&str, &str) = ("content-type", "application/json");

/// A JSON object of so many bytes, of which no part can be done without.
fn blanks(size: usize) -> String {
    format!("{{{}}}", " ".repeat(size - 2))
}

/// Tells whether a body is answered already, as one that was refused.
fn is_over(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let is_over = stream.peek(&mut [0]).is_ok();
    stream.set_nonblocking(false).unwrap();
    is_over
}

/// Sends all of a body but its last byte.
fn stalled(address: SocketAddr, target: &str, body: &str) -> TcpStream {
    let mut stream = connect(address);
    let (name, value) = JSON;
    let head = format!(
        "POST {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{name}: {value}\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
        .write_all(&body.as_bytes()[..body.len() - 1])
        .unwrap();
    stream
}

/// Waits until a large body is answered like this.
fn eventually(sandbox: &Running, expected: u16, body: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = post(sandbox.addr(), CUSTOMERS, &[JSON], body);
        if status(&answer) == expected {
            return answer;
        }
        assert!(Instant::now() < deadline, "{answer}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn stalled_bodies_share_a_budget_that_comes_back() {
    let sandbox = sandbox();
    let address = sandbox.addr();
    let large = blanks(LARGEST);
    assert_eq!(status(&post(address, CUSTOMERS, &[JSON], &large)), 200);
    // Wherever they are sent, and in whichever world.
    let last = blanks(LARGEST - (4 << 20));
    let sent = [
        (CUSTOMERS, &large),
        (FAULTS, &large),
        ("/_worlds/a/_sandbox/world/paysafe/customers", &large),
        (CUSTOMERS, &last),
    ];
    let all = sent.map(|(target, body)| stalled(address, target, body));
    let mut all = Vec::from(all);
    let deadline = Instant::now() + Duration::from_secs(30);
    let answer = loop {
        let answer = post(address, CUSTOMERS, &[JSON], &large);
        if status(&answer) == 503 {
            break answer;
        }
        assert!(Instant::now() < deadline, "{answer}");
        // One that was not read to its last byte yet may have been refused in the place of this.
        for (stream, (target, body)) in all.iter_mut().zip(sent) {
            if is_over(stream) {
                *stream = stalled(address, target, body);
            }
        }
    };
    assert!(answer.contains("\r\nretry-after: 1\r\n"), "{answer}");
    assert!(
        answer.contains(r#"{"error":"too many other large bodies"#),
        "{answer}"
    );
    // An upload says so in the provider's words.
    let upload = upload(address, 8 << 20);
    assert_eq!(status(&upload), 503, "{upload}");
    assert!(upload.contains("\r\nretry-after: 1\r\n"), "{upload}");
    assert!(upload.contains("\"status\":\"0\""), "{upload}");
    // Small ones pass, and so does what still has room.
    is_well(address);
    for size in [2, 64 << 10, 1 << 20] {
        let answer = post(address, CUSTOMERS, &[JSON], &blanks(size));
        assert_eq!(status(&answer), 200, "{size}: {answer}");
    }
    // One that goes away makes room.
    drop(all.pop());
    eventually(&sandbox, 200, &blanks(2 << 20));
    for stream in &mut all {
        stream.write_all(b"}").unwrap();
    }
    let statuses: Vec<_> = all.iter_mut().map(|stream| status(&rest(stream))).collect();
    assert_eq!(statuses, [200, 400, 200]);
    assert_eq!(status(&post(address, CUSTOMERS, &[JSON], &large)), 200);
}

/// Uploads a document of so many bytes at Ibanera.
fn upload(address: SocketAddr, size: usize) -> String {
    let part = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    let body = format!("{part}{}\r\n--b--\r\n", "x".repeat(size));
    let headers = [
        ("authorization", "YOUR_API_KEY"),
        ("content-type", "multipart/form-data; boundary=b"),
    ];
    post(address, UPLOAD, &headers, &body)
}

const UPLOAD: &str = "/api/v1/customer/cards/documentupload";

#[test]
fn the_budget_has_room_for_one_world_at_least() {
    let mut limits = Limits::default();
    limits.bodies = BUDGET - 1;
    let small = Sandbox::builder().limits(limits).start_blocking();
    assert!(small.unwrap_err().is_settings());
    limits.bodies = BUDGET;
    limits.upload = BUDGET + 1;
    let small = Sandbox::builder().limits(limits).start_blocking();
    assert!(small.unwrap_err().is_settings());
}
