//! Faults as they come off the wire.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cards_model::ProviderId;
use cards_sandbox::world::airpay::{AFFILIATE, PROCESSOR_KEY, SECRET_KEY};
use cards_sandbox::{Fault, FaultKind, Limits, Running, Sandbox};
use common::{body, connect, exchange, get, registration, request, status};

/// The reply to a registration, which is the same in every sandbox.
const BODY: &str = r#"{"status":200,"message":"success","data":{"entity_id":"AIRPAYCUST0002","kyc_status":"MIN_KYC","kyc_expiry_date":"#;

/// Names the way in which a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    InOrder,
    Reset,
}

fn with(fault: Fault) -> Running {
    Sandbox::builder().fault(fault).start_blocking().unwrap()
}

/// A registration that keeps every rule, as bytes.
fn register() -> Vec<u8> {
    let fields = registration(&[]);
    let values = fields.iter().map(|(_, value)| *value);
    let sum = cards_sign::checksum(values, SECRET_KEY.as_bytes()).to_string();
    let headers = [
        ("affiliate", AFFILIATE),
        ("processor-key", PROCESSOR_KEY),
        ("checksum", &*sum),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    request(
        "POST",
        "/airpay/ms/cards/api/register-user",
        &headers,
        &form,
    )
    .into_bytes()
}

/// Everything that comes, to the byte, and how it ends.
fn wire(address: SocketAddr, bytes: &[u8]) -> (Vec<u8>, End) {
    let mut stream = connect(address);
    stream.write_all(bytes).unwrap();
    let mut seen = Vec::new();
    let end = match stream.read_to_end(&mut seen) {
        Ok(_) => End::InOrder,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
            End::Reset
        }
    };
    (seen, end)
}

/// The same of one registration, with how many customers there are then.
fn registering(fault: Fault) -> (String, End, usize) {
    let sandbox = with(fault);
    let (seen, end) = wire(sandbox.addr(), &register());
    let seen = String::from_utf8(seen).unwrap();
    (seen, end, customers(&sandbox))
}

fn customers(sandbox: &Running) -> usize {
    let world = get(sandbox.addr(), "/_sandbox/world", &[]);
    let world: serde_json::Value = serde_json::from_str(body(&world)).unwrap();
    world["airpay"]["customers"].as_array().unwrap().len()
}

/// Reads the length that a head announces.
fn announced(reply: &str) -> usize {
    let head = reply.split("\r\n\r\n").next().unwrap();
    let mut lines = head.lines().map(str::to_ascii_lowercase);
    let length = lines.find_map(|line| Some(line.strip_prefix("content-length: ")?.to_owned()));
    length.unwrap().parse().unwrap()
}

/// The whole body of the reply to a registration.
fn whole() -> String {
    let sandbox = Sandbox::start_blocking().unwrap();
    let (seen, _) = wire(sandbox.addr(), &register());
    let seen = String::from_utf8(seen).unwrap();
    assert!(body(&seen).starts_with(BODY), "{seen}");
    body(&seen).to_owned()
}

#[test]
fn a_delay_holds_the_reply_back() {
    let start = Instant::now();
    let (seen, end, customers) = registering(Fault::delay(Duration::from_millis(300)));
    assert!(start.elapsed() >= Duration::from_millis(300));
    assert_eq!((status(&seen), end, customers), (200, End::InOrder, 3));
    assert!(body(&seen).starts_with(BODY));
}

#[test]
fn a_call_is_carried_out_and_journaled_before_it_is_delayed() {
    let sandbox = with(Fault::delay(Duration::from_secs(300)).times(1));
    let mut stream = connect(sandbox.addr());
    stream.write_all(&register()).unwrap();
    let exchange = eventually(|| sandbox.exchanges().pop());
    assert!(exchange.accepted);
    assert_eq!(customers(&sandbox), 3);
    // It does not hold up the end, which lets the reply out.
    let start = Instant::now();
    drop(sandbox);
    assert!(start.elapsed() < Duration::from_secs(60));
    let mut seen = String::new();
    stream.read_to_string(&mut seen).unwrap();
    assert!(body(&seen).starts_with(BODY), "{seen}");
}

