//! Large replies that clients do not take: they share what memory they may take.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use cards_sandbox::{Limits, Running, Sandbox};
use serde_json::{Value, json};

use super::is_well;
use crate::common::{body, connect, exchange, get, request, status};

const MIB: usize = 1024 * 1024;
const WORLD: &str = "/_sandbox/world";

/// A sandbox with room for three large replies, of about 5 MB each, and the file of its world.
fn sandbox() -> (Running, String) {
    let mut limits = Limits::default();
    limits.replies = 16 * MIB;
    limits.body_time = Duration::from_millis(500);
    limits.write_time = Duration::from_secs(60);
    let sandbox = Sandbox::builder().limits(limits).start_blocking().unwrap();
    let file = get(sandbox.addr(), "/_sandbox/world/file", &[]);
    let mut file: Value = serde_json::from_str(body(&file)).unwrap();
    let card = file["paysafe"]["customers"][0]["cards"][0].clone();
    let cards: Vec<_> = (0..20_000)
        .map(|at| {
            let mut card = card.clone();
            card["cardId"] = json!(format!("12345678-0000-4000-9000-{at:012}"));
            card["externalId"] = json!(format!("external-{at}"));
            card
        })
        .collect();
    file["paysafe"]["customers"][0]["cards"] = json!(cards);
    let file = file.to_string();
    let put = put(sandbox.addr(), &file);
    assert_eq!(status(&put), 200, "{}", &put[..put.len().min(300)]);
    let shown = body(&put).len();
    assert!((4 * MIB..6 * MIB).contains(&shown), "{shown}");
    (sandbox, file)
}

fn of_put(world: &str) -> String {
    request("PUT", WORLD, &[("content-type", "application/json")], world)
}

fn put(address: SocketAddr, world: &str) -> String {
    exchange(address, of_put(world).as_bytes())
}

/// Sends requests, and takes nothing of the replies.
fn taken_by_nobody(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// Asks for a large reply several times over on one connection: the system takes the first ones.
fn often(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").repeat(8)
}

#[test]
fn large_replies_that_nobody_takes_have_an_end_and_so_do_their_places() {
    let (sandbox, _) = sandbox();
    let address = sandbox.addr();
    for target in [WORLD, "/_sandbox/world/file"] {
        let asked = often(target);
        let idle: Vec<_> = (0..4).map(|_| taken_by_nobody(address, &asked)).collect();
        // What is large is told to come again, what is small is answered.
        let full = eventually(503, || get(address, target, &[]));
        assert!(full.contains("retry-after: 1"), "{full}");
        assert!(full.contains("too many other large replies"), "{full}");
        is_well(address);
        drop(idle);
        let answer = eventually(200, || get(address, target, &[]));
        assert!(serde_json::from_str::<Value>(body(&answer)).is_ok());
    }
}

/// The page of a world beside the first is made over, with that world's name in its links, and is
/// counted all the same.
#[test]
fn pages_of_every_world_share_the_room() {
    let (sandbox, world) = sandbox();
    let address = sandbox.addr();
    let put = exchange(
        address,
        of_put(&world)
            .replace(WORLD, "/_worlds/a/_sandbox/world")
            .as_bytes(),
    );
    assert_eq!(status(&put), 200);
    for page in [
        "/_sandbox/page/customers",
        "/_worlds/a/_sandbox/page/customers",
    ] {
        let whole = get(address, page, &[]);
        assert_eq!(status(&whole), 200);
        assert!(body(&whole).len() > MIB, "{}", body(&whole).len());
        let asked = often(page);
        let idle: Vec<_> = (0..4).map(|_| taken_by_nobody(address, &asked)).collect();
        eventually(503, || get(address, page, &[]));
        is_well(address);
        drop(idle);
        eventually(200, || get(address, page, &[]));
    }
}

#[test]
fn a_world_that_was_replaced_is_told_so_whatever_room_there_is() {
    let (sandbox, world) = sandbox();
    let address = sandbox.addr();
    let asked = often(WORLD);
    let idle: Vec<_> = (0..4).map(|_| taken_by_nobody(address, &asked)).collect();
    eventually(503, || get(address, WORLD, &[]));
    let first = taken_by_nobody(address, &of_put(&world));
    let mut line = [0; 12];
    assert_eq!(first.peek(&mut line).unwrap(), line.len());
    assert_eq!(&line, b"HTTP/1.1 200");
    // There is no room for the reply, and no further one is made while it is there.
    let next = put(address, &world);
    assert_eq!(status(&next), 503, "{}", &next[..next.len().min(300)]);
    assert!(next.contains("another world is being loaded"), "{next}");
    drop((idle, first));
    eventually(200, || put(address, &world));
}

/// Asks until the answer has a status.
fn eventually(expected: u16, ask: impl Fn() -> String) -> String {
    let deadline = Instant::now() + Duration::from_secs(40);
    loop {
        let answer = ask();
        if status(&answer) == expected {
            return answer;
        }
        let head = &answer[..answer.len().min(300)];
        assert!(Instant::now() < deadline, "{head}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
