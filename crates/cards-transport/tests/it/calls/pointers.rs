//! A transport behind a pointer does as the transport itself.

use std::sync::Arc;

use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::{AsyncTransport, BlockingTransport, Client, DynAsyncTransport, blocking};

use crate::calls::samples::{NO_CARDS, paysafe};
use crate::calls::script::{Script, reset};

/// A call that fails once and pauses, then succeeds.
fn awaited(transport: impl AsyncTransport, script: &Script) {
    let client = Client::with_settings(paysafe(), transport, script.settings());
    let reply = pollster::block_on(client.send(&ListPrepaidCards::new("1"))).unwrap();
    seen(reply.attempts(), script);
}

fn blocked(transport: impl BlockingTransport, script: &Script) {
    let client = blocking::Client::with_settings(paysafe(), transport, script.settings());
    let reply = client.send(&ListPrepaidCards::new("1")).unwrap();
    seen(reply.attempts(), script);
}

fn seen(attempts: u32, script: &Script) {
    assert_eq!(attempts, 2);
    assert_eq!(script.urls().len(), 2);
    let pauses = script.pauses();
    assert!(pauses.len() == 1 && !pauses[0].is_zero(), "{pauses:?}");
}

fn script() -> Script {
    Script::new(&[reset, NO_CARDS])
}

#[test]
fn a_transport_of_any_type_goes_behind_one_pointer() {
    let s = script();
    awaited(Arc::new(s.clone()) as Arc<dyn DynAsyncTransport>, &s);
    let s = script();
    awaited(Box::new(s.clone()) as Box<dyn DynAsyncTransport>, &s);
    let s = script();
    blocked(Arc::new(s.clone()) as Arc<dyn BlockingTransport>, &s);
    let s = script();
    blocked(Box::new(s.clone()) as Box<dyn BlockingTransport>, &s);
    let s = script();
    blocked(Arc::new(s.clone()), &s);
}

/// One client of one type, whose transport is chosen when the program runs.
#[test]
fn two_transports_are_of_one_type_behind_a_pointer() {
    let s = script();
    let played = s.clone();
    let one: Arc<dyn DynAsyncTransport> = Arc::new(s);
    let two: Arc<dyn DynAsyncTransport> = Arc::new(|_: http::Request<_>, _| async { NO_CARDS() });
    let clients = [one, two].map(|it| Client::with_settings(paysafe(), it, played.settings()));
    for client in clients {
        pollster::block_on(client.send(&ListPrepaidCards::new("1"))).unwrap();
    }
    assert_eq!(played.urls().len(), 2);
}
