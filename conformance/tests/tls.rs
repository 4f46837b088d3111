//! Both backends call the sandbox over TLS: with its certificate given it is
//! one more server; without, nothing of the request leaves.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

mod common;

use cards_model::airpay::{Channel, CustomerPreference, PreferenceStatus};
use cards_model::ibanera::CardsByCustomer;
use cards_model::paysafe::ListPrepaidCards;
use cards_sandbox::{Running, Sandbox, Tls, world};
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    BackendOptions, Error, ErrorKind, Retry, Settings, TransportErrorKind, UreqTransport,
};

use common::clients::{AnyClient, Backend, for_both_backends};

for_both_backends! {
    every_provider_is_called_with_the_certificate_given,
    the_certificate_is_read_from_pem,
    without_the_certificate_nothing_is_sent,
    another_sandboxs_certificate_does_not_do,
    a_name_that_the_certificate_does_not_hold_is_refused,
    a_name_that_was_allowed_is_taken,
    plain_http_to_the_port_is_an_answer_and_no_hang,
}

fn sandbox() -> Running {
    let builder = Sandbox::builder().tls(Tls::generated());
    builder.start_blocking().unwrap()
}

fn trusting(sandbox: &Running) -> BackendOptions {
    BackendOptions::new().roots([sandbox.certificate_der().unwrap().to_vec()])
}

fn once() -> Settings {
    Settings::new().retry(Retry::never())
}

fn paysafe(url: &str) -> Paysafe {
    Paysafe::new(url.parse().unwrap()).token(world::paysafe::TOKEN)
}

fn cards() -> ListPrepaidCards {
    ListPrepaidCards::new(world::paysafe::CUSTOMER)
}

/// Requires the error of a handshake that did not come about, whatever the
/// backend.
#[track_caller]
fn is_refused_handshake(error: &Error, sandbox: &Running) {
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    assert_eq!(error.transport_kind(), Some(TransportErrorKind::Tls));
    assert!(error.is_not_sent() && !error.is_outcome_unknown());
    assert_eq!(error.attempts(), 1);
    assert!(
        error.to_string().ends_with(": the TLS handshake failed"),
        "{error}"
    );
    let journal = sandbox.exchanges();
    assert!(journal.is_empty(), "{journal:?}");
}

fn every_provider_is_called_with_the_certificate_given<B: Backend>() {
    let sandbox = sandbox();
    let options = trusting(&sandbox);
    let vars: std::collections::BTreeMap<_, _> = sandbox.env().into_iter().collect();
    let var = |name: &str| vars.get(name).cloned();

    let airpay = B::client(Airpay::from_vars(var).unwrap(), &options, once());
    let allow = CustomerPreference::new(world::airpay::CUSTOMER)
        .status(PreferenceStatus::Allowed)
        .channel(Channel::Atm);
    airpay.send(&allow).unwrap();

    let paysafe = B::client(Paysafe::from_vars(var).unwrap(), &options, once());
    let all = paysafe.items(
        ListPrepaidCards::new(world::paysafe::CUSTOMER_WITH_MANY),
        1000,
    );
    assert_eq!(all.len(), world::paysafe::MANY as usize);

    let ibanera = B::client(Ibanera::from_vars(var).unwrap(), &options, once());
    let cards = ibanera.send(&CardsByCustomer::new(world::ibanera::CUSTOMER));
    cards.unwrap();
    assert!(sandbox.exchanges().iter().all(|exchange| exchange.accepted));
}

fn the_certificate_is_read_from_pem<B: Backend>() {
    let sandbox = sandbox();
    let pem = sandbox.certificate_pem().unwrap();
    let options = BackendOptions::new().roots_pem(pem.as_bytes()).unwrap();
    let client = B::client(paysafe(&sandbox.paysafe_url()), &options, once());
    assert!(!client.send(&cards()).unwrap().cards.is_empty());
}

