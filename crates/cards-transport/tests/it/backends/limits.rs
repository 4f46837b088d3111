//! Checks how much of a reply is kept, and how much more is taken off the
//! connection.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cards_transport::{BackendOptions, Limits, TransportErrorKind};
use http::Request;

use crate::backends::backend::{Backend, Server, for_both_backends};

for_both_backends! {
    every_limit_holds_to_the_byte,
    little_more_than_the_limit_is_read,
    the_longest_time_is_no_short_one,
    a_last_chunk_that_does_not_come_whole_is_no_end,
    of_a_body_with_broken_chunks_the_head_alone_is_kept,
    a_pause_is_as_long_as_it_is_asked_for,
    a_body_that_stops_is_out_of_time_and_a_reset_is_told_as_one,
    interim_replies_are_as_many_as_they_are,
}

fn every_limit_holds_to_the_byte<B: Backend>() {
    let limits = [
        0,
        1,
        2,
        99,
        100,
        101,
        u32::MAX as usize,
        usize::MAX / 2,
        usize::MAX - 1,
        usize::MAX,
    ];
    for size in [0, 1, 2, 100, 100_000] {
        let body = "x".repeat(size);
        let length = format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n{body}");
        let end = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
        let chunks = match size {
            0 => String::new(),
            size => format!("{size:x}\r\n{body}\r\n"),
        };
        let chunked =
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n");
        for reply in [length, end, chunked] {
            let server = Server::saying(reply);
            for limit in limits {
                match B::get(&server.url(), limit) {
                    Ok(reply) => {
                        assert!(size <= limit, "{size} bytes, {limit} at most");
                        assert_eq!(reply.body(), &body);
                    }
                    Err(error) => {
                        assert!(size > limit, "{size} bytes, {limit} at most: {error:?}");
                        assert_eq!(error.kind(), TransportErrorKind::TooLarge);
                        assert_eq!(error.partial().unwrap().body(), &body[..limit]);
                    }
                }
            }
        }
    }
}

/// A clock that cannot show the end of it does not end it at once.
fn the_longest_time_is_no_short_one<B: Backend>() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    for total in [
        Duration::MAX,
        Duration::MAX / 2,
        Duration::from_secs(1 << 40),
    ] {
        let given = Limits::new(total, 9);
        let mut set = Limits::new(Duration::from_secs(1), 9);
        set.total = total;
        for limits in [given, set] {
            let request = Request::get(server.url()).body(Bytes::new()).unwrap();
            let reply = B::send(&BackendOptions::new(), request, limits);
            assert_eq!(reply.unwrap().body(), "ok", "{total:?}");
        }
    }
}

/// The server counts what it gets rid of before the client has had enough. Some
/// of that is in the system's buffers only, which hold a few megabytes.
fn little_more_than_the_limit_is_read<B: Backend>() {
    const LIMIT: usize = 8 << 20;
    const BUFFERS: usize = 24 << 20;
    const ENDLESS: usize = 10 * LIMIT;
    let size = 64 << 10;
    for (head, piece) in [
        ("content-length: 1000000000000", "x".repeat(size)),
        ("connection: close", "x".repeat(size)),
        (
            "transfer-encoding: chunked",
            format!("{size:x}\r\n{}\r\n", "x".repeat(size)),
        ),
    ] {
        let written = Arc::new(AtomicUsize::new(0));
        let (over, is_over) = channel();
        let count = Arc::clone(&written);
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n");
        let server = Server::start(move |stream| {
            let _ = stream.write_all(head.as_bytes());
            while count.load(Ordering::SeqCst) < ENDLESS {
                if stream.write_all(piece.as_bytes()).is_err() {
                    break;
                }
                count.fetch_add(piece.len(), Ordering::SeqCst);
            }
            let _ = over.send(());
        });
        let error = B::get(&server.url(), LIMIT).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::TooLarge);
        assert_eq!(error.partial().unwrap().body().len(), LIMIT);
        is_over.recv().unwrap();
        let written = written.load(Ordering::SeqCst);
        assert!(written < LIMIT + BUFFERS, "{written} bytes");
    }
}

fn a_last_chunk_that_does_not_come_whole_is_no_end<B: Backend>() {
    let whole = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    let get = |reply: &str| B::get(&Server::saying(reply.to_owned()).url(), 99);
    assert_eq!(get(whole).unwrap().body(), "ok");
    for cut in 1..="0\r\n\r\n".len() {
        let error = get(&whole[..whole.len() - cut]).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Interrupted, "{cut}");
        assert_eq!(error.partial().unwrap().body(), "ok", "{cut}");
    }
}

/// How much came before the fault is not the same in both backends.
fn of_a_body_with_broken_chunks_the_head_alone_is_kept<B: Backend>() {
    let head = "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n";
    for broken in [
        "2\r\nok\r\nxyz\r\n",
        "2\r\nok\r\n-1\r\n",
        "ffffffffffffffffff\r\n",
    ] {
        let error = B::get(&Server::saying(format!("{head}{broken}")).url(), 99).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Interrupted, "{broken:?}");
        assert!(error.is_maybe_sent());
        let partial = error.partial().unwrap();
        assert_eq!(partial.status(), 201);
        assert!(partial.body().is_empty(), "{broken:?}: {partial:?}");
    }
}

fn a_body_that_stops_is_out_of_time_and_a_reset_is_told_as_one<B: Backend>() {
    let server = Server::start(|stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"));
        std::thread::sleep(Duration::from_secs(2));
    });
    let options = BackendOptions::new().read_timeout(Duration::from_millis(200));
    let error = B::get_with(&options, &server.url(), 99).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
    assert_eq!(error.partial().unwrap().body(), "ok");

    // A connection that is closed with bytes unread is reset.
    let server = Server::accepting(|stream| {
        std::thread::sleep(Duration::from_millis(100));
        drop(stream);
    });
    let error = B::get(&server.url(), 99).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Interrupted);
    assert!(error.is_maybe_sent() && error.partial().is_none());
    let mut causes = std::iter::successors(std::error::Error::source(&error), |one| one.source());
    let is_reset = causes.any(|cause| cause.to_string().to_lowercase().contains("reset"));
    assert!(is_reset, "{error:?}");
}

fn a_pause_is_as_long_as_it_is_asked_for<B: Backend>() {
    for pause in [Duration::ZERO, Duration::from_millis(60)] {
        let start = Instant::now();
        B::sleep(pause);
        assert!(start.elapsed() >= pause);
    }
}

fn interim_replies_are_as_many_as_they_are<B: Backend>() {
    for count in [1, 5_000] {
        let hints = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(count);
        let reply = format!("{hints}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        let reply = B::get(&Server::saying(reply).url(), 99).unwrap();
        assert_eq!(
            (reply.status().as_u16(), &reply.body()[..]),
            (200, &b"ok"[..]),
            "{count}"
        );
    }
}
