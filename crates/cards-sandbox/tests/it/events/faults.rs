//! Faults on the delivery of events.

use cards_sandbox::world::paysafe::SIGNATURE_KEY;
use cards_sandbox::{DeliveryFault, DeliveryFaultKind as Kind, DeliveryState};
use cards_sign::SignatureKey;

use super::*;

#[test]
fn an_answer_that_counts_for_another_brings_the_event_again() {
    for (fault, status, why) in [
        (
            DeliveryFault::new(Kind::NoAnswer),
            None,
            "a fault: no answer within 10 s",
        ),
        (
            DeliveryFault::status(503),
            Some(503),
            "a fault: answered with 503 Service Unavailable",
        ),
    ] {
        let receiver = Receiver::start();
        let sandbox = sandbox(&receiver);
        sandbox.delivery_faults().add(fault.times(1)).unwrap();
        act(&sandbox, ISSUED, "ACTIVATE");
        let sent = events(&sandbox, |events| events[0].deliveries[0].attempts == 1);
        let delivery = &sent[0].deliveries[0];
        assert_eq!(delivery.state, DeliveryState::Waiting);
        assert_eq!(
            (delivery.status, delivery.trouble.as_deref()),
            (status, Some(why))
        );
        sandbox.clock().advance(Duration::from_secs(30)).unwrap();
        let got = receiver.wait(2);
        assert_eq!(got[0].body, got[1].body);
        assert_eq!(got[0].headers, got[1].headers);
    }
}

#[test]
fn a_wrong_signature_is_well_formed_and_wrong() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    let fault = DeliveryFault::new(Kind::WrongSignature).event("card-status");
    sandbox.delivery_faults().add(fault.times(1)).unwrap();
    act(&sandbox, ISSUED, "ACTIVATE");
    act(&sandbox, ISSUED, "CANCEL");
    let key: SignatureKey = SIGNATURE_KEY.parse().unwrap();
    let right: Vec<_> = receiver
        .wait(2)
        .iter()
        .map(|got| {
            let given = &got.headers["signature"];
            assert_eq!(given.len(), 44);
            key.sign(got.body.as_bytes()).verify(given)
        })
        .collect();
    assert_eq!(right, [false, true]);
}

#[test]
fn a_duplicate_comes_twice_and_is_one_delivery() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    let fault = DeliveryFault::new(Kind::Duplicate).provider("paysafe");
    sandbox.delivery_faults().add(fault.times(1)).unwrap();
    act(&sandbox, ISSUED, "ACTIVATE");
    act(&sandbox, ISSUED, "CANCEL");
    let ids: Vec<_> = receiver.wait(3).iter().map(|got| got.text("id")).collect();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
    let sent = sandbox.events().unwrap();
    assert_eq!(sent[0].deliveries[0].attempts, 1);
    assert!(sandbox.delivery_faults().list()[0].spent);
}

#[test]
fn out_of_order_the_first_comes_after_the_second() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    let fault = DeliveryFault::new(Kind::OutOfOrder);
    let id = sandbox.delivery_faults().add(fault).unwrap();
    act(&sandbox, ISSUED, "ACTIVATE");
    std::thread::sleep(Duration::from_millis(100));
    assert!(receiver.got().is_empty(), "it waits for the next");
    act(&sandbox, ISSUED, "CANCEL");
    let told: Vec<_> = receiver
        .wait(2)
        .iter()
        .map(|got| got.text("newStatus"))
        .collect();
    assert_eq!(told, ["CANCELLED", "ACTIVE"]);
    // One that is held back goes when the fault goes.
    act(&sandbox, ACTIVE, "CANCEL");
    let all = sandbox.events().unwrap().len();
    sandbox.delivery_faults().remove(id).unwrap();
    receiver.wait(all);
}

#[test]
fn out_of_order_only_one_goes_ahead_also_where_it_is_not_taken_at_once() {
    let draws = std::sync::atomic::AtomicU64::new(0);
    let receiver = Receiver::judging(move |_| {
        let is_first = draws.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        Some(if is_first { 503 } else { 200 })
    });
    let sandbox = sandbox(&receiver);
    let fault = DeliveryFault::new(Kind::OutOfOrder).times(1);
    sandbox.delivery_faults().add(fault).unwrap();
    for action in ["ACTIVATE", "LOCK", "UNLOCK", "CANCEL"] {
        act(&sandbox, ISSUED, action);
    }
    receiver.wait(1);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(receiver.got().len(), 1, "the others wait for their turn");
    sandbox.clock().advance(Duration::from_secs(30)).unwrap();
    let told: Vec<_> = receiver
        .wait(5)
        .iter()
        .map(|got| got.text("newStatus"))
        .collect();
    assert_eq!(told, ["LOCKED", "LOCKED", "ACTIVE", "ACTIVE", "CANCELLED"]);
}

#[test]
fn orders_that_make_no_sense_name_the_field() {
    let sandbox = Sandbox::start_blocking().unwrap();
    for (order, error) in [
        (json!({"fault": "status"}), "status: this fault needs it"),
        (json!({"fault": "delay"}), "millis: this fault needs it"),
        (
            json!({"fault": "delay", "millis": 60_001}),
            "millis: from 1 to 60000",
        ),
        (
            json!({"fault": "status", "status": 99}),
            "status: from 100 to 599",
        ),
        (
            json!({"fault": "duplicate", "status": 500}),
            "status: this fault has none",
        ),
        (
            json!({"fault": "duplicate", "times": 0}),
            "times: at least 1",
        ),
        (
            json!({"fault": "duplicate", "provider": "airpay"}),
            "provider: one that sends events: paysafe, ibanera",
        ),
        (
            json!({"fault": "duplicate", "provider": "paysafe", "event": "x"}),
            "event: one of card-status, card-token, card-tokenization",
        ),
    ] {
        let target = "/_sandbox/delivery-faults";
        let (status, reply) = control(sandbox.addr(), "POST", target, &order);
        assert_eq!((status, &reply["error"]), (400, &json!(error)), "{order}");
    }
    let target = "/_sandbox/delivery-faults";
    let order = json!({"fault": "delay", "millis": 5, "times": 2});
    let (status, reply) = control(sandbox.addr(), "POST", target, &order);
    let shown =
        json!({"id": 1, "fault": "delay", "times": 2, "millis": 5, "fired": 0, "spent": false});
    assert_eq!((status, &reply), (201, &shown));
    let (_, list) = control(sandbox.addr(), "GET", target, &Value::Null);
    assert_eq!(list, json!({"faults": [shown]}));
    let (status, _) = control(
        sandbox.addr(),
        "DELETE",
        &format!("{target}/1"),
        &Value::Null,
    );
    assert_eq!(status, 200);
    let (status, _) = control(
        sandbox.addr(),
        "DELETE",
        &format!("{target}/1"),
        &Value::Null,
    );
    assert_eq!(status, 404);
}
