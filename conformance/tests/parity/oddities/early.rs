//! Replies that come before the server has read the request.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use cards_model::airpay::RegisterUser;
use cards_transport::BackendOptions;

use super::odd::{CHUNKED, OK, length, one_chunk, reply};
use crate::common::clients::{AnyClient, Backend, Outcome, for_both_backends};
use crate::common::registration;
use crate::setup::{NEVER, REGISTERED, airpay, soon};

for_both_backends! {
    a_reply_before_the_requests_body_was_read_is_the_reply,
    a_reply_before_the_request_does_not_make_it_unsent,
    a_reply_before_the_request_that_is_cut_off_leaves_it_open,
}

/// Registers at a server that does this with the only connection that it takes.
fn register<B: Backend>(serve: impl FnOnce(TcpStream) + Send + 'static) -> Outcome<RegisterUser> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || serve(listener.accept().unwrap().0));
    let options = BackendOptions::new().read_timeout(NEVER);
    let client = B::client(airpay(&url), &options, soon(3));
    let outcome = client.send(&registration());
    drop(client);
    server.join().unwrap();
    outcome
}

fn replies() -> [Vec<u8>; 2] {
    [
        reply(OK, &[&length(REGISTERED)], REGISTERED),
        reply(OK, &[CHUNKED], one_chunk(REGISTERED)),
    ]
}

fn a_reply_before_the_requests_body_was_read_is_the_reply<B: Backend>() {
    for bytes in replies() {
        let registered = register::<B>(move |mut stream| {
            stream.read_exact(&mut [0]).unwrap();
            stream.write_all(&bytes).unwrap();
            drop(stream.read_to_end(&mut Vec::new()));
        });
        let registered = registered.unwrap();
        assert_eq!((&*registered.entity_id, registered.attempts()), ("E1", 1));
    }
}

/// It may be taken for the reply or not, but the request left.
fn a_reply_before_the_request_does_not_make_it_unsent<B: Backend>() {
    for bytes in replies().into_iter().cycle().take(20) {
        let outcome = register::<B>(move |mut stream| {
            stream.write_all(&bytes).unwrap();
            drop(stream.read_to_end(&mut Vec::new()));
        });
        if let Err(error) = outcome {
            assert!(error.is_outcome_unknown(), "{error:?}");
            assert_eq!((error.is_not_sent(), error.attempts()), (false, 1));
        }
    }
}

/// The reply is cut off within the head or within the body: there is no reply to be taken, so that
/// each of them ends in an error.
fn a_reply_before_the_request_that_is_cut_off_leaves_it_open<B: Backend>() {
    for bytes in replies() {
        for end in [10, bytes.len() - 3] {
            let part = bytes[..end].to_vec();
            let outcome = register::<B>(move |mut stream| {
                stream.write_all(&part).unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
                drop(stream.read_to_end(&mut Vec::new()));
            });
            let error = outcome.unwrap_err();
            assert!(error.is_outcome_unknown(), "{end}: {error:?}");
            assert_eq!((error.is_not_sent(), error.attempts()), (false, 1));
        }
    }
}
