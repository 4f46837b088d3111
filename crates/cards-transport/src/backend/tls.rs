//! The TLS of both backends: one configuration, made once.

use std::fmt;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};

use crate::cause::ConfigError;

/// The certificates that a server's certificate is checked against.
#[derive(Clone, Default)]
pub(super) struct Roots {
    /// The roots in place of Mozilla's, where there are some.
    pub(super) own: Option<Vec<CertificateDer<'static>>>,
    /// The roots beside them.
    pub(super) extra: Vec<CertificateDer<'static>>,
}

/// The certificate that this side shows, its chain and its key.
#[derive(Clone)]
pub(super) struct ClientCertificate(Arc<CertifiedKey>);

/// The one crypto provider of both backends.
fn crypto() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

/// The configuration of both backends.
pub(super) fn config(
    roots: &Roots,
    client: Option<&ClientCertificate>,
) -> Result<ClientConfig, ConfigError> {
    let versions = ClientConfig::builder_with_provider(Arc::new(crypto()))
        .with_safe_default_protocol_versions()
        .map_err(|_| ConfigError::new("rustls has no protocol version in common with ring"))?;
    let verified = versions.with_root_certificates(roots.store()?);
    Ok(match client {
        None => verified.with_no_client_auth(),
        Some(client) => {
            let shown = SingleCertAndKey::from(Arc::clone(&client.0));
            verified.with_client_cert_resolver(Arc::new(shown))
        }
    })
}

/// The certificates of a PEM text. What else is in it is passed over.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let found = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| ConfigError::new("the PEM file cannot be read"))?;
    match found.is_empty() {
        true => Err(ConfigError::new("the PEM file holds no certificate")),
        false => Ok(found),
    }
}

/// The certificates of a PEM text that can be trusted.
pub(super) fn roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let extra = certificates(pem)?;
    let roots = Roots { own: None, extra };
    // Here it is known which text is wrong.
    roots.store()?;
    Ok(roots.extra)
}

impl Roots {
    fn store(&self) -> Result<RootCertStore, ConfigError> {
        let mut store = match self.own {
            None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
            Some(_) => RootCertStore::empty(),
        };
        for root in self.own.iter().flatten().chain(&self.extra) {
            store
                .add(root.clone())
                .map_err(|_| ConfigError::new("a root certificate is not DER"))?;
        }
        Ok(store)
    }
}

impl ClientCertificate {
    /// Reads a chain, the client's own certificate first, and its key.
    pub(super) fn read(chain: &[u8], key: &[u8]) -> Result<Self, ConfigError> {
        let chain = certificates(chain)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| {
            ConfigError::new(match error {
                // It may be there, in a form that wants a password.
                PemError::NoItemsFound if is_encrypted(key) => {
                    "the private key is encrypted: give it without a password"
                }
                PemError::NoItemsFound => "the PEM file holds no private key",
                _ => "the PEM file of the private key cannot be read",
            })
        })?;
        let pair = CertifiedKey::from_der(chain, key, &crypto()).map_err(|error| {
            ConfigError::new(match error {
                rustls::Error::InconsistentKeys(_) => {
                    "the private key is not that of the first certificate"
                }
                rustls::Error::InvalidCertificate(_) => "the first certificate is not DER",
                _ => "the private key is of a kind that is not known",
            })
        })?;
        Ok(Self(Arc::new(pair)))
    }
}

/// Tells whether a PEM text holds a key that a password opens.
fn is_encrypted(pem: &[u8]) -> bool {
    const LABEL: &[u8] = b"ENCRYPTED";
    pem.windows(LABEL.len()).any(|window| window == LABEL)
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(own: Option<usize>, extra: usize) -> usize {
        let made = rcgen::generate_simple_self_signed(["own.example".to_owned()]).unwrap();
        let some = |count| vec![made.cert.der().clone(); count];
        let roots = Roots {
            own: own.map(some),
            extra: some(extra),
        };
        roots.store().unwrap().len()
    }

    #[test]
    fn own_roots_stand_in_place_of_mozillas_and_extra_ones_beside_either() {
        let mozillas = webpki_roots::TLS_SERVER_ROOTS.len();
        assert!(mozillas > 50);
        assert_eq!(store(None, 0), mozillas);
        assert_eq!(store(None, 2), mozillas + 2);
        assert_eq!(store(Some(0), 0), 0);
        assert_eq!(store(Some(1), 0), 1);
        assert_eq!(store(Some(1), 2), 3);
    }

    #[test]
    fn a_root_that_is_no_certificate_is_an_error_wherever_it_stands() {
        let bad = vec![CertificateDer::from(b"MARKER".to_vec())];
        for (own, extra) in [(Some(bad.clone()), vec![]), (None, bad)] {
            let error = Roots { own, extra }.store().unwrap_err().to_string();
            assert_eq!(error, "a root certificate is not DER");
        }
    }

    #[test]
    fn a_client_certificate_needs_its_own_key() {
        let one = rcgen::generate_simple_self_signed(["one.example".to_owned()]).unwrap();
        let two = rcgen::generate_simple_self_signed(["two.example".to_owned()]).unwrap();
        let chain = one.cert.pem();
        let key = one.signing_key.serialize_pem();
        let other = two.signing_key.serialize_pem();
        // Split, so that nobody takes it for a key that was left here.
        let begin = concat!("-----BEGIN ENCRYPTED PRIV", "ATE KEY-----\nTUFSS0VS\n");
        let encrypted = format!("{begin}{}", begin.replace("BEGIN", "END"));
        let both = format!("{chain}{key}");
        assert!(ClientCertificate::read(both.as_bytes(), both.as_bytes()).is_ok());
        let garbage = "-----BEGIN CERTIFICATE-----\nTUFSS0VS\n-----END CERTIFICATE-----\n";
        for (chain, key, says) in [
            (&*chain, &*other, "not that of the first certificate"),
            (&chain, &chain, "holds no private key"),
            (&chain, "", "holds no private key"),
            (&chain, &encrypted, "is encrypted"),
            (&key, &key, "holds no certificate"),
            ("MARKER", &key, "holds no certificate"),
            (garbage, &key, "the first certificate is not DER"),
            (
                "-----BEGIN CERTIFICATE-----\nMARKER",
                &key,
                "cannot be read",
            ),
        ] {
            let read = ClientCertificate::read(chain.as_bytes(), key.as_bytes());
            let said = read.unwrap_err().to_string();
            assert!(said.contains(says), "{said}");
            assert!(!said.contains("MARKER"), "{said}");
        }
    }
}
