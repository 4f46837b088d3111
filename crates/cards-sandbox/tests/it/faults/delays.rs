//! Faults that hold a reply back, and what sets it free.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use cards_model::ProviderId;
use cards_sandbox::{Fault, Limits, Running, Sandbox};

use super::{BODY, End, announced, customers, eventually, register, registering, whole, with};
use crate::common::{body, connect, exchange, get, request, status};

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

/// A delay that went on would let retried calls fill all places, each for as long as it lasts.
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
