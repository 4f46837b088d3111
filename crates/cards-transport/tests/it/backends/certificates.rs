//! A certificate of the client's own, for a server that asks for one.

use std::sync::Arc;

use cards_transport::BackendOptions;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::backends::backend::{Backend, for_both_backends};
use crate::backends::roots::greeting;

for_both_backends! {
    a_server_that_asks_for_a_certificate_gets_the_clients,
}

/// A key, as PEM, and its certificate chain.
struct Client {
    chain: String,
    key: String,
}

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn issuer() -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate that an authority below another has signed.
fn client(above: &Issuer) -> Client {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let between = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), above).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["client.example".to_owned()]).unwrap();
    let own = params.signed_by(&key, &between).unwrap();
    Client {
        chain: format!("{}{}", own.pem(), between.pem()),
        key: key.serialize_pem(),
    }
}

fn a_server_that_asks_for_a_certificate_gets_the_clients<B: Backend>() {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let (known, unknown) = (issuer(), issuer());
    let mut trusted = RootCertStore::empty();
    trusted.add(known.der().clone()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(trusted), Arc::clone(&ring));
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![made.cert.der().clone()], key);
    let server = greeting(Arc::new(config.unwrap()));
    let url = format!("https://{}/", server.address);
    let trusting = || BackendOptions::new().roots([made.cert.der().to_vec()]);

    let mine = client(&known);
    let both = format!("{}{}", mine.key, mine.chain);
    for (chain, key) in [(&mine.chain, &mine.key), (&both, &both)] {
        let options = trusting().client_certificate_pem(chain.as_bytes(), key.as_bytes());
        let reply = B::get_with(&options.unwrap(), &url, 1_000);
        assert_eq!(reply.unwrap().body(), "hello");
    }

    let another = client(&unknown);
    let shown = trusting().client_certificate_pem(another.chain.as_bytes(), another.key.as_bytes());
    // The chain is a part of it.
    let (own, _) = mine.chain.split_at(mine.chain.find("-----END").unwrap());
    let cut = format!("{own}-----END CERTIFICATE-----\n");
    let cut = trusting().client_certificate_pem(cut.as_bytes(), mine.key.as_bytes());
    for options in [trusting(), shown.unwrap(), cut.unwrap()] {
        let error = B::get_with(&options, &url, 1_000).unwrap_err();
        // TLS 1.3 tells after the request may have gone.
        assert!(error.partial().is_none(), "{error:?}");
    }
    let shown = format!(
        "{:?}",
        trusting().client_certificate_pem(both.as_bytes(), both.as_bytes())
    );
    assert!(shown.contains("client_certificate: true"), "{shown}");
}
