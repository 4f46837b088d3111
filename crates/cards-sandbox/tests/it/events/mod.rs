//! Events: they are sent when something changes, once that is committed, in order, and until they
//! are taken.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod clocks;
mod damaged;
mod delays;
mod deliveries;
mod faults;
mod moves;
mod receivers;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::common::receiver::Receiver;
use crate::common::{body, exchange, request, status};
use cards_sandbox::{Builder, ProviderId, Receiver as To, Running, Sandbox, SentEvent};
use serde_json::{Value, json};

/// Active, in the wallets of two phones.
const ACTIVE: &str = "12345678-0000-4000-8000-000000000001";
/// The card that is in the post.
const ISSUED: &str = "12345678-0000-4000-8000-000000000002";

fn sandbox(receiver: &Receiver) -> Running {
    at(Sandbox::builder(), &receiver.url)
}

fn at(builder: Builder, url: &str) -> Running {
    let to = To::all(ProviderId::PAYSAFE, url.parse().unwrap());
    builder.receiver(to).start_blocking().unwrap()
}

/// Calls the control API.
fn control(address: SocketAddr, method: &str, target: &str, body_: &Value) -> (u16, Value) {
    let text = match body_ {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let headers = [("content-type", "application/json")];
    let answer = exchange(address, request(method, target, &headers, &text).as_bytes());
    let json = serde_json::from_str(body(&answer)).unwrap_or(Value::Null);
    (status(&answer), json)
}

fn act(sandbox: &Running, card: &str, action: &str) {
    let target = format!("/_sandbox/paysafe/cards/{card}/actions");
    let order = json!({"action": action});
    let (status, reply) = control(sandbox.addr(), "POST", &target, &order);
    assert_eq!(status, 200, "{reply}");
}

/// Waits until the events are as they should be, and no longer than 20 seconds.
fn events(sandbox: &Running, is_so: impl Fn(&[SentEvent]) -> bool) -> Vec<SentEvent> {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let events = sandbox.events().unwrap();
        if is_so(&events) {
            return events;
        }
        assert!(Instant::now() < deadline, "{events:#?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
