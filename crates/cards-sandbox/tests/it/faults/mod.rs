//! Faults as they come off the wire.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod calls;
mod delays;
mod shapes;

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::common::{body, connect, get, registration, request};
use cards_sandbox::world::airpay::{AFFILIATE, PROCESSOR_KEY, SECRET_KEY};
use cards_sandbox::{Fault, Running, Sandbox};

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

/// Reads everything that comes, to the byte, and how it ends.
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

/// Reads the same of one registration, and counts the customers that there are then.
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