/// Else retried calls would fill all places, each for as long as its delay.
#[test]
fn a_delay_outlives_neither_its_client_nor_the_clients_side() {
    let mut limits = Limits::default();
    limits.connections = 1;
    let delay = Fault::delay(Duration::from_secs(300)).at(ProviderId::AIRPAY);
    let sandbox = Sandbox::builder()
        .limits(limits)
        .fault(delay)
        .start_blocking()
        .unwrap();
    for calls in 1..=3 {
        let mut stream = connect(sandbox.addr());
        stream.write_all(&register()).unwrap();
        eventually(|| (sandbox.exchanges().len() == calls).then_some(()));
        drop(stream);
        assert_eq!(status(&get(sandbox.addr(), "/_sandbox/health", &[])), 200);
    }
    // A client that only says that nothing more will come gets the reply.
    let mut stream = connect(sandbox.addr());
    stream.write_all(&register()).unwrap();
    eventually(|| (sandbox.exchanges().len() == 4).then_some(()));
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut seen = String::new();
    stream.read_to_string(&mut seen).unwrap();
    assert_eq!(status(&seen), 200);
}

/// Gives what a client gets of a registration that a fault holds up for longer
/// than it has patience: until so much has come, and then nothing, the fault is
/// in force, and then no more.
fn freed(fault: Fault, has_come: impl Fn(&[u8]) -> bool, free: impl FnOnce(&Running)) -> String {
    let sandbox = with(fault);
    let mut stream = connect(sandbox.addr());
    stream.write_all(&register()).unwrap();
    eventually(|| sandbox.exchanges().pop());
    let mut seen = Vec::new();
    while !has_come(&seen) {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        seen.extend(byte);
    }
    let patience = stream.read_timeout().unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let error = stream.read(&mut [0]).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    stream.set_read_timeout(patience).unwrap();
    free(&sandbox);
    stream.read_to_end(&mut seen).unwrap();
    String::from_utf8(seen).unwrap()
}

fn delete(sandbox: &Running, path: &str) {
    let seen = exchange(sandbox.addr(), request("DELETE", path, &[], "").as_bytes());
    assert_eq!(status(&seen), 200);
}

#[test]
fn a_delay_ends_with_its_fault() {
    let ways: [fn(&Running); 5] = [
        |sandbox| drop(sandbox.faults().remove(1).unwrap()),
        |sandbox| assert_eq!(sandbox.faults().clear(), 1),
        |sandbox| sandbox.reset_blocking().unwrap(),
        |sandbox| delete(sandbox, "/_sandbox/faults/1"),
        |sandbox| delete(sandbox, "/_sandbox/faults"),
    ];
    for free in ways {
        // Spent, but in the list.
        let delay = Fault::delay(Duration::from_secs(300)).times(1);
        let seen = freed(delay, |_| true, free);
        assert!(body(&seen).starts_with(BODY), "{seen}");
    }
}

#[test]
fn a_delay_does_not_end_with_another_ones_fault() {
    let long = Fault::delay(Duration::from_secs(300));
    let sandbox = with(long.clone());
    let short = Duration::from_millis(300);
    sandbox.faults().add(Fault::delay(short)).unwrap();
    sandbox.faults().add(long).unwrap();
    let mut stream = connect(sandbox.addr());
    stream.write_all(&register()).unwrap();
    eventually(|| sandbox.exchanges().pop());
    let start = Instant::now();
    sandbox.faults().remove(3).unwrap();
    sandbox.faults().remove(1).unwrap();
    let mut seen = String::new();
    stream.read_to_string(&mut seen).unwrap();
    assert!(start.elapsed() >= short);
    assert!(body(&seen).starts_with(BODY), "{seen}");
}

