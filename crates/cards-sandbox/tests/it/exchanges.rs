//! The journal over sockets: the header, the events, the end of a stream.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::common::{connect, get, request, rest, status};
use cards_sandbox::{Running, Sandbox};

fn header(answer: &str) -> u64 {
    let mut lines = answer.lines();
    let id = lines.find_map(|line| line.strip_prefix("x-sandbox-exchange: "));
    id.unwrap().parse().unwrap()
}

/// A stream of events whose head has come.
fn follow(address: SocketAddr) -> BufReader<TcpStream> {
    let mut stream = connect(address);
    let accept = ("accept", "text/event-stream");
    let request = request("GET", "/_sandbox/exchanges", &[accept], "");
    stream.write_all(request.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 200 OK\r\n");
    while line != "\r\n" {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0);
    }
    reader
}

/// The ids of the next events.
fn ids(reader: &mut impl BufRead, count: usize) -> Vec<String> {
    let ids = reader.lines().filter_map(|line| {
        let line = line.unwrap();
        line.strip_prefix("id: ").map(str::to_owned)
    });
    ids.take(count).collect()
}

#[test]
fn the_header_leads_to_the_exchange() {
    let sandbox = Sandbox::start_blocking().unwrap();
    get(sandbox.addr(), "/customers/1/prepaid/cards", &[]);
    let answer = get(sandbox.addr(), "/api/v1/customer/cards/byuser", &[]);
    let exchange = sandbox.exchange(header(&answer)).unwrap();
    assert_eq!(exchange.operation, Some("cards-by-customer"));
    assert_eq!(exchange.status, status(&answer));
    assert_eq!(exchange.verdict, "the header Authorization is missing");
    sandbox.forget_exchanges();
    assert!(sandbox.exchange(2).is_none() && sandbox.exchanges().is_empty());
    assert_eq!(header(&get(sandbox.addr(), "/airpay", &[])), 3);
}

#[test]
fn an_event_comes_while_the_stream_is_open() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let mut first = follow(sandbox.addr());
    get(sandbox.addr(), "/airpay", &[]);
    assert_eq!(ids(&mut first, 1), ["1"]);
    let mut second = follow(sandbox.addr());
    get(sandbox.addr(), "/airpay", &[]);
    assert_eq!(ids(&mut first, 1), ["2"]);
    assert_eq!(ids(&mut second, 1), ["2"]);
}

fn ends_at_once(sandbox: Running) {
    let mut streams: Vec<_> = (0..3).map(|_| follow(sandbox.addr())).collect();
    sandbox.shutdown_blocking();
    // A stream that is still open after the grace is cut off, and has no end.
    for stream in &mut streams {
        let mut left = String::new();
        stream.read_to_string(&mut left).unwrap();
        assert_eq!(left, "0\r\n\r\n", "the stream has a proper end");
    }
}

#[test]
fn open_streams_do_not_hold_up_the_end() {
    ends_at_once(Sandbox::start_blocking().unwrap());
}

#[test]
fn who_does_not_read_holds_up_neither_the_others_nor_the_end() {
    let sandbox = Sandbox::builder().journal(8).start_blocking().unwrap();
    let address = sandbox.addr();
    // Never read from: its events fill the socket, and then wait in the journal.
    let silent = follow(address);
    let mut stream = connect(address);
    let call = "GET /airpay HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".repeat(100);
    for _ in 0..40 {
        stream.write_all(call.as_bytes()).unwrap();
        let mut answers = String::new();
        while answers.matches("\"fail\"}").count() < 100 {
            let mut part = [0; 16 * 1024];
            let read = stream.read(&mut part).unwrap();
            assert!(read > 0);
            answers.push_str(std::str::from_utf8(&part[..read]).unwrap());
        }
    }
    assert!(sandbox.exchanges().last().unwrap().id >= 4000);
    let start = Instant::now();
    drop(sandbox);
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
    // Each exchange up to the last event was sent, or is among those that were
    // told to be forgotten: how many depends on the size of the sockets' buffers.
    let left = rest(&mut silent.into_inner());
    let mut last = 0;
    for event in left.split("\n\n") {
        let line = |name: &str| {
            let mut lines = event.lines();
            lines.find_map(|line| line.strip_prefix(name))
        };
        if let Some(id) = line("id: ") {
            last += 1;
            assert_eq!(id, last.to_string());
        } else if let Some(missed) = line("data: {\"missed\":") {
            last += missed.trim_end_matches('}').parse::<u64>().unwrap();
        }
    }
    assert!(last > 0, "{} bytes", left.len());
}
