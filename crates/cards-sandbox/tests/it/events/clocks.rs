//! Events by a clock that is moved: sent again when it is time, and kept by none that goes back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use cards_sandbox::{DeliveryState, Limits, Store};

use super::*;

#[test]
fn it_is_sent_again_by_the_sandboxs_clock_until_it_is_taken() {
    let is_up = Arc::new(AtomicBool::new(false));
    let up = Arc::clone(&is_up);
    let receiver =
        Receiver::judging(move |_| Some(if up.load(Ordering::SeqCst) { 204 } else { 503 }));
    let sandbox = sandbox(&receiver);
    sandbox.clock().freeze();
    act(&sandbox, ISSUED, "ACTIVATE");
    act(&sandbox, ISSUED, "CANCEL");
    for attempts in 1..=3 {
        let sent = events(&sandbox, |events| {
            events[0].deliveries[0].attempts == attempts
        });
        let delivery = &sent[0].deliveries[0];
        assert_eq!(delivery.state, DeliveryState::Waiting);
        assert_eq!(delivery.status, Some(503));
        let why = delivery.trouble.as_deref();
        assert_eq!(why, Some("answered with 503 Service Unavailable"));
        assert_eq!(sent[1].deliveries[0].attempts, 0, "it waits for its turn");
        sandbox.clock().advance(Duration::from_secs(29)).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(receiver.got().len() as u32, attempts, "too early");
        is_up.store(attempts == 3, Ordering::SeqCst);
        sandbox.clock().advance(Duration::from_secs(1)).unwrap();
    }
    let got = receiver.wait(5);
    let statuses: Vec<_> = got.iter().map(|got| got.text("newStatus")).collect();
    assert_eq!(
        statuses,
        ["ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "CANCELLED"]
    );
}

#[test]
fn a_clock_that_goes_back_keeps_nothing_waiting() {
    let refusing = Receiver::judging(|_| Some(500));
    let sandbox = sandbox(&refusing);
    sandbox.clock().freeze();
    let before = sandbox.clock().now();
    sandbox
        .clock()
        .advance(Duration::from_secs(30 * 86_400))
        .unwrap();
    act(&sandbox, ISSUED, "ACTIVATE");
    events(&sandbox, |events| events[0].deliveries[0].attempts == 1);
    // The pause is as long as it was, and begins when it began.
    sandbox.clock().set(before).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(sandbox.events().unwrap()[0].deliveries[0].attempts, 1);
    sandbox.clock().advance(Duration::from_secs(30)).unwrap();
    events(&sandbox, |events| events[0].deliveries[0].attempts == 2);
}

/// An event that was queued behind another while the clock was ahead is sent once the other has been,
/// and not only when the clock is there again.
#[test]
fn a_clock_that_goes_back_keeps_nothing_queued() {
    let limit = Duration::from_secs(20);
    let (come, comes) = mpsc::channel();
    let (answer, may_answer) = mpsc::channel();
    let may_answer = Mutex::new(may_answer);
    let slow = Receiver::judging(move |_| {
        come.send(()).unwrap();
        let answer = may_answer.lock().unwrap().recv_timeout(limit);
        answer.ok().map(|()| 200)
    });
    let mut limits = Limits::default();
    limits.delivery_time = Duration::from_secs(120);
    let sandbox = at(Sandbox::builder().limits(limits), &slow.url);
    sandbox.clock().freeze();
    let before = sandbox.clock().now();
    act(&sandbox, ISSUED, "ACTIVATE");
    comes.recv_timeout(limit).unwrap();
    let month = Duration::from_secs(30 * 86_400);
    sandbox.clock().advance(month).unwrap();
    act(&sandbox, ISSUED, "CANCEL");
    act(&sandbox, ACTIVE, "CANCEL");
    sandbox.clock().set(before).unwrap();
    for _ in 0..16 {
        answer.send(()).unwrap();
    }
    events(&sandbox, |events| {
        let mut states = events.iter().map(|event| event.deliveries[0].state);
        states.all(|state| state == DeliveryState::Delivered)
    });
}

/// The clock that was moved is gone with the sandbox, and what it put off is sent.
#[test]
fn a_start_after_a_clock_that_went_ahead_keeps_nothing_waiting() {
    let refusing = Receiver::judging(|_| Some(500));
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        Sandbox::builder()
            .store(Store::File(folder.path().join("cards.db")))
            .receiver(To::all(ProviderId::PAYSAFE, refusing.url.parse().unwrap()))
            .start_blocking()
            .unwrap()
    };
    let sandbox = start();
    sandbox.clock().freeze();
    let month = Duration::from_secs(30 * 86_400);
    sandbox.clock().advance(month).unwrap();
    act(&sandbox, ISSUED, "ACTIVATE");
    events(&sandbox, |events| events[0].deliveries[0].attempts == 1);
    sandbox.shutdown_blocking();
    let sandbox = start();
    events(&sandbox, |events| events[0].deliveries[0].attempts == 2);
}

#[test]
fn a_card_that_expires_by_the_clock_is_told_of_once() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    let years = |count: u64| Duration::from_secs(count * 365 * 86_400);
    sandbox.clock().freeze();
    sandbox.clock().advance(years(30)).unwrap();
    let expired = |events: &[SentEvent]| {
        let expired = events
            .iter()
            .filter(|event| event.body.contains(r#""EXPIRED""#));
        expired.count()
    };
    // Whoever comes first to a card tells of its end, and once.
    let target = format!("/_sandbox/paysafe/cards/{ACTIVE}/status");
    let (status, reply) = control(
        sandbox.addr(),
        "PUT",
        &target,
        &json!({"status": "EXPIRED"}),
    );
    assert_eq!((status, &reply["status"]), (200, &json!("EXPIRED")));
    let first = expired(&events(&sandbox, |events| expired(events) > 100));
    let own = sandbox.events().unwrap();
    let own = own
        .iter()
        .filter(|event| event.subject == ACTIVE && event.name == "card-status");
    assert_eq!(own.count(), 1);
    let before = sandbox.clock().now() - years(30);
    sandbox.clock().set(before).unwrap();
    sandbox.clock().advance(years(31)).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(expired(&sandbox.events().unwrap()), first);
    receiver.wait(first);
}
