//! Large replies that clients do not take: they share what memory they may take.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use cards_sandbox::{Limits, Running, Sandbox};
use serde_json::{Value, json};

use super::is_well;
use crate::common::{TOKEN, airpay_request, body, connect, exchange, get, request, status};

const MIB: usize = 1024 * 1024;
const WORLD: &str = "/_sandbox/world";

/// Starts a sandbox with room for so many bytes of large replies, and gives the file of its world.
fn started(replies: usize) -> (Running, Value) {
    let mut limits = Limits::default();
    limits.replies = replies;
    limits.body_time = Duration::from_millis(500);
    limits.write_time = Duration::from_secs(60);
    let sandbox = Sandbox::builder().limits(limits).start_blocking().unwrap();
    let file = get(sandbox.addr(), "/_sandbox/world/file", &[]);
    let file = serde_json::from_str(body(&file)).unwrap();
    (sandbox, file)
}

/// A sandbox with room for three large replies, of about 5 MB each, and the file of its world.
fn sandbox() -> (Running, String) {
    let (sandbox, mut file) = started(16 * MIB);
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

/// The headers of a call to Ibanera.
const SAMPLE: [(&str, &str); 2] = [("authorization", "YOUR_API_KEY"), ("otp", "text")];

/// A sandbox whose customers have so many cards, and whose card so many transactions, that a
/// provider's list of them is large.
fn with_long_lists() -> Running {
    let (sandbox, mut file) = started(8 * MIB);
    let card = |at: usize| json!({"id": 200_000 + at, "currency": "usd"});
    let cards: Vec<_> = (0..12_000).map(card).collect();
    let transaction = |at: usize| json!({"id": 500_000 + at, "amount": 1});
    let transactions: Vec<_> = (0..12_000).map(transaction).collect();
    let ibanera = &mut file["ibanera"]["customers"][0];
    ibanera["cards"] = json!(cards);
    ibanera["cards"][0]["transactions"] = json!(transactions);
    let cards: Vec<_> = (0..20_000).map(|_| json!({"card_type": "V"})).collect();
    let airpay = file["airpay"]["customers"].as_array_mut().unwrap();
    let is_asked = |one: &&mut Value| one["entity_id"] == cards_sandbox::world::airpay::CUSTOMER;
    airpay.iter_mut().find(is_asked).unwrap()["cards"] = json!(cards);
    let put = put(sandbox.addr(), &file.to_string());
    assert_eq!(status(&put), 200, "{}", &put[..put.len().min(300)]);
    sandbox
}

/// The requests for large replies of the providers, and a word of their refusals.
fn long_lists() -> Vec<(&'static str, String, &'static str)> {
    let most = u32::MAX;
    let ibanera = |target: &str| {
        let target = format!("/api/v1/customer/cards/{target}");
        request("GET", &target, &SAMPLE, "")
    };
    let of = [("entity_id", cards_sandbox::world::airpay::CUSTOMER)];
    let (target, headers, form) = airpay_request(TOKEN, "card-details", &of);
    let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
    let customer = cards_sandbox::world::ibanera::CUSTOMER;
    let list = format!("byuser/list?pageSize={most}");
    let by_user = format!("byuser?customersId={customer}");
    let balances = format!("balances?PageSize={most}");
    let transactions = format!("transactions?CardsId=200000&PageSize={most}");
    vec![
        ("all customers", ibanera(&list), "\"errors\""),
        ("one customer", ibanera(&by_user), "\"errors\""),
        ("balances", ibanera(&balances), "\"errors\""),
        ("transactions", ibanera(&transactions), "\"errors\""),
        (
            "cards",
            request("POST", &target, &headers, &form),
            "\"fail\"",
        ),
    ]
}

#[test]
fn large_replies_of_providers_share_the_room_too() {
    let sandbox = with_long_lists();
    let address = sandbox.addr();
    for (name, asked, word) in long_lists() {
        let ask = || exchange(address, asked.as_bytes());
        let whole = ask();
        assert_eq!(status(&whole), 200, "{name}: {}", &whole[..300]);
        assert!(body(&whole).len() > MIB, "{name}: {}", &whole[..300]);
        let often = asked.replace("connection: close\r\n", "").repeat(8);
        let idle: Vec<_> = (0..16).map(|_| taken_by_nobody(address, &often)).collect();
        let full = eventually(503, ask);
        assert!(full.contains("retry-after: 1"), "{name}: {full}");
        // As the provider writes its failures.
        assert!(body(&full).contains(word), "{name}: {full}");
        let told = sandbox.exchanges();
        let told = told
            .iter()
            .rfind(|exchange| exchange.status == 503)
            .unwrap();
        let why = "too many other large replies are on their way; ask again later";
        assert_eq!((told.accepted, &*told.verdict), (false, why), "{name}");
        is_well(address);
        drop(idle);
        assert_eq!(body(&eventually(200, ask)), body(&whole), "{name}");
    }
}

/// A fault fires once for a call, and changes the bytes of a large reply as those of any.
#[test]
fn large_replies_have_their_faults() {
    let sandbox = with_long_lists();
    let address = sandbox.addr();
    for (name, asked, _) in long_lists() {
        let ask = || exchange(address, asked.as_bytes());
        let whole = ask();
        let bytes = body(&whole);
        let far = bytes.len() + 100_000;
        for (fault, expected) in [
            (json!({"fault": "delay", "millis": 1}), bytes.to_owned()),
            (
                json!({"fault": "invalid-json"}),
                bytes[..bytes.len() / 2].to_owned(),
            ),
            (
                json!({"fault": "truncated-body"}),
                bytes[..bytes.len() / 2].to_owned(),
            ),
            (
                json!({"fault": "status", "status": 418, "body": "{}"}),
                "{}".to_owned(),
            ),
            (
                json!({"fault": "oversized-body", "bytes": far}),
                format!("{bytes}{}", " ".repeat(100_000)),
            ),
        ] {
            let mut once = fault.clone();
            once["times"] = json!(1);
            let json = [("content-type", "application/json")];
            let ordered = request("POST", "/_sandbox/faults", &json, &once.to_string());
            let ordered = exchange(address, ordered.as_bytes());
            assert!(matches!(status(&ordered), 200 | 201), "{ordered}");
            assert!(body(&ask()) == expected, "{name}: {fault}");
            assert!(body(&ask()) == bytes, "{name} after {fault}");
        }
    }
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
