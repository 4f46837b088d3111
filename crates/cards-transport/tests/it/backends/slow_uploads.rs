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
    an_answer_before_the_end_of_a_body_is_the_answer,
    a_connection_that_closes_under_a_body_without_an_answer_is_an_error,
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

/// Reads a head, and nothing behind it.
fn head(stream: &mut TcpStream) -> String {
    let (mut one, mut seen) = ([0; 1], Vec::new());
    while !seen.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut one).unwrap();
        seen.push(one[0]);
    }
    String::from_utf8(seen).unwrap()
}

fn a_slow_server_gets_all_of_it<B: Backend>() {
    let server = Server::accepting(|mut stream| {
        let started = Instant::now();
        let head = head(&mut stream).to_lowercase();
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

/// A server that has enough of a body refuses it and closes, whatever it has read of it.
fn an_answer_before_the_end_of_a_body_is_the_answer<B: Backend>() {
    for taken in [0, 1 << 20] {
        let server = Server::accepting(move |mut stream| {
            head(&mut stream);
            read(&mut stream, taken, 0);
            let reply = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\
                connection: close\r\n\r\nbig";
            drop(stream.write_all(reply));
            // So long that what it has said arrives before the end does.
            thread::sleep(Duration::from_millis(200));
        });
        let options = BackendOptions::new();
        let request = Request::post(server.url()).body(Bytes::from(vec![b'x'; SIZE]));
        let limits = Limits::new(Duration::from_secs(30), 100);
        let reply = B::send(&options, request.unwrap(), limits).unwrap();
        assert_eq!(
            (reply.status().as_u16(), &reply.body()[..]),
            (413, &b"big"[..])
        );
    }
}

fn a_connection_that_closes_under_a_body_without_an_answer_is_an_error<B: Backend>() {
    for said in [
        "",
        "HTTP/1.1 4",
        "HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\r\nb",
    ] {
        let server = Server::accepting(move |mut stream| {
            head(&mut stream);
            drop(stream.write_all(said.as_bytes()));
            thread::sleep(Duration::from_millis(200));
        });
        let request = Request::post(server.url()).body(Bytes::from(vec![b'x'; SIZE]));
        let limits = Limits::new(Duration::from_secs(30), 100);
        let error = B::send(&BackendOptions::new(), request.unwrap(), limits).unwrap_err();
        assert_eq!(
            error.kind(),
            TransportErrorKind::Interrupted,
            "{said:?}: {error:?}"
        );
        assert!(error.is_maybe_sent());
    }
}
