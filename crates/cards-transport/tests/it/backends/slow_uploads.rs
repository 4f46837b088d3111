//! A server that takes a long body slowly is not silent, and one that takes no more is.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cards_transport::{BackendOptions, Limits, TransportErrorKind};
use http::Request;

use crate::backends::backend::{Backend, Server, for_both_backends};

for_both_backends! {
    a_slow_server_gets_all_of_it,
    one_that_takes_no_more_is_left,
    a_call_ends_in_time_while_nobody_takes_its_body,
}

/// The bytes of a body that is far larger than the system's buffers.
const SIZE: usize = 64 << 20;
const SILENCE: Duration = Duration::from_millis(1200);

fn send<B: Backend>(server: &Server) -> Result<http::Response<Bytes>, TransportErrorKind> {
    let options = BackendOptions::new().read_timeout(SILENCE);
    let request = Request::post(server.url()).body(Bytes::from(vec![b'x'; SIZE]));
    let limits = Limits::new(Duration::from_secs(60), 100);
    let sent = B::send(&options, request.unwrap(), limits);
    sent.map_err(|error| error.kind())
}

/// Reads so much, with a pause of so many milliseconds after each megabyte at most.
fn read(stream: &mut TcpStream, most: usize, pause: u64) -> usize {
    let (mut count, mut buffer) = (0, vec![0; 1 << 20]);
    while count < most {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(some) => count += some,
        }
        thread::sleep(Duration::from_millis(pause));
    }
    count
}

fn a_slow_server_gets_all_of_it<B: Backend>() {
    let server = Server::accepting(|mut stream| {
        let started = Instant::now();
        let mut head = [0; 1];
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut head).unwrap();
            seen.push(head[0]);
        }
        let head = String::from_utf8(seen).unwrap().to_lowercase();
        assert!(
            head.contains(&format!("content-length: {SIZE}\r\n")),
            "{head}"
        );
        let count = read(&mut stream, SIZE, 40);
        let is_slow = started.elapsed() > SILENCE * 2;
        let said = if count == SIZE && is_slow {
            "whole"
        } else {
            "else"
        };
        let reply = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{said}",
            said.len()
        );
        drop(stream.write_all(reply.as_bytes()));
    });
    assert_eq!(send::<B>(&server).unwrap().body(), "whole");
}

fn one_that_takes_no_more_is_left<B: Backend>() {
    let server = Server::accepting(|mut stream| {
        read(&mut stream, 4 << 20, 1);
        thread::sleep(Duration::from_secs(20));
    });
    let before = Instant::now();
    assert_eq!(send::<B>(&server).unwrap_err(), TransportErrorKind::Timeout);
    assert!(before.elapsed() < Duration::from_secs(10));
}

/// A system that has taken a part of a piece when a silence is over is asked to take the rest, which
/// is a silence of its own: none of them goes on after the call's time.
fn a_call_ends_in_time_while_nobody_takes_its_body<B: Backend>() {
    let (silence, total) = (Duration::from_secs(2), Duration::from_millis(4400));
    let server = Server::accepting(|stream| {
        thread::sleep(Duration::from_secs(20));
        drop(stream);
    });
    let options = BackendOptions::new().read_timeout(silence);
    let request = Request::post(server.url()).body(Bytes::from(vec![b'x'; SIZE]));
    let started = Instant::now();
    let sent = B::send(&options, request.unwrap(), Limits::new(total, 100));
    assert_eq!(sent.unwrap_err().kind(), TransportErrorKind::Timeout);
    let took = started.elapsed();
    // Three silences are 6 s.
    assert!(took < total + Duration::from_millis(1300), "{took:?}");
}
