//! Checks whom a server's certificate has to come from.

use std::io::Write;
use std::sync::Arc;

use cards_transport::{BackendOptions, TransportErrorKind};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::backend::{Backend, Server, for_both_backends, read_request};

for_both_backends! {
    a_server_is_trusted_by_the_roots_given_and_by_no_others,
}

/// A server's settings, and the root that its certificate comes from.
fn authority() -> (Arc<ServerConfig>, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let root = made.cert.der().to_vec();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key);
    (Arc::new(config.unwrap()), root)
}

fn a_server_is_trusted_by_the_roots_given_and_by_no_others<B: Backend>() {
    let (config, root) = authority();
    let (_, other) = authority();
    let server = Server::accepting(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        // A client that does not trust it goes away.
        if read_request(&mut stream) {
            let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
            stream.write_all(reply).unwrap();
        }
    });
    let url = format!("https://{}/", server.address);
    let trusting = |roots: &[&Vec<u8>]| {
        let roots = roots.iter().map(|&root| root.clone());
        B::get_with(&BackendOptions::new().roots(roots), &url, 1_000)
    };
    for roots in [&[&root][..], &[&other, &root]] {
        assert_eq!(trusting(roots).unwrap().body(), "hello");
    }
    let mozillas = B::get(&url, 1_000);
    for outcome in [mozillas, trusting(&[]), trusting(&[&other])] {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{error:?}");
        assert!(!error.is_maybe_sent());
    }
}
