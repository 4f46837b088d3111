//! Functions of the caller that take their time: it is the call's, and where none is left, nothing
//! is sent.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cards_transport::ibanera::OtpReuse;
use cards_transport::model::airpay::UpdateCustomer;
use cards_transport::model::ibanera::{ActivateCard, CardsByCustomer};
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::{
    AttemptEnd, Call, CallEvent, CallOptions, Client, ErrorKind, Hooks, Limits, Settings, blocking,
};
use http::Request;
use proptest::prelude::*;

use crate::calls::samples::{ACKNOWLEDGED, NO_CARDS, ONE_CUSTOMER, airpay, ibanera, paysafe};
use crate::calls::script::{Outcome, Script};

/// The time of a call.
const TOTAL: Duration = Duration::from_millis(300);

/// The functions of one client, which take so many milliseconds.
#[derive(Clone, Default)]
struct Slow {
    before: Arc<AtomicU64>,
    watcher: Arc<AtomicU64>,
    told: Arc<Mutex<Vec<String>>>,
}

fn sleep(milliseconds: &AtomicU64) {
    std::thread::sleep(Duration::from_millis(milliseconds.load(Ordering::SeqCst)));
}

impl Hooks for Slow {
    fn before_send(&self, event: &CallEvent<'_>) {
        self.told
            .lock()
            .unwrap()
            .push(format!("sends {}", event.attempt));
        sleep(&self.before);
    }

    fn after_reply(&self, event: &CallEvent<'_>, end: AttemptEnd, _: Duration) {
        let line = format!("{end} {}", event.attempt);
        self.told.lock().unwrap().push(line);
    }
}

impl Slow {
    fn settings(&self, script: &Script) -> Settings {
        let watcher = Arc::clone(&self.watcher);
        let settings = script.settings().hooks(self.clone()).most_at_once(1);
        settings.otp_watcher(move |_| sleep(&watcher))
    }
}

/// Makes a call whose functions take too long, and one after it, in a driver.
fn too_late<C: Call>(provider: &C::Provider, call: &C, reply: fn() -> Outcome, in_watcher: bool)
where
    C::Provider: Clone,
{
    for is_async in [true, false] {
        let (script, slow) = (Script::new(&[reply]), Slow::default());
        let long = if in_watcher {
            &slow.watcher
        } else {
            &slow.before
        };
        long.store(400, Ordering::SeqCst);
        let settings = slow.settings(&script).otp_reuse(OtpReuse::Never);
        let options = CallOptions::new().total_timeout(TOTAL);
        let next = CallOptions::new();
        let (provider, played) = (provider.clone(), script.clone());
        let (late, next) = if is_async {
            let client = Client::with_settings(provider, played, settings);
            let late = pollster::block_on(client.send_with(call, &options));
            slow.before.store(0, Ordering::SeqCst);
            slow.watcher.store(0, Ordering::SeqCst);
            (late, pollster::block_on(client.send_with(call, &next)))
        } else {
            let client = blocking::Client::with_settings(provider, played, settings);
            let late = client.send_with(call, &options);
            slow.before.store(0, Ordering::SeqCst);
            slow.watcher.store(0, Ordering::SeqCst);
            (late, client.send_with(call, &next))
        };
        let error = late.map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!(error.is_not_sent());
        assert_eq!(error.attempts(), 0);
        // Place and code are free again, and what was told of has ended.
        next.map(drop).unwrap();
        assert!(script.pauses().is_empty());
        assert_eq!(script.urls().len(), 1);
        let told = slow.told.lock().unwrap().clone();
        assert_eq!(
            told,
            ["sends 1", "the time limit ran out 1", "sends 1", "200 1"]
        );
    }
}

#[test]
fn what_is_told_of_too_slowly_is_not_sent() {
    const ACTIVATED: fn() -> Outcome =
        || crate::calls::script::response(200, r#"{"status":"1","errors":[],"details":{}}"#);
    let update = UpdateCustomer::new("E1").city("Kochi");
    too_late(&airpay(), &update, ACKNOWLEDGED, false);
    too_late(&paysafe(), &ListPrepaidCards::new("1"), NO_CARDS, false);
    for in_watcher in [false, true] {
        let list = CardsByCustomer::new(11057);
        too_late(&ibanera(), &list, ONE_CUSTOMER, in_watcher);
        too_late(&ibanera(), &ActivateCard::new(7), ACTIVATED, in_watcher);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// The time of the functions is within the call's, however it is divided.
    #[test]
    fn an_attempt_has_the_time_that_the_functions_left(before in 0..30_u64, watcher in 0..20_u64) {
        let slow = Slow::default();
        slow.before.store(before, Ordering::SeqCst);
        slow.watcher.store(watcher, Ordering::SeqCst);
        let given = Arc::new(Mutex::new(Vec::new()));
        let gives = Arc::clone(&given);
        let transport = move |_: Request<Bytes>, limits: Limits| {
            gives.lock().unwrap().push(limits.total);
            ONE_CUSTOMER()
        };
        let settings = slow.settings(&Script::new(&[]));
        let client = blocking::Client::with_settings(ibanera(), transport, settings);
        let total = Duration::from_secs(5);
        let options = CallOptions::new().total_timeout(total);
        client.send_with(&CardsByCustomer::new(11057), &options).unwrap();
        let most = total - Duration::from_millis(before + watcher);
        prop_assert!(given.lock().unwrap().iter().all(|given| *given <= most));
    }
}
