//! Bytes behind a reply: no later call takes them for its own reply.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use cards_transport::BackendOptions;

use super::line::{Line, Stream, certificate};
use super::odd::{CHUNKED, OK, length, one_chunk, reply};
use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::registration;
use crate::setup::{NEVER, REGISTERED, airpay, soon};

for_both_backends! {
    what_comes_with_a_reply_is_not_the_next_reply,
    what_comes_after_a_reply_is_not_the_next_reply,
    a_connection_that_ended_since_is_not_used,
}

fn what_comes_with_a_reply_is_not_the_next_reply<B: Backend>() {
    each::<B>(When::With);
}

fn what_comes_after_a_reply_is_not_the_next_reply<B: Backend>() {
    each::<B>(When::After);
}

/// The second call loses nothing in the first one's connection.
fn a_connection_that_ended_since_is_not_used<B: Backend>() {
    for line in [Line::Plain, Line::Tls] {
        for (first, reply) in replies() {
            let context = format!("{}: the end behind {first}", B::NAME);
            second::<B>(line, When::Ends, reply, Vec::new(), &context);
        }
    }
}

/// Replies that leave their connection open.
#[rustfmt::skip]
fn replies() -> Vec<(&'static str, Vec<u8>)> {
    let length = length(REGISTERED);
    let early = b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec();
    vec![
        ("a length", reply(OK, &[&length], REGISTERED)),
        ("a length of 0", reply(OK, &["content-length: 0"], "")),
        ("chunks", reply(OK, &[CHUNKED], one_chunk(REGISTERED))),
        ("chunks and a length", reply(OK, &[CHUNKED, "content-length: 5"], one_chunk(REGISTERED))),
        ("204", reply("HTTP/1.1 204 No Content", &[], "")),
        ("304 with a length", reply("HTTP/1.1 304 Not Modified", &[&length], "")),
        ("500", reply("HTTP/1.1 500 Internal Server Error", &[&length], REGISTERED)),
        ("HTTP/1.0, kept alive", reply("HTTP/1.0 200 OK", &["connection: keep-alive", &length], REGISTERED)),
        ("103 first", [early, reply(OK, &[&length], REGISTERED)].concat()),
    ]
}

/// The bytes that nobody asked for, and that must never be read as a
/// registration.
#[rustfmt::skip]
fn more() -> Vec<(&'static str, Vec<u8>)> {
    let body = REGISTERED.replace("E1", "of another");
    let length = length(&body);
    let whole = reply(OK, &[&length], &body);
    // Longer than what TLS takes from a socket at once.
    let padding = format!("x-padding: {}", "p".repeat(12_000));
    vec![
        ("half a reply", whole[..20].to_vec()),
        ("another reply", whole),
        ("another reply that is long", reply(OK, &[&padding, &length], &body)),
        ("another reply in chunks", reply(OK, &[CHUNKED], one_chunk(&body))),
        ("another reply until the end", reply(OK, &[], &body)),
        ("a body", body.into_bytes()),
        ("an interim reply", reply("HTTP/1.1 100 Continue", &[], "")),
        ("a farewell", reply("HTTP/1.1 408 Request Timeout", &["connection: close", "content-length: 0"], "")),
        ("a line's end", b"\r\n".to_vec()),
        ("a last chunk", b"0\r\n\r\n".to_vec()),
    ]
}

fn each<B: Backend>(when: When) {
    for line in [Line::Plain, Line::Tls] {
        for (first, reply) in replies() {
            for (behind, more) in more() {
                let context = format!("{}: {behind} behind {first}", B::NAME);
                second::<B>(line, when, reply.clone(), more, &context);
            }
        }
    }
}

/// A second call on the client that got the reply, and more than that.
fn second<B: Backend>(line: Line, when: When, reply: Vec<u8>, more: Vec<u8>, context: &str) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = line.url(listener.local_addr().unwrap());
    let received = Arc::new(AtomicUsize::new(0));
    let (go, start) = channel();
    let (end, gone) = channel();
    let mut first = Some(First {
        when,
        reply,
        more,
        start,
        end,
    });
    let counted = Arc::clone(&received);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (first, received) = (first.take(), Arc::clone(&counted));
            let stream = Stream::new(line, stream.unwrap());
            thread::spawn(move || serve(stream, first, &received));
        }
    });
    let options = BackendOptions::new().read_timeout(NEVER);
    let options = options.roots([certificate().0.to_vec()]);
    let client = B::client(airpay(&url), &options, soon(3));
    let call = registration();
    if let Ok(reply) = client.send(&call) {
        assert_eq!(reply.entity_id, "E1", "{context}");
    }
    // The bytes behind the reply are with the client, and it lay idle.
    go.send(()).unwrap();
    gone.recv().unwrap();
    thread::sleep(Duration::from_millis(10));
    let second = client.send(&call).expect(context);
    assert_eq!(second.entity_id, "E2", "{context}");
    assert_eq!(second.attempts(), 1, "{context}");
    let received = received.load(Ordering::SeqCst);
    assert_eq!(received, 2, "{context}: each call is sent once");
}

/// The moment when the bytes come that belong to no reply.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// In one piece with the reply.
    With,
    /// Once the reply was read.
    After,
    /// There are none: once the reply was read, the connection ends.
    Ends,
}

/// Plays what becomes of the first request.
struct First {
    when: When,
    reply: Vec<u8>,
    more: Vec<u8>,
    start: Receiver<()>,
    end: Sender<()>,
}

/// Sends the reply to the first request that it gets, and more than that; to
/// any later request, the registration `E2`.
fn serve(mut stream: Stream, mut first: Option<First>, received: &AtomicUsize) {
    while stream.request().is_some() {
        received.fetch_add(1, Ordering::SeqCst);
        let Some(first) = first.take() else {
            let body = REGISTERED.replace("E1", "E2");
            stream.say(&[&reply(OK, &[&length(&body)], &body)]);
            continue;
        };
        match first.when {
            When::With => stream.say(&[&first.reply, &first.more]),
            When::After | When::Ends => stream.say(&[&first.reply]),
        }
        // The client may have gone without waiting for it.
        let _ = first.start.recv();
        match first.when {
            When::With => {}
            When::After => stream.say(&[&first.more]),
            When::Ends => {
                drop(stream);
                let _ = first.end.send(());
                return;
            }
        }
        let _ = first.end.send(());
    }
}
