//! Codes after a sleep that was longer than it should be, and waits for another call's code.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::time::SystemTime;

use cards_transport::Limits;
use http::Request;

use super::*;

/// Over a script, on a machine that sleeps longer than it is asked to.
#[derive(Clone)]
struct Slept(Script, Duration);

impl cards_transport::BlockingTransport for Slept {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> Outcome {
        cards_transport::BlockingTransport::send(&self.0, request, limits)
    }

    fn sleep(&self, pause: Duration) {
        self.0.pass(pause + self.1);
    }
}

/// A code that was held back until its step began is not sent once its step is long over.
#[test]
fn a_machine_that_slept_sends_the_code_of_now() {
    for longer in [0, 20, 31, 300, 86_400] {
        let script = Script::new(&[ONE_CUSTOMER; 3]);
        let settings = script.settings().otp_reuse(OtpReuse::Never);
        let transport = Slept(script.clone(), seconds(longer));
        let client = blocking::Client::with_settings(ibanera(), transport, settings);
        for _ in 0..2 {
            client.send(&CALL).unwrap();
        }
        let at = script.now();
        let [first, second] = <[String; 2]>::try_from(script.headers("otp")).unwrap();
        // As another client makes it at that time.
        let now = Script::new(&[ONE_CUSTOMER]);
        let settings = now.settings().clock(move || at);
        let other = blocking::Client::with_settings(ibanera(), now.clone(), settings);
        other.send(&CALL).unwrap();
        let own = now.headers("otp");
        // Servers take that of the step before, too.
        assert_eq!(second == own[0], longer != 31, "{longer}");
        assert_ne!(first, second);
    }
}

/// A call that waits for another's code sleeps meanwhile.
#[test]
fn a_wait_for_a_code_on_its_way_does_not_ask_all_the_time() {
    let looks = Arc::new(AtomicU32::new(0));
    let looked = Arc::clone(&looks);
    let begin = SystemTime::UNIX_EPOCH + seconds(1_800_000_010);
    let settings = Script::new(&[]).settings().clock(move || {
        looked.fetch_add(1, Ordering::SeqCst);
        begin
    });
    let both = Arc::new(Barrier::new(2));
    let (is_first, met) = (AtomicU32::new(0), Arc::clone(&both));
    let transport = move |_: Request<Bytes>, _: Limits| -> Outcome {
        if is_first.fetch_add(1, Ordering::SeqCst) == 0 {
            met.wait();
            std::thread::sleep(Duration::from_millis(300));
        }
        ONE_CUSTOMER()
    };
    let client = blocking::Client::with_settings(ibanera(), transport, settings);
    std::thread::scope(|scope| {
        scope.spawn(|| client.send(&CALL).unwrap());
        both.wait();
        client.send(&CALL).unwrap();
    });
    let looks = looks.load(Ordering::SeqCst);
    assert!(looks < 30, "{looks} looks at the clock");
}