#[test]
fn the_pauses_of_a_drip_end_with_its_fault() {
    let drip = Fault::drip(7, Duration::from_secs(300));
    let seen = freed(
        drip,
        |seen| seen.len() == 7,
        |sandbox| {
            sandbox.faults().clear();
        },
    );
    assert!(body(&seen).starts_with(BODY), "{seen}");
    assert_eq!(announced(&seen), body(&seen).len());
}

#[test]
fn the_silence_behind_a_wrong_length_ends_with_its_fault() {
    let whole = whole();
    let has_come = |seen: &[u8]| seen.ends_with(whole.as_bytes());
    let seen = freed(Fault::wrong_length(5), has_come, |sandbox| {
        sandbox.faults().clear();
    });
    assert_eq!(body(&seen), whole);
}

#[test]
fn what_comes_during_a_delay_is_served_after_it() {
    let sandbox = with(Fault::delay(Duration::from_millis(300)).times(1));
    let mut stream = connect(sandbox.addr());
    stream
        .write_all(b"GET /airpay/none HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    eventually(|| sandbox.exchanges().pop());
    let large = format!("x-padding: {}", "x".repeat(9 * 1024));
    let next = request("GET", "/_sandbox/health", &[("x-large", &large)], "");
    stream.write_all(next.as_bytes()).unwrap();
    let mut seen = String::new();
    stream.read_to_string(&mut seen).unwrap();
    assert!(seen.starts_with("HTTP/1.1 404 "), "{seen}");
    assert_eq!(seen.matches("HTTP/1.1 200 OK\r\n").count(), 1, "{seen}");
}

fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "in vain");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_drip_brings_the_whole_reply_piece_by_piece() {
    let sandbox = with(Fault::drip(64, Duration::from_millis(20)));
    let start = Instant::now();
    let mut stream = connect(sandbox.addr());
    stream.write_all(&register()).unwrap();
    let mut first = [0; 1024];
    let size = stream.read(&mut first).unwrap();
    let mut seen = first[..size].to_vec();
    stream.read_to_end(&mut seen).unwrap();
    let seen = String::from_utf8(seen).unwrap();
    assert!(size < seen.len());
    let pauses = u32::try_from(seen.len() / 64).unwrap();
    assert!(start.elapsed() >= Duration::from_millis(20) * pauses);
    assert!(seen.starts_with("HTTP/1.1 200 OK\r\n"), "{seen}");
    assert!(seen.contains("\r\nconnection: close\r\n"), "{seen}");
    assert!(seen.contains("\r\ncontent-type: application/json\r\n"));
    assert!(body(&seen).starts_with(BODY) && body(&seen).ends_with('}'));
    assert_eq!(announced(&seen), body(&seen).len());
    assert_eq!(customers(&sandbox), 3);
}

#[test]
fn a_reset_before_the_headers() {
    let (seen, end, customers) = registering(Fault::reset_before_headers());
    assert_eq!((&*seen, end, customers), ("", End::Reset, 2));
    let carried_out = Fault::reset_before_headers().carry_out(true);
    let (seen, end, customers) = registering(carried_out);
    assert_eq!((&*seen, end, customers), ("", End::Reset, 3));
}

#[test]
fn a_lost_reply() {
    let (seen, end, customers) = registering(Fault::lost_reply());
    assert_eq!((&*seen, end, customers), ("", End::InOrder, 3));
}

#[test]
fn a_reset_after_the_headers() {
    let (seen, end, customers) = registering(Fault::reset_after_headers());
    assert_eq!((status(&seen), end, customers), (200, End::Reset, 3));
    assert!(seen.ends_with("\r\n\r\n"), "{seen}");
    assert_eq!(announced(&seen), whole().len());
}

#[test]
fn a_reset_and_an_end_in_the_body() {
    let whole = whole();
    for (fault, expected) in [
        (Fault::reset_in_body(), End::Reset),
        (Fault::truncated_body(), End::InOrder),
    ] {
        let (seen, end, customers) = registering(fault);
        assert_eq!((status(&seen), end, customers), (200, expected, 3));
        assert_eq!(announced(&seen), whole.len());
        assert_eq!(body(&seen), &whole[..whole.len() / 2]);
    }
}

