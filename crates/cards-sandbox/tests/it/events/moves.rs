//! Moves of the clock: what time brings about is told of the world that it passes in.

use super::*;
use crate::common::keep_alive::Client;

const TEN_YEARS: &str = r#"{"seconds": 315360000}"#;

/// Moves the clock far ahead, and lets `back` follow on the same connection, again and again.
fn ahead_and(back: [&str; 2], receiver: &Receiver, sandbox: &Running) {
    let mut client = Client::connect(sandbox.addr()).unwrap();
    let mut call = |method, target, body| {
        let (status, reply) = client.control(method, target, body).unwrap();
        assert_eq!(status, 200, "{reply}");
        reply
    };
    for turn in 0..100 {
        call("POST", "/_sandbox/clock/advance", TEN_YEARS);
        call(back[0], back[1], "");
        // What the deliveries had begun meanwhile comes to its end.
        std::thread::sleep(Duration::from_millis(turn % 5));
        if back[1] == "/_sandbox/reset" {
            assert_eq!(sandbox.events().unwrap(), [], "turn {turn}");
            let file = call("GET", "/_sandbox/world/file", "");
            assert!(!file.contains("expiryTold"), "turn {turn}");
        }
    }
    let before = receiver.got().len();
    call("POST", "/_sandbox/clock/advance", TEN_YEARS);
    let world = call("GET", "/_sandbox/world/file", "");
    assert!(world.contains("paysafe"));
    events(sandbox, |all| {
        let expired = all
            .iter()
            .filter(|event| event.body.contains(r#""newStatus":"EXPIRED""#));
        expired.count() >= 2
    });
    if back[1] == "/_sandbox/reset" {
        receiver.wait(before + 2);
    }
}

#[test]
fn a_reset_after_a_move_of_the_clock_leaves_the_world_as_at_the_start() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    ahead_and(["POST", "/_sandbox/reset"], &receiver, &sandbox);
}

#[test]
fn a_clock_that_goes_back_at_once_loses_no_event() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    ahead_and(["DELETE", "/_sandbox/clock"], &receiver, &sandbox);
}

/// A physical card whose last month was over before the clock is stopped at.
const OVER: &str = r#"{"customerId":"10000077","cards":[{"cardId":"over","cardType":"PHYSICAL","expiry":{"month":12,"year":2029}}]}"#;
const STOPPED: &str = r#"{"now":"2030-01-15T00:00:00Z","frozen":true}"#;

/// A card that comes after its last month is told of at once, whether the clock or the card is first.
#[test]
fn a_card_that_comes_when_its_last_month_is_over_is_told_of() {
    let world = format!(r#"{{"paysafe":{{"customers":[{OVER}]}}}}"#);
    let customer = "/_sandbox/world/paysafe/customers";
    let stop = ("PUT", "/_sandbox/clock", STOPPED);
    let add = ("POST", customer, OVER);
    let put = ("PUT", "/_sandbox/world", &*world);
    let nobody = ("POST", customer, r#"{"customerId":"10000077"}"#);
    let card = OVER.split_once('[').unwrap().1.strip_suffix("]}").unwrap();
    let add_card = (
        "POST",
        "/_sandbox/world/paysafe/customers/10000077/cards",
        card,
    );
    for calls in [
        &[stop, add][..],
        &[add, stop],
        &[stop, put],
        &[put, stop],
        &[stop, nobody, add_card],
        &[nobody, add_card, stop],
    ] {
        let receiver = Receiver::start();
        let sandbox = sandbox(&receiver);
        let mut client = Client::connect(sandbox.addr()).unwrap();
        for (method, target, body) in calls {
            let (status, reply) = client.control(method, target, body).unwrap();
            assert_eq!(status, 200, "{target}: {reply}");
            // What has come about until then is told.
            std::thread::sleep(Duration::from_millis(100));
        }
        let told = events(&sandbox, |all| {
            all.iter().any(|event| event.subject == "over")
        });
        let of_it: Vec<_> = told.iter().filter(|one| one.subject == "over").collect();
        assert_eq!(of_it.len(), 1, "{calls:?}");
        assert!(of_it[0].body.contains(r#""newStatus":"EXPIRED""#));
    }
}
