//! Checks whom a server's certificate has to come from.

use std::io::Write;
use std::sync::Arc;

use cards_transport::{BackendOptions, TransportErrorKind};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::backends::backend::{Backend, Server, for_both_backends, read_request};

for_both_backends! {
    a_server_is_trusted_by_the_roots_given_and_by_no_others,
    extra_roots_are_trusted_beside_the_others,
}

/// A name that a certificate is for beside the address of this machine.
pub(crate) const NAME: &str = "cards.invalid";

/// A server's settings, and the root that its certificate comes from.
pub(crate) fn authority() -> (Arc<ServerConfig>, Vec<u8>) {
    let names = ["127.0.0.1", NAME].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names).unwrap();
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

/// A server that greets over TLS.
pub(crate) fn greeting(config: Arc<ServerConfig>) -> Server {
    Server::accepting(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        // A client that does not trust it goes away.
        if read_request(&mut stream) {
            let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
            stream.write_all(reply).unwrap();
        }
    })
}

fn a_server_is_trusted_by_the_roots_given_and_by_no_others<B: Backend>() {
    let (config, root) = authority();
    let (_, other) = authority();
    let server = greeting(config);
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

fn extra_roots_are_trusted_beside_the_others<B: Backend>() {
    let (one, root) = authority();
    let (two, other) = authority();
    let servers = [greeting(one), greeting(two)];
    let urls = servers
        .each_ref()
        .map(|it| format!("https://{}/", it.address));
    let trusts = |options: &BackendOptions| {
        urls.each_ref()
            .map(|url| match B::get_with(options, url, 1_000) {
                Ok(reply) => reply.body() == "hello",
                Err(error) => {
                    assert_eq!(error.kind(), TransportErrorKind::Tls, "{error:?}");
                    false
                }
            })
    };
    let options = BackendOptions::new;
    let all = options().extra_roots([root.clone(), other.clone()]);
    assert_eq!(trusts(&all), [true, true]);
    assert_eq!(
        trusts(&options().extra_roots([root.clone()])),
        [true, false]
    );
    // Beside those of one's own, in either order, and one after the other.
    let one = options().extra_roots([root.clone()]);
    assert_eq!(trusts(&one.clone().roots([other.clone()])), [true, true]);
    assert_eq!(trusts(&one.extra_roots([other.clone()])), [true, true]);
    let both = options().roots([other]).extra_roots([root]);
    assert_eq!(trusts(&both), [true, true]);
}