#[test]
fn fewer_bytes_announced_than_sent() {
    let whole = whole();
    let (seen, end, _) = registering(Fault::wrong_length(-5));
    assert_eq!(end, End::InOrder);
    assert_eq!(announced(&seen), whole.len() - 5);
    assert_eq!(body(&seen), whole);
    let (seen, ..) = registering(Fault::wrong_length(-100_000));
    assert_eq!(announced(&seen), 0);
}

#[test]
fn more_bytes_announced_than_sent_and_the_connection_stays() {
    let whole = whole();
    let sandbox = with(Fault::wrong_length(5));
    let mut stream = connect(sandbox.addr());
    stream.write_all(&register()).unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 1024];
    while !seen.ends_with(whole.as_bytes()) {
        let size = stream.read(&mut buffer).unwrap();
        assert_ne!(size, 0);
        seen.extend_from_slice(&buffer[..size]);
    }
    let seen = String::from_utf8(seen).unwrap();
    assert_eq!(announced(&seen), whole.len() + 5);
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let error = stream.read(&mut buffer).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    // Until the sandbox goes.
    let start = Instant::now();
    drop(sandbox);
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn garbage_is_no_http() {
    let sandbox = with(Fault::garbage());
    let (seen, end) = wire(sandbox.addr(), &register());
    assert_eq!(end, End::InOrder);
    assert!(!seen.is_empty() && !seen.starts_with(b"HTTP"));
    assert!(String::from_utf8(seen).is_err());
    assert_eq!(customers(&sandbox), 3);
}

#[test]
fn invalid_json_is_framed_right() {
    let whole = whole();
    let (seen, end, customers) = registering(Fault::invalid_json());
    assert_eq!((status(&seen), end, customers), (200, End::InOrder, 3));
    assert_eq!(body(&seen), &whole[..whole.len() / 2]);
    assert_eq!(announced(&seen), whole.len() / 2);
}

#[test]
fn an_oversized_body_arrives_whole() {
    let size = 10 * 1024 * 1024;
    let (seen, _, customers) = registering(Fault::oversized_body(size as u64));
    assert_eq!((announced(&seen), body(&seen).len()), (size, size));
    assert!(body(&seen).trim_end().ends_with('}'));
    assert_eq!(customers, 3);
}

#[test]
fn a_status_with_the_documented_and_a_given_body() {
    let (seen, end, customers) = registering(Fault::status(503));
    assert_eq!((status(&seen), end, customers), (503, End::InOrder, 2));
    assert_eq!(body(&seen), r#"{"status":400,"message":"fail"}"#);
    let given = Fault::status(429)
        .body("<p>no</p>")
        .header("retry-after", "3");
    let (seen, _, customers) = registering(given.carry_out(true));
    assert_eq!((status(&seen), customers), (429, 3));
    assert!(seen.contains("\r\nretry-after: 3\r\n"), "{seen}");
    assert_eq!((body(&seen), announced(&seen)), ("<p>no</p>", 9));
    let (seen, ..) = registering(Fault::status(999));
    assert_eq!(status(&seen), 999);
    for bodiless in [204, 304] {
        let (seen, ..) = registering(Fault::status(bodiless));
        assert_eq!((status(&seen), body(&seen)), (bodiless, ""));
    }
}

/// Replies before the fault are whole, and what follows it on the connection
/// is not served.
#[test]
fn a_fault_ends_its_connection_and_no_call_before_it() {
    let sandbox = with(Fault::truncated_body().at(ProviderId::IBANERA).times(1));
    let health = "GET /_sandbox/health HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let login = "POST /api/v1/public/auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}";
    let (seen, _) = wire(
        sandbox.addr(),
        format!("{health}{login}{health}").as_bytes(),
    );
    let seen = String::from_utf8(seen).unwrap();
    let statuses: Vec<_> = seen
        .match_indices("HTTP/1.1 ")
        .map(|(at, _)| &seen[at + 9..at + 12])
        .collect();
    assert_eq!(statuses, ["200", "400"], "{seen}");
    // Another connection is not touched.
    assert_eq!(status(&get(sandbox.addr(), "/_sandbox/health", &[])), 200);
}

