//! Events that a fault delays: they are sent once it has gone, and not where their receiver has.

use cards_sandbox::{DeliveryFault, DeliveryFaultKind};

use super::*;

/// Adds faults that delay, and has one event run into all of them.
fn delayed(sandbox: &Running, faults: usize, by: Duration) {
    for _ in 0..faults {
        let fault = DeliveryFault::delay(by);
        sandbox.delivery_faults().add(fault).unwrap();
    }
    act(sandbox, ISSUED, "ACTIVATE");
    let all_fired = || {
        let all = sandbox.delivery_faults().list();
        all.iter().all(|fault| fault.fired == 1)
    };
    let deadline = Instant::now() + Duration::from_secs(20);
    while !all_fired() {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn nothing_comes(receiver: &Receiver) {
    std::thread::sleep(Duration::from_millis(500));
    assert!(receiver.got().is_empty(), "{:?}", receiver.got());
}

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_delay_ends_with_its_fault() {
    for faults in [1, 100] {
        let receiver = Receiver::start();
        let sandbox = sandbox(&receiver);
        delayed(&sandbox, faults, MINUTE);
        assert_eq!(sandbox.delivery_faults().clear(), faults);
        assert_eq!(receiver.wait(1).len(), 1);
    }
    // While one is in force that delays it, it waits.
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    delayed(&sandbox, 2, MINUTE);
    sandbox.delivery_faults().remove(1).unwrap();
    nothing_comes(&receiver);
    sandbox.delivery_faults().remove(2).unwrap();
    receiver.wait(1);
}

#[test]
fn a_receiver_that_was_removed_gets_nothing_after_a_delay() {
    for (delay, is_ended) in [(MINUTE, true), (Duration::from_millis(200), false)] {
        let receiver = Receiver::start();
        let sandbox = sandbox(&receiver);
        delayed(&sandbox, 1, delay);
        let target = "/_sandbox/receivers/1";
        let (status, _) = control(sandbox.addr(), "DELETE", target, &Value::Null);
        assert_eq!(status, 200);
        if is_ended {
            sandbox.delivery_faults().clear();
        }
        nothing_comes(&receiver);
    }
}

#[test]
fn what_was_delayed_before_a_reset_is_not_sent_after_it() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    delayed(&sandbox, 1, MINUTE);
    sandbox.reset_blocking().unwrap();
    nothing_comes(&receiver);
    // What comes then is sent.
    act(&sandbox, ACTIVE, "CANCEL");
    assert_eq!(receiver.wait(1)[0].text("newStatus"), "CANCELLED");
}

#[test]
fn a_duplicate_is_not_sent_again_to_a_receiver_that_was_removed() {
    let (go, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let receiver = Receiver::judging(move |_| {
        assert!(gate.lock().unwrap().recv().is_err(), "nothing is ever sent");
        Some(200)
    });
    let sandbox = sandbox(&receiver);
    let fault = DeliveryFault::new(DeliveryFaultKind::Duplicate);
    sandbox.delivery_faults().add(fault).unwrap();
    act(&sandbox, ISSUED, "ACTIVATE");
    std::thread::sleep(Duration::from_millis(200));
    let target = "/_sandbox/receivers/1";
    let (status, _) = control(sandbox.addr(), "DELETE", target, &Value::Null);
    assert_eq!(status, 200);
    drop(go);
    receiver.wait(1);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(receiver.got().len(), 1);
}
