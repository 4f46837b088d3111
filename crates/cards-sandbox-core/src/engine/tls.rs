//! TLS by option: a certificate made at the start, and the handshake.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::engine::error::Error;
use crate::engine::socket::Socket;

/// Says how a sandbox proves who it is: TLS 1.2 or 1.3, HTTP/1.1.
///
/// ```
/// use cards_sandbox_core::{Setup, Tls};
///
/// let mut setup = Setup::default();
/// setup.tls = Some(Tls::generated());
/// let sandbox = setup.start_blocking([])?;
/// assert!(sandbox.url().starts_with("https://127.0.0.1:"));
/// assert!(sandbox.certificate_pem().is_some());
/// # Ok::<(), cards_sandbox_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Tls {
    _generated: (),
}

impl Tls {
    /// Makes a certificate at the start, good for `localhost`, 127.0.0.1, \[::1\], the address that
    /// is listened on, and the names of [`Setup::allowed_hosts`](crate::Setup::allowed_hosts).
    ///
    /// It is signed by an authority that is made along with it, which is what
    /// clients are given to trust. The authority's key is gone before the
    /// first connection, so that nothing else can ever be signed with it. The
    /// server's own key stays in memory: after a restart there is a new
    /// certificate to trust.
    pub fn generated() -> Self {
        Self { _generated: () }
    }

    pub(crate) fn identity(&self, listen: IpAddr, names: &[String]) -> Result<Identity, Error> {
        let mut subjects = vec![
            SanType::DnsName("localhost".try_into().map_err(bad_name)?),
            SanType::IpAddress(Ipv4Addr::LOCALHOST.into()),
            SanType::IpAddress(Ipv6Addr::LOCALHOST.into()),
        ];
        if !listen.is_unspecified() {
            subjects.push(SanType::IpAddress(listen));
        }
        for name in names {
            subjects.push(match name.parse::<Ipv4Addr>() {
                Ok(ip) => SanType::IpAddress(ip.into()),
                Err(_) => SanType::DnsName(dns_name(name)?.try_into().map_err(bad_name)?),
            });
        }
        let mut unique: Vec<SanType> = Vec::with_capacity(subjects.len());
        for subject in subjects {
            if !unique.contains(&subject) {
                unique.push(subject);
            }
        }
        Identity::generate(unique)
    }
}

/// Gives the cryptography of every TLS here.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// A certificate that clients would compare with a host: rustls takes no other
/// names either.
fn dns_name(name: &str) -> Result<String, Error> {
    rustls::pki_types::DnsName::try_from(name)
        .map(|name| name.as_ref().to_owned())
        .map_err(bad_name)
}

fn bad_name<E>(_: E) -> Error {
    Error::settings("an allowed host is neither a name nor an IPv4 address, without a port")
}

/// A certificate with its key, ready to serve, and what to trust it by.
pub(crate) struct Identity {
    root: CertificateDer<'static>,
    root_pem: String,
    acceptor: TlsAcceptor,
}

impl Identity {
    fn generate(subjects: Vec<SanType>) -> Result<Self, Error> {
        let now = SystemTime::now();
        // Clocks differ, and some clients take nothing that is good for longer.
        let (from, to) = (now - 24 * HOUR, now + 397 * 24 * HOUR);

        let mut authority = CertificateParams::default();
        authority.not_before = from.into();
        authority.not_after = to.into();
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        authority.distinguished_name = named("Cards sandbox authority");
        let key = KeyPair::generate().map_err(no_certificate)?;
        let root = authority.self_signed(&key).map_err(no_certificate)?;
        let issuer = Issuer::new(authority, key);

        let mut server = CertificateParams::default();
        server.not_before = from.into();
        server.not_after = to.into();
        server.subject_alt_names = subjects;
        server.distinguished_name = named("Cards sandbox");
        server.is_ca = IsCa::ExplicitNoCa;
        server.use_authority_key_identifier_extension = true;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(no_certificate)?;
        let leaf = server.signed_by(&key, &issuer).map_err(no_certificate)?;

        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(no_certificate)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.into()], key.into())
            .map_err(no_certificate)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            root_pem: root.pem(),
            root: root.into(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }

    pub(crate) fn root_der(&self) -> &[u8] {
        &self.root
    }

    pub(crate) fn root_pem(&self) -> &str {
        &self.root_pem
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

const HOUR: Duration = Duration::from_secs(60 * 60);

fn named(name: &str) -> rcgen::DistinguishedName {
    let mut names = rcgen::DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn no_certificate<E>(source: E) -> Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    Error::tls(io::Error::other(source))
}

/// The longest that a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Does the server's side of a handshake. A client that does not do its own is
/// told so as far as it can be, and nobody else is held up.
pub(crate) async fn accept(
    socket: Socket,
    acceptor: &TlsAcceptor,
    most: Duration,
) -> Option<TlsStream<Socket>> {
    let shake = async {
        let mut first = [0];
        // A handshake begins with the byte 22, and no method of HTTP does.
        if socket.tcp().peek(&mut first).await? == 1 && first[0].is_ascii_alphabetic() {
            plain_http(socket).await?;
            return Err(io::Error::other("plain HTTP"));
        }
        acceptor.accept(socket).await
    };
    match timeout(most.min(HANDSHAKE), shake).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::info!(%error, "no TLS came about with a client");
            None
        }
        Err(_) => {
            tracing::info!("a client took too long over the TLS handshake");
            None
        }
    }
}

/// Answers in the language of the client, which would see a broken connection
/// otherwise.
async fn plain_http(mut socket: Socket) -> io::Result<()> {
    const BODY: &str = r#"{"error":"this port speaks https, not plain http"}"#;
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{BODY}",
        BODY.len()
    );
    socket.write_all(answer.as_bytes()).await?;
    socket.shutdown().await?;
    // Closing on bytes that were not read resets the connection, and the answer
    // may be lost; so they are read, for a while.
    let (mut left, mut sink) = (64, [0; 4096]);
    let drain = async {
        while left > 0 && socket.read(&mut sink).await? > 0 {
            left -= 1;
        }
        Ok(())
    };
    timeout(Duration::from_millis(500), drain)
        .await
        .unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_and_nothing_else() {
        let listen = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let of = |name: &str| Tls::generated().identity(listen, &[name.to_owned()]);
        for good in ["sandbox", "sandbox.test", "192.0.2.7", "localhost"] {
            assert!(of(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "sandbox:8484", "https://sandbox", "*", "ä"] {
            let error = of(bad).err().unwrap();
            assert!(error.is_settings(), "{bad}");
        }
    }

    #[test]
    fn each_start_has_a_certificate_of_its_own_and_its_pem_is_its_der() {
        use base64::prelude::{BASE64_STANDARD, Engine};
        let listen = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let new = || Tls::generated().identity(listen, &[]).unwrap();
        let (one, other) = (new(), new());
        assert_ne!(one.root_der(), other.root_der());
        let text: String = one
            .root_pem()
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        assert_eq!(BASE64_STANDARD.decode(text.trim()).unwrap(), one.root_der());
    }
}