/// So that a client that is still writing is not cut off before it reads.
#[test]
fn a_call_that_is_not_carried_out_is_still_read_to_its_end() {
    for fault in [Fault::status(503), Fault::reset_before_headers()] {
        let sandbox = with(fault);
        let mut stream = connect(sandbox.addr());
        let bytes = register();
        let (first, rest) = bytes.split_at(bytes.len() - 5);
        stream.write_all(first).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        let error = stream.read(&mut [0]).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::WouldBlock | ErrorKind::TimedOut
        ));
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(rest).unwrap();
        // Something comes, or the reset.
        assert!(
            stream.read(&mut [0]).is_ok_and(|read| read == 1) || sandbox.exchanges().len() == 1
        );
    }
}

#[test]
fn a_head_announces_a_body_and_has_none() {
    for fault in [
        Fault::truncated_body(),
        Fault::drip(50, Duration::from_millis(1)),
    ] {
        let sandbox = with(fault);
        let (path, bearer) = (
            "/customers/12345678/prepaid/cards",
            ("authorization", "Bearer sandbox-paysafe-token"),
        );
        let head = request("HEAD", path, &[bearer], "");
        let (seen, _) = wire(sandbox.addr(), head.as_bytes());
        let seen = String::from_utf8(seen).unwrap();
        assert_eq!((status(&seen), body(&seen)), (200, ""));
        sandbox.faults().clear();
        let whole = get(sandbox.addr(), path, &[bearer]);
        assert_eq!(announced(&seen), body(&whole).len());
    }
}

#[test]
fn the_next_n_calls_and_no_more() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let fault = Fault::status(503).operation("list-prepaid-cards").times(2);
    let id = sandbox.faults().add(fault).unwrap();
    let bearer = ("authorization", "Bearer sandbox-paysafe-token");
    let list = || {
        status(&get(
            sandbox.addr(),
            "/customers/12345678/prepaid/cards",
            &[bearer],
        ))
    };
    assert_eq!([list(), list(), list()], [503, 503, 200]);
    let spent = sandbox.faults().get(id).unwrap();
    assert_eq!((spent.matched, spent.fired, spent.spent), (2, 2, true));
    assert_eq!(spent.fault.kind(), FaultKind::Status);
    assert_eq!(sandbox.faults().list().len(), 1);
    assert_eq!(sandbox.faults().clear(), 1);
    assert!(sandbox.faults().list().is_empty());
}

#[test]
fn of_many_calls_at_once_n_meet_the_fault() {
    let sandbox = with(Fault::status(503).at(ProviderId::AIRPAY).times(7));
    let address = sandbox.addr();
    let callers: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(move || {
                let calls = (0..10).map(|_| status(&get(address, "/airpay/none", &[])));
                calls.filter(|&status| status == 503).count()
            })
        })
        .collect();
    let met: usize = callers
        .into_iter()
        .map(|caller| caller.join().unwrap())
        .sum();
    assert_eq!(met, 7);
    assert_eq!(sandbox.faults().list()[0].matched, 7);
}

/// A client that goes away in the middle of a fault does no harm.
#[test]
fn a_client_that_leaves_during_a_fault_does_no_harm() {
    for fault in [
        Fault::drip(1, Duration::from_millis(1)),
        Fault::wrong_length(9),
        Fault::oversized_body(1 << 30),
    ] {
        let sandbox = with(fault);
        let mut stream = connect(sandbox.addr());
        stream.write_all(&register()).unwrap();
        stream.read_exact(&mut [0; 9]).unwrap();
        drop(stream);
        assert_eq!(status(&get(sandbox.addr(), "/_sandbox/health", &[])), 200);
        assert_eq!(sandbox.exchanges().len(), 1);
    }
}
