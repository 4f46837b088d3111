//! Advises what to do about a call that failed.

use std::error::Error as StdError;
use std::io;

use cards_transport::model::{Waiver, Waivers};
use cards_transport::{Error as CallError, ErrorKind, TransportErrorKind};
use rustls::CertificateError;

use super::context::{Address, Context};
use crate::causes::chain;
use crate::config::CA_FILE;

/// The reason why no reply came, as far as it tells what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// The name of the host leads to no address.
    LookUp,
    /// No server listens at the address.
    NobodyListens,
    /// The server's certificate is signed by nobody who is trusted.
    UnknownIssuer,
    /// The server's certificate is that of another host.
    WrongName,
    /// The server's certificate is past its end, or before its beginning.
    NotValidNow,
    /// The server does not speak TLS.
    PlainPort,
    /// The server speaks TLS, and was spoken to without.
    TlsPort,
}

/// A hint that fits the failure, where there is one.
pub(crate) fn of(error: &CallError, context: &Context) -> Option<String> {
    let address = context.address_of(error.operation());
    let at = address.told();
    if let Some(proxy) = &address.proxy
        && let Some(hint) = of_proxy(error, address, proxy)
    {
        return Some(hint);
    }
    if let Some(trouble) = trouble(error, address) {
        let host = address.host();
        return Some(match trouble {
            Trouble::LookUp => {
                format!("is the name {host} right? `getent hosts {host}` looks it up; {at}")
            }
            Trouble::NobodyListens => format!("is the server up, and is the address right? {at}"),
            Trouble::UnknownIssuer if context.has_ca_file => {
                format!("{CA_FILE} names the only certificates that are trusted, and none fits")
            }
            Trouble::UnknownIssuer => {
                format!("{CA_FILE} names a PEM file of certificates to trust in place of the usual")
            }
            Trouble::WrongName => {
                format!("the certificate is not for {host}: is the address right? {at}")
            }
            Trouble::NotValidNow => {
                "is the clock of this machine right? if it is, the server needs a new certificate"
                    .to_owned()
            }
            Trouble::PlainPort => {
                format!("does the server speak plain http there? then write http://; {at}")
            }
            Trouble::TlsPort => {
                format!("does the server speak https there? then write https://; {at}")
            }
        });
    }
    match error.kind() {
        ErrorKind::Invalid => Some(sends_it(error, context)),
        ErrorKind::Connect => Some(format!("is the server up, and is the address right? {at}")),
        ErrorKind::Timeout if error.is_not_sent() => Some(longer(context)),
        ErrorKind::Timeout => Some(longer_for_the_server(context)),
        _ => None,
    }
}

/// The hint for a failure on the way to a proxy, which is the only one that a connection is made to.
fn of_proxy(error: &CallError, address: &Address, proxy: &Address) -> Option<String> {
    let (host, at) = (proxy.host(), proxy.told());
    match trouble(error, address) {
        Some(Trouble::LookUp) => Some(format!(
            "is the name {host} of the proxy right? `getent hosts {host}` looks it up; {at}"
        )),
        Some(Trouble::NobodyListens) => {
            Some(format!("is the proxy up, and is its address right? {at}"))
        }
        None if error.kind() == ErrorKind::Connect => {
            let host = address.host();
            Some(format!("does the proxy let calls to {host} through? {at}"))
        }
        _ => None,
    }
}

/// The hint for a request that was not sent: where one rule is broken, and can be
/// waived, how that is done.
fn sends_it(error: &CallError, context: &Context) -> String {
    let mut broken = error.violations().into_iter().flatten();
    if let (Some(one), None) = (broken.next(), broken.next()) {
        let waiver = Waiver::new(&one.field, one.rule);
        if Waivers::new([waiver.clone()], [context.operation]).is_ok() {
            return format!("--waive {waiver} sends it as it is, --no-validate whatever it breaks");
        }
    }
    "--no-validate sends it as it is".to_owned()
}

/// The hint for a server that takes its time.
pub(crate) fn longer_for_the_server(context: &Context) -> String {
    let longer = longer(context);
    format!("{longer}, where it is the server that is slow")
}

fn longer(context: &Context) -> String {
    let than = context
        .timeout
        .map(|timeout| format!(" than {}", timeout.as_secs_f64()));
    format!("--timeout SECONDS waits longer{}", than.unwrap_or_default())
}

fn trouble(error: &CallError, address: &Address) -> Option<Trouble> {
    let is_plain = address.base_url.starts_with("http://");
    if let Some(raw) = error.raw() {
        // Servers that speak TLS often say so in the words of plain HTTP.
        let says_https = raw.status().as_u16() == 400
            && raw
                .body()
                .windows(5)
                .any(|word| word.eq_ignore_ascii_case(b"https"));
        return (is_plain && says_https && error.refusal().is_none()).then_some(Trouble::TlsPort);
    }
    if error.transport_kind() == Some(TransportErrorKind::Resolve) {
        return Some(Trouble::LookUp);
    }
    let known = error
        .source()
        .and_then(|cause| chain(cause).find_map(of_cause));
    known.or_else(|| {
        // A connection that just ends says less, and of a change that may have
        // taken effect nobody is told to send it elsewhere.
        let is_other = match error.transport_kind() {
            Some(TransportErrorKind::Protocol) => true,
            Some(TransportErrorKind::Interrupted) => !error.is_outcome_unknown(),
            _ => false,
        };
        (is_plain && is_other).then_some(Trouble::TlsPort)
    })
}

fn of_cause(cause: &(dyn StdError + 'static)) -> Option<Trouble> {
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return of_tls(tls);
    }
    if let Some(io) = cause.downcast_ref::<io::Error>()
        && io.kind() == io::ErrorKind::ConnectionRefused
    {
        return Some(Trouble::NobodyListens);
    }
    None
}

fn of_tls(error: &rustls::Error) -> Option<Trouble> {
    use CertificateError as Wrong;
    match error {
        rustls::Error::InvalidCertificate(wrong) => match wrong {
            Wrong::UnknownIssuer | Wrong::BadSignature => Some(Trouble::UnknownIssuer),
            Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => {
                Some(Trouble::WrongName)
            }
            Wrong::Expired
            | Wrong::ExpiredContext { .. }
            | Wrong::NotValidYet
            | Wrong::NotValidYetContext { .. } => Some(Trouble::NotValidNow),
            _ => None,
        },
        rustls::Error::InvalidMessage(_) => Some(Trouble::PlainPort),
        _ => None,
    }
}