fn without_the_certificate_nothing_is_sent<B: Backend>() {
    let sandbox = sandbox();
    let options = BackendOptions::new();
    let client = B::client(paysafe(&sandbox.paysafe_url()), &options, once());
    is_refused_handshake(&client.send(&cards()).unwrap_err(), &sandbox);

    // A mutation has as certainly not taken effect.
    let airpay = Airpay::new(sandbox.airpay_url().parse().unwrap(), "fake-secret-key");
    let client = B::client(airpay.token("fake-token"), &options, once());
    let preference = CustomerPreference::new(world::airpay::CUSTOMER);
    is_refused_handshake(&client.send(&preference).unwrap_err(), &sandbox);
}

fn another_sandboxs_certificate_does_not_do<B: Backend>() {
    let (one, other) = (sandbox(), sandbox());
    let client = B::client(paysafe(&one.paysafe_url()), &trusting(&other), once());
    is_refused_handshake(&client.send(&cards()).unwrap_err(), &one);
}

fn a_name_that_the_certificate_does_not_hold_is_refused<B: Backend>() {
    let sandbox = sandbox();
    // The same server, by an address that it was not made for.
    let url = sandbox.paysafe_url().replace("127.0.0.1", "127.0.0.2");
    // It listens on one address only, so something has to lead there.
    let relay = Relay::to(&sandbox);
    let url = url.replace(
        &format!(":{}", sandbox.addr().port()),
        &format!(":{}", relay.port),
    );
    let client = B::client(paysafe(&url), &trusting(&sandbox), once());
    is_refused_handshake(&client.send(&cards()).unwrap_err(), &sandbox);
}

fn a_name_that_was_allowed_is_taken<B: Backend>() {
    let sandbox = Sandbox::builder()
        .tls(Tls::generated())
        .allow_host("127.0.0.2")
        .start_blocking()
        .unwrap();
    let relay = Relay::to(&sandbox);
    let url = format!("https://127.0.0.2:{}/digitalwallets/v1", relay.port);
    let client = B::client(paysafe(&url), &trusting(&sandbox), once());
    client.send(&cards()).unwrap();
}

fn plain_http_to_the_port_is_an_answer_and_no_hang<B: Backend>() {
    let sandbox = sandbox();
    let url = sandbox.paysafe_url().replace("https://", "http://");
    let client = B::client(paysafe(&url), &trusting(&sandbox), once());
    let error = client.send(&cards()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Http, "{error:?}");
    assert_eq!(error.status().unwrap(), 400);
    assert_eq!(
        error.raw().unwrap().body(),
        r#"{"error":"this port speaks https, not plain http"}"#
    );
}

/// Listens on 127.0.0.2, and hands the first connection's bytes on.
struct Relay {
    port: u16,
}

impl Relay {
    fn to(sandbox: &Running) -> Self {
        use std::net::{TcpListener, TcpStream};
        let listener = TcpListener::bind("127.0.0.2:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = sandbox.addr();
        std::thread::spawn(move || {
            let Ok((near, _)) = listener.accept() else {
                return;
            };
            let far = TcpStream::connect(target).unwrap();
            let (mut from, mut to) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            std::thread::spawn(move || {
                drop(std::io::copy(&mut from, &mut to));
                drop(to.shutdown(std::net::Shutdown::Write));
            });
            let (mut from, mut to) = (far, near);
            drop(std::io::copy(&mut from, &mut to));
            drop(to.shutdown(std::net::Shutdown::Write));
        });
        Self { port }
    }
}

#[test]
fn what_is_no_certificate_is_told() {
    for (pem, says) in [
        ("", "the PEM file holds no certificate"),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "the PEM file holds no certificate",
        ),
        (
            "-----BEGIN CERTIFICATE-----\n",
            "the PEM file cannot be read",
        ),
        (
            "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",
            "the PEM file cannot be read",
        ),
    ] {
        let error = BackendOptions::new().roots_pem(pem.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), says);
    }
    // It is PEM, and what is in it is no certificate.
    let pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let options = BackendOptions::new().roots_pem(pem).unwrap();
    let error = UreqTransport::with_options(&options).unwrap_err();
    assert_eq!(error.to_string(), "a root certificate is not DER");
}
