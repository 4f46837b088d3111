//! Connections that are refused, break off, or are used again.

use cards_transport::{ErrorKind, TransportErrorKind};
use conformance::server::{RawServer, Reaction, raw};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::setup::{GET_CARDS, NOBODY, failed, is, kept, list, once, paysafe, quick, soon};

for_both_backends! {
    nobody_listens,
    a_reset_before_the_head_is_interrupted,
    an_end_before_the_head_is_interrupted,
    a_reset_within_the_head_is_interrupted,
    a_reset_within_the_body_is_interrupted_and_its_part_is_kept,
    what_is_no_http_is_told,
    a_connection_is_used_again,
}

fn nobody_listens<B: Backend>() {
    let client = B::client(paysafe(NOBODY), &quick(), soon(3));
    let error = client.send(&list()).unwrap_err();
    is(&error, ErrorKind::Connect, &["not sent", "connect"]);
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.transport_kind(), Some(TransportErrorKind::Connect));
    assert!(error.raw().is_none());
}

fn a_reset_before_the_head_is_interrupted<B: Backend>() {
    let error = failed::<B>(Reaction::SendAndReset(Vec::new()));
    is(&error, ErrorKind::Interrupted, &[]);
    assert_eq!(
        error.transport_kind(),
        Some(TransportErrorKind::Interrupted)
    );
    assert!(error.raw().is_none());
}

fn an_end_before_the_head_is_interrupted<B: Backend>() {
    let error = failed::<B>(Reaction::SendAndClose(Vec::new()));
    is(&error, ErrorKind::Interrupted, &[]);
    assert_eq!(
        error.transport_kind(),
        Some(TransportErrorKind::Interrupted)
    );
}

fn a_reset_within_the_head_is_interrupted<B: Backend>() {
    for part in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-le"] {
        let error = failed::<B>(Reaction::SendAndReset(part.into()));
        is(&error, ErrorKind::Interrupted, &[]);
        let error = failed::<B>(Reaction::SendAndClose(part.into()));
        is(&error, ErrorKind::Interrupted, &[]);
    }
}

fn a_reset_within_the_body_is_interrupted_and_its_part_is_kept<B: Backend>() {
    let part = raw("200 OK", &["content-length: 100"], "{\"cards\"");
    let error = failed::<B>(Reaction::SendAndReset(part));
    is(&error, ErrorKind::Interrupted, &[]);
    kept(&error, 200, "{\"cards\"");
}

fn what_is_no_http_is_told<B: Backend>() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "{\"cards\":[]}\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
    ] {
        let error = failed::<B>(Reaction::SendAndClose(bytes.into()));
        assert_eq!(
            error.transport_kind(),
            Some(TransportErrorKind::Protocol),
            "{bytes:?} {error:?}"
        );
        is(&error, ErrorKind::Interrupted, &[]);
    }
}

fn a_connection_is_used_again<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", GET_CARDS)]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), once());
    for _ in 0..3 {
        client.send(&list()).unwrap();
    }
    let connections: Vec<_> = server
        .received()
        .iter()
        .map(|captured| captured.connection)
        .collect();
    assert_eq!(connections, [0, 0, 0]);
}
