//! The two clients themselves, over transports that are closures.

use bytes::Bytes;
use cards_model::airpay::UpdateCustomer;
use cards_transport::{Client, Limits, ReqwestTransport, blocking};
use http::Request;

use crate::common::fake::json;
use crate::common::registration;
use crate::setup::{GET_CARDS, airpay, list, paysafe};

#[test]
fn a_closure_is_a_blocking_transport() {
    let transport = |request: Request<Bytes>, limits: Limits| {
        assert_eq!(request.uri().path(), "/customers/12345678/prepaid/cards");
        assert_eq!(limits.reply_bytes, 8 * 1024 * 1024);
        json(200, GET_CARDS)
    };
    let client = blocking::Client::new(paysafe("http://localhost"), transport);
    assert_eq!(client.send(&list()).unwrap().cards.len(), 1);
    assert_eq!(client.items(list()).count(), 1);
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
    is_send(&client.send(&registration()));
    is_send(&client.send(&UpdateCustomer::new("E1")));
    let client = Client::new(
        paysafe("http://localhost"),
        ReqwestTransport::new().unwrap(),
    );
    is_send(&client.pages(list()));
    is_send(&client.items(list()));
}
