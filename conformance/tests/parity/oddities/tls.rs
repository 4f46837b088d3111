//! Replies that end without a word of TLS: somebody else may have ended them.

use std::net::TcpListener;
use std::thread;

use cards_transport::{BackendOptions, ErrorKind, TransportErrorKind};

use super::line::{Line, Stream, certificate};
use super::odd::{CHUNKED, OK, length, one_chunk, reply};
use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::setup::{GET_CARDS, NEVER, kept, list, once, paysafe};

for_both_backends! {
    a_reply_that_only_the_connections_end_ends_has_to_end_by_tls,
    a_reply_that_says_where_it_ends_may_end_without_tls,
    a_last_chunk_that_tls_does_not_end_is_cut,
}

/// Lists cards at a server that ends the connection so.
fn read<B: Backend>(
    bytes: Vec<u8>,
    announced: bool,
) -> Result<bytes::Bytes, cards_transport::Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = Line::Tls.url(listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let mut stream = Stream::new(Line::Tls, listener.accept().unwrap().0);
        stream.request().unwrap();
        stream.say(&[&bytes]);
        if announced {
            stream.end();
        }
    });
    let options = BackendOptions::new().read_timeout(NEVER);
    let options = options.roots([certificate().0.to_vec()]);
    let client = B::client(paysafe(&url), &options, once());
    let outcome = client.send(&list());
    server.join().unwrap();
    outcome.map(|reply| reply.body().clone())
}

fn a_reply_that_only_the_connections_end_ends_has_to_end_by_tls<B: Backend>() {
    for line in [OK, "HTTP/1.0 200 OK"] {
        let bytes = reply(line, &[], GET_CARDS);
        assert_eq!(read::<B>(bytes.clone(), true).unwrap(), GET_CARDS);
        let error = read::<B>(bytes, false).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error:?}");
        kept(&error, 200, GET_CARDS);
    }
}

fn a_reply_that_says_where_it_ends_may_end_without_tls<B: Backend>() {
    for bytes in [
        reply(OK, &[&length(GET_CARDS)], GET_CARDS),
        reply(OK, &[CHUNKED], one_chunk(GET_CARDS)),
    ] {
        for announced in [true, false] {
            let body = read::<B>(bytes.clone(), announced).unwrap();
            assert_eq!(body, GET_CARDS);
        }
    }
}

fn a_last_chunk_that_tls_does_not_end_is_cut<B: Backend>() {
    let whole = reply(OK, &[CHUNKED], one_chunk(GET_CARDS));
    for cut in 1..="0\r\n\r\n".len() {
        for announced in [true, false] {
            let part = whole[..whole.len() - cut].to_vec();
            let error = read::<B>(part, announced).unwrap_err();
            let kind = error.transport_kind();
            assert_eq!(kind, Some(TransportErrorKind::Interrupted), "{cut}");
            kept(&error, 200, GET_CARDS);
        }
    }
}
