//! Checks what leaves the process, and what never does; and what a client is
//! made of.

use std::time::Duration;

use bytes::Bytes;
use cards_model::airpay::{Channel, CustomerPreference, UpdateCustomer};
use cards_transport::{
    AsyncTransport, BackendOptions, BlockingTransport, Client, Limits, ReqwestTransport,
    UreqTransport,
};
use conformance::server::{Captured, RawServer, Reaction};
use http::Request;
use tokio::runtime::Builder;

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::json;
use crate::common::{hex, registration};
use crate::setup::{GET_CARDS, REGISTERED, airpay, list, once, paysafe, quick};

for_both_backends! {
    a_connection_is_used_again,
    each_request_of_a_client_carries_its_own_checksum,
}

fn a_connection_is_used_again<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", GET_CARDS)]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), once());
    for _ in 0..3 {
        client.send(&list()).unwrap();
    }
    let received = server.received();
    assert_eq!(received.len(), 3);
    assert!(received.iter().all(|captured| captured.connection == 0));
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
    let (reqwest, ureq) = (ReqwestTransport::new(), UreqTransport::new());
    let (reqwest, ureq) = (reqwest.unwrap(), ureq.unwrap());
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    for method in ["GET", "DELETE", "POST", "PUT", "PATCH"] {
        let has_body = !["GET", "DELETE"].contains(&method);
        let length = has_body.then_some("0");
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
    for otp in ["1234", "4321", "1234"] {
        let mut call = registration();
        call.otp = otp.into();
        client.send(&call).unwrap();
    }
    for city in ["Kochi", "Kottayam", "Kochi"] {
        let call = UpdateCustomer::new("E1").city(city);
        client.send(&call).unwrap();
    }
    for channel in [Channel::Atm, Channel::Pos, Channel::Atm] {
        let call = CustomerPreference::new("E1").channel(channel);
        client.send(&call).unwrap();
    }
    let received = server.received();
    let right = |captured: &Captured| {
        let request = captured.request().unwrap();
        let pairs = form_urlencoded::parse(&request.body);
        let values: String = pairs.map(|(_, value)| value).collect();
        let right = hex(&(values + "fake-secret-key"));
        assert_eq!(request.header("checksum"), Some(&*right), "{}", B::NAME);
        right
    };
    let checksums: Vec<_> = received.iter().map(right).collect();
    assert_eq!(checksums.len(), 9);
    for three in checksums.chunks(3) {
        assert_ne!(three[0], three[1]);
        assert_eq!(three[0], three[2]);
    }
}

#[tokio::test]
async fn a_closure_is_an_async_transport() {
    let transport = async |_: Request<Bytes>, _: Limits| json(200, GET_CARDS);
    let transport = move |request, limits| Box::pin(transport(request, limits));
    let client = Client::new(paysafe("http://localhost"), transport);
    assert_eq!(client.send(&list()).await.unwrap().cards.len(), 1);
}

/// A call can be moved to another thread while it waits.
#[test]
fn the_futures_of_calls_are_send() {
    fn is_send(_: &impl Send) {}
    let client = Client::new(airpay("http://localhost"), ReqwestTransport::new().unwrap());
    is_send(&client.send(&UpdateCustomer::new("E1")));
    let client = Client::new(
        paysafe("http://localhost"),
        ReqwestTransport::new().unwrap(),
    );
    is_send(&client.pages(list()));
    is_send(&client.items(list()));
}

#[test]
fn what_is_no_certificate_is_told() {
    let block = |kind: &str, inside: &str| format!("-----BEGIN {kind}-----\n{inside}");
    let key = block("PRIVATE KEY", "AAAA\n-----END PRIVATE KEY-----\n");
    let (cut, odd) = (
        block("CERTIFICATE", ""),
        block("CERTIFICATE", "!!!\n-----END CERTIFICATE-----\n"),
    );
    for (pem, says) in [
        ("", "the PEM file holds no certificate"),
        (&key, "the PEM file holds no certificate"),
        (&cut, "the PEM file cannot be read"),
        (&odd, "the PEM file cannot be read"),
    ] {
        let error = BackendOptions::new().roots_pem(pem.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), says);
    }
    // It is PEM, and what is in it is no certificate.
    let pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let error = BackendOptions::new().roots_pem(pem).unwrap_err();
    assert_eq!(error.to_string(), "a root certificate is not DER");
}
