//! A server that speaks TLS with a certificate of the test's making.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Holds the address of a server, and the authority that signed its certificate (PEM).
pub(crate) struct TlsServer {
    pub(crate) address: SocketAddr,
    pub(crate) authority: String,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl TlsServer {
    /// Starts a server with a certificate for this name, good from so many days ago for so many
    /// days; a negative number of days ago is in the future.
    pub(crate) fn start(name: &str, begun: i32, good: u32) -> Self {
        let now = SystemTime::now();
        let distance = DAY * begun.unsigned_abs();
        let from = if begun < 0 {
            now + distance
        } else {
            now - distance
        };

        let mut authority = CertificateParams::default();
        authority
            .distinguished_name
            .push(DnType::CommonName, format!("authority of {name}"));
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = authority.self_signed(&key).unwrap();
        let issuer = Issuer::new(authority, key);

        let mut server = CertificateParams::new(vec![name.to_owned()]).unwrap();
        server.not_before = from.into();
        server.not_after = (from + DAY * good).into();
        let key = KeyPair::generate().unwrap();
        let leaf = server.signed_by(&key, &issuer).unwrap();

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.into()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let config = Arc::clone(&config);
                thread::spawn(move || serve(stream, config));
            }
        });
        Self {
            address,
            authority: root.pem(),
        }
    }
}

/// Answers one request, whatever it is, or none where the handshake fails.
fn serve(stream: TcpStream, config: Arc<ServerConfig>) {
    let Ok(connection) = ServerConnection::new(config) else {
        return;
    };
    let mut stream = StreamOwned::new(connection, stream);
    if stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {
        let body = r#"{"cards":[],"meta":{"numberOfRecords":0,"limit":10,"offset":0,"page":1}}"#;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
        stream.conn.send_close_notify();
    }
    let _ = stream.flush();
}
