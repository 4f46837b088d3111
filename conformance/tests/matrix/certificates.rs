//! Certificates of a server, good and bad ones, and what a client of it trusts.

use std::sync::{Arc, LazyLock};

use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio_rustls::TlsAcceptor;

/// Names what a server proves itself with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    Good,
    Expired,
    NotYetValid,
    OfAnotherName,
    OfNobodyKnown,
    /// The server asks for a certificate of the client's, under TLS 1.2.
    AsksUnder12,
    /// It asks under TLS 1.3, where the client has sent its request by then.
    AsksUnder13,
}

/// The server's side of a handshake.
pub(crate) fn acceptor(identity: Identity) -> TlsAcceptor {
    let known = &*KNOWN;
    let (made, versions, asks): (_, &[&SupportedProtocolVersion], _) = match identity {
        Identity::Good => (&known.good, &[&TLS13, &TLS12], false),
        Identity::Expired => (&known.expired, &[&TLS13], false),
        Identity::NotYetValid => (&known.not_yet_valid, &[&TLS12], false),
        Identity::OfAnotherName => (&known.of_another_name, &[&TLS13], false),
        Identity::OfNobodyKnown => (&known.of_nobody_known, &[&TLS13], false),
        Identity::AsksUnder12 => (&known.good, &[&TLS12], true),
        Identity::AsksUnder13 => (&known.good, &[&TLS13], true),
    };
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(ring).with_protocol_versions(versions);
    let verified = match asks {
        true => versions.unwrap().with_client_cert_verifier(of_clients()),
        false => versions.unwrap().with_no_client_auth(),
    };
    let key = PrivateKeyDer::Pkcs8(made.key.serialize_der().into());
    let config = verified.with_single_cert(vec![made.certificate.clone()], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

/// The certificates that a client trusts: all but that of nobody known.
pub(crate) fn trusted() -> Vec<Vec<u8>> {
    let known = &*KNOWN;
    let trusted = [
        &known.good,
        &known.expired,
        &known.not_yet_valid,
        &known.of_another_name,
    ];
    trusted.map(|made| made.certificate.to_vec()).into()
}

fn of_clients() -> Arc<dyn ClientCertVerifier> {
    let mut roots = RootCertStore::empty();
    roots.add(KNOWN.good.certificate.clone()).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), ring);
    verifier.build().unwrap()
}

struct Known {
    good: Made,
    expired: Made,
    not_yet_valid: Made,
    of_another_name: Made,
    of_nobody_known: Made,
}

struct Made {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| Known {
    good: Made::with("good", |_| {}),
    expired: Made::with("expired", |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    }),
    not_yet_valid: Made::with("not yet valid", |params| {
        params.not_before = date_time_ymd(2998, 1, 1);
        params.not_after = date_time_ymd(2999, 1, 1);
    }),
    of_another_name: Made::with("of another name", |params| {
        params.subject_alt_names = names(&["other.test"]);
    }),
    of_nobody_known: Made::with("of nobody known", |_| {}),
});

impl Made {
    /// Signed by itself, for this machine, with a change.
    fn with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::default();
        params.subject_alt_names = names(&["127.0.0.1", "localhost"]);
        params.distinguished_name.push(DnType::CommonName, name);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { certificate, key }
    }
}

fn names(names: &[&str]) -> Vec<rcgen::SanType> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    CertificateParams::new(names).unwrap().subject_alt_names
}
