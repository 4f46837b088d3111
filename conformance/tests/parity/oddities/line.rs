//! A server's side of a connection, plain or over TLS, that says what it is told
//! to and no more.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};

use conformance::wire::WireRequest;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

#[derive(Clone, Copy)]
pub(super) enum Line {
    Plain,
    Tls,
}

impl Line {
    pub(super) fn url(self, address: SocketAddr) -> String {
        match self {
            Self::Plain => format!("http://{address}"),
            Self::Tls => format!("https://{address}"),
        }
    }
}

/// Holds one connection, from the server's side.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Stream {
    pub(super) fn new(line: Line, stream: TcpStream) -> Self {
        // Bytes that are written are with the client at once.
        stream.set_nodelay(true).unwrap();
        match line {
            Line::Plain => Self::Plain(stream),
            Line::Tls => {
                let config = Arc::clone(&certificate().1);
                let connection = ServerConnection::new(config).unwrap();
                Self::Tls(Box::new(StreamOwned::new(connection, stream)))
            }
        }
    }

    /// `None`: the connection has ended.
    pub(super) fn request(&mut self) -> Option<WireRequest> {
        let stream: &mut dyn Read = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream,
        };
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            if let Ok(request) = WireRequest::parse(&bytes) {
                return Some(request);
            }
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => return None,
                Ok(size) => bytes.extend_from_slice(&buffer[..size]),
            }
        }
    }

    /// Each in a record of its own, where there are records, but all at once.
    pub(super) fn say(&mut self, parts: &[&[u8]]) {
        match self {
            // A client that has gone is none to care about.
            Self::Plain(stream) => drop(stream.write_all(&parts.concat())),
            Self::Tls(stream) => {
                for part in parts {
                    stream.conn.writer().write_all(part).unwrap();
                }
                flush(stream);
            }
        }
    }

    /// Ends the connection as it should be ended. To drop it is to end it
    /// without a word of TLS.
    pub(super) fn end(mut self) {
        if let Self::Tls(stream) = &mut self {
            stream.conn.send_close_notify();
            flush(stream);
        }
    }
}

fn flush(stream: &mut StreamOwned<ServerConnection, TcpStream>) {
    let mut records = Vec::new();
    while stream.conn.wants_write() {
        stream.conn.write_tls(&mut records).unwrap();
    }
    drop(stream.sock.write_all(&records));
}

/// A certificate for 127.0.0.1, and a server's settings with it.
pub(super) fn certificate() -> &'static (CertificateDer<'static>, Arc<ServerConfig>) {
    static MADE: OnceLock<(CertificateDer<'static>, Arc<ServerConfig>)> = OnceLock::new();
    MADE.get_or_init(|| {
        let names = vec!["127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let versions =
            ServerConfig::builder_with_provider(ring).with_safe_default_protocol_versions();
        let anybody = versions.unwrap().with_no_client_auth();
        let config = anybody.with_single_cert(vec![certificate.clone()], key);
        (certificate, Arc::new(config.unwrap()))
    })
}
