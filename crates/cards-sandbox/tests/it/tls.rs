//! TLS on the wire: who gets through, who is told why not, who is not harmed.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::common::{body, connect, request, rest, status};
use cards_sandbox::{Builder, Limits, Running, Sandbox, Tls};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned,
    SupportedProtocolVersion,
};

fn with_tls() -> Builder {
    Sandbox::builder().tls(Tls::generated())
}

fn start() -> Running {
    with_tls().start_blocking().unwrap()
}

/// A client that trusts the sandbox's certificate and nothing else.
fn client(
    sandbox: &Running,
    host: &str,
    version: &'static SupportedProtocolVersion,
) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    let root = sandbox.certificate_der().unwrap().to_vec();
    roots.add(CertificateDer::from(root)).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let host = ServerName::try_from(host.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), host).unwrap();
    StreamOwned::new(connection, connect(sandbox.addr()))
}

fn health(stream: &mut (impl Read + Write)) -> std::io::Result<String> {
    stream.write_all(request("GET", "/_sandbox/health", &[], "").as_bytes())?;
    let mut answer = String::new();
    // An end without TLS's own "close notify" would be an error.
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn is_well(sandbox: &Running) {
    let answer = health(&mut client(sandbox, "localhost", &TLS13)).unwrap();
    assert_eq!(status(&answer), 200);
}

#[test]
fn both_versions_and_every_name_of_this_machine() {
    let sandbox = with_tls()
        .allow_host("sandbox.test")
        .start_blocking()
        .unwrap();
    assert_eq!(
        sandbox.url(),
        format!("https://127.0.0.1:{}", sandbox.addr().port())
    );
    assert!(sandbox.env().iter().all(|(name, value)| {
        !name.ends_with("_BASE_URL") || value.starts_with("https://127.0.0.1:")
    }));
    for (version, expected) in [
        (&TLS12, ProtocolVersion::TLSv1_2),
        (&TLS13, ProtocolVersion::TLSv1_3),
    ] {
        for host in ["localhost", "127.0.0.1", "::1", "sandbox.test"] {
            let mut stream = client(&sandbox, host, version);
            assert_eq!(status(&health(&mut stream).unwrap()), 200, "{host}");
            assert_eq!(stream.conn.protocol_version(), Some(expected));
            assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
        }
        for host in ["example.test", "127.0.0.2", "www.sandbox.test"] {
            let error = health(&mut client(&sandbox, host, version)).unwrap_err();
            assert!(error.to_string().contains("not valid for name"), "{error}");
        }
    }
}

#[test]
fn the_certificate_of_another_sandbox_is_not_trusted() {
    let (one, other) = (start(), start());
    let mut roots = RootCertStore::empty();
    let root = one.certificate_der().unwrap().to_vec();
    roots.add(CertificateDer::from(root)).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), host).unwrap();
    let error = health(&mut StreamOwned::new(connection, connect(other.addr()))).unwrap_err();
    assert!(
        error.to_string().contains("invalid peer certificate"),
        "{error}"
    );
    is_well(&other);
}

#[test]
fn plain_http_is_told_so_and_no_handshake_is_no_harm() {
    let sandbox = start();
    let answer = crate::common::get(sandbox.addr(), "/_sandbox/health", &[]);
    assert_eq!(status(&answer), 400);
    assert_eq!(
        body(&answer),
        r#"{"error":"this port speaks https, not plain http"}"#
    );
    // More than what is read before the answer.
    let answer = crate::common::post(sandbox.addr(), "/", &[], &"x".repeat(60_000));
    assert_eq!(status(&answer), 400);

    for bytes in [
        &b""[..],
        b"\x16",
        b"\x16\x03\x01\x00\x05hello",
        b"\0\0\0\0",
        b"\xff",
    ] {
        let mut stream = connect(sandbox.addr());
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        // At most an alert.
        assert!(answer.len() < 16, "{answer:?}");
    }
    is_well(&sandbox);
    let journal = sandbox.exchanges();
    assert!(journal.is_empty(), "{journal:?}");
}

#[test]
fn a_client_that_never_shakes_hands_is_left() {
    let mut limits = Limits::default();
    limits.header_time = Duration::from_millis(300);
    // A connection may stall, and another serves the rest meanwhile.
    limits.connections = 2;
    let sandbox = with_tls().limits(limits).start_blocking().unwrap();
    let mut stalled = connect(sandbox.addr());
    stalled.write_all(b"\x16\x03\x01").unwrap();
    is_well(&sandbox);
    assert_eq!(rest(&mut stalled), "", "closed by the server");
    is_well(&sandbox);
}

#[test]
fn a_handshake_under_way_does_not_hold_up_the_end() {
    let sandbox = start();
    let mut half = connect(sandbox.addr());
    half.write_all(b"\x16\x03\x01").unwrap();
    is_well(&sandbox);
    let start = Instant::now();
    drop(sandbox);
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn without_tls_there_is_no_certificate() {
    let sandbox = Sandbox::start_blocking().unwrap();
    assert_eq!(sandbox.certificate_pem(), None);
    assert_eq!(sandbox.certificate_der(), None);
}

#[test]
fn other_machines_are_let_in_only_where_that_is_meant() {
    let any = (Ipv4Addr::UNSPECIFIED, 0);
    let error = Sandbox::builder().listen(any).start_blocking().unwrap_err();
    assert!(error.is_settings());
    insta::assert_snapshot!(error, @"other machines can reach this address, and the sandbox's credentials are published: that it is exposed has to be asked for");

    let sandbox = with_tls().listen(any).expose().start_blocking().unwrap();
    assert!(sandbox.addr().ip().is_unspecified());
    assert!(sandbox.url().starts_with("https://127.0.0.1:"));
    for loopback in [
        "127.0.0.1:0",
        "127.8.4.8:0",
        "[::1]:0",
        "[::ffff:127.0.0.1]:0",
    ] {
        let address: std::net::SocketAddr = loopback.parse().unwrap();
        match Sandbox::builder().listen(address).start_blocking() {
            // Without IPv6 on this machine.
            Err(error) => assert!(error.is_listen(), "{loopback}: {error}"),
            Ok(sandbox) => assert_eq!(sandbox.addr().ip(), address.ip()),
        }
    }
}
