//! Checks what leaves the process, and what never does.

use std::time::Duration;

use bytes::Bytes;
use cards_model::airpay::{Channel, CustomerPreference, RegisterUser, UpdateCustomer};
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::{
    AsyncTransport, BlockingTransport, CallOptions, ErrorKind, Limits, ReqwestTransport,
    UreqTransport, Validation,
};
use conformance::server::{RawServer, Reaction};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Builder;

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::registration;
use crate::setup::{GET_CARDS, REGISTERED, airpay, is, list, once, paysafe, quick};

for_both_backends! {
    compression_is_not_asked_for,
    each_request_of_a_client_carries_its_own_checksum,
    a_request_that_breaks_a_rule_is_not_sent,
    an_id_that_a_path_would_swallow_is_never_sent,
}

fn compression_is_not_asked_for<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", REGISTERED)]).unwrap();
    B::client(airpay(&server.url()), &quick(), once())
        .send(&registration())
        .unwrap();
    let _ = B::client(paysafe(&server.url()), &quick(), once()).send(&list());
    assert_eq!(server.received().len(), 2);
    for captured in server.received() {
        let request = captured.request().unwrap();
        for absent in [
            "accept-encoding",
            "te",
            "transfer-encoding",
            "expect",
            "referer",
            "cookie",
        ] {
            assert_eq!(request.header(absent), None, "{absent}");
        }
    }
}

/// RFC 9110, 8.6. Chunks instead would have no length: a server that answers
/// before the last of them has come closes the connection.
#[test]
fn a_body_of_no_bytes_has_a_length_where_the_method_has_a_body() {
    let server = RawServer::playing([Reaction::json("200 OK", "{}")]).unwrap();
    let limits = Limits::new(Duration::from_secs(60), 1 << 20);
    let request = |method: &str| {
        let request = http::Request::builder().method(method).uri(server.url());
        request.body(Bytes::new()).unwrap()
    };
    let reqwest = ReqwestTransport::new().unwrap();
    let ureq = UreqTransport::new().unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    for (method, length) in [
        ("GET", None),
        ("DELETE", None),
        ("POST", Some("0")),
        ("PUT", Some("0")),
        ("PATCH", Some("0")),
    ] {
        let sent = AsyncTransport::send(&reqwest, request(method), limits);
        runtime.block_on(sent).unwrap();
        BlockingTransport::send(&ureq, request(method), limits).unwrap();
        let received = server.received();
        for captured in &received[received.len() - 2..] {
            let request = captured.request().unwrap();
            assert_eq!(request.header("content-length"), length, "{method}");
            assert_eq!(request.header("transfer-encoding"), None, "{method}");
        }
    }
}

/// The checksum is made by an implementation of our own, over what each body
/// decodes to.
fn each_request_of_a_client_carries_its_own_checksum<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", REGISTERED)]).unwrap();
    let client = B::client(airpay(&server.url()).token("t"), &quick(), once());
    let otp = |otp: &str| RegisterUser {
        otp: otp.into(),
        ..registration()
    };
    for call in [otp("1234"), otp("4321"), otp("1234")] {
        client.send(&call).unwrap();
    }
    let city = |city: &str| UpdateCustomer::new("E1").city(city);
    for call in [city("Kochi"), city("Kottayam"), city("Kochi")] {
        client.send(&call).unwrap();
    }
    let channel = |channel| CustomerPreference::new("E1").channel(channel);
    for call in [Channel::Atm, Channel::Pos, Channel::Atm].map(channel) {
        client.send(&call).unwrap();
    }
    let received = server.received();
    let checksums: Vec<String> = received
        .iter()
        .map(|captured| {
            let request = captured.request().unwrap();
            let mut hash = Sha256::new();
            for (_, value) in form_urlencoded::parse(&request.body) {
                hash.update(&*value);
            }
            let digest = hash.chain_update("fake-secret-key").finalize();
            let right: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(request.header("checksum"), Some(&*right), "{}", B::NAME);
            right
        })
        .collect();
    assert_eq!(checksums.len(), 9);
    for three in checksums.chunks(3) {
        assert_ne!(three[0], three[1]);
        assert_eq!(three[0], three[2]);
    }
}

fn a_request_that_breaks_a_rule_is_not_sent<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", REGISTERED)]).unwrap();
    let client = B::client(airpay(&server.url()), &quick(), once());
    let error = client
        .send(&RegisterUser {
            otp: "".into(),
            ..registration()
        })
        .unwrap_err();
    is(&error, ErrorKind::Invalid, &["invalid", "not sent"]);
    assert_eq!(
        error.violations().unwrap().fields().collect::<Vec<_>>(),
        ["otp"]
    );
    assert_eq!(error.attempts(), 0);
    assert_eq!(server.received().len(), 0);
}

/// The id is not sent unchecked either: the two URL types would make different
/// paths of it.
fn an_id_that_a_path_would_swallow_is_never_sent<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", GET_CARDS)]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), once());
    let unchecked = CallOptions::new().validation(Validation::Off);
    for id in ["", ".", ".."] {
        let error = client.send_with(&ListPrepaidCards::new(id), &unchecked);
        is(&error.unwrap_err(), ErrorKind::Config, &["not sent"]);
    }
    assert_eq!(server.received().len(), 0);
    for (id, sent) in [
        ("...", "..."),
        ("%2e%2e", "%252e%252e"),
        ("a/../b", "a%2F..%2Fb"),
    ] {
        client
            .send_with(&ListPrepaidCards::new(id), &unchecked)
            .unwrap();
        let target = server.received().pop().unwrap().request().unwrap().target;
        assert_eq!(target, format!("/customers/{sent}/prepaid/cards"));
    }
}
